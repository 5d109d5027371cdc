"""Kinds of records: the ready ones taken in, others made, copied, changed, put in use, retired.

A version that is in use is never changed: what is changed is a draft, which becomes the next version. Entries keep the
version by which they were made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

import attrs
from django.db import IntegrityError, transaction
from django.db.models import DateField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Kind, KindState, KindVersion
from pcmt.apps.activities.operations.counting import mark
from pcmt.apps.activities.policies import can_keep_kind, can_keep_kinds
from pcmt.apps.activities.queries.counting import check_ready, counted_elsewhere, keeping
from pcmt.apps.activities.queries.kinds import draft_of, in_use, schema_of
from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.core.diagnostics import Problem, Refusal
from pcmt.core.schemas import KindSchema, kind_changes, kind_data, kind_from, kind_problems, kind_summary
from pcmt.reference import ReadyKind
from pcmt.reference import kinds as ready_kinds

LABEL_CHARS = 200
GROUP_CHARS = 120
WORDS_CHARS = 300
LOCAL = "local_"
"""How codes begin that offices made; no ready kind is called so."""


@attrs.frozen
class LoadedKinds:
    """Codes of ready kinds that were `created`, or got a new version because their file had `changed`.

    Kinds that are `gone` from the files are left as they are.
    """

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Whether the database lacks something of the files."""
        return bool(self.created or self.changed)


def load_kinds(at: datetime | None = None) -> LoadedKinds:
    """Take in the ready kinds: make what is missing, a new version of what its file changed; twice changes nothing.

    Versions before stay as they are, for what was recorded by them. Without a time the day that stands in the file is
    taken, and nothing is logged.
    """
    found = compare_kinds()
    if not found.is_needed:
        return found
    try:
        return _loaded(at)
    except IntegrityError:  # somebody else loads them for the first time, too
        return _loaded(at)


def compare_kinds() -> LoadedKinds:
    """What `load_kinds` would do, without doing it; two statements."""
    return _compared(ready_kinds())


def _compared(wanted: Mapping[str, ReadyKind]) -> LoadedKinds:
    rows = Kind.objects.filter(office=None)
    standing = set(rows.values_list("code", flat=True))
    used = KindVersion.objects.filter(kind__office=None, state=KindState.IN_USE)
    bodies = dict(used.values_list("kind__code", "body"))
    return LoadedKinds(
        created=tuple(code for code in wanted if code not in standing),
        changed=tuple(
            code for code, ready in wanted.items() if code in standing and bodies.get(code) != kind_data(ready.schema)
        ),
        gone=tuple(sorted(standing - wanted.keys())),
    )


def _loaded(at: datetime | None) -> LoadedKinds:
    wanted = ready_kinds()
    check_ready(ready.schema for ready in wanted.values())
    orders = {code: order for order, code in enumerate(wanted, start=1)}
    with transaction.atomic():
        rows = list(Kind.objects.select_for_update().filter(office=None).order_by("pk"))
        found = _compared(wanted)
        for row in rows:  # a new kind stands among those that are there
            if row.order != orders.get(row.code, row.order):
                Kind.objects.filter(pk=row.pk).update(order=orders[row.code])
        for code in (*found.created, *found.changed):
            ready = wanted[code]
            told = {**_row(ready.schema), "order": orders[code]}
            kind, _made = Kind.objects.update_or_create(code=code, defaults=told)
            body, before = kind_data(ready.schema), in_use(kind)
            words = kind_summary(kind_changes(schema_of(before), ready.schema)) if before else ""
            moment = at or _midnight(ready.dated)
            _end(kind, KindState.ENDED, moment)
            kind.versions.create(
                number=_next_number(kind), body=body, state=KindState.IN_USE, words=words[:WORDS_CHARS],
                made_at=moment, used_at=moment,
            )  # fmt: skip
        if at is not None and found.is_needed:
            thing = Thing("activities.Kind", "ready", "Loại nội dung ghi nhận có sẵn")
            after = {"count": len(found.created) + len(found.changed)}
            record(at=at, actor=None, event="activities.kinds.loaded", obj=thing, after=after)
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _row(schema: KindSchema) -> dict[str, str]:
    """What the row of a kind repeats of its version, for lists."""
    return {"noun": str(schema.noun), "label": schema.label, "group": schema.group}


