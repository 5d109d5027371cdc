"""Calendar feeds. The address that programs read holds the secret: what logs may show of it is in config.logging."""

from django.urls import include, path

from pcmt.web.feeds import views

OWN = [
    path("", views.listed, name="list"),
    path("tao/", views.make, name="make"),
    path("<int:feed_id>/ten/", views.rename, name="rename"),
    path("<int:feed_id>/lam-moi/", views.remake, name="remake"),
    path("<int:feed_id>/thu-hoi/", views.revoke, name="revoke"),
    path("<slug:secret>.ics", views.read, name="read"),
]

urlpatterns = [path("", include((OWN, "feeds")))]
