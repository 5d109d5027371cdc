"""Two files of one person become one: one person proposes it, another decides; the history of both is kept.

The file that goes on takes over everything; the other stays as an empty signpost to it. Where both have the same status
at the same time, the second person says which of the two holds, by a signed record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.registers.models import (
    BreakGlass,
    DataRequest,
    DrugTest,
    Episode,
    Identity,
    LegalHold,
    MergeCase,
    MergeState,
    NameKey,
    OfflineConflict,
    Paper,
    Pledge,
    ResidenceCheck,
    Spell,
    SpellState,
    Stay,
    StayWhy,
    Subject,
    Support,
    Team,
    Transfer,
    TransferState,
)
from pcmt.apps.registers.operations import clocks
from pcmt.apps.registers.operations.filing import write_identity
from pcmt.apps.registers.operations.grounding import PaperText, kept_paper
from pcmt.apps.registers.operations.handing_over import LIMIT as HAND_OVER
from pcmt.apps.registers.operations.holding import leave, open_pause, stale, touched, void_clocks
from pcmt.apps.registers.operations.spells import undone, words_of
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.policies import can_decide_merge, can_keep_file
from pcmt.apps.registers.queries.duplicates import block_of, compared
from pcmt.apps.registers.queries.lives import spell_words
from pcmt.core.diagnostics import Problem, Refusal

DUPLICATE = "register.duplicate"
"""Why a status ends that was entered twice: no ground of the law, for by law there was only one."""
MOVED: tuple[type[models.Model], ...] = (
    Spell, Paper, DrugTest, ResidenceCheck, Episode, Support, Team, Pledge, BreakGlass, LegalHold, DataRequest,
    OfflineConflict, Transfer,
)  # fmt: skip
"""What goes over as it is. Stays and clocks need a look, the identity is joined."""


def propose_merge(*, actor: Actor, at: datetime, keep_code: str, drop_code: str) -> MergeCase | Refusal:
    """Propose that two files are one person's; `keep_code` goes on. Somebody else decides."""
    if keep_code == drop_code:
        return Refusal(code="same", message=_("Chọn hai hồ sơ khác nhau."))
    with transaction.atomic():
        got = _both(actor, keep_code, drop_code)
        if isinstance(got, Refusal):
            return got
        keep, drop = got
        waiting = MergeCase.objects.filter(
            state=MergeState.PROPOSED, keep__in=(keep, drop), drop__in=(keep, drop)
        ).first()
        if waiting is not None:
            return waiting
        case = MergeCase.objects.create(
            keep=keep, drop=drop, grounds=_grounds(keep, drop), proposed_at=at, proposed_by_id=actor.user_id
        )
        record(
            at=at, actor=actor, event="registers.merge.proposed", obj=keep,
            after={"drop": drop.code, "grounds": case.grounds},
        )  # fmt: skip
    return case


def refuse_pair(*, actor: Actor, at: datetime, one_code: str, other_code: str) -> MergeCase | Refusal:
    """Say that two files that look alike are two people's: they leave the queue."""
    with transaction.atomic():
        got = _both(actor, one_code, other_code)
        if isinstance(got, Refusal):
            return got
        keep, drop = got
        known = MergeCase.objects.filter(keep__in=got, drop__in=got).exclude(state=MergeState.MERGED).first()
        if known is not None:
            if known.state == MergeState.REFUSED:
                return known
            return Refusal(code="proposed", message=_("Hai hồ sơ này đang chờ người thứ hai xác nhận."))
        case = MergeCase.objects.create(
            keep=keep, drop=drop, grounds=_grounds(keep, drop), proposed_at=at, proposed_by_id=actor.user_id,
            state=MergeState.REFUSED, decided_at=at, decided_by_id=actor.user_id,
        )  # fmt: skip
        record(at=at, actor=actor, event="registers.merge.refused", obj=keep, after={"drop": drop.code})
    return case