def save_draft(
    *,
    actor: Actor,
    at: datetime,
    kind_id: int | None,
    schema: KindSchema,
    words: str = "",
    version: int = 0,
    draft_id: int | None = None,
) -> KindVersion | Refusal:
    """Keep what a kind is to become; a draft may be wrong in any way that `kind_problems` names.

    Without `kind_id` a kind of the own office begins. `draft_id` and `version` are those of the draft that the writer
    has seen; none where there was none yet, and the writer began from the version in use. Refused (`stale`, with the
    draft's id as `ref`) when somebody else wrote. The noun of a kind never changes.
    """
    schema = attrs.evolve(schema, label=" ".join(schema.label.split()), group=" ".join(schema.group.split()))
    if refused := _wrong_head(schema):
        return refused
    with transaction.atomic():
        if kind_id is None:
            return _begun(actor, at, schema, words, "activities.kind.added")
        kind = _locked(actor, kind_id)
        if isinstance(kind, Refusal):
            return kind
        draft = draft_of(kind)
        if refused := _stale(draft, draft_id, version):
            return refused
        before = in_use(kind)
        schema = attrs.evolve(schema, code=kind.code, noun=kind_from((draft or before or _last(kind)).body).noun)
        body, words = kind_data(schema), " ".join(words.split())[:WORDS_CHARS]
        if draft is None:
            draft = kind.versions.create(
                number=_next_number(kind), body=body, words=words, made_at=at, made_by_id=actor.user_id
            )
        elif (draft.body, draft.words) == (body, words):
            return draft
        else:
            draft.body, draft.words, draft.version = body, words, draft.version + 1
            draft.made_at, draft.made_by_id = at, actor.user_id
            draft.save(update_fields=["body", "words", "version", "made_at", "made_by"])
        if before is None:
            _rename(kind, schema)
        record(at=at, actor=actor, event="activities.kind.drafted", obj=kind, after={"number": draft.number})
    return draft


def copy_kind(*, actor: Actor, at: datetime, kind_id: int, label: str = "") -> KindVersion | Refusal:
    """Begin a kind of the own office as a copy of another: of its version in use, else of its newest one.

    A copy counts into what its original counts into: an entry belongs to one of the two, never to both.
    """
    source: Kind | None = Kind.objects.visible_to(actor).filter(pk=kind_id).first()  # type: ignore[assignment]
    found = (in_use(source) or source.versions.exclude(state=KindState.DRAFT).first()) if source else None
    if source is None or found is None:
        return Refusal(code="gone", message=_("Không còn loại này."))
    schema = attrs.evolve(schema_of(found), label=" ".join(label.split()) or source.label)
    if refused := _wrong_head(schema):
        return refused
    with transaction.atomic():
        return _begun(actor, at, schema, "", "activities.kind.copied", {"original": source.label})


def _begun(
    actor: Actor, at: datetime, schema: KindSchema, words: str, event: str, told: Mapping[str, str] | None = None
) -> KindVersion | Refusal:
    if not can_keep_kinds(actor):
        return _not_allowed()
    kind = Kind.objects.create(
        code=f"{LOCAL}{actor.user_id}_{at.timestamp()}", office_id=actor.unit_id, order=_last_order(), **_row(schema)
    )
    kind.code = f"{LOCAL}{kind.pk}"
    kind.save(update_fields=["code"])
    draft: KindVersion = kind.versions.create(
        number=1, body=kind_data(attrs.evolve(schema, code=kind.code)), words=" ".join(words.split())[:WORDS_CHARS],
        made_at=at, made_by_id=actor.user_id,
    )  # fmt: skip
    after = {"name": schema.label, **(told or {})}
    if event == "activities.kind.added":
        record(at=at, actor=actor, event="activities.kind.added", obj=kind, after=after)
    else:
        record(at=at, actor=actor, event="activities.kind.copied", obj=kind, after=after)
    return draft


