"""What happens to clocks by time alone: windows pass, ends come near, limits are overdue, plans change.

Every run does what is due and no more: run again, at the same time as another, or after one that was killed half-way,
nothing is done or told twice. Work goes in batches of some hundred rows, a transaction each, walking up the keys; in
each the subjects are locked first, as whoever works on a file does. People are told by code and count, never by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import attrs
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from pcmt.apps.accounts.models import Grant
from pcmt.apps.accounts.policies import RIGHTS, Reach
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.registers.addresses import DAY_PAGE, file_address
from pcmt.apps.registers.models import Clock, ClockKind, Spell, SpellState, Subject, TestPlan
from pcmt.apps.registers.operations import clocks
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.law import ANNOUNCE_DAYS
from pcmt.core.periods import DAY
from pcmt.reference import law

BATCH = 300
AHEAD = timedelta(days=45)
"""So long before a term ends the steps that the law wants before its end are laid: the earliest is due 30 days before
(Decree 163/2026/NĐ-CP, article 93.2)."""
CHANGED = timedelta(days=40)
"""Plans that begin or end within so many days back are followed once more, should a run have failed."""
KEEPERS = tuple(role for role, right in RIGHTS["registers.Clock"].items() if right.change >= Reach.SUBTREE)
"""The roles that keep files."""

# How far a clock was told, each number standing for those before it.
STEPS_LAID = 1
FIRST_ANNOUNCED = 2
OVERDUE = 20
ESCALATED = 21


@attrs.frozen
class Swept:
    """What one run did, counted."""

    missed: int = 0
    followed: int = 0
    laid: int = 0
    announced: int = 0
    overdue: int = 0
    escalated: int = 0


def sweep(*, at: datetime) -> Swept:
    """Everything that time alone brings about up to a moment."""
    return Swept(
        missed=_each(Clock, lambda: _passed(at), lambda rows: _missed(rows, at)),
        followed=_each(Clock, lambda: _unplanned(at), lambda rows: _followed(rows, at)),
        laid=_each(Spell, lambda: _lacking(at), lambda rows: clocks.lay_all(rows, at=at)),
        announced=_each(Clock, lambda: _ending(at), lambda rows: _announced(rows, at)),
        overdue=_each(Clock, lambda: _late(at), lambda rows: _tell_of(rows, at, OVERDUE)),
        escalated=_each(Clock, lambda: _very_late(at), lambda rows: _tell_of(rows, at, ESCALATED)),
    )


def _each(of: Any, found: Callable[[], QuerySet[Any]], work: Callable[[Sequence[Any]], int]) -> int:
    """Work on rows a batch at a time, each in a transaction, as far as they are still asked for once it is their turn.

    Between finding rows and locking their subjects somebody else may have been quicker; so they are found again.
    """
    last = done = 0
    while True:
        with transaction.atomic():
            ids = list(found().filter(pk__gt=last).order_by("pk").values_list("pk", "subject_id")[:BATCH])
            if not ids:
                return done
            last = ids[-1][0]
            held = Subject.objects.filter(pk__in={subject for _pk, subject in ids})
            list(held.order_by("pk").select_for_update().values_list("pk", flat=True))
            rows = found().filter(pk__in=[pk for pk, _subject in ids]).order_by("pk").select_related("subject")
            if of is Clock:
                rows = rows.select_for_update(of=("self",)).select_related("subject", "spell__subject")
            done += work(list(rows))


def _passed(at: datetime) -> QuerySet[Any]:
    return Clock.objects.running().filter(kind__in=clocks.RECURRING, due_on__lt=timezone.localdate(at))


def _missed(rows: Sequence[Clock], at: datetime) -> int:
    """Windows that are over, and those that follow and are over too."""
    count = clocks.miss(rows, at=at)
    checks: dict[int, list[Clock]] = defaultdict(list)
    for row in rows:
        if row.kind == ClockKind.RESIDENCE:
            checks[row.unit_id].append(row)
    keepers = _Keepers.on(timezone.localdate(at)) if checks else None
    for unit_id, some in checks.items():
        assert keepers is not None
        _tell(
            keepers.of(unit_id), Reason.OVERDUE, unit_id, some, at, f"{len(some)} lần kiểm tra cư trú theo luật bị lỡ"
        )
    return count


def _unplanned(at: datetime) -> QuerySet[Any]:
    """Tests that were not yet to be taken, where a plan began or ended lately."""
    on = timezone.localdate(at)
    lately = Q(valid_from__gt=on - CHANGED, valid_from__lte=on) | Q(valid_to__gt=on - CHANGED, valid_to__lte=on)
    changed = list(TestPlan.objects.filter(lately).order_by().values_list("unit_id", "category").distinct())
    there = Q(pk__in=())
    for unit_id, category in changed:
        there |= Q(unit__in=_below(unit_id, on), spell__category=category)
    return Clock.objects.running().filter(there, kind=ClockKind.TEST, opens_on__gt=on)


def _below(unit_id: int, on: date) -> QuerySet[Any]:
    return UnitClosure.objects.as_of(on).filter(ancestor_id=unit_id).values("descendant_id")


def _followed(rows: Sequence[Clock], at: datetime) -> int:
    return clocks.follow_plans({row.subject_id for row in rows}, at=at)


def _lacking(at: datetime) -> QuerySet[Any]:
    """Active spells that lack the test that a plan sets, the monthly check, or the clock of their end."""
    on = timezone.localdate(at)
    running = Clock.objects.running()
    tests = running.filter(spell=OuterRef("pk"), kind=ClockKind.TEST)
    checks = running.filter(subject=OuterRef("subject_id"), kind=ClockKind.RESIDENCE)
    ends = running.filter(spell=OuterRef("pk"), kind=ClockKind.END)
    planned = Q(pk__in=())
    # What goes on lays its own next window; only a new plan finds spells that have none.
    new = TestPlan.objects.filter(holds_on(on), valid_from__gt=on - CHANGED)
    plans = new.order_by().values_list("category", "unit_id")
    by_category: dict[str, list[int]] = defaultdict(list)
    for category, unit_id in plans:
        by_category[category].append(unit_id)
    for category, unit_ids in by_category.items():
        below = UnitClosure.objects.as_of(on).filter(ancestor__in=unit_ids).values("descendant_id")
        planned |= Q(category=category, subject__unit__in=below)
    rule = law().limit(clocks.RESIDENCE, on)
    residence = Q(pk__in=())
    if rule is not None:
        residence = Q(category__in=[str(each) for each in rule.categories]) if rule.categories else Q(pk__gt=0)
    term = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    wants = (
        (planned & term & ~Exists(tests)) | (residence & term & ~Exists(checks)) | Q(ends_on__gte=on) & ~Exists(ends)
    )
    return Spell.objects.filter(wants, state=SpellState.ACTIVE)


def _step(left: int) -> int:
    """How far the end of a term is to be told with so many days left; 0: not yet."""
    steps = [FIRST_ANNOUNCED + at for at, days in enumerate(sorted(ANNOUNCE_DAYS, reverse=True)) if left <= days]
    return max(steps, default=STEPS_LAID if left <= AHEAD.days else 0)


def _ending(at: datetime) -> QuerySet[Any]:
    """Ends that are near and were not told so far."""
    on = timezone.localdate(at)
    near = Q(due_on__lte=on + AHEAD, told__lt=STEPS_LAID)
    for days in ANNOUNCE_DAYS:
        near |= Q(due_on__lte=on + timedelta(days=days), told__lt=_step(days))
    return Clock.objects.running().filter(near, kind=ClockKind.END, due_on__gte=on)


def _announced(rows: Sequence[Clock], at: datetime) -> int:
    on, keepers, told = timezone.localdate(at), _Keepers.on(timezone.localdate(at)), 0
    for row in rows:
        if row.spell is None or row.spell.state == SpellState.ENDED:
            continue
        if row.told < STEPS_LAID:
            _lay_steps(row, at)
        left = (row.due_on - on).days
        step = _step(left)
        if step >= FIRST_ANNOUNCED:
            words = f"còn {left} ngày là hết thời hạn" if left else "hôm nay hết thời hạn"
            told += tell(
                at=at,
                users=keepers.of(row.unit_id),
                reason=Reason.SOON,
                about=row,
                address=file_address(row.subject.code),
                title=f"Hồ sơ {row.subject.code}: {words} ({row.due_on:%d/%m/%Y})",
                key=f"clock:{row.pk}:end:{row.due_on}:{step}",
                unit_id=row.unit_id,
            )
        Clock.objects.filter(pk=row.pk).update(told=step, version=F("version") + 1)
    return told


def _lay_steps(row: Clock, at: datetime) -> None:
    """What the law wants done before the end of the term: notice, proposal, decision, certificate."""
    spell = row.spell
    assert spell is not None
    last = timezone.make_aware(datetime.combine(row.due_on + DAY, time())) - timedelta(minutes=1)
    codes = {
        rule.code
        for rule in law().limits
        if rule.before and rule.holds_on(timezone.localdate(at)) and spell.category in map(str, rule.categories)
    }
    known = timezone.localdate(spell.made_at)
    for code in sorted(codes):
        clock = clocks.open_limit(row.subject, spell, code, last)
        if clock is not None and clock.due_on < known:
            clocks.void(row.subject, code, at=at, spell=spell)  # due before the file was here: nobody owes it


def _late(at: datetime) -> QuerySet[Any]:
    """Limits of the law that are overdue and of which nobody was told so."""
    late = Clock.objects.overdue(at, timezone.localdate(at))
    return late.filter(told__lt=OVERDUE).exclude(kind__in=clocks.RECURRING)


def _very_late(at: datetime) -> QuerySet[Any]:
    """Those that the province's keeper has to know of, some days later."""
    since = timedelta(days=settings.REMIND_ESCALATE)
    late = Clock.objects.overdue(at - since, timezone.localdate(at) - since)
    return late.filter(told__lt=ESCALATED).exclude(kind__in=clocks.RECURRING)


