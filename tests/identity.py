"""A real OpenID Connect provider on this machine, for tests."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oidc_provider_mock import User, run_server_in_thread

PEOPLE = (
    User(sub="ma-so-1", claims={"name": "Đặng Thị Thu", "email": "thu@so-y-te.vn", "preferred_username": "thu.dang"}),
    User(sub="ma-so-2", claims={"name": "Nguyễn Thị Ngọc Lan", "email": "lan@x.vn", "preferred_username": "lan"}),
)


@contextmanager
def identity_provider(settings: Any, **options: Any) -> Iterator[str]:
    """The provider runs and is set; its address."""
    with run_server_in_thread(user_claims=PEOPLE, require_nonce=True, **options) as server:
        issuer = f"http://localhost:{server.server_port}"
        app = {
            "provider_id": "sso",
            "name": "Tài khoản tỉnh",
            "client_id": "pcmt",
            "secret": "bi-mat",
            "settings": {"server_url": issuer, "oauth_pkce_enabled": True, "origin": issuer},
        }
        settings.IDENTITY_PROVIDERS = [app]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["form-action"] = [*policy["DIRECTIVES"]["form-action"], issuer]
        settings.CONTENT_SECURITY_POLICY = policy
        yield issuer
