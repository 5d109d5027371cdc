"""Single sign-on by OpenID Connect: code flow with PKCE and nonce; the signature of the identity is always checked."""

from __future__ import annotations

import secrets
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from requests import RequestException

from pcmt.web.account.adapters import INVITED, SingleSignOnAdapter

NONCE = "sso_nonce"
"""The session remembers under this key what the identity must repeat: one made for somebody else does not."""
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Public keys only: with a shared secret whoever can check an identity could make one."""
CLOCKS_APART = 60
"""So many seconds may the provider's clock differ from ours."""


class Provider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The library's, but every identity is checked: signature, issuer, audience, time, nonce, and whose it is.

    A new key of the provider is fetched when it is first met.
    """

    def get_provider(self) -> Any:
        provider = super().get_provider()
        nonce = self.request.session.get(NONCE)
        provider.app.settings = {**provider.app.settings, "auth_params": {"nonce": nonce} if nonce else {}}
        return provider

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            identity: dict[str, Any] = jwt.decode(
                id_token,
                key=self._signer(id_token),
                algorithms=SIGNATURES,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=CLOCKS_APART,
                options={"require": ["sub", "exp", "iat", "iss", "aud"]},
            )
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise OAuth2Error(f"identity: {type(error).__name__}") from error
        nonce = self.request.session.pop(NONCE, None)
        if not nonce or not secrets.compare_digest(str(identity.get("nonce", "")).encode(), nonce.encode()):
            raise OAuth2Error("identity: nonce")
        return identity

    def _signer(self, id_token: str) -> jwt.PyJWK:
        """The provider's key that the token names; it need name none where there is only one."""
        name = jwt.get_unverified_header(id_token).get("kid")
        with SingleSignOnAdapter(self.request).get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        fitting = [key for key in keys if name is None or key.key_id == name]
        if len(fitting) != 1:
            raise OAuth2Error(f"identity: {len(fitting)} keys named {name}")
        return fitting[0]

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        try:
            told: dict[str, Any] = super()._fetch_user_info(access_token)
        except ValueError as error:
            raise OAuth2Error("user information: no JSON") from error
        return told

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        """What the provider tells of a person must be of the person whom the identity names (OpenID Core 5.3.2)."""
        if "id_token" not in kwargs["response"]:
            raise OAuth2Error("no identity")
        login = super().complete_login(request, app, token, **kwargs)
        told = login.account.extra_data
        if told.get("userinfo") and told["userinfo"].get("sub") != told["id_token"]["sub"]:
            raise OAuth2Error("user information of somebody else")
        return login


def _called(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    provider = Provider(request, provider_id)
    try:
        return view.adapter_view(provider)(request)  # type: ignore[no-any-return]
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (RequestException, OAuth2Error, KeyError, ValueError) as error:  # what stands at its address is no provider
        try:
            SingleSignOnAdapter(request).on_authentication_error(request, provider, exception=error)
        except ImmediateHttpResponse as refused:
            return refused.response  # type: ignore[no-any-return]
        raise


@login_not_required
@never_cache
@require_POST
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Go to the provider; `process=connect` links the identity to the account that is signed in.

    From the page of an invitation the form brings its token along: the identity that comes back is the person's.
    """
    request.session[NONCE] = secrets.token_urlsafe(24)
    if request.POST.get("invitation"):
        request.session[INVITED] = request.POST["invitation"]
    else:
        request.session.pop(INVITED, None)
    return _called(OAuth2LoginView, request, provider_id)


@login_not_required
@never_cache
def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider with a code."""
    return _called(OAuth2CallbackView, request, provider_id)
