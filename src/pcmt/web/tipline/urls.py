"""The public page for tip-offs."""

from __future__ import annotations

from django.urls import include, path

from pcmt.web.tipline import views

PAGES = [
    path("", views.start, name="start"),
    path("noi-xay-ra/", views.area, name="area"),
    path("gui/", views.send, name="send"),
    path("theo-doi/", views.follow, name="follow"),
]

urlpatterns = [path("", include((PAGES, "tipline")))]
