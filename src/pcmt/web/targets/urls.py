"""All targets, one target, units and years side by side."""

from django.urls import path

from pcmt.web.targets import compare_views, measuring, target_views, views

app_name = "targets"
urlpatterns = [
    path("", views.targets, name="list"),
    path("bang-tinh.xlsx", views.targets_xlsx, name="list-xlsx"),
    path("so-sanh/", compare_views.compare, name="compare"),
    path("so-sanh/bang-tinh.xlsx", compare_views.compare_xlsx, name="compare-xlsx"),
    path("<int:target_id>/", target_views.target, name="target"),
    path("<int:target_id>/nguon/", target_views.lineage, name="lineage"),
    path("<int:target_id>/cach-do/", measuring.measure, name="measure"),
    path("<int:target_id>/ky-goc/", measuring.baseline, name="baseline"),
    path("<int:target_id>/nhan-xet/", measuring.remark, name="remark"),
    path("ke-hoach/<int:plan_id>/cach-do/", measuring.plan_measures, name="plan-measures"),
]
