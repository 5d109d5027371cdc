"""One plan: each tab is a page of its own."""

from django.urls import path

from pcmt.web.plan import cover, views

app_name = "plan"
urlpatterns = [
    path("<int:plan_id>/", views.overview, name="overview"),
    path("<int:plan_id>/nghiem-thu/", views.acceptance, name="acceptance"),
    path("<int:plan_id>/chi-tieu/", views.targets, name="targets"),
    path("<int:plan_id>/phan-cong/", views.assignments, name="assignments"),
    path("<int:plan_id>/phan-cong/bang/", views.matrix, name="matrix"),
    path("<int:plan_id>/tien-do/", views.timeline, name="timeline"),
    path("<int:plan_id>/tien-do/su-kien/", views.event, name="event"),
    path("<int:plan_id>/bao-cao/", views.reports, name="reports"),
    path("<int:plan_id>/don-vi-cap-duoi/", cover.matrix, name="cover"),
    path("<int:plan_id>/don-vi-cap-duoi/bang.xlsx", cover.matrix_xlsx, name="cover-xlsx"),
    path("<int:plan_id>/don-vi-cap-duoi/han/", cover.due, name="cover-due"),
    path("<int:plan_id>/trien-khai/", cover.carries_out, name="carries-out"),
    path("<int:plan_id>/van-ban/", views.text, name="text"),
    path("<int:plan_id>/van-ban/so-sanh/", views.differences, name="differences"),
    path("<int:plan_id>/nhac-han/", views.reminders, name="reminders"),
    path("<int:plan_id>/lich-su/", views.history, name="history"),
]
