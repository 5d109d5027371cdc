"""Đơn vị: the tree, one unit and its parts, reorganisations."""

from django.urls import path

from pcmt.web.units import views
from pcmt.web.units.reorganise import views as reorganise

app_name = "units"
urlpatterns = [
    path("", views.tree, name="tree"),
    path("<int:unit_id>/", views.overview, name="unit"),
    path("<int:unit_id>/cap-duoi/", views.branch, name="branch"),
    path("<int:unit_id>/dien-bien/", views.story, name="story"),
    path("<int:unit_id>/viec/", views.owed, name="owed"),
    path("<int:unit_id>/ke-hoach/", views.plans, name="plans"),
    path("<int:unit_id>/nguoi/", views.people, name="people"),
    path("<int:unit_id>/lich-su/", views.history, name="history"),
    path("<int:unit_id>/them/", views.add, name="add"),
    path("<int:unit_id>/sua/", views.edit, name="edit"),
    path("<int:unit_id>/ten-khac/", views.alias, name="alias"),
    path("<int:unit_id>/ten-khac/<int:alias_id>/bo/", views.forget_alias, name="forget-alias"),
    path("sap-xep/", reorganise.listed, name="reorganisations"),
    path("sap-xep/moi/", reorganise.begin, name="begin"),
    path("sap-xep/tim/", reorganise.look, name="look"),
    path("sap-xep/soan/<slug:key>/ngay/", reorganise.head, name="head"),
    path("sap-xep/soan/<slug:key>/xem-truoc/", reorganise.previewed, name="preview"),
    path("sap-xep/soan/<slug:key>/them/", reorganise.another, name="another"),
    path("sap-xep/soan/<slug:key>/bo/", reorganise.discard, name="discard"),
    path("sap-xep/soan/<slug:key>/<int:number>/bo/", reorganise.without, name="without"),
    path("sap-xep/soan/<slug:key>/<int:number>/<slug:step>/", reorganise.step, name="step"),
    path("sap-xep/<int:reorganisation_id>/", reorganise.one, name="reorganisation"),
    path("sap-xep/<int:reorganisation_id>/huy/", reorganise.cancel, name="cancel"),
]
