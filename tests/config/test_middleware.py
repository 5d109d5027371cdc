"""What every request passes through."""

import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from pcmt.apps.audit.origin import Origin, origin, origin_is
from pcmt.config.logging import Impersonal
from pcmt.config.middleware import chosen_language, request_origin


def tell_language(request: HttpRequest) -> HttpResponse:
    return HttpResponse(translation.get_language())


@pytest.mark.parametrize(
    ("cookie", "language"), [(None, "vi"), ("en", "en"), ("vi", "vi"), ("fr", "vi"), ("../../en", "vi")]
)
def test_language_is_vietnamese_unless_chosen(rf: RequestFactory, cookie: str | None, language: str) -> None:
    request = rf.get("/", headers={"accept-language": "en-US"})
    if cookie:
        request.COOKIES["django_language"] = cookie
    response = chosen_language(tell_language)(request)
    assert response.content.decode() == language
    assert response["Content-Language"] == language


def test_origin_is_known_during_the_request_only(rf: RequestFactory) -> None:
    seen: list[Origin] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(origin())
        return HttpResponse()

    response = request_origin(view)(rf.get("/", REMOTE_ADDR="10.1.2.3"))
    assert seen == [Origin(request_id=response["X-Request-ID"], address="10.1.2.3")]
    assert origin() == Origin()


@pytest.mark.parametrize(("https", "address"), [(True, "203.0.113.9"), (False, "10.1.2.3")])
def test_address_said_by_a_header_counts_behind_our_proxy_only(rf, settings, https: bool, address: str) -> None:
    settings.HTTPS = https
    seen = []
    request = rf.get("/", REMOTE_ADDR="10.1.2.3", headers={"x-real-ip": "203.0.113.9"})
    request_origin(lambda _request: HttpResponse(seen.append(origin().address)))(request)
    assert seen == [address]


def test_log_lines_lose_search_words_and_gain_the_request_number() -> None:
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: %s", ("/tim?q=Nguyễn+Văn+An",), None
    )
    with origin_is(Origin(request_id="abc")):
        assert Impersonal().filter(record)
    assert record.getMessage() == "Not Found: /tim"
    assert record.request_id == "abc"  # type: ignore[attr-defined]
