"""Names on the pages of files: opened inside a visit only, each time by the operation that writes it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from django.http import HttpRequest
from django.utils.http import urlencode

from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.queries.files import File
from pcmt.apps.registers.queries.people import Line
from pcmt.core.diagnostics import Refusal

MASK = "•"
SHOWN = 4
"""Digits at the end of a number that stay readable."""


def masked(number: str) -> str:
    """A number with its last digits only: enough to compare with a paper in hand, not to copy."""
    if len(number) <= SHOWN:
        return MASK * len(number)
    return MASK * (len(number) - SHOWN) + number[-SHOWN:]


@attrs.frozen(repr=False)
class Person:
    """Who a file is about, as its page shows it. `more`: the rest of the block in words, shown when unmasked."""

    block: PersonBlock
    more: Sequence[tuple[str, str]]


def visit_of(request: HttpRequest) -> Any:
    return None


def purpose_url(request: HttpRequest) -> str:
    return "/ho-so/muc-dich/?" + urlencode({"next": request.path})


def of_list(request: HttpRequest, lines: Sequence[Line]) -> Mapping[str, PersonBlock]:
    return {}


def of_search(request: HttpRequest, lines: Sequence[Line]) -> Mapping[str, PersonBlock]:
    return {}


def of_file(request: HttpRequest, file: File) -> Person | Refusal | None:
    return None