def _tell_of(rows: Sequence[Clock], at: datetime, told: int) -> int:
    """One notice for the rows of each commune: to its keepers, or further on to those of the nearest unit above."""
    by_unit: dict[int, list[Clock]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit_id].append(row)
    keepers = _Keepers.on(timezone.localdate(at)) if rows else None
    names = dict(Unit.objects.filter(pk__in=by_unit).values_list("pk", "name"))
    sent = 0
    for unit_id, some in sorted(by_unit.items()):
        assert keepers is not None
        if told == OVERDUE:
            sent += _tell(keepers.of(unit_id), Reason.OVERDUE, unit_id, some, at, f"{len(some)} hạn theo luật đã quá")
        else:
            words = f"{names[unit_id]}: {len(some)} hạn theo luật đã quá từ {settings.REMIND_ESCALATE} ngày"
            sent += _tell(keepers.above(unit_id), Reason.ESCALATED, unit_id, some, at, words)
    Clock.objects.filter(pk__in=[row.pk for row in rows]).update(told=told, version=F("version") + 1)
    return sent


def _tell(users: Collection[int], reason: Reason, unit_id: int, rows: Sequence[Clock], at: datetime, words: str) -> int:
    return tell(
        at=at,
        users=users,
        reason=reason,
        about=rows[0],
        address=DAY_PAGE,
        title=f"Hồ sơ quản lý: {words}",
        key=f"clocks:{unit_id}:{reason}:{rows[0].pk}:{len(rows)}",
        unit_id=unit_id,
    )


