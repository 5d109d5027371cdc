"""Which addresses the program has, what stands for each part of an address, and what is sent to each form.

A new address whose parts are all known by their names (`plan_id`, `unit_id`, …) needs nothing here, only its rows in
`expected.txt`. A part with a new name gets a line in PARTS. An address that stands for several kinds of things gets its
VARIANTS. A form that must be filled so that who may send it does change something gets a line in FORMS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import attrs
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.http import urlencode

from pcmt.apps.accounts.models import Grant
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.activities.models import Event, OfflineEntry
from pcmt.apps.plans.events import event_key
from pcmt.apps.registers.models import OfflineConflict, Subject, TestPlan, Transfer
from pcmt.apps.reports.documents import words_seen
from pcmt.apps.reports.models import Submission
from pcmt.apps.tasks.briefing import Concluded, digest_of
from pcmt.apps.units.queries.imports import preview_import
from pcmt.core.periods import ADMINISTRATIVE, Kind
from pcmt.web.urging.forms import ChoiceForm
from pcmt.web.urging.page import choice_of, letter_key
from tests.factories.plans import ALL_CODES, EVENT
from tests.matrix.world import PASSWORD, SAMPLE, Standing, Things


class Unknown(LookupError):
    """The walk cannot go on without a word of a person; the message says which."""


@attrs.frozen(order=True)
class Page:
    """A row name of the table: an address by its name, and the variant where it stands for several kinds of things."""

    name: str
    variant: str = ""
    parts: tuple[str, ...] = ()

    @property
    def row(self) -> str:
        """The name of its rows."""
        return f"{self.name}[{self.variant}]" if self.variant else self.name

    def values(self, things: Things) -> dict[str, Any]:
        """What stands for the parts of the address, where it is about these things."""
        given = VARIANTS.get(self.name, {}).get(self.variant)
        known = given(things) if given else {}
        found = {}
        for part in self.parts:
            if part in known:
                found[part] = known[part]
            elif (make := SPECIAL.get((self.name, part)) or PARTS.get(part)) is not None:
                found[part] = make(things)
            else:
                raise Unknown(
                    f"{self.name}: nobody knows what stands for <{part}> in its address: "
                    "add it to PARTS in tests/matrix/addresses.py"
                )
        return found

    def address(self, values: Mapping[str, Any]) -> str:
        """The address with these values."""
        return reverse(self.name, kwargs=dict(values))

    def query(self, things: Things) -> str:
        """What stands behind the address, with its question mark."""
        make = QUERIES.get(self.name)
        return f"?{urlencode(make(things))}" if make else ""

    def form(self, things: Things, standing: Standing) -> dict[str, Any]:
        """What a POST carries."""
        make = FORMS.get(self.row) or FORMS.get(self.name)
        return make(things, standing) if make else {}


PARTS: Mapping[str, Callable[[Things], Any]] = {
    "place_id": lambda of: of.place.pk,
    "plan_id": lambda of: of.plan.pk,
    "revision_id": lambda of: of.draft.pk,
    "item_id": lambda of: of.item.pk,
    "body_id": lambda of: of.body.pk,
    "target_id": lambda of: of.target.pk,
    "task_id": lambda of: of.task.pk,
    "due_id": lambda of: of.due.pk,
    "duty_id": lambda of: of.duty.pk,
    "file_id": lambda of: of.file.pk,
    "notice_id": lambda of: of.notice.pk,
    "unit_id": lambda of: of.unit.pk,
    "user_id": lambda of: of.user.pk,
    "person_id": lambda of: of.user.pk,
    "grant_id": lambda of: of.grant.pk,
    "invitation_id": lambda of: of.invitation.pk,
    "alias_id": lambda of: of.alias.pk,
    "reorganisation_id": lambda of: of.reorganisation.pk,
    # Links in letters: whoever has one may use it, and nobody can guess one.
    "token": lambda _of: "khong-co-thu-nao-nhu-vay",
    "provider_id": lambda _of: "khong-co",
    "secret": lambda _of: "khong-co-lich-nao-nhu-vay",
    "import_id": lambda of: of.waiting.pk,
    "batch_id": lambda of: of.batch.pk,
    "urging_id": lambda of: of.urging.pk,
    "batch": lambda of: of.urging.batch,
    "filter_id": lambda of: of.kept.pk,
    "feed_id": lambda of: of.feed.pk,
    "code": lambda of: of.filed.code,
    "glass_id": lambda of: of.filed.broken_glass.get().pk,
    "hold_id": lambda of: of.filed.holds.get().pk,
    "request_id": lambda of: of.filed.requests.get().pk,
    "meeting_id": lambda of: of.meeting.pk,
    "briefing_id": lambda of: of.decision.meeting_id,
    "decision_id": lambda of: of.decision.pk,
    "form_id": lambda of: of.form.pk,
    "report_form_id": lambda of: of.report_form.pk,
    "kind_id": lambda of: of.kind.pk,
    "section_key": lambda _of: "situation",
    "submission_id": lambda of: of.report.pk,
    "occurrence_id": lambda of: of.report.occurrence_id,
    "comment_id": lambda of: of.report.comments.get().pk,
    "picture_id": lambda of: of.report.pictures.get().pk,
    "line": lambda _of: "cases",
    "line_id": lambda of: of.form.lines.get().pk,
    "day": lambda _of: _period(),
    "recording_id": lambda of: of.recording.pk,
    "difference_id": lambda of: of.difference.pk,
    "entry_id": lambda of: OfflineEntry.objects.get(unit=of.unit).pk,
    "conflict_id": lambda of: OfflineConflict.objects.get(subject=of.filed).pk,
    "spell_id": lambda of: of.filed.spells.get().pk,
    "transfer_id": lambda of: of.filed.transfers.get().pk,
    "one": lambda of: of.filed.code,
    "other": lambda of: Subject.objects.filter(unit=of.filed.unit).latest("pk").code,
    "sheet_id": lambda of: of.numbers.pk,
    "tip_id": lambda of: of.tip.pk,
    "tip_file_id": lambda of: of.tip.files.get().pk,
    "tip_act": lambda _of: "nhan",
    "event_id": lambda of: Event.objects.get(body=of.unit, title="đã ghi").pk,
    "event_file_id": lambda of: Event.objects.get(body=of.unit, title="đã ghi").files.get().pk,
    "kind_code": lambda _of: "broadcast",
    # The catalogue is one for all: an element that nothing uses, an indicator.
    "element": lambda _of: "methadone_started",
    "indicator": lambda _of: "posts",
}
NO_WORDS = words_seen(Submission())
DRAFTED = ("step", "head", "preview", "another", "discard", "without")
"""Pages of what somebody is preparing in the own session; here nobody does, so they lead to the list."""

SPECIAL: Mapping[tuple[str, str], Callable[[Things], Any]] = {
    ("places:act", "act"): lambda _of: "bo",
    ("reading:group", "item_id"): lambda of: of.head.pk,
    ("reading:check", "revision_id"): lambda of: of.ready.pk,
    ("reading:again", "revision_id"): lambda of: of.failed.pk,
    ("activities:restore", "event_id"): lambda of: Event.objects.get(body=of.unit, title="đã bỏ").pk,
    ("activities:send-back", "event_id"): lambda of: Event.objects.get(body=of.unit, title="chờ").pk,
    ("tasks:reopen", "due_id"): lambda of: of.done.pk,
    ("tasks:thumbnail", "file_id"): lambda of: of.photo.pk,
    **{(f"tasks:{name}", "due_id"): lambda of: of.submitted.pk for name in ("accept", "send-back")},
    **{(f"tasks:{name}-extension", "due_id"): lambda of: of.asked.pk for name in ("decide", "withdraw")},
    **{(f"tasks:{name}", "due_id"): lambda of: of.ahead.pk for name in ("ask-extension", "suspend", "cancel")},
    ("reports:receipt", "submission_id"): lambda of: of.report_sent.pk,
    ("reports:signed", "submission_id"): lambda of: of.report_sent.pk,
    ("reports:compare", "submission_id"): lambda of: of.report_taken.pk,
    ("reports:picture", "file_id"): lambda of: of.report.pictures.get().file_id,
    **{(f"reports:{name}", "submission_id"): lambda of: of.report_sent.pk for name in ("recall", "accept", "return")},
    **{(f"reports:{name}", "submission_id"): lambda of: of.report_waiting.pk for name in ("approve", "hand-back")},
    ("reports:correct", "submission_id"): lambda of: of.report_taken.pk,
    ("reports:drop", "submission_id"): lambda of: of.report_correcting.pk,
    ("reports:document-file", "kind"): lambda _of: "docx",
    ("reports:document-page", "key"): lambda _of: "0" * 64,
    ("reports:document-page", "number"): lambda _of: 1,
    **{(f"reports:export{rest}", "batch_id"): lambda of: of.exported.pk for rest in ("", "-progress", "-zip")},
    ("papers:take", "kind"): lambda _of: "docx",
    **{(f"care:{name}", "pk"): lambda of: of.filed.episodes.get().pk for name in ("stage", "episode_end")},
    ("care:support_end", "pk"): lambda of: of.filed.supports.get().pk,
    ("care:member", "pk"): lambda of: of.filed.teams.get().members.get().pk,
    ("care:step", "pk"): lambda of: of.filed.clocks.get(kind="step").pk,
    ("care:void", "what"): lambda _of: "test",
    ("care:void", "pk"): lambda of: of.filed.tests.get().pk,
    ("care:plan_end", "plan_id"): lambda of: TestPlan.objects.get(unit=of.filed.unit).pk,
    ("registers_acts:spell", "act"): lambda _of: "ket-thuc",
    ("registers_acts:gone", "what"): lambda _of: "chet",
    **{
        (f"registers_acts:{name}", "transfer_id"): lambda of: Transfer.objects.get(to_unit=of.filed.unit).pk
        for name in ("accept", "return")
    },
    ("papers:draft", "form"): lambda _of: "D163.III-04",
    **{
        (f"papers:{name}", "paper_id"): lambda of: of.filed.papers.order_by("pk").first().pk
        for name in ("paper", "change", "withdraw", "take")
    },
    **{
        (f"papers:import-{name}", "key"): lambda _of: "6f0f7b5e-7d3b-4a52-9a7e-0d1c2b3a4f5e"  # nobody's
        for name in ("preview", "columns", "marked", "finish")
    },
    ("tasks:resume", "due_id"): lambda of: of.suspended.pk,
    ("tasks:restore", "due_id"): lambda of: of.cancelled.pk,
    **{(f"tasks:{name}", "due_id"): lambda of: of.declined.pk for name in ("take", "answer", "answer-units")},
    **{(f"tasks:{name}", "due_id"): lambda of: of.part.pk for name in ("part", "take-back")},
    **{
        (f"record_sheets:{name}", "key"): lambda _of: "6f0f7b5e-7d3b-4a52-9a7e-0d1c2b3a4f5e"  # nobody's
        for name in ("preview", "columns", "marked", "finish")
    },
    **{(f"record_sheets:{name}", "kind"): lambda _of: "broadcast" for name in ("upload", "template", "export")},
    **{(f"api_v1:{name}", "kind"): lambda _of: "broadcast" for name in ("kind", "records")},
    **{(f"units:{name}", "key"): lambda _of: "khong-con" for name in DRAFTED},
    **{(f"units:{name}", "number"): lambda _of: 0 for name in DRAFTED},
    ("units:step", "step"): lambda _of: "viec",
    ("bodies:undo", "import_id"): lambda of: of.imported.pk,
    ("tasks:batch-undo", "batch_id"): lambda of: of.carried.pk,
    ("tasks:batch-marked", "batch_id"): lambda of: of.sheet.pk,
    ("bodies:template", "kind"): lambda _of: "hamlets",
    ("audit:export", "form"): lambda _of: "csv",
    ("units:reorganisation", "pk"): lambda of: of.reorganisation.pk,
    ("units:cancel", "pk"): lambda of: of.reorganisation.pk,
    ("mfa_edit_webauthn", "pk"): lambda of: of.passkey.pk,
    ("mfa_remove_webauthn", "pk"): lambda of: of.passkey.pk,
    ("people:start", "user_id"): lambda of: of.stopped.pk,
    ("people:extend", "grant_id"): lambda of: of.invitation.grant_id,
    ("people:withdraw", "grant_id"): lambda of: of.invitation.grant_id,
    ("plans:sample", "name"): lambda _of: SAMPLE,
}


def _labelled(name: str) -> Callable[[Things], dict[str, Any]]:
    def values(of: Things) -> dict[str, Any]:
        thing = getattr(of, name)
        return {"label": thing._meta.label, "pk": str(thing.pk)}

    return values


VARIANTS: Mapping[str, Mapping[str, Callable[[Things], dict[str, Any]]]] = {
    "audit:thing": {name: _labelled(name) for name in ("plan", "due", "unit", "user")},
    "history:thing": {
        name: _labelled(name)
        for name in (
            *("plan", "draft", "item", "body", "target", "task", "due", "duty", "urging"),
            *("unit", "reorganisation", "user", "grant", "invitation", "form"),
        )
    },
}

QUERIES: Mapping[str, Callable[[Things], dict[str, Any]]] = {
    "places:open": lambda _of: {"loai": "school"},
    "search:everywhere": lambda _of: {"q": "danh sách"},
    "urging:new": lambda of: {"viec": of.due.pk},
    "exchange:download": lambda _of: {
        "tu": "2026-01-01",
        "den": "2026-12-31",
        "dang": "json",
        "goi": "indicator_breakdowns",
    },
    "reading:decide": lambda of: {"v": of.item.version},
    "reading:body": lambda of: {"v": of.body.version},
    "reports:compare": lambda _of: {"tu": 1, "den": 1},
}
"""What stands behind the question mark of an address, by GET and by POST."""


def _version(name: str) -> Callable[[Things, Standing], dict[str, Any]]:
    """What a step of a report carries: the version of one of the reports, and words wherever words are asked for."""

    def values(of: Things, _who: Standing) -> dict[str, Any]:
        return {"version": getattr(of, name).version, "reason": "Nhầm số", "words": "Đã xem"}

    return values


PACKETS = b'{"phienBan": "1", "loaiGoi": "DanhSachPhanToChiTieu", "banGhi": []}'


def _span(of: Things) -> dict[str, Any]:
    start = of.draft.text.index("ký cam kết")
    return {"list": "targets", "start": start, "end": start + len("ký cam kết")}


def _urged(of: Things, who: Standing) -> dict[str, Any]:
    """The letters as the page shows them to this person, all ticked."""
    actor = actor_of(who.user, timezone.localdate()) if who.user else None
    if actor is None:
        return {}
    choice = choice_of(actor, ChoiceForm(QueryDict(), actor=actor), [of.due.pk])
    letters = [letter_key(each) for each in choice.found.letters]
    return {"seen": choice.seen, "batch": str(uuid4()), "letter": letters, "agency": actor.unit_name}


def _period() -> str:
    """The running month of administrative reports, by its first day."""
    return ADMINISTRATIVE.around(Kind.MONTH, timezone.localdate()).start.isoformat()


def _cell(of: Things) -> str:
    """The one cell of the form at its unit."""
    return f"{of.unit.pk}-{of.form.lines.get().pk}-{_period().replace('-', '')}"


def _day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).strftime("%d/%m/%Y")


def _ending(of: Things) -> Grant:
    """The role of the invitation, which began today and has an end."""
    assert of.invitation.grant is not None
    return of.invitation.grant


def _colleague(of: Things) -> int:
    """Somebody who works where the task is owed."""
    return Grant.objects.filter(unit=of.due.unit_id, valid_to=None).order_by("pk")[0].user_id


def _kind_draft(of: Things) -> dict[str, Any]:
    draft = of.kind.versions.get(state="draft")
    return {"draft_id": draft.pk, "version": draft.version, "label": "Tên khác", "group": "Tuyên truyền"}


def _report_draft(of: Things) -> dict[str, Any]:
    """The draft of the report form, as a page sends what its reader has seen."""
    draft = of.report_form.versions.get(state="draft")
    return {"draft_id": draft.pk, "version": draft.version}


def _field_entry(unit_id: int) -> str:
    """What a device of a unit sends."""
    told = {"key": str(uuid4()), "kind": "broadcast", "number": 1, "body": unit_id, "area": unit_id}
    return json.dumps({**told, "on": timezone.localdate().isoformat(), "typed": {"minutes": "5"}})


FORMS: Mapping[str, Callable[[Things, Standing], dict[str, Any]]] = {
    "login": lambda _of, who: {
        "username": who.user.username if who.user else "own.nobody", "password": PASSWORD
    },
    "language": lambda _of, _who: {"language": "en"},
    "tips:act": lambda of, _who: {"version": of.tip.version},
    "field:send": lambda of, _who: {"entry": _field_entry(of.unit.pk)},
    "field:decide": lambda _of, _who: {"version": 1, "decision": "keep", "on": "2026-01-01", "f-minutes": "5"},
    "field:grid": lambda _of, _who: {"batch": str(uuid4()), "on-0": "1/1/2026", "f_minutes-0": "5"},
    "activities:write": lambda _of, _who: {"key": str(uuid4()), "on": "1/1/2026", "f_minutes": "5"},
    "activities:correct": lambda of, _who: {
        "version": 1, "on": "1/1/2026", "title": "đã sửa", "area": of.unit.pk, "f_minutes": "7"
    },
    "activities:void": lambda _of, _who: {"version": 1, "words": "ghi nhầm"},
    "activities:restore": lambda _of, _who: {"version": 1},
    "activities:send-back": lambda _of, _who: {"version": 1, "verify": "1"},
    "activities:caption": lambda _of, _who: {"version": 1, "caption": "loa phát thanh"},
    "activities:add-files": lambda _of, _who: {
        "version": 1, "evidence": SimpleUploadedFile("bien-ban.txt", b"Bien ban")
    },
    "activities:queue": lambda _of, _who: {
        "chosen": f"{Event.objects.get(body__name='Trạm Y tế xã Đông Hòa', title='chờ').pk}.1"
    },
    "grant": lambda of, _who: {"grant": of.grant.pk},
    "plans:upload": lambda _of, _who: {"text": "KẾ HOẠCH\nI. NHIỆM VỤ\n1. Làm sạch địa bàn."},
    "plans:amend": lambda _of, _who: {"text": "KẾ HOẠCH\nI. NHIỆM VỤ\n1. Làm sạch địa bàn."},
    "kinds:add": lambda _of, _who: {"label": "Loại khác", "noun": "event", "group": "Tuyên truyền"},
    "kinds:edit": lambda of, _who: _kind_draft(of),
    "kinds:retire": lambda of, _who: {"version": of.kind.version},
    "report_forms:add": lambda _of, _who: {"title": "Báo cáo khác"},
    "report_forms:copy": lambda _of, _who: {"title": "Báo cáo khác"},
    "report_forms:outline": lambda of, _who: {"title": "Báo cáo khác", **_report_draft(of)},
    "report_forms:section": lambda of, _who: {"title": "Tình hình khác", **_report_draft(of)},
    "report_forms:use": lambda of, _who: _report_draft(of),
    "report_forms:drop": lambda of, _who: _report_draft(of),
    "report_forms:end": lambda of, _who: {"version": of.report_form.version},
    "reading:decide": lambda _of, _who: {"state": "accepted"},
    "reading:confident": lambda _of, _who: {"threshold": "50"},
    "reading:edit": lambda of, _who: {
        "v": of.item.version, "role": "own", "mode": "", "condition": "khi có kinh phí", "assignment_ref": of.head.key
    },
    "reading:add": lambda of, _who: _span(of) | {
        "measure": "hộ dân", "kind": "count", "comparator": "gte", "value": "5", "unit": "hộ"
    },
    "reading:header": lambda of, _who: {
        "v": of.draft.version, "kind": "plan", "title": "Tên mới của kế hoạch", "number": "77", "symbol": "KH-UBND"
    },
    "reading:body": lambda of, _who: {"unit": of.unit.pk},
    "reading:body_new": lambda of, _who: {
        "v": of.body.version, "name": "Đội mới lập", "kind": "agency", "level": "commune"
    },
    "reading:check": lambda of, _who: {"version": of.ready.version, "confirmed": sorted(ALL_CODES)},
    "plan:event": lambda _of, _who: {"key": event_key(EVENT), "version": "0", "on": "15/11/2026"},


    "urging:new": _urged,
    "leader:decide": lambda _of, _who: {"key": str(uuid4()), "words": "Các đơn vị quán triệt"},
    "leader:minutes": lambda of, _who: {"agency": of.unit.name, "seen": digest_of([Concluded(of.decision, ())])},
    "exchange:receive": lambda _of, _who: {"file": SimpleUploadedFile("goi.json", PACKETS)},
    "urging:sign": lambda of, _who: {
        "version": of.urging.version, "number": "120", "symbol": "CAT-PC04", "signed_on": _day(0)
    },
    "urging:withdraw": lambda of, _who: {"version": of.urging.version, "reason": "Gửi nhầm"},
    "tasks:progress": lambda of, _who: {"version": of.due.version, "percent": "40", "note": "Đang làm"},
    "tasks:accept": lambda of, _who: {"version": of.submitted.version},
    "tasks:send-back": lambda of, _who: {"version": of.submitted.version, "reason": "Thiếu"},
    **{f"reports:{name}": _version("report") for name in ("ask", "sign")},
    "reports:send": lambda of, _who: {"version": of.report.version, "approved_by": "Chủ tịch xã"},
    **{f"reports:{name}": _version("report_waiting") for name in ("approve", "hand-back")},
    **{f"reports:{name}": _version("report_sent") for name in ("recall", "accept", "return")},
    "reports:document-words": lambda _of, _who: {"agency": "Ủy ban nhân dân", "seen": NO_WORDS},
    "reports:correct": _version("report_taken"),
    "reports:drop": _version("report_correcting"),
    "reports:section": lambda of, _who: {"vsituation": "Đã sửa.", "seen": "situation:1"},
    "reports:nothing": _version("report"),
    "reports:comment": lambda _of, _who: {"muc": "situation", "words": "Xem lại."},
    "reports:picture-words": lambda _of, _who: {"caption": "Lễ ra quân"},
    "reports:accept-many": lambda of, _who: {"chon": f"{of.report_sent.pk}.{of.report_sent.version}"},
    "tasks:ask-extension": lambda of, _who: {"version": of.ahead.version, "wanted_on": _day(60), "reason": "Chờ"},
    "tasks:decide-extension": lambda of, _who: {"version": of.asked.version, "approve": "1"},
    "tasks:withdraw-extension": lambda of, _who: {"version": of.asked.version},
    "tasks:suspend": lambda of, _who: {"version": of.ahead.version, "reason": "Chờ"},
    "tasks:resume": lambda of, _who: {"version": of.suspended.version},
    "tasks:cancel": lambda of, _who: {"version": of.ahead.version, "reason": "Trùng"},
    "tasks:restore": lambda of, _who: {"version": of.cancelled.version, "reason": "Nhầm"},
    "tasks:comment": lambda _of, _who: {"text": "Đã rõ"},
    "places:act": lambda of, _who: {"version": of.place.version, "words": "Ghi nhầm"},
    "places:open": lambda of, _who: {
        "key": uuid4(), "name": "Trường mới", "area_id": of.unit.pk, "on": _day(0),
    },
    "plan:acceptance": lambda _of, _who: {"needed": "1"},
    "plan:cover-due": lambda _of, _who: {"on": _day(0), "seen": ""},
    "plan:carries-out": lambda _of, _who: {"parent_id": "", "seen": ""},
    "leader:hold": lambda _of, _who: {"on": _day(0), "words": "giao ban"},
    "tasks:take": lambda of, _who: {"version": of.declined.version},
    "tasks:give-back": lambda of, _who: {"version": of.due.version, "reason": "Không đúng việc"},
    "tasks:answer": lambda of, _who: {"version": of.declined.version, "do": "insist", "answer": "Vẫn giao"},
    "tasks:hold": lambda of, _who: {"version": of.due.version, "holder": _colleague(of)},
    "tasks:hand-down": lambda of, _who: {
        "version": of.due.version, "label": "Ghi sổ", "due_on": _day(0), "units": [of.due.unit_id]
    },
    "tasks:part": lambda of, _who: {"version": of.part.version, "label": "Ghi sổ lại", "due_on": _day(0)},
    "tasks:take-back": lambda of, _who: {"version": of.part.version, "reason": "Nhầm"},
    "tasks:links": lambda of, _who: {"serves": [of.target.pk]},
    "tasks:reopen": lambda of, _who: {"version": of.done.version, "note": "Báo nhầm"},
    "feeds:make": lambda _of, _who: {"holds": "toi", "name": "Lịch thử"},
    "jobs:retry": lambda _of, _who: {"job": "tat-ca"},
    "tasks:batches": lambda of, _who: {"viec": "done", "chon": f"{of.due.pk}.{of.due.version}"},
    "tasks:batch": lambda _of, _who: {"percent": "35"},
    "tasks:batch-carry": lambda of, _who: {"seen": of.batch.seen},
    "tasks:grid": lambda of, _who: {
        f"v{of.due.pk}": f"{of.due.version}.{of.due.percent}.{of.due.holder_id or ''}", f"percent-{of.due.pk}": "65",
        f"done_on-{of.due.pk}": "", f"note-{of.due.pk}": "", f"holder-{of.due.pk}": "",
    },
    "units:add": lambda of, _who: {"name": "Tổ công tác mới", "kind": "office", "level": of.unit.level},
    "units:edit": lambda _of, _who: {"short_name": "Tên gọn thử"},
    "units:alias": lambda _of, _who: {"name": "Tên gọi thử", "scope": "moi-noi"},
    "units:cancel": lambda _of, _who: {"reason": "Chưa thông qua"},
    "people:change": lambda _of, _who: {"full_name": "Tên Đã Sửa", "post": "Chuyên viên"},
    "people:contact": lambda _of, _who: {"purpose": "Mời họp"},
    "people:stop": lambda _of, _who: {"reason": "Nghỉ việc"},
    "people:take-factors": lambda _of, _who: {"reason": "Mất điện thoại, đã gặp trực tiếp"},
    "people:give": lambda of, _who: {
        "role": "leader", "unit": of.unit.name, "kind": "ordinary", "valid_from": _day(0)
    },
    "people:hand-over": lambda of, _who: {
        "grants": [of.grant.pk], "user": of.invitation.user.username, "on": _day(100), "kind": "ordinary"
    },
    "people:delegate": lambda of, _who: {
        "user": of.invitation.user.username, "unit": of.unit.name, "valid_from": _day(200), "last_day": _day(210),
        "ground": "Giấy ủy quyền số 5",
    },
    "people:end": lambda of, _who: {"last_day": _day(3), "version": of.grant.version},
    "people:extend": lambda of, _who: {"last_day": _day(300), "version": _ending(of).version},
    "people:withdraw": lambda of, _who: {"reason": "Giao nhầm", "version": _ending(of).version},
    "people:invite": lambda of, _who: {
        "full_name": "Người Mới Đến", "email": "moi.den@example.vn", "role": "officer", "unit": of.unit.name,
        "valid_from": _day(0),
    },
    "bodies:commit": lambda of, _who: {"seen": preview_import(of.waiting, date.today()).digest},
    "bodies:columns": lambda _of, _who: {"sheet": "0", "header": "1", "c0": "name"},
    "bodies:usual": lambda _of, _who: {"keys": ["bchqs"]},
    "protection:purpose": lambda _of, _who: {"purpose": "due", "words": ""},
    "protection:break": lambda of, _who: {"sought": of.filed.code, "reason": "Bệnh viện cần biết ngay trong đêm"},
    "protection:glass": lambda _of, _who: {"version": 1, "verdict": "justified", "words": ""},
    "protection:hold": lambda _of, _who: {"basis": "2/CV-TA", "from_on": _day(0)},
    "protection:request": lambda _of, _who: {
        "key": "6f0f7b5e-7d3b-4a52-9a7e-0d1c2b3a4f5e", "kind": "see", "received_on": _day(0), "words": "",
    },
    "protection:answer": lambda _of, _who: {"version": 1, "on": _day(0)},
    "protection:extend": lambda _of, _who: {"version": 1, "to": _day(12), "words": "Chờ xác minh"},
    "protection:finish": lambda _of, _who: {"version": 1, "done": "1", "words": ""},
    "notices:read": lambda of, _who: {"notice": of.notice.pk},
    "notices:preferences": lambda _of, _who: {"rhythm": "weekly", "hour": "8", "quiet_from": "21", "quiet_to": "6"},
    "catalogue:element-add": lambda _of, _who: {
        "name": "Số chó nghiệp vụ", "unit_word": "con", "nature": "stock", "over_time": "last", "over_units": "sum",
        "places": "0", "source": "Kế hoạch 12/KH-UBND",
    },
    "catalogue:element-version": lambda _of, _who: {
        "version": "1", "name": "Số người bắt đầu dùng Methadone", "unit_word": "người",
        "source": "Kế hoạch 12/KH-UBND", "valid_from": _day(1),
    },
    "catalogue:element-end": lambda _of, _who: {"version": "1", "valid_to": _day(1)},
    "catalogue:indicator-add": lambda _of, _who: {
        "name": "Số mô hình nhân rộng", "kind": "sum", "counted": ["models_new"], "source": "Kế hoạch 12/KH-UBND"
    },
    "catalogue:indicator-version": lambda _of, _who: {
        "version": "1", "name": "Số bài đăng", "kind": "sum", "counted": ["posts"], "source": "Kế hoạch 12/KH-UBND",
        "valid_from": _day(1),
    },
    "catalogue:indicator-end": lambda _of, _who: {"version": "1", "valid_to": _day(1)},
    "catalogue:form-add": lambda of, _who: {
        "title": "Biểu mới", "root": of.unit.name, "asked": "chinh-don-vi", "period": "month",
        "calendar": "administrative", "valid_from": _day(0), "lines": ["posts"],
    },
    "catalogue:form-adopt": lambda of, _who: {"code": "MT-03/XA", "root": of.unit.name, "valid_from": _day(0)},
    "catalogue:form-change": lambda _of, _who: {
        "version": "1", "title": "Tên khác", "asked": "chinh-don-vi", "period": "month", "calendar": "administrative",
        "valid_from": "01/01/2026", "lines": ["posts"],
    },
    "regimes:ask": lambda of, _who: {
        "kind": "ad_hoc", "title": "Việc mới", "what": "Kể lại", "units": [of.plan.owner_id, of.due.unit_id],
        "due_on": _day(5), "form": "",
    },
    "regimes:define": lambda of, _who: {
        "title": "Báo cáo tháng", "what": "Kết quả", "period": "monthly", "calendar": "statistical", "since": _day(0),
        "form": "", "reporters": [of.due.unit_id], "recipient_1": of.plan.owner.name, "way_1": "by", "limit_1": "5",
        "months_1": "1", "method_1": "software", "way_2": "by", "method_2": "software", "way_3": "by",
        "method_3": "software",
    },
    "regimes:change": lambda of, _who: {
        "version": of.duty.version, "title": "Tên khác", "form": "", "feeds": "", "method": "paper",
    },
    "catalogue:form-end": lambda _of, _who: {"version": "1", "valid_to": _day(1)},
    "entry:unit": lambda of, _who: {f"v{_cell(of)}": "4"},
    "entry:line": lambda of, _who: {f"v{_cell(of)}": "4"},
    "entry:cell": lambda _of, _who: {"value": "5", "reason": "Đếm lại", "seen": "0"},
    "entry:accept": lambda _of, _who: {"tat-ca": "1"},
    "entry:sheet-tell": lambda of, _who: {"seen": of.numbers.seen},
    "entry:sheet-dash": lambda _of, _who: {"dash": "zero"},
    "entry:sheet-columns": lambda of, _who: {
        "sheet": "0", "head": "7", "rows": "lines", "dash": "", "c2": "label", "c6": "value",
    },
    "entry:undo": lambda _of, _who: {"reason": "Nhầm kỳ"},
    "filters:save": lambda _of, _who: {
        "page": "tasks", "query": "trang_thai=qua-han", "name": "Quá hạn", "shared": "on"
    },
    "filters:change": lambda of, _who: {"version": of.kept.version, "name": "Tên khác", "shared": "on"},
    "audit:printed": lambda of, _who: {"path": f"/ke-hoach/{of.plan.pk}/"},
}  # fmt: skip


def pages() -> list[Page]:
    """Every address of the program, each variant by itself, in the order of their names."""
    found = set()
    for name, parts in _named(get_resolver(), ()):
        for variant in VARIANTS.get(name, {"": None}):
            found.add(Page(name, variant, parts))
    return sorted(found)


def _named(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _named(each, (*spaces, each.namespace) if each.namespace else spaces)
        elif isinstance(each, URLPattern):
            if not each.name:
                raise Unknown(f"the address {each.pattern} has no name: give it one, so that it can have its rows")
            yield ":".join((*spaces, each.name)), tuple(each.pattern.converters) or tuple(each.pattern.regex.groupindex)
