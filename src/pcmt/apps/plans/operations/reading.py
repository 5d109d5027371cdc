"""From a file or pasted text to a revision under review.

Sending in keeps the file and queues the reading; the reading itself runs as a job, may be run any number of times and
changes nothing once the revision is under review. What goes wrong is kept on the revision in words.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.jobs.operations import standing_of
from pcmt.apps.plans.contract import PREFIXES, Header, header_read
from pcmt.apps.plans.models import (
    BodyMatch,
    Clause,
    Item,
    ItemOrigin,
    Plan,
    PlanState,
    Revision,
    RevisionState,
    SourceFile,
    below,
)
from pcmt.apps.plans.operations.bodies import refresh_bodies
from pcmt.apps.plans.operations.common import not_allowed
from pcmt.apps.plans.policies import can_review, can_start
from pcmt.apps.plans.queue import enqueue_reading, enqueue_screening
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold
from pcmt.documents import MAX_BYTES, STAMPED, Extracted, Unreadable, extract, screen

PASTED = "van-ban-dan.txt"
PASTED_NAME = "Văn bản dán vào"

UNDER_WAY = (RevisionState.WAITING, RevisionState.READING)
OPEN = (*UNDER_WAY, RevisionState.REVIEW, RevisionState.FAILED)

DEFECT = (
    "Chương trình gặp lỗi khi đọc văn bản này. Tệp đã được giữ nguyên; "
    "bấm “Đọc lại” hoặc gửi tệp này cho người quản trị."
)
DESTROYED_NAME = "Tệp đã xóa vì có dấu độ mật"
STOPPED = "Việc đọc văn bản bị dừng nhiều lần giữa chừng. Tệp đã được giữ nguyên; bấm “Đọc lại”."


def start_reading(
    *,
    actor: Actor,
    at: datetime,
    name: str = "",
    data: bytes | None = None,
    pasted: str | None = None,
    plan_id: int | None = None,
    again: bool = False,
) -> Revision | Refusal:
    """Keep a file or a pasted text and queue its reading, as a new plan or as an amendment of an adopted one.

    The same file sent a second time is refused with the revision it already is, unless `again` is set.
    """
    if not can_start(actor):
        return not_allowed()
    if (data is None) == (pasted is None):
        return Refusal(code="nothing", message=_("Chọn một tệp hoặc dán văn bản."), field="file")
    if pasted is not None:
        if not pasted.strip():
            return Refusal(code="empty", message=_("Dán văn bản kế hoạch vào ô này."), field="text")
        name, data, field = PASTED, pasted.encode(errors="replace"), "text"
    else:
        field = "file"
    assert data is not None
    kept = keep_file(actor=actor, at=at, name=name, data=data, field=field)
    if isinstance(kept, Refusal):
        return kept
    shown = PASTED_NAME if pasted is not None else _plain_name(name)
    with transaction.atomic():
        if plan_id is None:
            twin = _twin(actor, kept)
            if twin and not again:
                return Refusal(
                    code="same_file",
                    message=_("Tệp này đã được gửi lên: “%(title)s”. Mở bản đó, hoặc chọn “Vẫn gửi lại”.")
                    % {"title": twin.plan.title},
                    field=field,
                    ref=twin.pk,
                )
            plan = Plan.objects.create(
                title=shown,
                search_key=fold(shown),
                owner_id=actor.unit_id,
                created_by_id=actor.user_id,
                created_at=at,
            )
            number = 1
        else:
            found = _plan_to_amend(actor, plan_id)
            if isinstance(found, Refusal):
                return found
            plan = found
            number = 1 + max(plan.revisions.values_list("number", flat=True), default=0)
        revision = Revision.objects.create(
            plan=plan,
            number=number,
            source=kept,
            source_name=shown,
            created_by_id=actor.user_id,
            created_at=at,
        )
        record(
            at=at,
            actor=actor,
            event="plans.revision.sent",
            obj=revision,
            after={"file": shown, "sha256": kept.sha256, "plan": plan.pk},
        )
        _enqueue(revision)
    revision.refresh_from_db()
    return revision


def keep_file(*, actor: Actor, at: datetime, name: str, data: bytes, field: str = "file") -> SourceFile | Refusal:
    """Keep bytes under their hash; the same bytes are kept once, whoever sends them.

    What shows a secrecy stamp is refused and written nowhere. Scans and old Word files show theirs only to a job: to
    `perform_reading`, or to `screen_kept` which `screen_later` queues.
    """
    if not data:
        return Refusal(code="empty", message=_("Tệp rỗng, không có nội dung. Chọn lại tệp."), field=field)
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        return Refusal(
            code="too_large",
            message=_("Tệp lớn hơn %(limit)s MB. Giảm dung lượng hoặc tách tệp rồi gửi lại.") % {"limit": limit},
            field=field,
        )
    stamped = screen(name, data)
    if stamped:
        return Refusal(code=stamped.code, message=str(stamped), field=field)
    return keep_made(user_id=actor.user_id, at=at, name=name, data=data)


def keep_made(*, user_id: int, at: datetime, name: str, data: bytes) -> SourceFile:
    """Keep bytes that the program made itself, as `keep_file` keeps what people send; nothing in them is looked for."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = f"{sha256[:2]}/{sha256[2:]}"
    if not default_storage.exists(path):
        # Two people may send one file at once: the second copy gets another name and is then dropped.
        saved = default_storage.save(path, File(BytesIO(data), name=path))
        if saved != path:
            default_storage.delete(saved)
    kept, _new = SourceFile.objects.get_or_create(
        sha256=sha256,
        defaults={
            "name": _plain_name(name),
            "size": len(data),
            "path": path,
            "uploaded_by_id": user_id,
            "uploaded_at": at,
        },
    )
    return kept


