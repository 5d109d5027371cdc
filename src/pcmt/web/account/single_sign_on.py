"""Single sign-on by OpenID Connect: code flow with PKCE; the signature of the identity is always checked."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from requests import RequestException

from pcmt.web.account.adapters import INVITED, SingleSignOnAdapter


class Provider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The library's, but the identity's signature is checked even when it came straight from the provider.

    A new key of the provider is fetched when it is first met.
    """

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )


def _called(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    provider = Provider(request, provider_id)
    try:
        return view.adapter_view(provider)(request)  # type: ignore[no-any-return]
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except RequestException as error:  # the provider does not answer, before anything began
        from allauth.core.exceptions import ImmediateHttpResponse

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
