"""Addresses of events."""

from django.urls import path

from pcmt.web.activities import acts, views

app_name = "activities"
urlpatterns = [
    path("", views.listing, name="list"),
    path("lich/", views.calendar, name="calendar"),
    path("ghi/", acts.choose, name="choose"),
    path("ghi/<slug:kind_code>/", acts.write, name="write"),
    path("xac-minh/", acts.queue, name="queue"),
    path("tep/<int:event_file_id>/", views.file, name="file"),
    path("tep/<int:event_file_id>/nho/", views.thumbnail, name="thumbnail"),
    path("tep/<int:event_file_id>/chu-thich/", acts.caption, name="caption"),
    path("<int:event_id>/", views.event, name="event"),
    path("<int:event_id>/sua/", acts.correct, name="correct"),
    path("<int:event_id>/bo/", acts.void, name="void"),
    path("<int:event_id>/lay-lai/", acts.restore, name="restore"),
    path("<int:event_id>/tra-lai/", acts.send_back, name="send-back"),
    path("<int:event_id>/minh-chung/", acts.add, name="add-files"),
]
