"""Kinds of activities and places: the list, one kind, its editor."""

from django.urls import path

from pcmt.web.kinds import reading, writing

app_name = "kinds"
urlpatterns = [
    path("", reading.listed, name="list"),
    path("them/", writing.add, name="add"),
    path("<int:kind_id>/", reading.kind, name="kind"),
    path("<int:kind_id>/soan/", writing.edit, name="edit"),
    path("<int:kind_id>/sao-chep/", writing.copy, name="copy"),
    path("<int:kind_id>/thoi-dung/", writing.retire, name="retire"),
]
