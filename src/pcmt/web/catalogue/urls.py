"""The catalogue of figures."""

from django.urls import path

from pcmt.web.catalogue import data_forms, elements, indicators

app_name = "catalogue"
urlpatterns = [
    path("", elements.listed, name="elements"),
    path("chi-tieu.xlsx", elements.listed_xlsx, name="elements-xlsx"),
    path("chi-tieu/them/", elements.add, name="element-add"),
    path("chi-tieu/<slug:element>/", elements.element, name="element"),
    path("chi-tieu/<slug:element>/phien-ban/", elements.version, name="element-version"),
    path("chi-tieu/<slug:element>/ngung/", elements.end, name="element-end"),
    path("chi-so/", indicators.listed, name="indicators"),
    path("chi-so.xlsx", indicators.listed_xlsx, name="indicators-xlsx"),
    path("chi-so/thu-cau/", indicators.tried, name="try"),
    path("chi-so/them/", indicators.add, name="indicator-add"),
    path("chi-so/<slug:indicator>/", indicators.indicator, name="indicator"),
    path("chi-so/<slug:indicator>/phien-ban/", indicators.version, name="indicator-version"),
    path("chi-so/<slug:indicator>/ngung/", indicators.end, name="indicator-end"),
    path("bieu/", data_forms.listed, name="forms"),
    path("bieu/them/", data_forms.add, name="form-add"),
    path("bieu/nhan/", data_forms.adopt, name="form-adopt"),
    path("bieu/<int:form_id>/", data_forms.form, name="form"),
    path("bieu/<int:form_id>/sua/", data_forms.change, name="form-change"),
    path("bieu/<int:form_id>/ngung/", data_forms.end, name="form-end"),
]
