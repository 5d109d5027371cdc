"""Addresses of the officers' side of tips; fixed words stand before numbers."""

from django.urls import path

from pcmt.web.tips import custody, entering, lists, numbers, teams, views

app_name = "tips"
urlpatterns = [
    path("", lists.listed, name="list"),
    path("nhap/", entering.enter, name="enter"),
    path("ban-giao/", lists.hand_over, name="hand_over"),
    path("thong-ke/", numbers.page, name="statistics"),
    path("danh-tinh/", custody.page, name="custody"),
    path("noi-tiep-nhan/", teams.listed, name="teams"),
    path("noi-tiep-nhan/<int:unit_id>/", teams.team, name="team"),
    path("<int:tip_id>/", views.tip, name="tip"),
    path("<int:tip_id>/anh/<int:tip_file_id>/", views.picture, name="picture"),
    path("<int:tip_id>/nguoi-bao/", views.sender, name="sender"),
    path("<int:tip_id>/<slug:tip_act>/", views.act, name="act"),
]
