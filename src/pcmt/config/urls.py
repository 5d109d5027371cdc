"""Addresses of the whole program."""

from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("pcmt.api.v1.urls")),
    path("", include("pcmt.web.urls")),
]
