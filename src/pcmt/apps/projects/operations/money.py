"""The money of programmes and projects: sources, lines of the estimate, what was given, spent, settled, taken back.

No sum ever exceeds what it comes from: what a source hands down and gives to lines its amount, what a line spent what
it was given, what was settled what was spent. A year that is closed stands until it is opened with a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import (
    MOST,
    MoneyAct,
    MoneyEntry,
    MoneyKind,
    MoneyLine,
    MoneySheet,
    MoneySource,
    MoneyYear,
)
from pcmt.apps.projects.operations.common import dong, held, needs, squeezed, stale
from pcmt.apps.projects.operations.counting import count_units, counted_at
from pcmt.apps.projects.policies import can_keep, can_tell
from pcmt.apps.projects.queries.money import Sums, closed_years, line_sums, source_sums
from pcmt.apps.projects.queries.tree import ancestry, answers_for, family
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import Task
from pcmt.core.diagnostics import Refusal

FIRST_YEAR, LAST_YEAR = 2000, 2100
T = TypeVar("T")


class _UndoneError(Exception):
    """What was written would break a rule: the savepoint is rolled back, the refusal goes to the user."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def kept(write: Callable[[], T], broken: Callable[[T], Refusal | None]) -> T | Refusal:
    """Write, look whether every rule still holds, and take it back if one does not."""
    try:
        with transaction.atomic():
            done = write()
            refusal = broken(done)
            if refusal is not None:
                raise _UndoneError(refusal)
    except _UndoneError as undone:
        return undone.refusal
    return done


def broken_source(source_id: int | None, field: str = "amount") -> Refusal | None:
    """Whether a source gives more than it has."""
    if source_id is None:
        return None
    sums = source_sums(MoneySource.objects.filter(pk=source_id))[source_id]
    if sums.left >= 0:
        return None
    message = _("Vượt nguồn “%(source)s” %(over)s: nguồn có %(amount)s, đã giao và cấp %(given)s.")
    words = {
        "source": sums.source.name,
        "over": dong(-sums.left),
        "amount": dong(sums.source.amount),
        "given": dong(sums.handed + sums.allocated),
    }
    return Refusal(code="over_source", message=message % words, field=field, ref=source_id)


def broken_line(line: MoneyLine, field: str = "amount") -> Refusal | None:
    """Whether a line spent more than it was given, or settled more than it spent."""
    sums = line_sums([line])[line.pk]
    if line.source_id is None and sums.allocated:
        message = _("Khoản này chưa có nguồn nên chưa cấp được. Chọn nguồn cho khoản trước.")
        return Refusal(code="unfunded", message=message, field=field, ref=line.pk)
    pairs = (
        ("over_allocated", sums.disbursed, sums.allocated, _("Giải ngân %(more)s nhiều hơn số đã cấp %(less)s.")),
        ("over_disbursed", sums.settled, sums.disbursed, _("Quyết toán %(more)s nhiều hơn số đã giải ngân %(less)s.")),
    )
    for code, more, less, words in pairs:
        if more > less:
            return Refusal(
                code=code, message=words % {"more": dong(more), "less": dong(less)}, field=field, ref=line.pk
            )
    return None


def broken_line_and_source(line: MoneyLine) -> Refusal | None:
    """Whether a line, or the source that pays for it, breaks a rule."""
    return broken_line(line) or broken_source(line.source_id)


def wrong_amount(amount: int, *, least: int = 0) -> Refusal | None:
    """Whether an amount is none."""
    if isinstance(amount, int) and least <= amount <= MOST:
        return None
    if amount > MOST:
        message = _("Số tiền lớn quá %(most)s; kiểm tra lại số chữ số.") % {"most": dong(MOST)}
    else:
        message = _("Ghi số đồng nguyên, lớn hơn 0.") if least else _("Ghi số đồng nguyên, không âm.")
    return Refusal(code="amount", message=message, field="amount")


def wrong_year(year: int, field: str = "year") -> Refusal | None:
    """Whether a year is none."""
    if FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return Refusal(code="year", message=_("Ghi năm bằng bốn chữ số, ví dụ 2026."), field=field)


