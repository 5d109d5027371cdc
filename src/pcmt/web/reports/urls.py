"""Báo cáo: lists, the page of a report, its acts, its consolidation, its documents."""

from django.urls import URLPattern, path

from pcmt.web.reports import acts, checking, downloads, exports, gathering, lists, preview, views, writing

app_name = "reports"
urlpatterns: list[URLPattern] = [
    # lists
    path("", lists.reports, name="list"),
    path("bao-cao.xlsx", lists.reports_xlsx, name="list-xlsx"),
    path("tiep-nhan/", lists.accept_many, name="accept-many"),
    # the page of a report
    path("mo/<int:occurrence_id>/", writing.open_page, name="open"),
    path("<int:submission_id>/", views.report, name="report"),
    path("<int:submission_id>/muc/<str:section_key>/", writing.section, name="section"),
    path("<int:submission_id>/muc/<str:section_key>/anh/", writing.picture_in, name="picture-in"),
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
    path("<int:submission_id>/trinh-duyet/", acts.ask, name="ask"),
    path("<int:submission_id>/duyet/", acts.approved, name="approve"),
    path("<int:submission_id>/de-nghi-sua/", acts.handed_back, name="hand-back"),
    path("<int:submission_id>/gui/", acts.send, name="send"),
    path("<int:submission_id>/thu-hoi/", acts.recall, name="recall"),
    path("<int:submission_id>/tiep-nhan/", acts.accept, name="accept"),
    path("<int:submission_id>/tra-lai/", acts.give_back, name="return"),
    path("<int:submission_id>/dinh-chinh/", acts.correct, name="correct"),
    path("<int:submission_id>/bo-dinh-chinh/", acts.drop, name="drop"),
    path("<int:submission_id>/so-ky-hieu/", acts.sign, name="sign"),
    path("<int:submission_id>/ban-da-ky/", acts.signed_file, name="signed"),
    # consolidation
    path("<int:submission_id>/tong-hop/", gathering.gather, name="gather"),
    path("<int:submission_id>/tong-hop/chen/", gathering.insert, name="gather-insert"),
    path("<int:submission_id>/tong-hop/ma-tran/", gathering.matrix, name="matrix"),
    path("<int:submission_id>/tong-hop/ma-tran/tong-hop.xlsx", gathering.matrix_xlsx, name="matrix-xlsx"),
    path("<int:submission_id>/dong/<str:line>/", gathering.line_page, name="line"),
    # documents
    path("<int:submission_id>/tai-ve/", downloads.document, name="document"),
    path("<int:submission_id>/tai-ve/trang/", downloads.pages, name="document-pages"),
    path("<int:submission_id>/tai-ve/trang/<slug:key>/<int:number>.png", downloads.page, name="document-page"),
    path("<int:submission_id>/tai-ve/ban-chu/", downloads.plain, name="document-text"),
    path("<int:submission_id>/tai-ve/bao-cao.<slug:kind>", downloads.file, name="document-file"),
    path("<int:submission_id>/tai-ve/cong-van.docx", downloads.cover, name="document-cover"),
    path("<int:submission_id>/tai-ve/the-thuc/", downloads.words, name="document-words"),
    path("xuat/", exports.choose, name="exports"),
    path("xuat/<int:batch_id>/", exports.export, name="export"),
    path("xuat/<int:batch_id>/tien-do/", exports.progress, name="export-progress"),
    path("xuat/<int:batch_id>/tat-ca.zip", exports.archive, name="export-zip"),
]
