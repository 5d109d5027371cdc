"""The page of totals and the same as a sheet."""

from django.urls import path

from pcmt.web.totals import views

app_name = "totals"
urlpatterns = [
    path("", views.totals, name="totals"),
    path("thong-ke-ho-so.xlsx", views.sheet, name="xlsx"),
]
