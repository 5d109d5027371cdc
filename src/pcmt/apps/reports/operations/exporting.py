"""Many reports as files in one archive: asked for by a person, made by a job, thrown away after some days."""

from __future__ import annotations

import logging
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.queries import actors_of
from pcmt.apps.audit.operations import Thing, hold, record, record_reading
from pcmt.apps.jobs.operations import standing_of
from pcmt.apps.reports.documents import KINDS, LOADED, Reported, file_of, official_of, reported
from pcmt.apps.reports.models import ExportBatch, ExportState, SubmissionEdition
from pcmt.apps.reports.operations.previewing import tidy_previews
from pcmt.apps.reports.queue import enqueue_export
from pcmt.core.diagnostics import Refusal
from pcmt.documents.output.pdf import TOGETHER, report_pdfs
from pcmt.documents.output.report import Report

logger = logging.getLogger(__name__)

FOLDER = "exports"
MOST = 1_000
"""Reports of one archive."""
KEPT = timedelta(days=7)
"""For so long an archive is kept."""
BAD = "bao-cao-chua-tao-duoc.txt"
"""The file of an archive that names the reports that are not in it, and why."""

BROKEN = "report %s, edition %s cannot be written"
WHY_BROKEN = "lỗi khi dựng văn bản; báo người quản trị"


def start_export(*, actor: Actor, at: datetime, edition_ids: Collection[int], kind: str) -> ExportBatch | Refusal:
    """Ask for sent editions as files of one kind (`documents.KINDS`) in one archive; a job makes it.

    The archive has them in the order of the list. Those that the actor may not see are refused as if they were not
    there.
    """
    if kind not in KINDS:
        return Refusal(code="kind", message=_("Chọn loại tệp."), field="kind")
    wanted = list(dict.fromkeys(edition_ids))
    if not wanted:
        return Refusal(code="nothing", message=_("Chọn ít nhất một báo cáo đã gửi."), field="editions")
    if len(wanted) > MOST:
        message = _("Mỗi lần xuất tối đa %(most)s báo cáo. Chọn ít hơn.") % {"most": MOST}
        return Refusal(code="too_many", message=message, field="editions")
    if not actor.sees("reports.ExportBatch") or _seen(actor, wanted).count() < len(wanted):
        return Refusal(code="not_allowed", message=_("Có báo cáo bạn không xem được. Chọn lại."), field="editions")
    with transaction.atomic():
        made = ExportBatch.objects.create(
            owner_id=actor.unit_id, by_id=actor.user_id, role=actor.role, kind=kind, editions=wanted, at=at
        )
        made.job = enqueue_export(made.pk)
        made.save(update_fields=["job"])
        record(at=at, actor=actor, event="reports.export.asked", obj=made, after={"format": kind, "count": len(wanted)})
    return made


def work_on_export(*, batch_id: int, at: datetime) -> None:
    """Make the files of a batch and pack them. The job; it may run any number of times, also twice at once.

    What was made before a worker died is not made again. A report that cannot be made is named in the archive and
    holds up no other. It acts in the role in which the person asked: whoever has lost it since gets nothing.
    """
    made = ExportBatch.objects.select_related("by").filter(pk=batch_id, state=ExportState.WORKING).first()
    if made is None:
        return
    with override("vi"):
        actor = _asker(made, at)
        if actor is None:
            _fail(made, "Vai trò của người yêu cầu không còn nên không tạo tệp.", at)
            return
        bad = _write_all(made, actor, at)
        if len(bad) == len(made.editions):
            _fail(made, f"Không tạo được báo cáo nào: {bad[0]}"[:500], at)
            return
        path = _pack(made, bad)
        told = f"{len(bad)} báo cáo chưa tạo được, nêu trong tệp {BAD}: {'; '.join(bad)}" if bad else ""
        mine = ExportBatch.objects.filter(pk=made.pk, state=ExportState.WORKING)
        ready = {"state": ExportState.READY, "file": path, "progress": len(made.editions), "done_at": at}
        if not mine.update(**ready, problem=told[:500]):
            default_storage.delete(path)  # another worker was first
        _drop_parts(made.pk)


def take_export(*, actor: Actor, at: datetime, batch_id: int) -> ExportBatch | None:
    """Note in the log that somebody takes an archive away, with every report in it; None where there is none."""
    made = ExportBatch.objects.visible_to(actor).filter(pk=batch_id, state=ExportState.READY).first()
    if made is None or not made.file:
        return None
    with transaction.atomic():
        hold(at)
        record_reading(
            at=at, actor=actor, event="reports.export.downloaded", obj=made,
            told={"format": made.kind, "count": len(made.editions)},
        )  # fmt: skip
        for edition in _in_order(_seen(actor, made.editions), made.editions):
            record_reading(
                at=at, actor=actor, event="reports.report.exported", obj=edition.submission,
                told={"format": made.kind, "version": edition.number},
            )  # fmt: skip
    return made


def tend_exports(*, at: datetime) -> int:
    """Queue lost jobs again, throw away old archives and pictures of pages; how many archives went."""
    working = ExportBatch.objects.filter(state=ExportState.WORKING).exclude(job="")
    for batch_id, job in working.values_list("pk", "job"):
        standing = standing_of(job_id=job)
        if standing == "alive":
            continue
        with transaction.atomic():
            made = ExportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
            if made.job != job or made.state != ExportState.WORKING:
                continue
            if standing == "failed":
                made.state, made.done_at = ExportState.FAILED, at
                made.problem = "Việc nền bị dừng vì lỗi của hệ thống. Báo người quản trị, rồi yêu cầu lại."
                made.save(update_fields=["state", "problem", "done_at"])
            else:
                made.job = enqueue_export(made.pk)
                made.save(update_fields=["job"])
    tidy_previews(at=at)
    return purge_exports(at=at)


