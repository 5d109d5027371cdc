"""Report forms: the ready ones taken in, others made, copied, changed, put in use, ended.

A version that is in use is never changed: what is changed is a draft, which becomes the next version. Reports that
are open keep the version with which they were opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

import attrs
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, Role
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.reports.models import Duty, DutyState, FormState, ReportForm, ReportFormVersion
from pcmt.apps.reports.policies import can_keep_form, can_keep_forms
from pcmt.apps.reports.queries.forms import draft_of, form_in_use, ready_forms, schema_of
from pcmt.apps.tasks.models import LIVE, DueItem
from pcmt.core.diagnostics import Problem, Refusal
from pcmt.core.schemas import (
    ReportSchema,
    Section,
    SectionKind,
    compared,
    problems,
    schema_data,
    summary,
)
from pcmt.reference import tables

TITLE_CHARS = 300
WORDS_CHARS = 300
MAX_SECTIONS = 80
WRITERS = (Role.STANDING_OFFICE, Role.OFFICER, Role.COMMUNE_OFFICER)
"""Who is told at a body that a form it will write has changed."""


@attrs.frozen
class LoadedForms:
    """Codes of ready forms that were `created`, or got a new version because their file had `changed`.

    Forms that are `gone` from the files are left as they are.
    """

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Whether the database lacks something of the files."""
        return bool(self.created or self.changed)


def load_forms(at: datetime | None = None) -> LoadedForms:
    """Take in the ready forms: make what is missing, a new version of what its file changed; twice changes nothing.

    Versions before stay as they are, for the reports that were written with them. Without a time the day that stands
    in the file is taken, and nothing is logged.
    """
    found = compare_forms()
    if not found.is_needed:
        return found
    try:
        return _loaded(at)
    except IntegrityError:  # somebody else loads them for the first time, too
        return _loaded(at)


def compare_forms() -> LoadedForms:
    """What `load_forms` would do, without doing it; two statements."""
    return _compared(ready_forms())


def _compared(wanted: Mapping[str, ReportSchema]) -> LoadedForms:
    rows = ReportForm.objects.filter(office=None)
    standing = set(rows.values_list("code", flat=True))
    used = ReportFormVersion.objects.filter(form__office=None, state=FormState.IN_USE)
    bodies = dict(used.values_list("form__code", "body"))
    return LoadedForms(
        created=tuple(code for code in wanted if code not in standing),
        changed=tuple(
            code for code, schema in wanted.items() if code in standing and bodies.get(code) != schema_data(schema)
        ),
        gone=tuple(sorted(standing - wanted.keys())),
    )


def _loaded(at: datetime | None) -> LoadedForms:
    wanted = ready_forms()
    dated = {table["code"]: table["dated"] for table in tables("report_forms").values()}
    with transaction.atomic():
        list(ReportForm.objects.select_for_update().filter(office=None).order_by("pk").values_list("pk"))
        found = _compared(wanted)
        for code in (*found.created, *found.changed):
            schema = wanted[code]
            form, _made = ReportForm.objects.update_or_create(code=code, defaults={"title": schema.title})
            before = form_in_use(form)
            words = summary(compared(schema_of(before), schema)) if before else ""
            form.versions.filter(state=FormState.IN_USE).update(state=FormState.ENDED)
            moment = at or _midnight(dated[code])
            form.versions.create(
                number=_next_number(form), body=schema_data(schema), state=FormState.IN_USE, words=words[:WORDS_CHARS],
                made_at=moment, used_at=moment,
            )  # fmt: skip
        if at is not None and found.is_needed:
            thing = Thing("reports.ReportForm", "ready", "Mẫu báo cáo có sẵn")
            after = {"count": len(found.created) + len(found.changed)}
            record(at=at, actor=None, event="reports.forms.loaded", obj=thing, after=after)
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def add_form(*, actor: Actor, at: datetime, title: str) -> ReportForm | Refusal:
    """Begin a form of the own office: an outline with the three sections that every report has, as a draft."""
    schema = ReportSchema(
        code="",
        title=title.strip(),
        subject="Kết quả thực hiện {kế hoạch}, {kỳ}",
        sections=tuple(
            Section(key=key, number=number, title=words, kind=SectionKind.NARRATIVE)
            for key, number, words in (
                ("situation", "I", "Tình hình"),
                ("results", "II", "Kết quả thực hiện"),
                ("proposals", "III", "Kiến nghị, đề xuất"),
            )
        ),
    )
    with transaction.atomic():
        form = _begin(actor, at, schema)
        if isinstance(form, ReportForm):
            record(at=at, actor=actor, event="reports.form.added", obj=form, after={"title": schema.title})
    return form


