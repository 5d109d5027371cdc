"""What every request passes through and no library offers."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware
from django.utils import translation

from pcmt.apps.audit.origin import Origin, origin_is
from pcmt.web.tipline.floods import FLOODS
from pcmt.web.tipline.paths import is_public

Respond = Callable[[HttpRequest], HttpResponse]


KEPT = ("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
KEPT_HEADERS = (
    *("CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT_ENCODING"),
    *("HTTP_SEC_FETCH_SITE", "HTTP_TRANSFER_ENCODING"),
)


def forgetful_tipline(get_response: Respond) -> Respond:
    """Stands first: on the public page for tips, nothing behind it can know or keep who asks (decision 0059).

    Address, browser, cookies and where somebody came from leave the request before anything else reads it. What is left
    of the address is a hash of its network under a key that lives for minutes, in memory. The chosen language stays.
    The answer sets no cookie, is stored nowhere, and no line of the log is written about a refusal.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        if not is_public(request.path_info):
            return get_response(request)
        network = FLOODS.blurred(client_address(request))
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        for name in list(request.META):
            if name not in KEPT and name not in KEPT_HEADERS and not name.startswith("wsgi."):
                del request.META[name]
        request.META["REMOTE_ADDR"] = ""
        request.__dict__.pop("headers", None)  # a cached view of what is gone
        request.COOKIES = {settings.LANGUAGE_COOKIE_NAME: language} if language else {}
        request.tip_network = network  # type: ignore[attr-defined]
        response = get_response(request)
        response.cookies.clear()
        response["Cache-Control"] = "no-store, private, max-age=0"
        response["Referrer-Policy"] = "no-referrer"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if 400 <= response.status_code < 500:
            # Django's own mark that nothing has to be written: a line would hold the minute
            response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response

    return respond


METHODS = ("GET", "HEAD", "POST", "OPTIONS")


def known_methods(get_response: Respond) -> Respond:
    """Refuses methods that no page has (PUT, PATCH, DELETE, ...), before anything is looked up for them."""

    def respond(request: HttpRequest) -> HttpResponse:
        return get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    return respond


def request_origin(get_response: Respond) -> Respond:
    """Numbers the request and remembers where it came from, for audit entries and the log."""

    def respond(request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        with origin_is(Origin(request_id=request_id, address=client_address(request))):
            response = get_response(request)
        response["X-Request-ID"] = request_id
        return response

    return respond


def client_address(request: HttpRequest) -> str:
    """The client's address; behind our own proxy, the one that the proxy saw (it overwrites X-Real-IP)."""
    proxied = request.headers.get("X-Real-IP", "") if settings.HTTPS else ""
    return (proxied or request.META.get("REMOTE_ADDR", ""))[:45]


def chosen_language(get_response: Respond) -> Respond:
    """Vietnamese unless the user chose another language (Django's language cookie).

    Django's own middleware follows the browser's language, which on many office machines is English by accident.
    """
    known = {code for code, _name in settings.LANGUAGES}

    def respond(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return respond


def compressed_pages(get_response: Respond) -> Respond:
    """Pages go out compressed, a tenth of their size on slow lines; files do not: most are compressed in themselves.

    Safe against guessing secrets by length (BREACH): the one secret of a page, the CSRF token, is masked anew in each;
    requests of other sites carry no session (SameSite=Lax); and Django adds a random length to every answer.
    """
    gzip = GZipMiddleware(get_response)

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return gzip.process_response(request, response)  # type: ignore[return-value]

    return respond
