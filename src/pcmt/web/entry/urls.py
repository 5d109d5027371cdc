"""Số liệu: forms and who has told them; a table of a unit, a table of a line; one number's past; one recording."""

from django.urls import path

from pcmt.web.entry import overview, past, views

app_name = "entry"
urlpatterns = [
    path("", overview.listed, name="list"),
    path("<int:form_id>/", overview.current, name="form"),
    path("<int:form_id>/<str:day>/", overview.units, name="units"),
    path("<int:form_id>/<str:day>/tiep-nhan/", overview.accept, name="accept"),
    path("<int:form_id>/<str:day>/don-vi/<int:unit_id>/", views.unit, name="unit"),
    path("<int:form_id>/<str:day>/dong/<int:line_id>/", views.line, name="line"),
    path("<int:form_id>/<str:day>/so/<int:unit_id>/<int:line_id>/", past.cell, name="cell"),
    path("lan-ghi/<int:recording_id>/", past.recording, name="recording"),
    path("lan-ghi/<int:recording_id>/hoan-tac/", past.undo, name="undo"),
]
