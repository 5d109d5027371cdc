"""Papers, imports and lists, under `/ho-so/`."""

from django.urls import path

from pcmt.web.papers import imports, lists, views

app_name = "papers"
urlpatterns = [
    path("xuat/", lists.choose, name="export"),
    path("nhap-danh-sach/", imports.upload, name="import"),
    path("nhap-danh-sach/mau.xlsx", imports.template, name="import-template"),
    path("nhap-danh-sach/<uuid:key>/", imports.preview, name="import-preview"),
    path("nhap-danh-sach/<uuid:key>/cot/", imports.columns, name="import-columns"),
    path("nhap-danh-sach/<uuid:key>/tep/", imports.marked, name="import-marked"),
    path("nhap-danh-sach/<uuid:key>/ket-thuc/", imports.finish, name="import-finish"),
    path("<filecode:code>/van-ban/", views.papers, name="forms"),
    path("<filecode:code>/van-ban/lap/<str:form>/", views.draft, name="draft"),
    path("<filecode:code>/van-ban/<int:paper_id>/", views.paper, name="paper"),
    path("<filecode:code>/van-ban/<int:paper_id>/sua/", views.change, name="change"),
    path("<filecode:code>/van-ban/<int:paper_id>/huy/", views.withdraw, name="withdraw"),
    path("<filecode:code>/van-ban/<int:paper_id>/tep/<str:kind>/", views.take, name="take"),
]
