"""Settings of letters and single sign-on come from the environment, or are refused in words."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from pcmt.config.settings.accounts import identity_providers, site
from pcmt.config.settings.mail import smtp


def test_an_address_of_a_mail_server() -> None:
    given = smtp("smtp://pcmt%40co.vn:m%40t@mail.co.vn:587?tls=1")
    assert given == {
        "EMAIL_HOST": "mail.co.vn",
        "EMAIL_PORT": 587,
        "EMAIL_HOST_USER": "pcmt@co.vn",
        "EMAIL_HOST_PASSWORD": "m@t",
        "EMAIL_USE_SSL": False,
        "EMAIL_USE_TLS": True,
    }
    assert (smtp("smtps://mail.co.vn")["EMAIL_PORT"], smtp("smtp://mail.co.vn")["EMAIL_PORT"]) == (465, 25)


@pytest.mark.parametrize("wrong", ["mail.co.vn", "http://x", "smtp://", "smtp://x:abc", "smtp://x?ssl=1"])
def test_what_is_no_mail_server(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PCMT_SMTP_URL"):
        smtp(wrong)


def test_several_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert identity_providers() == []
    for name, value in {
        "PCMT_OIDC_ISSUER": "https://id.tinh.vn/realm/",
        "PCMT_OIDC_CLIENT_ID": "pcmt",
        "PCMT_OIDC_CLIENT_SECRET": "x",
        "PCMT_OIDC_2_ISSUER": "https://id.bo.vn",
        "PCMT_OIDC_2_NAME": "Tài khoản Bộ",
        "PCMT_OIDC_2_ORIGIN": "https://dang-nhap.bo.vn",
    }.items():
        monkeypatch.setenv(name, value)
    first, second = identity_providers()
    assert (first["provider_id"], first["name"]) == ("sso", "id.tinh.vn")
    assert first["settings"] == {
        "server_url": "https://id.tinh.vn/realm",
        "oauth_pkce_enabled": True,
        "origin": "https://id.tinh.vn",
    }
    assert (second["provider_id"], second["name"]) == ("sso2", "Tài khoản Bộ")
    assert second["settings"]["origin"] == "https://dang-nhap.bo.vn"  # type: ignore[index]


def test_how_the_site_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCMT_PORT", "8104")
    monkeypatch.delenv("PCMT_HOST", raising=False)
    assert site() == "http://localhost:8104"
    monkeypatch.setenv("PCMT_SITE", "https://ke-hoach.tinh.vn/")
    assert site() == "https://ke-hoach.tinh.vn"
