"""Reviewing what was read in a document, and putting it in force."""

from django.urls import path

from pcmt.web.reading import adoption, views

app_name = "reading"
urlpatterns = [
    path("<int:revision_id>/", views.screen, name="screen"),
    path("<int:revision_id>/dang-doc/", views.progress, name="progress"),
    path("<int:revision_id>/doc-lai/", views.again, name="again"),
    path("<int:revision_id>/rut/", views.withdraw, name="withdraw"),
    path("<int:revision_id>/thay-doi/", views.changes, name="changes"),
    path("<int:revision_id>/muc/<int:item_id>/", views.card, name="card"),
    path("<int:revision_id>/muc/<int:item_id>/quyet/", views.decide, name="decide"),
    path("<int:revision_id>/muc/<int:item_id>/sua/", views.edit, name="edit"),
    path("<int:revision_id>/nhom/<int:item_id>/nhan/", views.group, name="group"),
    path("<int:revision_id>/them/", views.add, name="add"),
    path("<int:revision_id>/nhan-muc-chac/", views.confident, name="confident"),
    path("<int:revision_id>/hoan-tac/", views.take_back, name="undo"),
    path("<int:revision_id>/dau-van-ban/", views.header, name="header"),
    path("<int:revision_id>/don-vi/", views.bodies, name="bodies"),
    path("<int:revision_id>/don-vi/<int:body_id>/", views.body, name="body"),
    path("<int:revision_id>/don-vi/<int:body_id>/tao/", views.body_new, name="body_new"),
    path("<int:revision_id>/ban-hanh/", adoption.check, name="check"),
]