@attrs.frozen
class _Keepers:
    """Who keeps files on a day, by the administrative unit that they serve, and the units above each."""

    at_unit: Mapping[int, Sequence[int]]
    day: date

    @classmethod
    def on(cls, day: date) -> _Keepers:
        """Three statements, however many there are."""
        held = people_at(_units_of_keepers(day), day, KEEPERS)
        up = UnitClosure.objects.as_of(day).filter(descendant__in=held, ancestor__kind=UnitKind.ADMINISTRATIVE)
        serves: dict[int, int] = {}
        for unit_id, above in up.order_by("depth").values_list("descendant_id", "ancestor_id"):
            serves.setdefault(unit_id, above)
        found: dict[int, list[int]] = defaultdict(list)
        for unit_id, people in held.items():
            found[serves.get(unit_id, unit_id)].extend(people)
        return cls(found, day)

    def of(self, unit_id: int) -> Sequence[int]:
        """Those of a commune; where it has none, those above it: nobody's file is without a keeper."""
        return self.at_unit.get(unit_id) or self.above(unit_id)

    def above(self, unit_id: int) -> Sequence[int]:
        """Those of the nearest unit above that has any."""
        up = UnitClosure.objects.as_of(self.day).filter(descendant=unit_id, depth__gt=0).order_by("depth")
        return next(
            (self.at_unit[each] for each in up.values_list("ancestor_id", flat=True) if self.at_unit.get(each)), ()
        )


def _units_of_keepers(day: date) -> Collection[int]:
    held = Grant.objects.as_of(day).filter(role__in=KEEPERS).order_by().values_list("unit_id", flat=True)
    return set(held.distinct())
