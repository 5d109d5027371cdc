"""The poster that leads to the public page; for people who are signed in."""

from __future__ import annotations

from django.urls import include, path

from pcmt.web.tipline import poster

PAGES = [
    path("", poster.page, name="page"),
    path("ap-phich.pdf", poster.pdf, name="pdf"),
    path("ap-phich.png", poster.png, name="png"),
]

urlpatterns = [path("", include((PAGES, "poster")))]