def screen_later(source: SourceFile) -> None:
    """Queue `screen_kept`, in the transaction that first refers to the file: what is destroyed is not referred to."""
    enqueue_screening(source.pk)


def screen_kept(*, source_id: int, at: datetime) -> None:
    """The job: a kept file is looked at thoroughly, and destroyed when it carries a secrecy stamp."""
    source = SourceFile.objects.filter(pk=source_id).first()
    if source is None:
        return
    stamped = screen(source.name, _content(source), slow=True)
    if stamped:
        _destroy(source, stamped, at)


def read_again(*, actor: Actor, at: datetime, revision_id: int) -> Revision | Refusal:
    """Queue the reading of a failed revision once more."""
    with transaction.atomic():
        revision = Revision.objects.select_for_update(of=("self",)).select_related("plan").get(pk=revision_id)
        if not can_review(actor, revision.plan):
            return not_allowed()
        if revision.state != RevisionState.FAILED:
            return Refusal(code="not_failed", message=_("Bản này không ở trạng thái đọc lỗi."), ref=revision.pk)
        if revision.source_id is None:
            return Refusal(code="destroyed", message=_("Tệp đã bị xóa, không đọc lại được."), ref=revision.pk)
        revision.state, revision.message, revision.progress = RevisionState.WAITING, "", 0
        revision.save(update_fields=["state", "message", "progress"])
        record(at=at, actor=actor, event="plans.revision.retried", obj=revision)
        _enqueue(revision)
    revision.refresh_from_db()
    return revision


def withdraw_upload(*, actor: Actor, at: datetime, revision_id: int) -> Revision | Refusal:
    """Take back a revision that was not adopted; a plan left without any revision is withdrawn with it."""
    with transaction.atomic():
        revision = Revision.objects.select_for_update(of=("self",)).select_related("plan").get(pk=revision_id)
        if not can_review(actor, revision.plan):
            return not_allowed()
        if revision.state == RevisionState.WITHDRAWN:
            return revision
        if revision.state not in OPEN:
            return Refusal(
                code="adopted", message=_("Bản đã ban hành không rút được; hãy gửi bản sửa đổi."), ref=revision.pk
            )
        before = revision.state
        revision.state = RevisionState.WITHDRAWN
        revision.save(update_fields=["state"])
        plan = revision.plan
        if plan.state == PlanState.DRAFT and not plan.revisions.exclude(state=RevisionState.WITHDRAWN).exists():
            plan.state = PlanState.WITHDRAWN
            plan.save(update_fields=["state"])
        record(at=at, actor=actor, event="plans.revision.withdrawn", obj=revision, before={"state": before})
    return revision


def perform_reading(*, revision_id: int, at: datetime) -> None:
    """The job: extract, read, lay out clauses, items and bodies, open the review.

    At least once is enough: what is past reading is left alone, and two workers that read one revision at the same
    time write it once. A defect of ours marks the revision failed in words and then shows as what it is.
    """
    taken = Revision.objects.filter(pk=revision_id, state__in=UNDER_WAY)
    if not taken.update(state=RevisionState.READING, progress=5, message=""):
        return
    try:
        _read_through(revision_id, at)
    except Exception:
        Revision.objects.filter(pk=revision_id, state__in=UNDER_WAY).update(state=RevisionState.FAILED, message=DEFECT)
        raise


