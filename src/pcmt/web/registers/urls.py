"""Files of people, under `/ho-so/`."""

from django.urls import path

from pcmt.web.registers import views

app_name = "registers"
urlpatterns = [
    path("", views.files, name="list"),
    path("hom-nay/", views.day, name="day"),
    path("tim/", views.find, name="find"),
    path("<filecode:code>/", views.file, name="file"),
    path("<filecode:code>/hien/", views.shown, name="shown"),
]