def closed(plan_id: int, *years: int) -> Refusal | None:
    """Whether the money of one of the years stands."""
    found = sorted(closed_years(plan_id) & set(years))
    if not found:
        return None
    message = _("Năm %(year)d đã khóa sổ. Mở lại năm, kèm lý do, rồi ghi.") % {"year": found[0]}
    return Refusal(code="closed", message=message, field="year")


# --- sources


def keep_source(
    *,
    actor: Actor,
    at: datetime,
    plan_id: int,
    source_id: int | None,
    version: int,
    kind: str,
    name: str,
    amount: int,
    year_from: int,
    year_to: int,
    paper: str = "",
    of_id: int | None = None,
) -> MoneySource | Refusal:
    """Write down a source, or say one anew. `of_id`: the source of a plan around this one that it is a part of."""
    with transaction.atomic():
        plan = held(actor, plan_id, can_keep)
        row = MoneySource(plan=plan, made_at=at, made_by_id=actor.user_id, version=0)
        if source_id is not None:
            found = MoneySource.objects.standing().filter(pk=source_id, plan=plan).first()
            if found is None or found.version != version:
                return stale()
            row = found
        before = _source_told(row) if source_id is not None else None
        row.kind, row.name, row.paper, row.amount = kind, squeezed(name), squeezed(paper), amount
        row.year_from, row.year_to, row.of_id = year_from, year_to, of_id
        refused = _wrong_source(row, plan)
        if refused:
            return refused
        if before is not None and _source_told(row) == before:
            return row
        row.version += 1
        years = range(year_from, year_to + 1)
        refused = closed(plan.pk, *years) if before is None else None
        if refused:
            return refused

        def write() -> MoneySource:
            row.save()
            return row

        done = kept(write, lambda it: broken_source(it.pk) or broken_source(it.of_id))
        if isinstance(done, Refusal):
            return done
        lines = list(MoneyLine.objects.standing().filter(source=row))
        odd = [line for line in lines if not year_from <= line.year <= year_to]
        if odd:
            transaction.set_rollback(True)
            message = _("Khoản “%(line)s” của năm %(year)d đang dùng nguồn này.")
            words = {"line": odd[0].words, "year": odd[0].year}
            return Refusal(code="years_used", message=message % words, field="year_to", ref=odd[0].pk)
        units = set(MoneyEntry.objects.filter(line__in=lines).values_list("unit_id", flat=True))
        if before is not None and before["kind"] != row.kind and units:
            hold(at)
            count_units(unit_ids=units, at=at)
        record(at=at, actor=actor, event="projects.source.kept", obj=row, before=before, after=_source_told(row))
    return row


def _wrong_source(row: MoneySource, plan: Plan) -> Refusal | None:
    refused = (
        needs(row.name, "name", _("Ghi tên nguồn."))
        or wrong_amount(row.amount)
        or wrong_year(row.year_from, "year_from")
        or wrong_year(row.year_to, "year_to")
    )
    if refused:
        return refused
    if row.kind not in MoneyKind.values:
        return Refusal(code="kind", message=_("Chọn loại nguồn."), field="kind")
    if row.year_to < row.year_from:
        return Refusal(code="years", message=_("Năm cuối trước năm đầu."), field="year_to")
    if row.of_id is None:
        return None
    of = MoneySource.objects.standing().filter(pk=row.of_id).first()
    if of is None or of.plan_id not in ancestry(plan.pk)[1:]:
        message = _("Chọn một nguồn của chương trình, dự án cấp trên.")
        return Refusal(code="of", message=message, field="of")
    if of.kind != row.kind:
        message = _("Nguồn này là một phần của “%(source)s” (%(kind)s) nên cùng loại.")
        words = {"source": of.name, "kind": of.get_kind_display()}
        return Refusal(code="of_kind", message=message % words, field="kind")
    if not of.year_from <= row.year_from <= row.year_to <= of.year_to:
        message = _("Nguồn cấp trên chỉ dùng cho các năm %(first)d–%(last)d.")
        return Refusal(code="of_years", message=message % {"first": of.year_from, "last": of.year_to}, field="year_to")
    return None


def _source_told(row: MoneySource) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "amount": row.amount,
        "paper": row.paper,
        "years": f"{row.year_from}–{row.year_to}",
        "of": row.of.name if row.of else "",
    }