def copy_form(*, actor: Actor, at: datetime, form_id: int, title: str = "") -> ReportForm | Refusal:
    """Begin a form of the own office as a copy of another: of its version in use, else of its newest one.

    A copy is usual for nothing until somebody chooses it for a regime.
    """
    source = ReportForm.objects.visible_to(actor).filter(pk=form_id).first()
    version = (form_in_use(source) or source.versions.first()) if source else None
    if source is None or version is None:
        return Refusal(code="gone", message=_("Không còn mẫu này."))
    schema = attrs.evolve(schema_of(version), title=(title.strip() or source.title), suits=())
    with transaction.atomic():
        form = _begin(actor, at, schema)
        if isinstance(form, ReportForm):
            told = {"title": schema.title, "original": source.title}
            record(at=at, actor=actor, event="reports.form.copied", obj=form, after=told)
    return form


def _begin(actor: Actor, at: datetime, schema: ReportSchema) -> ReportForm | Refusal:
    if not can_keep_forms(actor):
        return _not_allowed()
    if refused := _wrong_title(schema.title):
        return refused
    made = {"title": schema.title, "office_id": actor.unit_id}
    form: ReportForm = ReportForm.objects.create(code=f"new-{actor.user_id}-{at.timestamp()}", **made)
    form.code = f"{actor.unit_id}-{form.pk}"  # no ready form, nor any other, has a code like this
    form.save(update_fields=["code"])
    body = schema_data(attrs.evolve(schema, code=form.code))
    form.versions.create(number=1, body=body, made_at=at, made_by_id=actor.user_id)
    return form


def save_form_draft(
    *, actor: Actor, at: datetime, form_id: int, schema: ReportSchema, draft_id: int | None = None, version: int = 0
) -> ReportFormVersion | Refusal:
    """Keep what a form is to become; a draft may be wrong in any way that `problems` names.

    `draft_id` and `version` are those of the draft that the writer has seen; none where there was none yet, and the
    writer began from the version in use. Refused (`stale`, with the draft's id as `ref`) when somebody else wrote.
    """
    with transaction.atomic():
        form = _locked(actor, form_id)
        if isinstance(form, Refusal):
            return form
        if len(schema.sections) > MAX_SECTIONS:
            message = _("Mẫu có nhiều nhất %(most)s mục.") % {"most": MAX_SECTIONS}
            return Refusal(code="too_many", message=message, field="sections")
        if len(schema.title) > TITLE_CHARS:
            return Refusal(code="title", message=_("Tên mẫu dài quá 300 ký tự."), field="title")
        draft = draft_of(form)
        if refused := _stale(draft, draft_id, version):
            return refused
        schema = attrs.evolve(schema, code=form.code)
        body = schema_data(schema)
        before = draft or form_in_use(form)
        words = summary(compared(schema_of(before), schema)) if before else ""
        if draft is None:
            draft = form.versions.create(number=_next_number(form), body=body, made_at=at, made_by_id=actor.user_id)
        elif draft.body == body:
            return draft
        else:
            draft.body, draft.version, draft.made_at, draft.made_by_id = body, draft.version + 1, at, actor.user_id
            draft.save(update_fields=["body", "version", "made_at", "made_by"])
        if form_in_use(form) is None and schema.title.strip() and form.title != schema.title:
            form.title, form.version = schema.title.strip(), form.version + 1
            form.save(update_fields=["title", "version"])
        told = {"number": draft.number, "words": words}
        record(at=at, actor=actor, event="reports.form.drafted", obj=form, after=told)
    return draft


def drop_form_draft(*, actor: Actor, at: datetime, form_id: int, draft_id: int, version: int) -> ReportForm | Refusal:
    """Throw the draft away: the version in use stays. A form that never was in use goes with its only draft."""
    with transaction.atomic():
        form = _locked(actor, form_id)
        if isinstance(form, Refusal):
            return form
        draft = draft_of(form)
        if draft is None:
            return Refusal(code="gone", message=_("Không còn bản đang soạn."))
        if refused := _stale(draft, draft_id, version):
            return refused
        draft.delete()
        record(at=at, actor=actor, event="reports.form.dropped", obj=form, before={"number": draft.number})
        if not form.versions.exists() and not Duty.objects.filter(form=form).exists():
            ReportForm.objects.filter(pk=form.pk).delete()
    return form


