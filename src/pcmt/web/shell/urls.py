"""Signing in and out, the unit and language switches."""

from django.urls import path

from pcmt.web.shell import views

urlpatterns = [
    path("dang-nhap/", views.sign_in, name="login"),
    path("dang-xuat/", views.sign_out, name="logout"),
    path("ngon-ngu/", views.choose_language, name="language"),
    path("don-vi-dang-lam/", views.choose_grant, name="grant"),
]
