"""What the pages of acts on files ask: how a file stands, which grounds the law offers, hand-overs, merges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import attrs
from django.db.models import Q, QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import (
    CATEGORY_WORDS,
    SETTING_WORDS,
    MergeCase,
    MergeState,
    Pause,
    Renewal,
    Sex,
    Spell,
    SpellState,
    Subject,
    Transfer,
    TransferState,
)
from pcmt.apps.registers.policies import can_decide_merge, can_keep_file, can_receive, can_send
from pcmt.core.law import Category, Effect, Ground, Setting
from pcmt.reference import law

ANSWERED_DAYS = 30
"""How long answered hand-overs stay on the page of hand-overs."""
SEXES = tuple(Sex.choices)
CATEGORIES = tuple((str(each), words) for each, words in CATEGORY_WORDS.items())
SETTINGS = tuple((str(each), words) for each, words in SETTING_WORDS.items())
SETTINGS_OF: dict[Category, tuple[Setting, ...]] = {
    Category.IN_REHAB: (Setting.HOME, Setting.COMMUNITY, Setting.VOLUNTARY_CENTRE, Setting.COMPULSORY),
    Category.ON_SUBSTITUTION: (Setting.METHADONE, Setting.BUPRENORPHINE),
}
"""The settings that a category has."""


@attrs.frozen
class SpellNow:
    """A status as the pages that act on it show it."""

    id: int
    version: int
    category: Category
    words: str
    state: str
    state_words: str
    starts_on: date
    ends_on: date | None
    ended_on: date | None
    paused_since: date | None
    pause_words: str
    moved_since: date | None
    detained_longer: bool

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.state != SpellState.ENDED


@attrs.frozen
class FileNow:
    """A file as the pages that act on it show it: no names."""

    subject: Subject
    code: str
    version: int
    unit_id: int
    unit_name: str
    sex: str
    birth_year: int
    died_on: date | None
    may_keep: bool
    waiting: bool
    spells: Sequence[SpellNow]

    @property
    def running(self) -> Sequence[SpellNow]:
        """The statuses that have not ended."""
        return [each for each in self.spells if each.running]


def file_now(actor: Actor, code: str) -> FileNow | None:
    """The file by its code, for who sees it; None otherwise."""
    subject = Subject.objects.visible_to(actor).standing().select_related("unit").filter(code=code).first()
    if subject is None:
        return None
    spells = list(Spell.objects.visible_to(actor).filter(subject=subject).order_by("starts_on", "pk"))
    moved = (
        Transfer.objects.filter(subject=subject, state=TransferState.ACCEPTED, to_unit=subject.unit_id)
        .order_by("-answered_at")
        .first()
    )
    return FileNow(
        subject=subject,
        code=subject.code,
        version=subject.version,
        unit_id=subject.unit_id,
        unit_name=subject.unit.name,
        sex=subject.sex,
        birth_year=subject.birth_year,
        died_on=subject.died_on,
        may_keep=can_keep_file(actor, subject),
        waiting=Transfer.objects.filter(subject=subject, state=TransferState.OPEN).exists(),
        spells=[spell_now(each, actor.on, moved) for each in spells],
    )


def spell_now(spell: Spell, on: date, moved: Transfer | None = None) -> SpellNow:
    """A status as a value; `moved` is the last hand-over by which the file came here."""
    pause = Pause.objects.filter(spell=spell, to_on__isnull=True).first()
    since = None
    if moved is not None and moved.answered_at is not None and spell.ends_on and spell.made_at <= moved.answered_at:
        decided = Renewal.objects.filter(spell=spell, made_at__gte=moved.answered_at).exists()
        since = None if decided else moved.moved_on
    outlasted = pause is not None and pause.kind == "detention" and spell.ends_on is not None and on > spell.ends_on
    return SpellNow(
        id=spell.pk,
        version=spell.version,
        category=Category(spell.category),
        words=spell_words(spell),
        state=spell.state,
        state_words=spell.get_state_display(),
        starts_on=spell.starts_on,
        ends_on=spell.ends_on,
        ended_on=spell.ended_on,
        paused_since=pause.from_on if pause else None,
        pause_words=pause.get_kind_display() if pause else "",
        moved_since=since,
        detained_longer=outlasted,
    )


def spell_words(spell: Spell) -> str:
    """A status in words, with its setting."""
    category = str(CATEGORY_WORDS[Category(spell.category)])
    return f"{category}: {SETTING_WORDS[Setting(spell.setting)]}" if spell.setting else category


def grounds_offered(category: Category, effects: Sequence[Effect], on: date) -> list[Ground]:
    """The grounds that the law of a day offers."""
    return [each for effect in effects for each in law().grounds_for(category, effect, on)]


def transfers_in(actor: Actor) -> list[Transfer]:
    """Files that wait to be accepted by a commune of the actor, the most urgent first."""
    return [each for each in _open(actor) if can_receive(actor, each)]


def transfers_out(actor: Actor) -> list[Transfer]:
    """Files that a commune of the actor has sent and that were not answered yet."""
    return [each for each in _open(actor) if can_send(actor, each)]


def transfers_answered(actor: Actor, at: datetime) -> QuerySet[Transfer]:
    """What was answered lately."""
    since = at - timedelta(days=ANSWERED_DAYS)
    rows = Transfer.objects.visible_to(actor).exclude(state=TransferState.OPEN).filter(answered_at__gte=since)
    return rows.select_related("subject", "from_unit", "to_unit", "paper").order_by("-answered_at", "-pk")[:100]


def _open(actor: Actor) -> QuerySet[Transfer]:
    rows = Transfer.objects.visible_to(actor).filter(state=TransferState.OPEN)
    return rows.select_related("subject", "from_unit", "to_unit", "paper").order_by("due_at", "pk")[:200]


def transfer_seen(actor: Actor, transfer_id: int) -> Transfer | None:
    """One hand-over, for who sees it."""
    rows = Transfer.objects.visible_to(actor).select_related("subject", "from_unit", "to_unit", "paper")
    return rows.filter(pk=transfer_id).first()


def merges_waiting(actor: Actor) -> list[tuple[MergeCase, bool]]:
    """Proposed merges, and whether the actor may be the second person."""
    rows = MergeCase.objects.visible_to(actor).filter(state=MergeState.PROPOSED)
    rows = rows.select_related("keep__unit", "drop__unit", "proposed_by").order_by("proposed_at", "pk")[:100]
    return [(case, can_decide_merge(actor, case)) for case in rows]


def merge_seen(actor: Actor, one: str, other: str) -> MergeCase | None:
    """The case of two files that waits, whichever of them goes on."""
    both = Q(keep__code=one, drop__code=other) | Q(keep__code=other, drop__code=one)
    rows = MergeCase.objects.visible_to(actor).filter(both).select_related("keep", "drop", "proposed_by")
    return rows.order_by("-proposed_at").first()
