"""Background work."""

from django.urls import include, path

from pcmt.web.jobs import views

OWN = [
    path("quan-tri/viec-nen/", views.shown, name="standing"),
    path("quan-tri/viec-nen/chay-lai/", views.again, name="retry"),
    path("suc-khoe/", views.health, name="health"),
]

urlpatterns = [path("", include((OWN, "jobs")))]
