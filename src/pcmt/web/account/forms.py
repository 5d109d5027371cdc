"""Forms of the account pages."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature
from django import forms
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

CURRENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}


def password_rules() -> list[str]:
    """What a password must be, a sentence a rule."""
    return [validator.get_help_text() for validator in get_default_password_validators()]


class SignInForm(forms.Form):
    """User name and password; `user` is set when they fit.

    One message for both, so that names cannot be guessed; the same for names that exist and names that do not when it
    was tried too often (`locked`).
    """

    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        error_messages={"required": _("Nhập tên đăng nhập.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        strip=False,
        max_length=1000,
        error_messages={"required": _("Nhập mật khẩu.")},
        widget=forms.PasswordInput(attrs=CURRENT),
    )

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request
        self.user: Any = None
        self.locked = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("username") and cleaned.get("password")):
            return cleaned
        given = {"username": cleaned["username"], "password": cleaned["password"]}
        try:
            self.user = get_adapter(self.request).authenticate(self.request, **given)
        except ValidationError as error:
            self.locked = True
            self.add_error(None, error)
            return cleaned
        if self.user is None:
            self.add_error("password", _("Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra phím Caps Lock và bộ gõ."))
        return cleaned


class NewPasswordForm(forms.Form):
    """A new password, typed twice: what is typed cannot be seen."""

    password = forms.CharField(
        label=_("Mật khẩu mới"),
        strip=False,
        max_length=1000,
        error_messages={"required": _("Nhập mật khẩu mới.")},
        widget=forms.PasswordInput(attrs=NEW),
    )
    again = forms.CharField(
        label=_("Nhập lại mật khẩu mới"),
        strip=False,
        max_length=1000,
        error_messages={"required": _("Nhập lại mật khẩu mới.")},
        widget=forms.PasswordInput(attrs=NEW),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("Hai lần nhập không giống nhau."))
        return cleaned


class PasswordForm(forms.Form):
    """The password of somebody who is signed in, asked again before something that matters."""

    password = forms.CharField(
        label=_("Mật khẩu hiện tại"),
        strip=False,
        max_length=1000,
        error_messages={"required": _("Nhập mật khẩu hiện tại.")},
        widget=forms.PasswordInput(attrs=CURRENT),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("incorrect_password")
        return password


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    name = forms.CharField(
        label=_("Tên đăng nhập hoặc địa chỉ thư điện tử"),
        max_length=254,
        error_messages={"required": _("Nhập tên đăng nhập hoặc địa chỉ thư điện tử.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


class ReasonForm(forms.Form):
    """Why somebody's second factors are taken away, and how it was made sure who asks."""

    reason = forms.CharField(
        label=_("Lý do và cách đã xác minh"),
        help_text=_("Ví dụ: mất điện thoại, đã gặp trực tiếp và xem thẻ ngành. Ghi vào nhật ký."),
        max_length=300,
        error_messages={"required": _("Ghi lý do và cách đã xác minh người đề nghị.")},
        widget=forms.Textarea(attrs={"rows": "3"}),
    )


def _code(form: Any, label: Any) -> None:
    field = form.fields["code"]
    field.label, field.help_text = label, ""
    field.max_length = 20
    field.error_messages = {**field.error_messages, "required": _("Nhập mã.")}
    field.widget.attrs = dict(CODE)


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in: a code of the application, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Mã 6 số trên ứng dụng, hoặc một mã dự phòng"))


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """A code, asked again before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Mã 6 số trên ứng dụng, hoặc một mã dự phòng"))


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an application: proves that it took the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Mã 6 số mà ứng dụng đang hiện"))


def _name(form: Any) -> None:
    field = form.fields["name"]
    field.label = _("Tên khóa")
    field.help_text = _("Để sau này nhận ra, ví dụ: Máy ở cơ quan, Điện thoại.")
    field.max_length = 60
    field.widget.attrs = {"maxlength": "60", "autocomplete": "off"}
    field.error_messages = {**field.error_messages, "required": _("Đặt tên cho khóa.")}


MALFORMED = (KeyError, TypeError, ValueError, AttributeError, InvalidSignature)
"""What the library raises for an answer that no browser gives."""


class _Answer:
    """A form with the answer of a passkey: what is no such answer is a wrong one, not a fault of the program."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeySignInForm(_Answer, LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey alone."""


class PasskeyStepForm(_Answer, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step."""


class PasskeyAgainForm(_Answer, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey, asked again before something that matters."""


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: its name, and what the browser made."""

    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self)
        self.fields["credential"].error_messages["required"] = _(
            "Trình duyệt chưa tạo khóa. Bấm “Tạo khóa” và làm theo máy; trình duyệt quá cũ thì dùng ứng dụng tạo mã."
        )

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean() or {}
        except MALFORMED as error:
            raise ValidationError(_("Khóa mà trình duyệt gửi tới không dùng được. Tạo lại.")) from error


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self)