def purge_exports(*, at: datetime) -> int:
    """Throw away the archives that were asked for long ago; how many."""
    old = ExportBatch.objects.filter(purged_at__isnull=True, at__lt=at - KEPT).exclude(state=ExportState.WORKING)
    gone = list(old)
    for made in gone:
        _drop_parts(made.pk)
        if made.file:
            default_storage.delete(made.file)
    with transaction.atomic():
        ExportBatch.objects.filter(pk__in=[made.pk for made in gone]).update(file="", purged_at=at)
        if gone:
            whole = Thing("reports.ExportBatch", "", "")
            record(at=at, actor=None, event="reports.exports.purged", obj=whole, after={"count": len(gone)})
    return len(gone)


def _write_all(made: ExportBatch, actor: Actor, at: datetime) -> list[str]:
    """Write what is not written yet, a few at a time; the reports that could not be made, each with its reason."""
    on = timezone.localdate(at)
    bad: list[str] = []
    seen = {edition.pk: edition for edition in _seen(actor, made.editions)}
    for start in range(0, len(made.editions), TOGETHER):
        some = made.editions[start : start + TOGETHER]
        gone = [pk for pk in some if pk not in seen]
        bad += ["Báo cáo không còn xem được" for _pk in gone]
        wanted = [
            (number, reported(seen[pk].submission, seen[pk], on))
            for number, pk in enumerate(some, start + 1)
            if pk in seen and not default_storage.exists(_part(made, number))
        ]
        for (number, source), data in zip(wanted, _files(made.kind, [each for _number, each in wanted]), strict=True):
            if isinstance(data, bytes):
                _keep(_part(made, number), data)
            else:
                bad.append(f"{source.submission.unit.name}: {data}")
        ExportBatch.objects.filter(pk=made.pk, state=ExportState.WORKING).update(progress=start + len(some))
    return bad


def _files(kind: str, sources: Sequence[Reported]) -> Iterator[bytes | str]:
    """The files of some reports, or why there is none; PDFs are printed together."""
    if kind != "pdf":
        yield from (_file(source, kind) for source in sources)
        return
    reports = [_laid_out(source) for source in sources]
    try:
        printed = iter(report_pdfs([each for each in reports if isinstance(each, Report)]))
    except Exception:  # one of them takes the others with it: then each by itself
        logger.exception("PDFs of %s reports together failed", len(sources))
        yield from (_file(source, kind) for source in sources)
        return
    for report in reports:
        yield next(printed) if isinstance(report, Report) else report


def _file(source: Reported, kind: str) -> bytes | str:
    try:
        return file_of(source, kind)
    except Exception:  # one report that nobody foresaw must not cost the other hundred
        logger.exception(BROKEN, source.submission.pk, source.edition)
        return WHY_BROKEN


def _laid_out(source: Reported) -> Report | str:
    try:
        return official_of(source)
    except Exception:  # as above
        logger.exception(BROKEN, source.submission.pk, source.edition)
        return WHY_BROKEN


def _pack(made: ExportBatch, bad: Sequence[str]) -> str:
    """The archive of all parts, in order, kept; its path."""
    names = dict(_names(made))
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(1, len(made.editions) + 1):
                path = _part(made, number)
                if default_storage.exists(path):
                    with default_storage.open(path) as file:
                        archive.writestr(names.get(number, f"{number:04}.{made.kind}"), file.read())
            if bad:
                archive.writestr(BAD, "\n".join(bad))
        out.seek(0)
        return default_storage.save(f"{FOLDER}/{made.pk}.zip", File(out))


def _names(made: ExportBatch) -> Iterator[tuple[int, str]]:
    """File names inside the archive: the place in the list before the name of the body."""
    rows = SubmissionEdition.objects.select_related("submission__unit").filter(pk__in=made.editions)
    found = {edition.pk: edition for edition in rows}
    for number, pk in enumerate(made.editions, 1):
        if pk in found:
            source = reported(found[pk].submission, found[pk], timezone.localdate(made.at))
            yield number, f"{number:03}-{source.stem()}.{made.kind}"


def _part(made: ExportBatch, number: int) -> str:
    return f"{FOLDER}/{made.pk}/{number}.{made.kind}"


def _keep(path: str, data: bytes) -> None:
    saved = default_storage.save(path, File(BytesIO(data), name=path))
    if saved != path:
        default_storage.delete(saved)


def _drop_parts(batch_id: int) -> None:
    folder = f"{FOLDER}/{batch_id}"
    if default_storage.exists(folder):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)


def _fail(made: ExportBatch, problem: str, at: datetime) -> None:
    ExportBatch.objects.filter(pk=made.pk, state=ExportState.WORKING).update(
        state=ExportState.FAILED, problem=problem, done_at=at
    )
    _drop_parts(made.pk)


def _seen(actor: Actor, ids: Collection[int]) -> QuerySet[SubmissionEdition]:
    rows: Any = SubmissionEdition.objects.visible_to(actor).filter(pk__in=list(ids))
    found: QuerySet[SubmissionEdition] = rows.select_related(
        "form_version__form", *(f"submission__{each}" for each in LOADED)
    )
    return found


def _in_order(rows: Iterable[SubmissionEdition], ids: Sequence[int]) -> list[SubmissionEdition]:
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in ids if pk in found]


def _asker(made: ExportBatch, at: datetime) -> Actor | None:
    """The person who asked, in the role and at the unit of then, where that still stands."""
    held = actors_of(made.by, timezone.localdate(at))
    return next((each for each in held if (each.role, each.unit_id) == (made.role, made.owner_id)), None)