def decide_merge(
    *,
    actor: Actor,
    at: datetime,
    case_id: int,
    version: int,
    agree: bool,
    holds: Sequence[int] = (),
    paper: PaperText | None = None,
) -> MergeCase | Refusal:
    """Decide a proposed merge, as another than who proposed it.

    `holds` are the ids of the statuses that hold where both files have the same one at the same time; `paper` is the
    signed record by which the others end as entered twice. Refuses with code `overlap` and the pairs as `problems`.
    """
    with transaction.atomic():
        seen = MergeCase.objects.visible_to(actor).select_related("keep", "drop").filter(pk=case_id).first()
        if seen is None:
            return Refusal(code="gone", message=_("Không còn đề nghị nhập hồ sơ này."))
        got = _both(actor, seen.keep.code, seen.drop.code, merged=seen.state == MergeState.MERGED)
        if isinstance(got, Refusal):
            return got
        keep, drop = got
        case = MergeCase.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
        wanted = MergeState.MERGED if agree else MergeState.REFUSED
        if case.state == wanted and case.decided_by_id == actor.user_id:
            return case  # the button was pressed twice
        if case.version != version or case.state != MergeState.PROPOSED:
            return stale()
        case.keep, case.drop = keep, drop
        if not can_decide_merge(actor, case):
            return Refusal(
                code="second",
                message=_("Người đề nghị không tự xác nhận: cần người thứ hai có quyền với cả hai hồ sơ."),
            )
        told: dict[str, object] = {"drop": drop.code}
        if agree:
            refused = _twice(keep, drop, holds, paper, actor=actor, at=at)
            if isinstance(refused, Refusal):
                return undone(refused)
            told |= _joined(keep, drop, actor=actor, at=at)
        case.state, case.decided_at, case.decided_by_id = wanted, at, actor.user_id
        case.version += 1
        case.save()
        if agree:
            record(at=at, actor=actor, event="registers.merge.agreed", obj=keep, after=told)
        else:
            record(at=at, actor=actor, event="registers.merge.refused", obj=keep, after=told)
    return case


def overlaps(keep: Subject, drop: Subject) -> list[tuple[Spell, Spell]]:
    """Statuses of one category that both files have on the same day."""
    mine = list(Spell.objects.filter(subject=keep).order_by("starts_on", "pk"))
    theirs = list(Spell.objects.filter(subject=drop).order_by("starts_on", "pk"))
    return [(one, other) for one in mine for other in theirs if one.category == other.category and _meet(one, other)]


def overlapping(one: str, other: str) -> list[list[tuple[int, str]]]:
    """The same, by the codes of both files, for choosing: the id of each status and what it is called."""
    rows = {row.code: row for row in Subject.objects.filter(code__in=(one, other))}
    if len(rows) < 2:
        return []
    return [
        [(spell.pk, f"{spell.subject.code}: {spell_words(spell)}, {spell.starts_on:%d/%m/%Y}") for spell in pair]
        for pair in overlaps(rows[one], rows[other])
    ]


def _meet(one: Spell, other: Spell) -> bool:
    """Whether two statuses have a day in common; both running is always in each other's way."""
    if one.ended_on is None and other.ended_on is None:
        return True
    return (one.ended_on is None or other.starts_on < one.ended_on) and (
        other.ended_on is None or one.starts_on < other.ended_on
    )


def _both(actor: Actor, one: str, other: str, *, merged: bool = False) -> tuple[Subject, Subject] | Refusal:
    """Both files, locked by their ids, in the order asked for. Raises PermissionDenied for who keeps only one."""
    rows = Subject.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    found = {row.code: row for row in rows.filter(code__in=(one, other)).order_by("pk")}
    if len(found) < 2:
        message = _("Chỉ nhập được hai hồ sơ cùng trong địa bàn của bạn. Hồ sơ ở nơi khác phải được bàn giao trước.")
        return Refusal(code="reach", message=message)
    keep, drop = found[one], found[other]
    if merged:
        return keep, drop
    if keep.merged_into_id or drop.merged_into_id:
        return Refusal(code="merged", message=_("Một trong hai hồ sơ đã được nhập vào hồ sơ khác."))
    if not (can_keep_file(actor, keep) and can_keep_file(actor, drop)):
        raise PermissionDenied
    return keep, drop


def _grounds(keep: Subject, drop: Subject) -> list[str]:
    rows = {row.pk: row for row in Subject.objects.filter(pk__in=(keep.pk, drop.pk)).select_related("identity")}
    block = block_of(rows[keep.pk])
    _score, agree = compared(block, keep.birth_year, rows[drop.pk]) if block else (0, set())
    numbers = {row.identity.id_index for row in rows.values() if hasattr(row, "identity")}
    if len(numbers) == 1 and numbers != {""}:
        agree = agree | {"id"}
    return sorted(agree)


