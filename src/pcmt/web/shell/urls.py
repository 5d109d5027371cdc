"""The unit and language switches."""

from django.urls import path

from pcmt.web.shell import views

urlpatterns = [
    path("ngon-ngu/", views.choose_language, name="language"),
    path("don-vi-dang-lam/", views.choose_grant, name="grant"),
]
