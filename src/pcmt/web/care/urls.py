"""Pages of care, under `/ho-so/`. Fixed words come before codes."""

from django.urls import path

from pcmt.web.care import acts, plans, quick

app_name = "care"
ON = "<filecode:code>/cham-soc/"
urlpatterns = [
    path("nhap-nhanh/", quick.entry, name="quick"),
    path("dinh-ky/", plans.plans, name="plans"),
    path("dinh-ky/<int:plan_id>/bo/", plans.end, name="plan_end"),
    path(f"{ON}xet-nghiem/", acts.test, name="test"),
    path(f"{ON}cu-tru/", acts.residence, name="residence"),
    path(f"{ON}dieu-tri/", acts.episode, name="episode"),
    path(f"{ON}dieu-tri/<int:pk>/giai-doan/", acts.stage, name="stage"),
    path(f"{ON}dieu-tri/<int:pk>/ket-thuc/", acts.episode_end, name="episode_end"),
    path(f"{ON}ho-tro/", acts.support, name="support"),
    path(f"{ON}ho-tro/<int:pk>/ket-thuc/", acts.support_end, name="support_end"),
    path(f"{ON}cam-ket/", acts.pledge, name="pledge"),
    path(f"{ON}to-quan-ly/", acts.team, name="team"),
    path(f"{ON}to-quan-ly/<int:pk>/ban-giao/", acts.member, name="member"),
    path(f"{ON}buoc/<int:pk>/", acts.step, name="step"),
    path(f"{ON}huy/<slug:what>/<int:pk>/", acts.void, name="void"),
]