def drop_draft(*, actor: Actor, at: datetime, version_id: int, version: int) -> Kind | Refusal:
    """Throw a draft away: the version in use stays. A kind that never was in use goes with its only draft."""
    with transaction.atomic():
        found = _locked_draft(actor, version_id, version)
        if isinstance(found, Refusal):
            return found
        kind, draft = found
        draft.delete()
        record(at=at, actor=actor, event="activities.kind.dropped", obj=kind, before={"number": draft.number})
        if not kind.versions.exists():
            Kind.objects.filter(pk=kind.pk).delete()
    return kind


def use_draft(*, actor: Actor, at: datetime, version_id: int, version: int, words: str = "") -> KindVersion | Refusal:
    """Use a draft from now on, in place of the version before, which stays for what was recorded by it.

    `words` say what changed; without them the differences are counted. A retired kind is offered again. Refused
    (`problems`) with everything that is wrong with the draft.
    """
    with transaction.atomic():
        found = _locked_draft(actor, version_id, version)
        if isinstance(found, Refusal):
            return found
        kind, draft = found
        schema, before = schema_of(draft), in_use(kind)
        if refused := _wrong(schema, schema_of(before) if before else None, timezone.localdate(at)):
            return refused
        changes = kind_changes(schema_of(before), schema) if before else ()
        if before and not changes and kind.retired_on is None:
            return Refusal(code="unchanged", message=_("Bản đang soạn không khác bản đang dùng."))
        _end(kind, KindState.ENDED, at)
        draft.state, draft.used_at, draft.version = KindState.IN_USE, at, draft.version + 1
        again = "Dùng lại như cũ" if before and not changes else kind_summary(changes)
        draft.words = (" ".join(words.split()) or draft.words or again)[:WORDS_CHARS]
        draft.save(update_fields=["state", "used_at", "version", "words"])
        kind.retired_on = None
        _rename(kind, schema)
        mark(keeping(kind), timezone.localdate(at), at)
        record(
            at=at, actor=actor, event="activities.kind.used", obj=kind,
            before={"number": before.number} if before else None,
            after={"number": draft.number, "words": draft.words},
        )  # fmt: skip
    return draft


def retire_kind(*, actor: Actor, at: datetime, kind_id: int, version: int) -> Kind | Refusal:
    """Offer a kind no more, from today on. What was recorded stays, can be put right and counts; its draft goes.

    What only this kind counts is counted until the half of the month is over; then people tell it again, for nobody
    writes it down any more: no entry is not zero.
    """
    with transaction.atomic():
        kind = _locked(actor, kind_id)
        if isinstance(kind, Refusal):
            return kind
        if kind.version != version:
            return _changed()
        if in_use(kind) is None or kind.retired_on is not None:
            return Refusal(code="over", message=_("Loại này không còn được dùng."))
        kind.versions.filter(state=KindState.DRAFT).delete()
        kind.retired_on, kind.version = timezone.localdate(at), kind.version + 1
        kind.save(update_fields=["retired_on", "version"])
        _end(kind, KindState.IN_USE, at)
        mark(keeping(kind), kind.retired_on, at)
        record(at=at, actor=actor, event="activities.kind.retired", obj=kind, after={"on": kind.retired_on})
    return kind


def _end(kind: Kind, state: KindState, at: datetime) -> None:
    """Have the version in use end, once: a retired kind ended on the day on which it was retired."""
    rows = kind.versions.filter(state=KindState.IN_USE)
    rows.update(state=state, ended_on=Coalesce("ended_on", Value(timezone.localdate(at), DateField())))


