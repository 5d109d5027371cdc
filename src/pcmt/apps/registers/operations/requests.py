"""What people ask about their own file, in the time of the law (Law 91/2025/QH15, article 4; Decree 356/2025/NĐ-CP).

Received, confirmed within two working days, finished within the days of its kind, extended once by 15 days at most.
What was asked and answered in words is sealed; the rest is dates and codes.
"""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.registers.models import Clock, ClockKind, DataRequest, RequestKind, RequestState, Subject
from pcmt.apps.registers.operations.holding import held_file, stale
from pcmt.apps.registers.operations.keeping import anonymise, may_erase
from pcmt.apps.registers.places import keyed_place
from pcmt.apps.registers.vault import Unsealable, seal, unseal
from pcmt.apps.tasks.models import DueState
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import due_of
from pcmt.core.periods import date_label
from pcmt.reference import law, work_calendar

ANSWER = "answer_request"
"""The limit of confirming a request; finishing one has a limit of its kind: finish_see, finish_correct, …"""
EXTEND = "extend_request"
"""At most so much later, once (Decree 356/2025/NĐ-CP)."""
MOST = 2000


def receive(
    *, actor: Actor, at: datetime, key: UUID, code: str, kind: str, received_on: date, words: str
) -> DataRequest | Refusal:
    """Take in a request. The same `key` twice is one request. Opens its two clocks."""
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        if known := DataRequest.objects.filter(key=key, subject=subject).first():
            return known
        if kind not in RequestKind.values:
            return Refusal(code="kind", message=_("Chọn yêu cầu."), field="kind")
        if received_on > timezone.localdate(at):
            return Refusal(code="future", message=_("Ngày này chưa tới."), field="received_on")
        if len(words) > MOST:
            return Refusal(code="long", message=_("Ghi tối đa %(n)s ký tự.") % {"n": MOST}, field="words")
        answer_by, finish_by = limit_of(ANSWER, received_on), limit_of(f"finish_{kind}", received_on)
        if answer_by is None or finish_by is None:
            return Refusal(
                code="law", message=_("Ngày này pháp luật chưa đặt thời hạn cho yêu cầu."), field="received_on"
            )
        made = DataRequest(
            key=key, subject=subject, kind=kind, received_on=received_on, answer_by=answer_by, finish_by=finish_by,
            made_at=at, made_by_id=actor.user_id,
        )  # fmt: skip
        _say(made, "asked", words)
        made.save(force_insert=True)
        for limit, last in ((ANSWER, answer_by), (f"finish_{kind}", finish_by)):
            Clock.objects.create(
                subject=subject, unit_id=subject.unit_id, kind=ClockKind.REQUEST, limit=limit, opened_at=at,
                opens_on=received_on, due_on=last,
            )  # fmt: skip
        record(
            at=at, actor=actor, event="registers.request.received", obj=subject,
            after={"kind": kind, "on": received_on, "due_on": finish_by},
        )  # fmt: skip
    return made


def answer(*, actor: Actor, at: datetime, request_id: int, version: int, on: date) -> DataRequest | Refusal:
    """Write down that the person was told that the request was received."""
    with transaction.atomic():
        got = _held(actor, request_id, version)
        if isinstance(got, Refusal):
            return got
        subject, row = got
        if row.state != RequestState.RECEIVED:
            return stale()
        if refused := _wrong_day(row, on, at):
            return refused
        row.state, row.answered_on = RequestState.ANSWERED, on
        _next(row)
        _settle(row, ANSWER, at, on)
        record(at=at, actor=actor, event="registers.request.answered", obj=subject, after={"on": on})
    return row


def extend(*, actor: Actor, at: datetime, request_id: int, version: int, to: date, words: str) -> DataRequest | Refusal:
    """Take more time, once, with a reason the person is told; before the time is over."""
    with transaction.atomic():
        got = _held(actor, request_id, version)
        if isinstance(got, Refusal):
            return got
        subject, row = got
        if row.extended_to is not None:
            return Refusal(
                code="once", message=_("Yêu cầu này đã gia hạn một lần; pháp luật không cho lần nữa."), field="to"
            )
        if timezone.localdate(at) > row.finish_by:
            return Refusal(code="late", message=_("Đã quá hạn: không gia hạn được nữa."), field="to")
        latest = limit_of(EXTEND, row.finish_by)
        if latest is None or not row.finish_by < to <= latest:
            return Refusal(
                code="far",
                message=_("Gia hạn nhiều nhất đến hết ngày %(day)s.") % {"day": date_label(latest or row.finish_by)},
                field="to",
            )
        if not words.strip():
            return Refusal(code="words", message=_("Nêu lý do gia hạn."), field="words")
        row.extended_to = to
        _say(row, "extended", words)
        _next(row)
        _clocks(row, f"finish_{row.kind}").running().update(due_on=to)
        record(at=at, actor=actor, event="registers.request.extended", obj=subject, after={"due_on": to})
    return row


