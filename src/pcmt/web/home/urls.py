"""The first page after signing in."""

from django.urls import path

from pcmt.web.home import views

app_name = "home"
urlpatterns = [path("", views.mine, name="mine")]