def void_source(*, actor: Actor, at: datetime, source_id: int, version: int, why: str) -> MoneySource | Refusal:
    """Take a source back that nothing uses."""
    with transaction.atomic():
        seen = _seen(MoneySource, actor, source_id)
        held(actor, seen.plan_id, can_keep)
        row = MoneySource.objects.standing().filter(pk=source_id).first()
        if row is None or row.version != version:
            return stale()
        used = MoneyLine.objects.standing().filter(source=row).exists()
        if used or MoneySource.objects.standing().filter(of=row).exists():
            message = _("Nguồn này đang có khoản hoặc nguồn cấp dưới sử dụng. Chuyển chúng sang nguồn khác trước.")
            return Refusal(code="used", message=message)
        refused = needs(squeezed(why), "why", _("Ghi lý do.")) or closed(
            row.plan_id, *range(row.year_from, row.year_to + 1)
        )
        if refused:
            return refused
        row.voided_at, row.void_why, row.version = at, squeezed(why), row.version + 1
        row.save(update_fields=["voided_at", "void_why", "version"])
        record(at=at, actor=actor, event="projects.source.voided", obj=row, reason=row.void_why)
    return row


# --- lines


def keep_line(
    *,
    actor: Actor,
    at: datetime,
    plan_id: int,
    line_id: int | None,
    version: int,
    key: UUID,
    year: int,
    words: str,
    estimate: int,
    source_id: int | None = None,
    task_id: int | None = None,
    target_id: int | None = None,
) -> MoneyLine | Refusal:
    """Write down what money is for, or say it anew. The same key makes one line, however often it is sent."""
    with transaction.atomic():
        plan = held(actor, plan_id, can_tell)
        if line_id is None and (there := MoneyLine.objects.filter(key=key, plan=plan).first()) is not None:
            return there
        text = {
            "year": year, "words": words, "estimate": estimate, "source_id": source_id, "task_id": task_id,
            "target_id": target_id,
        }  # fmt: skip
        done = put_line(actor, at, plan, line_id, version, key, text)
        if isinstance(done, Refusal):
            return done
        row, before, units = done
        if before == line_told(row):
            return row
        if units:
            hold(at)
            count_units(unit_ids=units, at=at)
        record(at=at, actor=actor, event="projects.line.kept", obj=row, before=before, after=line_told(row))
    return row


def put_line(
    actor: Actor, at: datetime, plan: Plan, line_id: int | None, version: int, key: UUID, text: dict[str, Any]
) -> tuple[MoneyLine, dict[str, Any] | None, set[int]] | Refusal:
    """Write a line of a plan that is held; what it was before, and the units whose figures have to be counted again."""
    row = MoneyLine(plan=plan, made_at=at, made_by_id=actor.user_id, version=0, key=key)
    if line_id is not None:
        found = MoneyLine.objects.standing().filter(pk=line_id, plan=plan).first()
        if found is None or found.version != version:
            return stale()
        row = found
    before = line_told(row) if line_id is not None else None
    was = (row.year, row.source_id) if line_id is not None else None
    refused = closed(plan.pk, text["year"], *([row.year] if was else []))
    if refused:
        return refused
    for name, value in text.items():
        setattr(row, name, squeezed(value) if name == "words" else value)
    refused = _wrong_line(row, plan)
    if refused:
        return refused
    if before is not None and line_told(row) == before:
        return row, before, set()
    row.version += 1

    def write() -> MoneyLine:
        row.save()
        return row

    done = kept(write, lambda it: broken_line(it, "source") or broken_source(it.source_id, "source"))
    if isinstance(done, Refusal):
        return done
    units: set[int] = set()
    if was is not None and was != (row.year, row.source_id):
        units = set(MoneyEntry.objects.standing().filter(line=row).values_list("unit_id", flat=True))
    return row, before, units


