"""Why files are opened, and what protects people in them."""

from django.urls import include, path

from pcmt.web.protection import asking

OWN = [
    path("ho-so/muc-dich/", asking.purpose, name="purpose"),
    path("ho-so/muc-dich/ket-thuc/", asking.end, name="end"),
    path("ho-so/muc-dich/con-lai/", asking.state, name="state"),
]

urlpatterns = [path("", include((OWN, "protection")))]
