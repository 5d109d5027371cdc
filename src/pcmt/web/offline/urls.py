"""Work without a connection."""

from django.urls import path

from pcmt.web.offline import views

app_name = "offline"
urlpatterns = [
    path("", views.index, name="index"),
    path("may/", views.device, name="device"),
    path("may.js", views.worker, name="worker"),
    path("danh-sach/", views.people, name="people"),
    path("gui/", views.send, name="send"),
    path("can-xem/<int:conflict_id>/", views.decide, name="decide"),
]