def _rename(kind: Kind, schema: KindSchema) -> None:
    kind.label, kind.group, kind.version = schema.label, schema.group, kind.version + 1
    kind.save(update_fields=["label", "group", "retired_on", "version"])


def _locked(actor: Actor, kind_id: int) -> Kind | Refusal:
    kind: Kind | None = Kind.objects.select_for_update(of=("self",)).filter(pk=kind_id).first()
    if kind is None:
        return Refusal(code="gone", message=_("Không còn loại này."))
    return kind if can_keep_kind(actor, kind) else _not_allowed()


def _locked_draft(actor: Actor, version_id: int, version: int) -> tuple[Kind, KindVersion] | Refusal:
    """The kind, locked, and its draft, as the writer saw it."""
    gone = Refusal(code="gone", message=_("Bản này đã được dùng hoặc đã bỏ."))
    seen = KindVersion.objects.filter(pk=version_id).values_list("kind_id", flat=True).first()
    if seen is None:
        return gone
    kind = _locked(actor, seen)
    if isinstance(kind, Refusal):
        return kind
    draft = draft_of(kind)
    if draft is None or draft.pk != version_id:
        return gone
    return _changed(draft.pk) if draft.version != version else (kind, draft)


def _stale(draft: KindVersion | None, draft_id: int | None, version: int) -> Refusal | None:
    """`draft_id` may be left out by who knows the version only."""
    seen = (draft.pk, draft.version) if draft else (None, 0)
    same = seen == (draft_id, version) or (draft_id is None and version and seen[1] == version)
    return None if same else _changed(draft.pk if draft else None)


def _changed(ref: int | None = None) -> Refusal:
    return Refusal(code="stale", message=_("Người khác vừa sửa loại này. Xem bản mới rồi sửa lại nếu cần."), ref=ref)


def _not_allowed() -> Refusal:
    message = _("Loại này do cơ quan khác giữ. Sao chép thành loại của đơn vị rồi sửa bản sao.")
    return Refusal(code="not_allowed", message=message)


def _wrong_head(schema: KindSchema) -> Refusal | None:
    if not schema.label:
        return Refusal(code="label", message=_("Nhập tên loại."), field="label")
    if len(schema.label) > LABEL_CHARS:
        message = _("Tên loại dài quá %(most)s ký tự.") % {"most": LABEL_CHARS}
        return Refusal(code="label", message=message, field="label")
    if len(schema.group) > GROUP_CHARS:
        message = _("Tên nhóm dài quá %(most)s ký tự.") % {"most": GROUP_CHARS}
        return Refusal(code="group", message=message, field="group")
    return None


def _wrong(schema: KindSchema, before: KindSchema | None, on: date) -> Refusal | None:
    elements = catalogue(on)
    found = [each for each in kind_problems(schema, elements, breakdowns(on), before) if each.blocking]
    told = [Problem(code=each.code, message=each.message) for each in found]
    for code in dict.fromkeys(clash.element for clash in counted_elsewhere(schema)):
        name = elements.elements[code].name if code in elements.elements else code
        message = _("Chỉ tiêu “%(name)s” đã được đếm từ hồ sơ khác.") % {"name": name}
        told.append(Problem(code="counted_elsewhere", message=message))
    if not told:
        return None
    message = _("Loại này còn %(count)s chỗ phải sửa trước khi dùng.") % {"count": len(told)}
    return Refusal(code="problems", message=message, problems=tuple(told))


def _next_number(kind: Kind) -> int:
    return (kind.versions.values_list("number", flat=True).first() or 0) + 1


def _last(kind: Kind) -> KindVersion:
    found: KindVersion = kind.versions.latest("number")
    return found


def _last_order() -> int:
    return (Kind.objects.order_by("-order").values_list("order", flat=True).first() or 0) + 1
