"""Exchange with other report systems: packets out, packets in."""

from django.urls import path

from pcmt.web.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.packets, name="packets"),
    path("goi-tin.zip", views.download, name="download"),
    path("nhan/", views.receive, name="receive"),
]