def put_form_in_use(
    *, actor: Actor, at: datetime, form_id: int, draft_id: int, version: int, words: str = ""
) -> ReportFormVersion | Refusal:
    """Use the draft from now on, in place of the version before, which stays for the reports opened with it.

    `words` say what changed; without them the differences are counted. Bodies that still owe a report with the form
    are told. Refused (`problems`) with everything that is wrong with the draft.
    """
    with transaction.atomic():
        form = _locked(actor, form_id)
        if isinstance(form, Refusal):
            return form
        draft = draft_of(form)
        if draft is None:
            return Refusal(code="gone", message=_("Bản này đã được dùng hoặc đã bỏ."))
        if refused := _stale(draft, draft_id, version):
            return refused
        schema, before = schema_of(draft), form_in_use(form)
        if refused := _wrong(schema, timezone.localdate(at)):
            return refused
        differences = compared(schema_of(before), schema) if before else ()
        if before and not differences:
            return Refusal(code="unchanged", message=_("Bản đang soạn không khác bản đang dùng."))
        if before:
            before.state = FormState.ENDED
            before.save(update_fields=["state"])
        draft.state, draft.used_at, draft.version = FormState.IN_USE, at, draft.version + 1
        draft.words = (" ".join(words.split()) or summary(differences))[:WORDS_CHARS]
        draft.save(update_fields=["state", "used_at", "version", "words"])
        form.title, form.version = schema.title, form.version + 1
        form.save(update_fields=["title", "version"])
        if before:
            _tell_writers(actor, at, form, draft)
        record(
            at=at, actor=actor, event="reports.form.used", obj=form,
            before={"number": before.number} if before else None,
            after={"number": draft.number, "words": draft.words},
        )  # fmt: skip
    return draft


def end_form(*, actor: Actor, at: datetime, form_id: int, version: int) -> ReportForm | Refusal:
    """Use a form no more, for good. Refused (`used`) while regimes ask for it: they have to take another first."""
    with transaction.atomic():
        form = _locked(actor, form_id)
        if isinstance(form, Refusal):
            return form
        if form.version != version:
            return _changed()
        used = form_in_use(form)
        if used is None:
            return Refusal(code="over", message=_("Mẫu này không còn bản nào đang dùng."))
        if count := Duty.objects.filter(form=form, state=DutyState.ACTIVE).count():
            message = _("Còn %(count)s chế độ báo cáo dùng mẫu này. Chọn mẫu khác cho các chế độ đó trước.")
            return Refusal(code="used", message=message % {"count": count})
        form.versions.filter(state=FormState.DRAFT).delete()
        used.state = FormState.ENDED
        used.save(update_fields=["state"])
        form.version += 1
        form.save(update_fields=["version"])
        record(at=at, actor=actor, event="reports.form.ended", obj=form, before={"number": used.number})
    return form


def _locked(actor: Actor, form_id: int) -> ReportForm | Refusal:
    form: ReportForm | None = ReportForm.objects.select_for_update(of=("self",)).filter(pk=form_id).first()  # type: ignore[assignment]
    if form is None:
        return Refusal(code="gone", message=_("Không còn mẫu này."))
    return form if can_keep_form(actor, form) else _not_allowed()


def _stale(draft: ReportFormVersion | None, draft_id: int | None, version: int) -> Refusal | None:
    seen = (draft.pk, draft.version) if draft else (None, 0)
    return None if seen == (draft_id, version) else _changed(draft.pk if draft else None)


def _changed(ref: int | None = None) -> Refusal:
    return Refusal(code="stale", message=_("Người khác vừa sửa mẫu này. Xem bản mới rồi sửa lại nếu cần."), ref=ref)


def _not_allowed() -> Refusal:
    message = _("Mẫu này do cơ quan khác giữ. Sao chép thành mẫu của đơn vị rồi sửa bản sao.")
    return Refusal(code="not_allowed", message=message)


def _wrong_title(title: str) -> Refusal | None:
    if not title:
        return Refusal(code="title", message=_("Nhập tên mẫu."), field="title")
    if len(title) > TITLE_CHARS:
        return Refusal(code="title", message=_("Tên mẫu dài quá 300 ký tự."), field="title")
    return None


def _wrong(schema: ReportSchema, on: date) -> Refusal | None:
    found = [each for each in problems(schema, catalogue(on), breakdowns(on)) if each.blocking]
    if not found:
        return None
    message = _("Mẫu còn %(count)s chỗ phải sửa trước khi dùng.") % {"count": len(found)}
    return Refusal(
        code="problems", message=message, problems=tuple(Problem(code=x.code, message=x.message) for x in found)
    )


def _next_number(form: ReportForm) -> int:
    return (form.versions.values_list("number", flat=True).first() or 0) + 1


def _tell_writers(actor: Actor, at: datetime, form: ReportForm, used: ReportFormVersion) -> None:
    """Tell those who will write the next report with the form; those that are open keep the version they have."""
    owed = DueItem.objects.filter(
        state__in=LIVE, occurrence__duty__form=form, occurrence__duty__state=DutyState.ACTIVE,
        occurrence__submission=None, unit__isnull=False,
    )  # fmt: skip
    units = set(owed.values_list("unit_id", flat=True))
    people = people_at(units, timezone.localdate(at), WRITERS)
    tell(
        at=at,
        users={user for users in people.values() for user in users} - {actor.user_id},
        reason=Reason.CHANGED,
        about=form,
        address=f"/mau-bao-cao/{form.pk}/",
        title=f"{form.title}: có bản {used.number}. {used.words}".strip(),
        key=f"report_form:{form.pk}:{used.number}",
    )
