"""Campaigns, programmes, money: all addresses name a plan."""

from django.urls import path

from pcmt.web.projects import campaigns, forms_views, money, proposing, sheets, views

app_name = "projects"
urlpatterns = [
    path("cao-diem/moi/", forms_views.open_new, name="open"),
    path("cao-diem/<int:plan_id>/", campaigns.campaign, name="campaign"),
    path("cao-diem/<int:plan_id>/bao-cao/", campaigns.report, name="campaign-report"),
    path("chuong-trinh/<int:plan_id>/", views.programme, name="programme"),
    path("chuong-trinh/<int:plan_id>/tu-van-ban/", proposing.from_text, name="from-text"),
    path("chuong-trinh/<int:plan_id>/thong-tin/", forms_views.sheet, name="sheet"),
    path("chuong-trinh/<int:plan_id>/moc/", forms_views.milestone, name="milestone"),
    path("chuong-trinh/<int:plan_id>/so-ket/", forms_views.review, name="review"),
    path("kinh-phi/<int:plan_id>/", money.overview, name="money"),
    path("kinh-phi/<int:plan_id>/nguon/", money.source, name="source"),
    path("kinh-phi/<int:plan_id>/khoan/", money.line, name="line"),
    path("kinh-phi/<int:plan_id>/but-toan/", money.enter, name="enter"),
    path("kinh-phi/<int:plan_id>/huy/", money.void, name="void"),
    path("kinh-phi/<int:plan_id>/nam/", money.year, name="year"),
    path("kinh-phi/<int:plan_id>/kinh-phi.xlsx", sheets.download, name="money-xlsx"),
    path("kinh-phi/<int:plan_id>/nhap/", sheets.upload, name="money-sheet"),
]
