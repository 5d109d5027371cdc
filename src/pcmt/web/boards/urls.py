"""Addresses of the boards."""

from django.urls import path

from pcmt.web.boards import views

app_name = "boards"
urlpatterns = [
    path("", views.start, name="start"),
    path("<int:target_id>/", views.frequency, name="frequency"),
    path("do-phu/<slug:kind_code>/", views.coverage, name="coverage"),
    path("do-phu/<slug:kind_code>/danh-sach.xlsx", views.coverage_xlsx, name="coverage-xlsx"),
]
