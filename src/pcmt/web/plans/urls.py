"""The list of plans and the ways to hand one in."""

from django.urls import path

from pcmt.web.plans import samples, views

app_name = "plans"
urlpatterns = [
    path("", views.plan_list, name="list"),
    path("moi/", views.upload, name="upload"),
    path("moi/mau/<str:name>", samples.sample, name="sample"),
    path("<int:plan_id>/ban-sua-doi/", views.upload, name="amend"),
]
