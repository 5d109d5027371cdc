"""What every request passes through."""

import gzip
import logging
import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from pcmt.apps.audit.origin import Origin, origin, origin_is
from pcmt.config.logging import Impersonal
from pcmt.config.middleware import chosen_language, compressed_pages, known_methods, request_origin


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


PAGE = "<p>Kế hoạch phòng, chống ma túy</p>" * 200


@pytest.mark.parametrize(
    ("kind", "accepts", "packed"),
    [
        ("text/html; charset=utf-8", "gzip, br", True),
        ("text/html; charset=utf-8", "", False),
        ("application/pdf", "gzip", False),
    ],
)
def test_pages_are_compressed_and_files_are_not(rf: RequestFactory, kind: str, accepts: str, packed: bool) -> None:
    request = rf.get("/", headers={"accept-encoding": accepts})
    response = compressed_pages(lambda _request: HttpResponse(PAGE, content_type=kind))(request)
    assert response.get("Content-Encoding") == ("gzip" if packed else None)
    assert (gzip.decompress(response.content) if packed else response.content).decode() == PAGE
    assert ("Accept-Encoding" in response.get("Vary", "")) is kind.startswith("text/html")


def test_a_page_never_has_the_same_length_or_token_twice(client: Client, db: None) -> None:
    """What keeps lengths from giving the token away."""
    answers = [client.get("/dang-nhap/", headers={"accept-encoding": "gzip"}) for _time in range(8)]
    assert all(answer["Content-Encoding"] == "gzip" for answer in answers)
    pages = [gzip.decompress(answer.content).decode() for answer in answers]
    assert len({re.findall(r'csrfmiddlewaretoken" value="(\w+)"', page)[0] for page in pages}) == 8
    assert len({len(answer.content) for answer in answers}) > 1


@pytest.mark.parametrize(
    ("method", "status"),
    [("GET", 200), ("HEAD", 200), ("POST", 200), ("OPTIONS", 200)]
    + [(method, 405) for method in ("PUT", "PATCH", "DELETE", "PROPFIND", "TRACE")],
)
def test_methods_that_no_page_has_go_no_further(rf: RequestFactory, method: str, status: int) -> None:
    asked: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        asked.append(request)
        return HttpResponse()

    response = known_methods(view)(rf.generic(method, "/"))
    assert (response.status_code, len(asked)) == (status, status == 200)
    assert response.get("Allow", "") == ("GET, HEAD, POST, OPTIONS" if status == 405 else "")
