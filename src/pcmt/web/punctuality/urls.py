"""Punctuality and the same as a sheet."""

from django.urls import path

from pcmt.web.punctuality import views

app_name = "punctuality"
urlpatterns = [
    path("", views.table, name="table"),
    path("dung-han.xlsx", views.sheet, name="xlsx"),
]
