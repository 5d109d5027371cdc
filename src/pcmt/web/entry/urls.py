"""Số liệu: forms and who has told them; a table of a unit, a table of a line; one number's past; one recording."""

from django.urls import path

from pcmt.web.entry import overview, past, sheets, views

app_name = "entry"
urlpatterns = [
    path("", overview.listed, name="list"),
    path("<int:form_id>/", overview.current, name="form"),
    path("<int:form_id>/<str:day>/", overview.units, name="units"),
    path("<int:form_id>/<str:day>/tiep-nhan/", overview.accept, name="accept"),
    path("<int:form_id>/<str:day>/don-vi/<int:unit_id>/", views.unit, name="unit"),
    path("<int:form_id>/<str:day>/dong/<int:line_id>/", views.line, name="line"),
    path("<int:form_id>/<str:day>/so/<int:unit_id>/<int:line_id>/", past.cell, name="cell"),
    path("<int:form_id>/<str:day>/tep/", sheets.upload, name="sheets"),
    path("<int:form_id>/<str:day>/tep/mau/", sheets.template, name="template"),
    path("tep/<int:sheet_id>/", sheets.sheet, name="sheet"),
    path("tep/<int:sheet_id>/tien-do/", sheets.progress, name="sheet-progress"),
    path("tep/<int:sheet_id>/cot/", sheets.columns, name="sheet-columns"),
    path("tep/<int:sheet_id>/dau-gach/", sheets.dash, name="sheet-dash"),
    path("tep/<int:sheet_id>/dung-noi/", sheets.aim, name="sheet-aim"),
    path("tep/<int:sheet_id>/nhap/", sheets.tell, name="sheet-tell"),
    path("tep/<int:sheet_id>/bo/", sheets.withdraw, name="sheet-withdraw"),
    path("tep/<int:sheet_id>/da-kiem-tra/", sheets.marked, name="sheet-marked"),
    path("lan-ghi/<int:recording_id>/", past.recording, name="recording"),
    path("lan-ghi/<int:recording_id>/hoan-tac/", past.undo, name="undo"),
]
