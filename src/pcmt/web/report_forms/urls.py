"""Report forms: the list, one form, its versions, the editor."""

from django.urls import path

from pcmt.web.report_forms import reading, writing

app_name = "report_forms"
urlpatterns = [
    path("", reading.listed, name="list"),
    path("them/", writing.add, name="add"),
    path("<int:report_form_id>/", reading.form, name="form"),
    path("<int:report_form_id>/xem-truoc/", reading.preview, name="preview"),
    path("<int:report_form_id>/so-sanh/", reading.differences, name="differences"),
    path("<int:report_form_id>/sao-chep/", writing.copy, name="copy"),
    path("<int:report_form_id>/soan/", writing.outline, name="outline"),
    path("<int:report_form_id>/soan/<slug:section_key>/", writing.section, name="section"),
    path("<int:report_form_id>/dung/", writing.use, name="use"),
    path("<int:report_form_id>/bo-ban-soan/", writing.drop, name="drop"),
    path("<int:report_form_id>/ngung/", writing.end, name="end"),
]
