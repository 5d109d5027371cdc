"""All targets, one target, units and years side by side."""

from django.urls import path

from pcmt.web.targets import target_views, views

app_name = "targets"
urlpatterns = [
    path("", views.targets, name="list"),
    path("bang-tinh.xlsx", views.targets_xlsx, name="list-xlsx"),
    path("<int:target_id>/", target_views.target, name="target"),
]