def _wrong_line(row: MoneyLine, plan: Plan) -> Refusal | None:
    refused = needs(row.words, "words", _("Ghi nội dung chi.")) or wrong_year(row.year) or wrong_amount(row.estimate)
    if refused:
        field = "estimate" if refused.code == "amount" else refused.field
        return Refusal(code=refused.code, message=refused.message, field=field)
    around = ancestry(plan.pk)
    if row.source_id is not None:
        source = MoneySource.objects.standing().filter(pk=row.source_id, plan__in=around).first()
        if source is None:
            message = _("Chọn một nguồn của dự án hoặc của chương trình chứa dự án.")
            return Refusal(code="source", message=message, field="source")
        if not source.year_from <= row.year <= source.year_to:
            message = _("Nguồn “%(source)s” chỉ dùng cho các năm %(first)d–%(last)d.")
            told = {"source": source.name, "first": source.year_from, "last": source.year_to}
            return Refusal(code="source_year", message=message % told, field="year")
    for model, pk, field in ((Task, row.task_id, "task"), (Target, row.target_id, "target")):
        manager: Any = model._default_manager
        if pk is not None and not manager.filter(pk=pk, plan__in=around).exists():
            message = _("Chọn trong danh sách của kế hoạch này hoặc của chương trình chứa nó.")
            return Refusal(code=field, message=message, field=field)
    return None


def line_told(row: MoneyLine) -> dict[str, Any]:
    """A line for the log."""
    return {
        "year": row.year,
        "words": row.words,
        "estimate": row.estimate,
        "money_source": row.source.name if row.source else "",
        "task": row.task_id,
        "target": row.target_id,
    }


def void_line(*, actor: Actor, at: datetime, line_id: int, version: int, why: str) -> MoneyLine | Refusal:
    """Take a line back that nothing was given to."""
    with transaction.atomic():
        seen = _seen(MoneyLine, actor, line_id)
        held(actor, seen.plan_id, can_tell)
        row = MoneyLine.objects.standing().filter(pk=line_id).first()
        if row is None or row.version != version:
            return stale()
        refused = closed(row.plan_id, row.year) or needs(squeezed(why), "why", _("Ghi lý do."))
        if refused:
            return refused
        if MoneyEntry.objects.standing().filter(line=row).exists():
            message = _("Khoản này đã có bút toán. Hủy các bút toán trước.")
            return Refusal(code="used", message=message)
        row.voided_at, row.void_why, row.version = at, squeezed(why), row.version + 1
        row.save(update_fields=["voided_at", "void_why", "version"])
        record(at=at, actor=actor, event="projects.line.voided", obj=row, reason=row.void_why)
    return row


# --- entries


def enter(
    *, actor: Actor, at: datetime, key: UUID, line_id: int, what: str, on: date, amount: int, paper: str = ""
) -> MoneyEntry | Refusal:
    """Write down that money of a line was given, spent, settled or taken back. The same key makes one entry."""
    with transaction.atomic():
        seen = _seen(MoneyLine, actor, line_id)
        plan = held(actor, seen.plan_id, can_tell)
        if (there := MoneyEntry.objects.filter(key=key, line=line_id).first()) is not None:
            return there
        done = put_entry(actor, at, plan, key, line_id, what, on, amount, paper)
        if isinstance(done, Refusal):
            return done
        if what != MoneyAct.SETTLEMENT:
            count_units(unit_ids=[done.unit_id], at=at)
        record(at=at, actor=actor, event="projects.money.entered", obj=done, after=_entry_told(done))
    return done


def put_entry(
    actor: Actor,
    at: datetime,
    plan: Plan,
    key: UUID,
    line_id: int,
    what: str,
    on: date,
    amount: int,
    paper: str,
    sheet: MoneySheet | None = None,
) -> MoneyEntry | Refusal:
    """Write an entry of a plan that is held."""
    line = MoneyLine.objects.standing().filter(pk=line_id, plan=plan).first()
    if line is None:
        return Refusal(code="gone", message=_("Khoản này đã bỏ."))
    today = timezone.localdate(at)
    refused = wrong_amount(amount, least=1) or closed(plan.pk, line.year)
    if refused:
        return refused
    if what not in MoneyAct.values:
        return Refusal(code="what", message=_("Chọn việc đã làm với khoản này."), field="what")
    if on > today:
        message = _("Ngày %(day)s chưa tới; chỉ ghi việc đã làm.") % {"day": f"{on:%d/%m/%Y}"}
        return Refusal(code="future", message=message, field="on")
    early = on.year < (line.year if what != MoneyAct.ALLOCATION else line.year - 1)
    if early or on.year > line.year + 2:
        message = _("Ngày %(day)s không khớp năm ngân sách %(year)d của khoản.")
        return Refusal(code="day", message=message % {"day": f"{on:%d/%m/%Y}", "year": line.year}, field="on")
    row = MoneyEntry(
        line=line, what=what, on=on, amount=amount, paper=squeezed(paper)[:200], key=key, sheet=sheet, made_at=at,
        made_by_id=actor.user_id, unit_id=counted_at(answers_for(plan), today),
    )  # fmt: skip

    def write() -> MoneyEntry:
        row.save()
        return row

    return kept(write, lambda it: broken_line_and_source(it.line))


