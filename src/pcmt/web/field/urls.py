"""Entry in the field and in the table."""

from django.urls import path

from pcmt.web.field import grid, views

app_name = "field"
urlpatterns = [
    path("thuc-dia/", views.device, name="device"),
    path("thuc-dia/may.js", views.worker, name="worker"),
    path("thuc-dia/mang-theo/", views.along, name="along"),
    path("thuc-dia/gui/", views.send, name="send"),
    path("thuc-dia/can-xem/", views.waiting, name="waiting"),
    path("thuc-dia/can-xem/<int:entry_id>/", views.decide, name="decide"),
    path("nhap-bang/<slug:kind>/", grid.grid, name="grid"),
]
