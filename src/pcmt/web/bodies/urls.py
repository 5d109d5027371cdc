"""The usual bodies of a unit, and importing lists of units."""

from django.urls import path

from pcmt.web.bodies import imports, usual

app_name = "bodies"
urlpatterns = [
    path("<int:unit_id>/co-quan-thuong-co/", usual.usual, name="usual"),
    path("nhap/", imports.listed, name="imports"),
    path("nhap/mau/<slug:kind>/", imports.template, name="template"),
    path("nhap/<int:import_id>/", imports.preview, name="preview"),
    path("nhap/<int:import_id>/cot/", imports.columns, name="columns"),
    path("nhap/<int:import_id>/nhap/", imports.commit, name="commit"),
    path("nhap/<int:import_id>/hoan-tac/", imports.undo, name="undo"),
    path("nhap/<int:import_id>/bo/", imports.withdraw, name="withdraw"),
    path("nhap/<int:import_id>/tep/", imports.marked, name="marked"),
]