def void_entry(*, actor: Actor, at: datetime, entry_id: int, why: str) -> MoneyEntry | Refusal:
    """Take a wrong entry back; it stays on record with the reason."""
    with transaction.atomic():
        seen = _seen(MoneyEntry, actor, entry_id)
        held(actor, seen.line.plan_id, can_tell)
        row = MoneyEntry.objects.select_related("line").get(pk=entry_id)
        if row.voided_at is not None:
            return row
        refused = closed(row.line.plan_id, row.line.year) or needs(squeezed(why), "why", _("Ghi lý do hủy."))
        if refused:
            return refused
        done = take_back(actor, at, row, squeezed(why))
        if isinstance(done, Refusal):
            return done
        if row.what != MoneyAct.SETTLEMENT:
            count_units(unit_ids=[row.unit_id], at=at)
        record(at=at, actor=actor, event="projects.money.voided", obj=row, before=_entry_told(row), reason=row.void_why)
    return row


def take_back(actor: Actor, at: datetime, row: MoneyEntry, why: str) -> MoneyEntry | Refusal:
    """Void an entry of a plan that is held, if every sum still holds without it."""

    def write() -> MoneyEntry:
        row.voided_at, row.voided_by_id, row.void_why = at, actor.user_id, why
        row.save(update_fields=["voided_at", "voided_by", "void_why"])
        return row

    return kept(write, lambda it: broken_line_and_source(it.line))


def _entry_told(row: MoneyEntry) -> dict[str, Any]:
    return {
        "line": row.line.words,
        "what": row.what,
        "on": row.on.isoformat(),
        "amount": row.amount,
        "paper": row.paper,
    }


# --- years


def close_year(*, actor: Actor, at: datetime, plan_id: int, year: int) -> MoneyYear | Refusal:
    """Close a budget year of a plan and of all plans in it: nothing of its money changes from now on."""
    with transaction.atomic():
        plan = held(actor, plan_id, can_keep)
        refused = wrong_year(year)
        if refused:
            return refused
        there = MoneyYear.objects.filter(plan=plan, year=year, opened_at__isnull=True).first()
        if there is not None:
            return there
        if year > timezone.localdate(at).year:
            return Refusal(code="future", message=_("Năm này chưa tới."), field="year")
        row = MoneyYear.objects.create(plan=plan, year=year, closed_at=at, closed_by_id=actor.user_id)
        sums = sum(line_sums(_of_year(plan, year)).values(), Sums())
        told = {"year": year, "allocated": sums.allocated, "disbursed": sums.disbursed, "settled": sums.settled}
        record(at=at, actor=actor, event="projects.year.closed", obj=plan, after=told)
    return row


def _of_year(plan: Plan, year: int) -> list[MoneyLine]:
    return list(MoneyLine.objects.standing().filter(plan__in=family(plan.pk), year=year))


def open_year(*, actor: Actor, at: datetime, plan_id: int, year: int, why: str) -> MoneyYear | Refusal:
    """Open a closed year again, with a reason."""
    with transaction.atomic():
        plan = held(actor, plan_id, can_keep)
        refused = needs(squeezed(why), "why", _("Ghi lý do mở lại."))
        if refused:
            return refused
        row = MoneyYear.objects.filter(plan=plan, year=year, opened_at__isnull=True).first()
        if row is None:
            return Refusal(code="open", message=_("Năm này không khóa ở kế hoạch này."), field="year")
        row.opened_at, row.opened_by_id, row.why = at, actor.user_id, squeezed(why)
        row.save(update_fields=["opened_at", "opened_by", "why"])
        record(at=at, actor=actor, event="projects.year.opened", obj=plan, after={"year": year}, reason=row.why)
    return row


def _seen(model: Any, actor: Actor, pk: int) -> Any:
    row = model.objects.visible_to(actor).filter(pk=pk).first()
    if row is None:
        raise PermissionDenied(_("Không tìm thấy nội dung này."))
    return row
