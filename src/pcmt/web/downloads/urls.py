"""Files of one plan."""

from django.urls import path

from pcmt.web.downloads import views

app_name = "downloads"
urlpatterns = [
    path("<int:plan_id>/tai-ve/ke-hoach.json", views.as_json, name="json"),
    path("<int:plan_id>/tai-ve/ke-hoach.akn.xml", views.as_akn, name="akn"),
    path("<int:plan_id>/tai-ve/ke-hoach.xlsx", views.as_xlsx, name="xlsx"),
    path("<int:plan_id>/tai-ve/phan-cong.docx", views.as_docx, name="docx"),
    path("<int:plan_id>/tai-ve/tep-goc", views.source, name="source"),
]
