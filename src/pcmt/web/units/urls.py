"""Đơn vị: the tree, one unit, its parts."""

from django.urls import path

from pcmt.web.units import views

app_name = "units"
urlpatterns = [
    path("", views.tree, name="tree"),
    path("<int:unit_id>/", views.overview, name="unit"),
    path("<int:unit_id>/cap-duoi/", views.branch, name="branch"),
    path("<int:unit_id>/dien-bien/", views.story, name="story"),
    path("<int:unit_id>/viec/", views.owed, name="owed"),
    path("<int:unit_id>/ke-hoach/", views.plans, name="plans"),
    path("<int:unit_id>/nguoi/", views.people, name="people"),
    path("<int:unit_id>/lich-su/", views.history, name="history"),
]
