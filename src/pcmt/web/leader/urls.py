"""The leader screen, what changed since the last briefing, and the days of briefings."""

from django.urls import path

from pcmt.web.leader import views

app_name = "leader"
urlpatterns = [
    path("", views.screen, name="screen"),
    path("cac-noi/", views.places, name="places"),
    path("cac-noi/cac-noi.xlsx", views.places_xlsx, name="places-xlsx"),
    path("thay-doi/", views.changes, name="changes"),
    path("thay-doi/thay-doi.xlsx", views.changes_xlsx, name="changes-xlsx"),
    path("giao-ban/", views.hold, name="hold"),
    path("giao-ban/<int:meeting_id>/bo/", views.take_back, name="take-back"),
]
