"""Names on the pages of files: opened inside a visit only, each time by the operation that writes it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import attrs
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.audit.operations import Thing
from pcmt.apps.registers.operations.reading import open_identities, open_identity
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.queries.files import File
from pcmt.apps.registers.queries.people import Line, sees_names
from pcmt.core.diagnostics import Refusal
from pcmt.web.audit.acts import noted
from pcmt.web.protection.visits import visit_of
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate

MASK = "•"
SHOWN = 4
"""Digits at the end of a number that stay readable."""


@attrs.frozen(repr=False)
class Person:
    """Who a file is about, as its page shows it. `more`: the rest of the block in words, shown when unmasked."""

    block: PersonBlock
    more: Sequence[tuple[str, str]]


class Named(Protocol):
    """A line about a file: of a list of files, of the day, of whom to test."""

    @property
    def subject(self) -> Any:
        """The file."""

    @property
    def code(self) -> str:
        """Its code."""


def masked(number: str) -> str:
    """A number with its last digits only: enough to compare with a paper in hand, not to copy."""
    if len(number) <= SHOWN:
        return MASK * len(number)
    return MASK * (len(number) - SHOWN) + number[-SHOWN:]


def of_list(request: HttpRequest, lines: Sequence[Named], what: str = "list") -> Mapping[str, PersonBlock]:
    """Who the files of a page of a list are about, by code; nothing outside a visit. Logged with their number."""
    actor, visit = acting(request), visit_of(request)
    if visit is None or not lines or not sees_names(actor):
        return {}
    found = open_identities(
        actor=actor, at=timezone.now(), visit=visit, subjects=[line.subject for line in lines], what=what
    )
    if isinstance(found, Refusal):
        return {}
    return {line.code: found[line.subject.pk] for line in lines if line.subject.pk in found}


def of_search(request: HttpRequest, lines: Sequence[Line], *, by: str) -> Mapping[str, PersonBlock]:
    """Who was found. That somebody searched, by what and with how many found, is logged in any case; never for what."""
    visit = visit_of(request)
    purpose = str(visit.get_purpose_display()) if visit else ""
    noted(
        request, "registers.search.read", Thing("registers.Subject", "", ""), purpose=purpose, by=by, count=len(lines)
    )
    return of_list(request, lines, "search")


def of_file(request: HttpRequest, file: File) -> Person | Refusal | None:
    """Who a file is about; None outside a visit and for who sees no names."""
    actor, visit = acting(request), visit_of(request)
    if visit is None or not file.names:
        return None
    block = open_identity(actor=actor, at=timezone.now(), visit=visit, subject=file.subject)
    return block if isinstance(block, Refusal) else Person(block, list(_more(block)))


def _more(block: PersonBlock) -> Iterator[tuple[str, str]]:
    """The rest of the person block, as the forms call it, without what is not known."""
    named = (
        (_("Tên gọi khác"), block.other_names),
        (_("Ngày sinh"), vdate(block.born_on) if block.born_on else ""),
        (_("Nơi sinh"), block.birthplace),
        (_("Quê quán"), block.home_place),
        (_("Thường trú"), block.permanent_address),
        (_("Tạm trú"), block.temporary_address),
        (_("Nơi ở hiện tại"), block.present_address),
        (_("Nơi cấp giấy tờ"), block.id_issuer),
        (_("Dân tộc"), block.ethnicity),
        (_("Tôn giáo"), block.religion),
        (_("Trình độ học vấn"), block.schooling),
        (_("Nghề nghiệp"), block.occupation),
        (_("Nơi làm việc, học tập"), block.workplace),
    )
    for label, value in named:
        if value:
            yield label, value
