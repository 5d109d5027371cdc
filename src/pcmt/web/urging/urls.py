"""Urging letters and their register."""

from django.urls import path

from pcmt.web.urging import views

app_name = "urging"
urlpatterns = [
    path("", views.register, name="register"),
    path("so-don-doc.xlsx", views.register_xlsx, name="register-xlsx"),
    path("moi/", views.new, name="new"),
    path("dot/<uuid:batch>/", views.batch_page, name="batch"),
    path("dot/<uuid:batch>/tien-do/", views.batch_progress, name="progress"),
    path("dot/<uuid:batch>/soan-tiep/", views.again, name="again"),
    path("dot/<uuid:batch>/cong-van.zip", views.batch_zip, name="zip"),
    path("<int:urging_id>/", views.letter, name="letter"),
    path("<int:urging_id>/cong-van.docx", views.letter_docx, name="docx"),
    path("<int:urging_id>/lay-so/", views.sign, name="sign"),
    path("<int:urging_id>/rut/", views.withdraw, name="withdraw"),
]
