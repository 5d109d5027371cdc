"""The leader screen, what changed since the last briefing, and briefings."""

from django.urls import path

from pcmt.web.leader import briefings, views

app_name = "leader"
urlpatterns = [
    path("", views.screen, name="screen"),
    path("cac-noi/", views.places, name="places"),
    path("cac-noi/cac-noi.xlsx", views.places_xlsx, name="places-xlsx"),
    path("thay-doi/", views.changes, name="changes"),
    path("thay-doi/thay-doi.xlsx", views.changes_xlsx, name="changes-xlsx"),
    path("giao-ban/", views.hold, name="hold"),
    path("giao-ban/<int:meeting_id>/bo/", views.take_back, name="take-back"),
    path("giao-ban/<int:briefing_id>/", briefings.screen, name="briefing"),
    path("giao-ban/<int:briefing_id>/ket-luan/", briefings.decide, name="decide"),
    path("giao-ban/<int:briefing_id>/ket-luan/<int:decision_id>/rut/", briefings.undo, name="undo-decision"),
    path("giao-ban/<int:briefing_id>/thong-bao/", briefings.minutes, name="minutes"),
    path("giao-ban/<int:briefing_id>/thong-bao/tai-ve/", briefings.minutes_docx, name="minutes-docx"),
    path("giao-ban/<int:briefing_id>/thong-bao/so/", briefings.sign, name="sign-minutes"),
    path("giao-ban/<int:briefing_id>/thong-bao/rut/", briefings.withdraw, name="withdraw-minutes"),
]
