"""The history of any thing, by the label of its model and its id."""

from django.urls import path

from pcmt.web import labels  # noqa: F401 - the converter of labels
from pcmt.web.history import views

app_name = "history"
urlpatterns = [path("<label:label>/<str:pk>/", views.thing, name="thing")]
