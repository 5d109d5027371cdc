"""Addresses of the first version, under `/api/v1/`. English, as in the code: programs read them."""

from django.urls import path

from pcmt.api.v1 import records

app_name = "api_v1"
urlpatterns = [
    path("kinds/", records.kinds, name="kinds"),
    path("kinds/<slug:kind>/", records.kind, name="kind"),
    path("kinds/<slug:kind>/records/", records.records, name="records"),
]
