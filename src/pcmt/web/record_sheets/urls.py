"""Workbooks of records, under `/hoat-dong/excel/`."""

from django.urls import path

from pcmt.web.record_sheets import views

app_name = "record_sheets"
urlpatterns = [
    path("loai/<slug:kind>/", views.upload, name="upload"),
    path("loai/<slug:kind>/mau.xlsx", views.template, name="template"),
    path("loai/<slug:kind>/xuat.xlsx", views.export, name="export"),
    path("<uuid:key>/", views.preview, name="preview"),
    path("<uuid:key>/cot/", views.columns, name="columns"),
    path("<uuid:key>/ket-qua.xlsx", views.marked, name="marked"),
    path("<uuid:key>/ket-thuc/", views.finish, name="finish"),
]