def finish(
    *, actor: Actor, at: datetime, request_id: int, version: int, done: bool, words: str
) -> DataRequest | Refusal:
    """Finish a request: `done`, or not possible, with the reason the person is told.

    Restricting and objecting mark the file as restricted; erasing makes it nameless now, where nothing forbids it.
    """
    with transaction.atomic():
        got = _held(actor, request_id, version)
        if isinstance(got, Refusal):
            return got
        subject, row = got
        if not done and not words.strip():
            return Refusal(code="words", message=_("Nêu căn cứ không thực hiện được."), field="words")
        if len(words) > MOST:
            return Refusal(code="long", message=_("Ghi tối đa %(n)s ký tự.") % {"n": MOST}, field="words")
        erases = done and row.kind == RequestKind.ERASE
        if erases and not may_erase(subject):
            return Refusal(
                code="kept",
                message=_(
                    "Chưa xóa được: hồ sơ còn diện quản lý đang thực hiện, đang bàn giao, hoặc đang lưu giữ theo"
                    " yêu cầu. Trả lời người yêu cầu kèm căn cứ."
                ),
            )
        today = timezone.localdate(at)
        if row.state == RequestState.RECEIVED:
            row.answered_on = today
            _settle(row, ANSWER, at, today)
        row.state, row.finished_on = RequestState.DONE if done else RequestState.REFUSED, today
        _say(row, "finished", words)
        _next(row)
        _settle(row, f"finish_{row.kind}", at, today)
        if done and row.kind in {RequestKind.RESTRICT, RequestKind.OBJECT}:
            subject.restricted = True
            subject.version += 1
            subject.save(update_fields=["restricted", "version"])
        if erases:
            anonymise(subject, at=at, actor=actor, why="request")
        record(
            at=at, actor=actor, event="registers.request.finished", obj=subject,
            after={"kind": row.kind, "state": row.state},
        )  # fmt: skip
    return row


def words_of(row: DataRequest) -> dict[str, str]:
    """What was asked, why more time was taken and what was answered; nothing where it does not open."""
    if not row.sealed:
        return {}
    try:
        return unseal(row.sealed, row.key_id, keyed_place("DataRequest", row.key))
    except Unsealable:
        return {}


def limit_of(limit: str, received_on: date) -> date | None:
    """The last day in time of what was received on a day; the day itself is not counted."""
    rule = law().limit(limit, received_on)
    if rule is None:
        return None
    noon = datetime.combine(received_on, time(12), timezone.get_default_timezone())
    return due_of(rule, noon, work_calendar()).due_on


def _held(actor: Actor, request_id: int, version: int) -> tuple[Subject, DataRequest] | Refusal:
    seen = DataRequest.objects.visible_to(actor).filter(pk=request_id).values_list("subject__code", flat=True).first()
    if seen is None:
        raise PermissionDenied
    subject = held_file(actor, seen)
    if isinstance(subject, Refusal):
        return subject
    row = DataRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request_id)
    if row.version != version or row.state in {RequestState.DONE, RequestState.REFUSED}:
        return stale()
    return subject, row


def _wrong_day(row: DataRequest, on: date, at: datetime) -> Refusal | None:
    if on > timezone.localdate(at):
        return Refusal(code="future", message=_("Ngày này chưa tới."), field="on")
    if on < row.received_on:
        return Refusal(code="early", message=_("Không thể trước ngày nhận yêu cầu."), field="on")
    return None


def _say(row: DataRequest, what: str, words: str) -> None:
    """Add words to what is sealed; a row that does not open keeps what it has and takes no more."""
    said = {**words_of(row), what: words.strip()} if words.strip() else words_of(row)
    kept = seal(said, keyed_place("DataRequest", row.key))
    row.sealed, row.key_id = kept.data, kept.key_id


def _next(row: DataRequest) -> None:
    row.version += 1
    row.save()


def _clocks(row: DataRequest, limit: str):  # type: ignore[no-untyped-def]
    """The clock of a limit of this very request: opened in the same moment."""
    return Clock.objects.filter(subject_id=row.subject_id, kind=ClockKind.REQUEST, limit=limit, opened_at=row.made_at)


def _settle(row: DataRequest, limit: str, at: datetime, on: date) -> None:
    for clock in _clocks(row, limit).running().select_for_update(of=("self",), no_key=True).order_by("pk"):
        clock.state, clock.done_at, clock.done_on, clock.outcome = DueState.DONE, at, on, "done"
        clock.version += 1
        clock.save()