def tend_readings(*, at: datetime) -> int:
    """Look after readings whose job ended without a result: lost jobs are queued again, those given up are said so."""
    moved = 0
    for revision in Revision.objects.filter(state__in=UNDER_WAY).only("pk", "job_id", "state"):
        standing = standing_of(job_id=revision.job_id)
        if standing == "alive":
            continue
        with transaction.atomic():
            still = Revision.objects.select_for_update().filter(
                pk=revision.pk, state__in=UNDER_WAY, job_id=revision.job_id
            )
            if not still.exists():
                continue
            if standing == "failed":
                still.update(state=RevisionState.FAILED, message=STOPPED)
            else:
                _enqueue(revision)
            moved += 1
    return moved


def _enqueue(revision: Revision) -> None:
    job_id = enqueue_reading(revision.pk)
    Revision.objects.filter(pk=revision.pk).update(job_id=job_id)


def _plain_name(name: str) -> str:
    return PurePath(name.replace("\\", "/")).name.strip()[:255] or "tệp"


def _twin(actor: Actor, kept: SourceFile) -> Revision | None:
    """A revision of the same file that the actor could open instead."""
    return (
        Revision.objects.filter(source=kept, plan__owner__in=below(actor.unit_id, actor.on))
        .exclude(state__in=(RevisionState.WITHDRAWN, RevisionState.FAILED))
        .select_related("plan")
        .only("pk", "plan__title")
        .order_by("-pk")
        .first()
    )


def _plan_to_amend(actor: Actor, plan_id: int) -> Plan | Refusal:
    plan = Plan.objects.select_for_update(of=("self",)).filter(pk=plan_id).first()
    if plan is None or not can_review(actor, plan):
        return not_allowed()
    if plan.parent_id is not None and plan.item_id is not None:
        return Refusal(
            code="child",
            message=_("Dự án, đợt này nằm trong kế hoạch mẹ; gửi bản sửa đổi của kế hoạch mẹ."),
            ref=plan.parent_id,
        )
    if plan.state not in (PlanState.DRAFT, PlanState.ADOPTED):
        return Refusal(code="ended", message=_("Kế hoạch đã kết thúc hoặc đã rút, không nhận bản mới."), ref=plan.pk)
    waiting = plan.revisions.filter(state__in=OPEN).exclude(state=RevisionState.FAILED).first()
    if waiting:
        return Refusal(
            code="open_revision",
            message=_("Lần %(number)s của kế hoạch này còn đang rà soát. Ban hành hoặc rút bản đó trước.")
            % {"number": waiting.number},
            ref=waiting.pk,
        )
    return plan


def _read_through(revision_id: int, at: datetime) -> None:
    revision = Revision.objects.select_related("source", "plan").defer("reading", "text").get(pk=revision_id)
    source = revision.source
    if source is None:
        return
    data = _content(source)

    def pages(done: int, total: int) -> None:
        _progress(revision_id, 5 + int(45 * done / max(total, 1)))

    found = extract(source.name, data, progress=pages)
    if isinstance(found, Unreadable) and found.code == STAMPED:
        _destroy(source, found, at)
        return
    if isinstance(found, Unreadable):
        Revision.objects.filter(pk=revision_id, state=RevisionState.READING).update(
            state=RevisionState.FAILED, message=str(found)[:2000], progress=0
        )
        return
    _progress(revision_id, 55)
    from pcmt.core.reading import read

    reading = read(found.text, name=revision.source_name)
    _progress(revision_id, 75)
    with transaction.atomic():
        held = Revision.objects.select_for_update(of=("self",)).select_related("plan", "source").get(pk=revision_id)
        if held.state != RevisionState.READING:
            return
        _lay_out(held, found, reading, at)


def _content(source: SourceFile) -> bytes:
    with default_storage.open(source.path, "rb") as file:
        return bytes(file.read())


def _destroy(source: SourceFile, reason: Unreadable, at: datetime) -> None:
    """Remove a stamped file: its bytes, its row, its name where the program shows it. The audit log keeps who sent it.

    The bytes go last, inside the transaction: a job that dies before them is run again and finds everything as it was.
    """
    with transaction.atomic():
        # Whoever refers to it at this moment either sees it gone or is seen by us.
        SourceFile.objects.select_for_update().filter(pk=source.pk).first()
        held = Revision.objects.filter(source=source)
        stamped = list(held.select_related("plan").defer("text", "reading"))
        held.filter(state__in=(*UNDER_WAY, RevisionState.FAILED)).update(
            state=RevisionState.FAILED, message=str(reason), progress=0
        )
        held.update(source=None, source_name=DESTROYED_NAME)
        for revision in stamped:
            plan = revision.plan
            if plan.title == revision.source_name:
                plan.title, plan.search_key = DESTROYED_NAME, fold(DESTROYED_NAME)
                plan.save(update_fields=["title", "search_key"])
        for obj in (*stamped, *(() if stamped else (source,))):
            record(at=at, actor=None, event="plans.source.destroyed", obj=obj, reason=reason.message)
        path = source.path
        source.delete()
        default_storage.delete(path)