def _twice(
    keep: Subject, drop: Subject, holds: Sequence[int], paper: PaperText | None, *, actor: Actor, at: datetime
) -> Refusal | None:
    """Settle statuses that both files have at the same time: the one that does not hold ends on its own first day."""
    pairs = overlaps(keep, drop)
    if not pairs:
        return None
    chosen = set(holds)
    open_pairs = [pair for pair in pairs if len(chosen & {each.pk for each in pair}) != 1]
    if open_pairs:
        return Refusal(
            code="overlap",
            message=_("Hai hồ sơ cùng có một diện quản lý trong cùng thời gian. Chọn diện nào đúng rồi xác nhận lại."),
            field="holds",
            problems=tuple(
                Problem(
                    code=one.category, message=words_of(one.category), about="registers.Spell", refs=(one.pk, other.pk)
                )
                for one, other in open_pairs
            ),
        )
    if paper is None:
        return Refusal(
            code="signed_on", message=_("Nhập biên bản xác nhận hai hồ sơ là của một người."), field="signed_on"
        )
    kept = kept_paper(keep, paper, actor=actor, at=at, title="Biên bản xác nhận hồ sơ trùng")
    if isinstance(kept, Refusal):
        return kept
    for spell in {each.pk: each for pair in pairs for each in pair}.values():
        if spell.pk in chosen:
            continue
        pause = open_pause(spell)
        if pause is not None:
            pause.to_on = pause.from_on
            pause.end_paper = kept
            pause.save()
        spell.state, spell.ended_on = SpellState.ENDED, spell.starts_on
        spell.end_ground, spell.end_paper = DUPLICATE, kept
        spell.version += 1
        spell.save()
        void_clocks(spell.subject, at=at, spell=spell)
    return None


def _joined(keep: Subject, drop: Subject, *, actor: Actor, at: datetime) -> dict[str, object]:
    """Everything of one file goes over to the other; what of the identity differed is told by its fields."""
    first = min(
        Stay.objects.filter(subject__in=(keep, drop)).values_list("from_on", flat=True), default=timezone.localdate(at)
    )
    units = set(Stay.objects.filter(subject__in=(keep, drop)).values_list("unit_id", flat=True))
    differed = _identity(keep, drop)
    waiting = Transfer.objects.filter(subject=drop, state=TransferState.OPEN)
    if waiting.exists():
        waiting.update(state=TransferState.WITHDRAWN, answered_at=at, version=F("version") + 1)
        clocks.void(drop, HAND_OVER, at=at)
    for model in MOVED:
        model._default_manager.filter(subject=drop).update(subject=keep)
    clocks.gather(keep, drop, at=at)
    MergeCase.objects.filter(drop=drop, state=MergeState.PROPOSED).exclude(keep=keep).update(
        state=MergeState.REFUSED, decided_at=at, version=F("version") + 1
    )
    _stays(keep, drop, timezone.localdate(at))
    keep.guarded = keep.guarded or drop.guarded
    keep.restricted = keep.restricted or drop.restricted
    keep.died_on = keep.died_on or drop.died_on
    drop.merged_into = keep
    drop.guarded = False
    touched(drop, at=at, start=first, also=tuple(units))
    touched(keep, at=at, start=first, also=tuple(units))
    return {"differed": differed}


def _identity(keep: Subject, drop: Subject) -> list[str]:
    """Join who the person is: blanks filled, other names added; where both say something, the file that goes on wins.

    The dropped file keeps nothing that says who the person is.
    """
    rows = {row.pk: row for row in Subject.objects.filter(pk__in=(keep.pk, drop.pk)).select_related("identity")}
    mine, theirs = block_of(rows[keep.pk]), block_of(rows[drop.pk])
    differed: list[str] = []
    if mine is not None and theirs is not None:
        one, other = mine.data(), theirs.data()
        names = [mine.other_names, theirs.name if theirs.name != mine.name else "", theirs.other_names]
        differed = sorted(key for key in one if key in other and one[key] != other[key])
        joined = {**other, **one}
        also = ", ".join(dict.fromkeys(each for each in names if each))
        if also:
            joined["other_names"] = also
        write_identity(keep, PersonBlock.of(joined))
    elif theirs is not None:
        write_identity(keep, theirs)
    Identity.objects.filter(subject=drop).delete()
    NameKey.objects.filter(subject=drop).delete()
    return differed


def _stays(keep: Subject, drop: Subject, today: date) -> None:
    """The stays of the file that goes on hold; before its first one, those of the other: one commune a day."""
    first = Stay.objects.filter(subject=keep).order_by("from_on").values_list("from_on", flat=True).first() or today
    for stay in Stay.objects.filter(subject=drop).order_by("from_on", "pk"):
        if stay.from_on < first:
            end = first if stay.to_on is None else min(stay.to_on, first)
            Stay.objects.filter(pk=stay.pk).update(subject=keep, to_on=end, why=stay.why or StayWhy.MERGED)
    leave(drop, today)
