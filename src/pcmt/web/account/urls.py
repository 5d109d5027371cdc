"""Addresses of the account pages. Those that django-allauth leads to by name keep its names; it has no other pages."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from pcmt.web.account import factors, letters, mine, signing, single_sign_on

OWN = [
    path("tai-khoan/", mine.mine, name="mine"),
    path("tai-khoan/mat-khau/", mine.password, name="password"),
    path("tai-khoan/phien/", signing.session_state, name="session"),
    path("tai-khoan/phien/ket-thuc/", mine.revoke, name="revoke"),
    path("tai-khoan/go-lien-ket/", mine.unlink_provider, name="unlink"),
    path("tai-khoan/bao-ve/cua/<int:user_id>/go/", factors.take, name="take-factors"),
    path("tai-khoan/cho-giao-vai-tro/", mine.waiting, name="waiting"),
    path("loi-moi/<slug:token>/", letters.invitation, name="invitation"),
    path("quen-mat-khau/", letters.forgotten, name="forgotten"),
    path("quen-mat-khau/da-gui/", letters.forgotten_sent, name="forgotten-sent"),
    path("dat-lai-mat-khau/<slug:token>/", letters.reset, name="reset"),
]

urlpatterns = [
    path("dang-nhap/", signing.sign_in, name="login"),
    path("dang-nhap/", signing.sign_in, name="account_login"),
    path("dang-nhap/khoa/", signing.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("dang-nhap/buoc-hai/", signing.SecondStep.as_view(), name="mfa_authenticate"),
    path("dang-nhap/mot-lan/<slug:provider_id>/", single_sign_on.begin, name="openid_connect_login"),
    path("dang-nhap/mot-lan/<slug:provider_id>/ve/", single_sign_on.finish, name="openid_connect_callback"),
    path("dang-xuat/", signing.sign_out, name="logout"),
    path("tai-khoan/xac-nhan/mat-khau/", signing.AskPassword.as_view(), name="account_reauthenticate"),
    path("tai-khoan/xac-nhan/ma/", signing.AskCode.as_view(), name="mfa_reauthenticate"),
    path("tai-khoan/xac-nhan/khoa/", signing.AskPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("tai-khoan/bao-ve/", factors.index, name="mfa_index"),
    path("tai-khoan/bao-ve/ung-dung/them/", factors.AddApp.as_view(), name="mfa_activate_totp"),
    path("tai-khoan/bao-ve/ung-dung/go/", factors.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("tai-khoan/bao-ve/khoa/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("tai-khoan/bao-ve/khoa/them/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("tai-khoan/bao-ve/khoa/<int:pk>/ten/", factors.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("tai-khoan/bao-ve/khoa/<int:pk>/go/", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("tai-khoan/bao-ve/ma-du-phong/", factors.codes, name="mfa_view_recovery_codes"),
    path("tai-khoan/bao-ve/ma-du-phong/moi/", factors.renew_codes, name="mfa_generate_recovery_codes"),
    path("", include((OWN, "account"))),
]