def _progress(revision_id: int, percent: int) -> None:
    Revision.objects.filter(pk=revision_id, state=RevisionState.READING).update(progress=percent)


def _lay_out(revision: Revision, found: Extracted, reading: dict[str, Any], at: datetime) -> None:
    """Write what was read, from nothing: a reading that died half-way left nothing behind."""
    revision.clauses.all().delete()
    revision.items.all().delete()
    BodyMatch.objects.filter(revision=revision).delete()
    source = revision.source
    assert source is not None
    source.media_type, source.layer = found.media_type, found.layer()
    source.save(update_fields=["media_type", "layer"])
    clauses = _clauses(revision, reading.get("outline") or ())
    Item.objects.bulk_create(_items(revision, reading, clauses), batch_size=500)
    header = header_read(reading)
    revision.text, revision.reading = found.text, reading
    revision.reader_version = str(reading.get("reader") or "")[:40]
    revision.header = header.stored()
    revision.state, revision.progress, revision.message, revision.version = RevisionState.REVIEW, 100, "", 1
    revision.save()
    refresh_bodies(revision, at=at)
    if revision.plan.state == PlanState.DRAFT:
        show_header(revision.plan, header)


def show_header(plan: Plan, header: Header) -> None:
    """Give a plan the header of its document; what the document does not say keeps what the plan had."""
    plan.title = header.title or plan.title
    plan.search_key = fold(f"{header.number} {header.symbol} {plan.title}")
    plan.kind = header.kind
    plan.number, plan.symbol, plan.issued_on = header.number[:40], header.symbol[:60], header.issued_on
    plan.issuer_id = header.issuer_id
    plan.window_from, plan.window_to = header.window_from, header.window_to
    plan.save(
        update_fields=[
            "title",
            "search_key",
            "kind",
            "number",
            "symbol",
            "issued_on",
            "issuer",
            "window_from",
            "window_to",
        ]
    )


def _clauses(revision: Revision, outline: Any) -> dict[str, Clause]:
    """The outline as rows; parents are written before their children, level by level."""
    entries = {entry["id"]: (order, entry) for order, entry in enumerate(outline)}
    rows: dict[str, Clause] = {}
    waiting = list(entries)
    while waiting:
        layer = [key for key in waiting if (parent := entries[key][1].get("parent")) is None or parent in rows]
        if not layer:
            raise ValueError(f"clauses without a parent in the outline: {waiting[:5]}")
        made = []
        for key in layer:
            order, entry = entries[key]
            start, end = entry["span"]
            made.append(
                Clause(
                    revision=revision,
                    key=key,
                    address=(entry.get("address") or "")[:120],
                    label=(entry.get("label") or "")[:60],
                    level=entry.get("level") or 0,
                    kind=entry.get("kind") or "paragraph",
                    role=entry.get("role") or "",
                    heading=entry.get("heading") or "",
                    start=start,
                    end=end,
                    line=entry.get("line") or 1,
                    parent=rows.get(entry.get("parent")),
                    order=order,
                )
            )
        for clause in Clause.objects.bulk_create(made, batch_size=500):
            rows[clause.key] = clause
        waiting = [key for key in waiting if key not in rows]
    return rows


def _items(revision: Revision, reading: dict[str, Any], clauses: dict[str, Clause]) -> list[Item]:
    """Every entry of the reviewed lists as a proposed item; its place is taken out of the facts."""
    rows = []
    for list_name in PREFIXES:
        for entry in reading.get(list_name) or ():
            start, end = entry["span"]
            facts = {
                name: value
                for name, value in entry.items()
                if name not in {"id", "span", "line", "text", "confidence", "clause"}
            }
            rows.append(
                Item(
                    revision=revision,
                    list_name=list_name,
                    key=entry["id"],
                    start=start,
                    end=end,
                    line=entry.get("line") or 1,
                    text=entry.get("text") or "",
                    facts=facts,
                    confidence=float(entry.get("confidence") or 0),
                    origin=ItemOrigin.READER,
                    clause=clauses.get(entry.get("clause") or ""),
                )
            )
    return rows
