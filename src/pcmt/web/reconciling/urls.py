"""Typed numbers beside those counted from records."""

from django.urls import path

from pcmt.web.reconciling import views

app_name = "reconciling"
urlpatterns = [
    path("", views.listed, name="list"),
    path("<int:difference_id>/", views.item, name="item"),
]
