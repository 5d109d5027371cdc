"""Addresses of the notices; those that stand in letters are also in `apps/notices/addresses.py`."""

from django.urls import path

from pcmt.web.notices import views

app_name = "notices"
urlpatterns = [
    path("thong-bao/", views.listed, name="list"),
    path("thong-bao/da-doc/", views.read, name="read"),
    path("thong-bao/<int:notice_id>/mo/", views.opened, name="open"),
    path("thong-bao/thoi-gui/<str:token>/", views.stop, name="stop"),
    path("tai-khoan/thong-bao/", views.preferences, name="preferences"),
]
