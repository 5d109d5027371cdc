"""Báo cáo: lists, the page of a report, its acts, its consolidation, its documents."""

from django.urls import URLPattern, path

from pcmt.web.reports import checking, preview, views, writing

app_name = "reports"
urlpatterns: list[URLPattern] = [
    # lists
    # the page of a report
    path("mo/<int:occurrence_id>/", writing.open_page, name="open"),
    path("<int:submission_id>/", views.report, name="report"),
    path("<int:submission_id>/muc/<str:key>/", writing.section, name="section"),
    path("<int:submission_id>/muc/<str:key>/anh/", writing.picture_in, name="picture-in"),
    path("<int:submission_id>/anh/<int:picture_id>/go/", writing.picture_out, name="picture-out"),
    path("<int:submission_id>/anh/<int:picture_id>/chu-thich/", writing.picture_words, name="picture-words"),
    path("<int:submission_id>/anh/tep/<int:file_id>/", views.picture, name="picture"),
    path("<int:submission_id>/lam-moi/", writing.refresh, name="refresh"),
    path("<int:submission_id>/khong-phat-sinh/", writing.nothing, name="nothing"),
    path("<int:submission_id>/gop-y/", writing.comment, name="comment"),
    path("<int:submission_id>/gop-y/<int:comment_id>/xong/", writing.settle, name="settle"),
    path("<int:submission_id>/so/<str:line>/", views.source, name="source"),
    path("<int:submission_id>/kiem-tra/", checking.check, name="check"),
    path("<int:submission_id>/da-gui/", checking.receipt, name="receipt"),
    path("<int:submission_id>/xem-truoc/", preview.preview, name="preview"),
    path("<int:submission_id>/so-sanh/", preview.compare, name="compare"),
    # acts on its way
    # consolidation
    # documents
]
