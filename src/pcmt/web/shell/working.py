"""Pages that go on without a connection: each has a service worker of its own, made here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

SHARED = (
    "vendor/tabler/tabler.min.css",
    "css/pcmt.css",
    "js/theme.js",
    "img/pcmt.svg",
    "vendor/fonts/be-vietnam-pro-latin-400-normal.woff2",
    "vendor/fonts/be-vietnam-pro-vietnamese-400-normal.woff2",
    "vendor/fonts/be-vietnam-pro-latin-600-normal.woff2",
    "vendor/fonts/be-vietnam-pro-vietnamese-600-normal.woff2",
)
"""What every such page needs to show itself."""


def worker_of(request: HttpRequest, name: str, page: str, files: Sequence[str]) -> HttpResponse:
    """The worker that keeps the page at an address, with its own static files, under a name that changes with them.

    It serves that page and those files and nothing else; caches of other workers (other names) are left alone.
    """
    kept = [static(each) for each in (*SHARED, *files)]
    version = hashlib.sha256("\n".join([*kept, settings.LANGUAGE_CODE]).encode()).hexdigest()[:12]
    context = {"name": name, "version": version, "page": page, "files": kept}
    answer = render(request, "shell/worker.js", context, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer
