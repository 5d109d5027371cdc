"""Keeping people and their roles, and one's own roles."""

from django.urls import include, path

from pcmt.web.people import inviting, roles, views

OWN = [path("vai-tro/", roles.mine, name="mine")]
PEOPLE = [
    path("quan-tri/nguoi-dung/", views.listed, name="list"),
    path("quan-tri/nguoi-dung/bang.xlsx", views.listed_xlsx, name="list-xlsx"),
    path("quan-tri/nguoi-dung/goi-y/don-vi/", views.suggest_units, name="units"),
    path("quan-tri/nguoi-dung/goi-y/nguoi/", views.suggest_people, name="names"),
    path("quan-tri/nguoi-dung/moi/", inviting.one, name="invite"),
    path("quan-tri/nguoi-dung/moi-nhieu/", inviting.many, name="invite-many"),
    path("quan-tri/nguoi-dung/moi-nhieu/bang-mau.xlsx", inviting.blank, name="invite-form"),
    path("quan-tri/nguoi-dung/<int:user_id>/", views.person, name="person"),
    path("quan-tri/nguoi-dung/<int:user_id>/sua/", views.change, name="change"),
    path("quan-tri/nguoi-dung/<int:user_id>/lien-he/", views.contact, name="contact"),
    path("quan-tri/nguoi-dung/<int:user_id>/ngung/", views.stop, name="stop"),
    path("quan-tri/nguoi-dung/<int:user_id>/mo-lai/", views.start, name="start"),
    path("quan-tri/nguoi-dung/<int:user_id>/go-lop-bao-ve/", views.take_protection, name="take-factors"),
    path("quan-tri/nguoi-dung/<int:user_id>/giao-vai-tro/", roles.give, name="give"),
    path("quan-tri/nguoi-dung/<int:user_id>/ban-giao/", roles.hand, name="hand-over"),
    path("quan-tri/loi-moi/<int:invitation_id>/gui-lai/", inviting.again, name="invite-again"),
    path("quan-tri/loi-moi/<int:invitation_id>/thu-hoi/", inviting.revoke, name="invite-revoke"),
    path("vai-tro/<int:grant_id>/uy-quyen/", roles.delegate, name="delegate"),
    path("vai-tro/<int:grant_id>/ket-thuc/", roles.end, name="end"),
    path("vai-tro/<int:grant_id>/gia-han/", roles.extend, name="extend"),
    path("vai-tro/<int:grant_id>/rut-lai/", roles.withdraw, name="withdraw"),
]

urlpatterns = [path("", include((PEOPLE, "people"))), path("", include((OWN, "roles")))]
