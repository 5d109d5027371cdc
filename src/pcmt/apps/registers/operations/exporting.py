"""The register list of a commune for a span of days (form III-10), taken out or printed: counted, marked, limited.

Nobody needs hundreds of names at home: beyond so many lists and people a day (settings) the list is refused in words.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import attrs
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing, record_reading
from pcmt.apps.registers.models import RegisterExport, Visit
from pcmt.apps.registers.operations.papers import new_mark, purpose_words, watermark
from pcmt.apps.registers.operations.reading import open_identities
from pcmt.apps.registers.queries.exporting import ListWanted, lines_of, listed_spells, may_export
from pcmt.apps.registers.queries.papers import issuer_of
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.documents.output.person_form import Listed, list_report
from pcmt.documents.output.report import Report

KINDS = ("docx", "pdf", "xlsx", "print")
LISTS = "list."
"""By what the kinds of exports begin that count towards the limits of a day."""


@attrs.frozen(repr=False)
class TakenList:
    """A list made for one person now: as rows and as a document, with the watermark of its pages."""

    rows: tuple[Listed, ...]
    report: Report
    foot: str
    mark: str


@attrs.frozen
class Left:
    """How many lists and people somebody may still take out today."""

    lists: int
    people: int


def left_today(actor: Actor, at: datetime) -> Left:
    """What the limits of the day leave."""
    start = datetime.combine(timezone.localdate(at), time(), timezone.get_default_timezone())
    rows = RegisterExport.objects.filter(user_id=actor.user_id, kind__startswith=LISTS)
    told = rows.filter(at__gte=start, at__lt=start + timedelta(days=1)).aggregate(
        lists=Count("pk"), people=Sum("count")
    )
    return Left(
        max(settings.REGISTER_EXPORT_LISTS - told["lists"], 0),
        max(settings.REGISTER_EXPORT_PEOPLE - (told["people"] or 0), 0),
    )


def take_list(*, actor: Actor, at: datetime, visit: Visit | None, wanted: ListWanted, kind: str) -> TakenList | Refusal:
    """The list, for who keeps the files of the commune, inside a visit. `kind` is one of KINDS."""
    if kind not in KINDS:
        raise ValueError(kind)
    if not may_export(actor, wanted.unit_id):
        raise PermissionDenied
    if wanted.last < wanted.start:
        return Refusal(code="span", message=_("Ngày cuối ở trước ngày đầu."), field="den")
    with transaction.atomic():
        if visit is None or not _held(visit, actor, at):
            return Refusal(code="visit", message=_("Nói mục đích trước khi lấy danh sách."))
        spells = listed_spells(actor, wanted)
        people = {each.subject_id: each.subject for each in spells}
        if refused := _too_much(left_today(actor, at), len(people)):
            return refused
        blocks = open_identities(actor=actor, at=at, visit=visit, subjects=people.values(), what="export")
        if isinstance(blocks, Refusal):
            return blocks
        mark = new_mark()
        RegisterExport.objects.create(
            user_id=actor.user_id, unit_id=actor.unit_id, visit=visit, kind=f"{LISTS}{kind}", mark=mark,
            count=len(people), at=at,
        )  # fmt: skip
        unit = Unit.objects.get(pk=wanted.unit_id)
        told = {
            "format": kind, "count": len(people), "mark": mark, "window_from": wanted.start, "window_to": wanted.last,
            "category": wanted.category,
        }  # fmt: skip
        thing = Thing(RegisterExport._meta.label, mark, mark)
        if kind == "print":
            record_reading(
                at=at, actor=actor, event="registers.list.printed", obj=thing, purpose=purpose_words(visit), told=told
            )
        else:
            record_reading(
                at=at, actor=actor, event="registers.list.exported", obj=thing, purpose=purpose_words(visit), told=told
            )
    rows = tuple(lines_of(spells, blocks))
    foot = watermark(actor, at, mark)
    today = timezone.localdate(at)
    report = list_report(rows, start=wanted.start, last=wanted.last, on=today, issuer=issuer_of(unit, today), foot=foot)
    return TakenList(rows, report, foot, mark)


def _held(visit: Visit, actor: Actor, at: datetime) -> bool:
    """Whether the visit is the actor's and open; locked, so that two lists at once are counted one after the other."""
    rows = Visit.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(pk=visit.pk, user_id=actor.user_id, closed_at__isnull=True, until__gt=at).exists()


def _too_much(left: Left, people: int) -> Refusal | None:
    if not people:
        return Refusal(code="nobody", message=_("Không có ai trong danh sách này."))
    if left.lists < 1:
        message = _("Hôm nay bạn đã lấy đủ %(most)s danh sách. Cần thêm thì đề nghị người phụ trách, hoặc đợi đến mai.")
        return Refusal(code="limit_lists", message=message % {"most": settings.REGISTER_EXPORT_LISTS})
    if people > left.people:
        message = _(
            "Danh sách có %(people)s người; hôm nay bạn còn lấy được %(left)s người (tối đa %(most)s mỗi ngày). "
            "Thu hẹp diện quản lý hoặc khoảng ngày."
        )
        told = {"people": people, "left": left.people, "most": settings.REGISTER_EXPORT_PEOPLE}
        return Refusal(code="limit_people", message=message % told)
    return None
