"""Places and the map, under `/hoat-dong/dia-diem/`. Fixed words come before numbers."""

from django.urls import path

from pcmt.web.places import acts, views

app_name = "places"
urlpatterns = [
    path("", views.places, name="list"),
    path("ban-do/", views.drawn_map, name="map"),
    path("bien-dong/", views.changes, name="flows"),
    path("mo/", acts.opening, name="open"),
    path("<int:place_id>/", views.place, name="place"),
    path("<int:place_id>/<slug:act>/", acts.act, name="act"),
]
