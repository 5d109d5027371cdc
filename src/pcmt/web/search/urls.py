"""One page for every kind of thing."""

from django.urls import path

from pcmt.web.search import views

app_name = "search"
urlpatterns = [path("", views.everywhere, name="everywhere")]
