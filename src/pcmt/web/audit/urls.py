"""The log, for auditors."""

from django.urls import path

from pcmt.web import labels  # noqa: F401 - the converter of labels
from pcmt.web.audit import acts, views

app_name = "audit"
urlpatterns = [
    path("", views.entries, name="list"),
    path("tai-ve/<str:form>/", views.export, name="export"),
    path("muc/<label:label>/<str:pk>/", views.thing, name="thing"),
    path("da-in/", acts.printed, name="printed"),
]
