"""Clocks: opening what the law or a plan makes a commune owe about a person, and settling it.

Whoever calls has locked the subject, and the spell where there is one; clocks are locked here, in their order. The
two recurring kinds are laid one window at a time: when a window is settled the next is laid, so that an event costs the
same however long somebody is looked after, and each subject has one open row of a limit.

The monthly residence check is law (Decree 163/2026/NĐ-CP, article 61.1.a); how often people are tested is set by plans
(`TestPlan`): the law sets no interval (article 61.1.b).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from django.db.models import F, Max, Q
from django.utils import timezone

from pcmt.apps.registers.models import Clock, ClockKind, Pause, Spell, SpellState, Subject, TestPlan
from pcmt.apps.registers.queries.plans import nearest_plans
from pcmt.apps.registers.windows import Window, checked, tested
from pcmt.apps.tasks.models import DueState
from pcmt.core.law import ANNOUNCE_DAYS, Limit, due_of
from pcmt.core.periods import DAY, Hours, Months, closing
from pcmt.reference import law, work_calendar

RESIDENCE = "residence_check"
"""The law's limit of the monthly check."""
END = "end"
"""What stands as limit of a clock that runs to the last day of a term."""
FOLLOWED_BY = {
    "verify_residence": "notify_commune",
    "notify_commune": "decide_user",
    "notice_of_end": "propose_post_rehab",
}
"""Steps that begin when the one before is done (Decree 163/2026/NĐ-CP, articles 58.5, 59.1 and 134.1)."""
LAST_DAYS = ("hand_over_completion", "certificate_post_rehab")
"""What is to be done within the last days of a term, not so long before its end (decree, articles 93.4 and 138)."""
NOTICED = timedelta(days=15)
"""So long before its day what must be done before the end of a term is shown as something to do."""
RECURRING = (ClockKind.TEST, ClockKind.RESIDENCE)
STATES = {
    "done": DueState.DONE,
    "refused": DueState.DONE,
    "missed": DueState.ENDED,
    "suspended": DueState.SUSPENDED,
    "void": DueState.CANCELLED,
}
"""How a clock stands after an outcome. Missed: nobody can do it any more, and it stays late."""


def open_limit(
    subject: Subject,
    spell: Spell | None,
    limit: str,
    happened_at: datetime,
    *,
    kind: ClockKind = ClockKind.STEP,
    remote: bool | None = None,
) -> Clock | None:
    """Open the clock of a limit of the law, from the moment of what opens it; None where that day's law has none.

    `remote` takes the longer limit of remote areas, where the law has one; the spell knows unless it is given. The
    same opened twice is one clock.
    """

    zone = timezone.get_default_timezone()
    happened = timezone.localtime(happened_at, zone)
    rule = law().limit(limit, happened.date())
    if rule is None:
        return None
    far = remote if remote is not None else spell is not None and spell.remote
    due = due_of(rule, happened, work_calendar(), remote=far)
    opens_on, due_on = happened.date(), due.due_on
    if limit in LAST_DAYS:
        assert not isinstance(rule.length, Hours)
        opens_on, due_on = closing(rule.length, happened.date(), work=work_calendar()).start, happened.date()
    elif rule.before:
        opens_on = due_on - NOTICED
    same = Clock.objects.filter(subject=subject, spell=spell, kind=kind, limit=limit, opened_at=happened)
    found: Clock | None = same.exclude(outcome="void").first()
    if found is not None:
        return found
    return Clock.objects.create(
        subject=subject,
        spell=spell,
        unit_id=subject.unit_id,
        kind=kind,
        limit=limit,
        opened_at=happened,
        opens_on=opens_on,
        due_at=due.due_at,
        due_on=due_on,
    )


def settle(
    subject: Subject,
    limit: str | Collection[str],
    done_at: datetime,
    *,
    spell: Spell | None = None,
    outcome: str = "done",
) -> int:
    """Settle the open clocks of limits (of one spell, if given) as done at a moment; how many.

    Done after its limit a clock stays late for ever: its limit does not move. What recurs is settled by `meet`.
    """
    limits = (limit,) if isinstance(limit, str) else tuple(limit)
    found = Clock.objects.filter(subject=subject, limit__in=limits).running().exclude(kind__in=RECURRING)
    if spell is not None:
        found = found.filter(spell=spell)
    steps = list(found.filter(limit__in=FOLLOWED_BY).select_related("spell")) if outcome == "done" else []
    count = _close(found, outcome, at=done_at, on=timezone.localdate(done_at))
    for step in steps:
        open_limit(subject, step.spell, FOLLOWED_BY[step.limit], done_at)
    return count


def void(subject: Subject, limit: str | Collection[str], *, at: datetime, spell: Spell | None = None) -> int:
    """Nobody owes it any more: what opened it was wrong or is gone. How many clocks were taken back."""
    return settle(subject, limit, at, spell=spell, outcome="void")


def lay_recurring(spell: Spell, *, at: datetime) -> None:
    """Lay what recurs while a spell is active, and the clock of its end: on its start, resumption or new term.

    The first window is the first one whose day has not passed: what was due before the file was here, or while the
    spell paused, nobody owes.
    """
    if spell.state == SpellState.ACTIVE:
        _lay([spell], at)
    _lay_end(spell, at)


def lay_all(spells: Sequence[Spell], *, at: datetime) -> int:
    """Lay what many active spells lack; how many spells were looked at."""
    _lay(spells, at)
    ends = Clock.objects.filter(spell__in=spells, kind=ClockKind.END).running().values_list("spell_id", flat=True)
    there = set(ends)
    for spell in spells:
        if spell.ends_on is not None and spell.pk not in there:
            _lay_end(spell, at)
    return len(spells)


def drop_recurring(spell: Spell, *, at: datetime) -> None:
    """Close what recurs when a spell pauses (its windows are suspended) or ends (nobody owes them any more).

    Ended, its last clock is settled too. What another spell of the subject still asks for is laid for that one.
    """
    ended = spell.state == SpellState.ENDED
    running = Clock.objects.filter(spell=spell).running()
    _close(running.filter(kind__in=RECURRING), "void" if ended else "suspended", at=at)
    if ended:
        _close(running.filter(kind=ClockKind.END), "done", at=at, on=spell.ended_on)
    others = Spell.objects.filter(subject_id=spell.subject_id, state=SpellState.ACTIVE).exclude(pk=spell.pk)
    _lay(list(others.select_related("subject").order_by("pk")), at)


def move(subject: Subject, *, at: datetime) -> None:
    """The file has come to another commune, which owes from now on what is open.

    Tests that were not yet to be taken follow the plan that holds there; those that were stay as they are.
    """
    running = Clock.objects.filter(subject=subject).running()
    for clock in list(running.select_for_update().order_by("pk")):
        clock.unit_id = subject.unit_id
        clock.version += 1
        clock.save(update_fields=["unit", "version"])
    follow_plans([subject.pk], at=at)


def gather(keep: Subject, drop: Subject, *, at: datetime) -> None:
    """Two files have become one and its spells stand in `keep`: what recurs is laid anew there, the rest goes over."""
    both = Clock.objects.filter(subject__in=(keep, drop)).running()
    _close(both.filter(kind__in=RECURRING), "void", at=at)
    Clock.objects.filter(subject=drop).update(subject=keep, unit=keep.unit_id, version=F("version") + 1)
    active = Spell.objects.filter(subject=keep, state=SpellState.ACTIVE).select_related("subject")
    _lay(list(active.order_by("pk")), at)


@attrs.frozen
class Met:
    """What doing something on a day did: the window it settled, or that it came before any was open."""

    clock: Clock | None = None
    early: bool = False


def meet(subject: Subject, kind: ClockKind, on: date, *, at: datetime, outcome: str = "done") -> Met:
    """What recurs was done on a day: settle the windows that hold it and lay the next ones.

    Windows that were over by then are missed. One that was already counted as missed and holds the day was done in
    time and only written late. Before its window opens nothing is settled, nor by doing it twice in one. Done while the
    spell was suspended, it belongs to the window that was, and settles nothing.
    """
    of_kind = Clock.objects.filter(subject=subject, kind=kind)
    around = of_kind.filter(opens_on__lte=on, due_on__gte=on)
    settled: list[Clock] = []
    for clock in list(around.filter(outcome="missed").select_for_update().order_by("pk")):
        _write(clock, outcome, at=at, on=on)
        settled.append(clock)
    early = False
    for clock in list(
        of_kind.running().select_for_update(of=("self",)).order_by("pk").select_related("spell__subject")
    ):
        held: Clock | None = clock
        while held is not None and held.due_on < on:
            _write(held, "missed", at=at)
            held = _next(held, at)
        if held is None:
            continue
        if held.opens_on <= on:
            _write(held, outcome, at=at, on=on)
            _next(held, at)
            settled.append(held)
        else:
            early = True
    if settled:
        return Met(min(settled, key=lambda clock: clock.pk))
    other = around.exclude(outcome__in=("", "void")).order_by("-pk").first()
    return Met(other if other is not None and other.outcome == "suspended" else None, early=early and other is None)


def unmeet(clock: Clock, *, at: datetime) -> None:
    """What settled a window was taken back: it is owed again, or missed if it is over; its successor waits for it."""
    today = timezone.localdate(at)
    locked = Clock.objects.select_for_update().get(pk=clock.pk)
    if locked.kind not in RECURRING or locked.outcome not in ("done", "refused"):
        return
    if locked.due_on < today:
        _write(locked, "missed", at=at)
        return
    later = Clock.objects.filter(subject=locked.subject_id, limit=locked.limit, due_on__gt=locked.due_on).running()
    later.delete()
    locked.state, locked.outcome, locked.done_at, locked.done_on = DueState.OPEN, "", None, None
    locked.version += 1
    locked.save(update_fields=["state", "outcome", "done_at", "done_on", "version"])


def miss(clocks: Sequence[Clock], *, at: datetime) -> int:
    """Settle windows that are over as missed and lay what follows, those missed in between too; how many were missed.

    The statements do not grow with the number of windows, only with how many follow each other in one subject.
    """
    on, count, over = timezone.localdate(at), 0, list(clocks)
    while over:
        for clock in over:
            _set(clock, "missed", at=at)
        Clock.objects.bulk_update(over, SETTLED, batch_size=200)
        count += len(over)
        over = [clock for clock in _laid(_following(over), at) if clock.due_on < on]
    return count


def follow_plans(subject_ids: Iterable[int], *, at: datetime) -> int:
    """Tests not yet to be taken follow the plan that holds today; how many windows were taken back."""
    on = timezone.localdate(at)
    subjects = list(subject_ids)
    running = Clock.objects.filter(subject__in=subjects, kind=ClockKind.TEST).running().filter(opens_on__gt=on)
    rows = list(running.select_for_update(of=("self",)).select_related("spell").order_by("pk"))
    plans = nearest_plans({row.unit_id for row in rows}, on)
    stale = []
    for row in rows:
        plan = plans.get((row.unit_id, row.spell.category)) if row.spell else None
        if plan is None or row.limit != limit_of(plan):
            _set(row, "void", at=at)
            stale.append(row)
    Clock.objects.bulk_update(stale, SETTLED, batch_size=200)
    active = Spell.objects.filter(subject__in=subjects, state=SpellState.ACTIVE).select_related("subject")
    _lay(list(active.order_by("pk")), at)
    return len(stale)


def limit_of(plan: TestPlan) -> str:
    """What stands as limit of a test that a plan sets."""
    return f"plan.{plan.pk}"


# What follows is for this room alone.

SETTLED = ["state", "outcome", "done_at", "done_on", "version"]


def _set(clock: Clock, outcome: str, *, at: datetime, on: date | None = None) -> None:
    clock.state, clock.outcome, clock.done_at, clock.done_on = STATES[outcome], outcome, at, on
    clock.version += 1


def _write(clock: Clock, outcome: str, *, at: datetime, on: date | None = None) -> None:
    _set(clock, outcome, at=at, on=on)
    clock.save(update_fields=SETTLED)


def _close(found: Any, outcome: str, *, at: datetime, on: date | None = None) -> int:
    clocks = list(found.select_for_update(of=("self",)).order_by("pk"))
    for clock in clocks:
        _write(clock, outcome, at=at, on=on if outcome in ("done", "refused") else None)
    return len(clocks)


@attrs.frozen
class _Want:
    """Somebody is to have a window of a kind: the first whose day comes after `after`."""

    spell: Spell
    kind: ClockKind
    after: date


def _lay(spells: Sequence[Spell], at: datetime) -> None:
    """Lay what active spells lack."""
    on = timezone.localdate(at)
    subjects = {spell.subject_id for spell in spells}
    if not subjects:
        return
    there = Clock.objects.filter(subject__in=subjects, kind__in=RECURRING).running()
    open_ = list(there.values_list("subject_id", "spell_id", "kind"))
    tested_ = {spell_id for _subject, spell_id, kind in open_ if kind == ClockKind.TEST}
    checked_ = {subject_id for subject_id, _spell, kind in open_ if kind == ClockKind.RESIDENCE}
    rule = _residence(on)
    wants = []
    for spell in spells:
        after = max(on, spell.starts_on) - DAY
        if spell.pk not in tested_:
            wants.append(_Want(spell, ClockKind.TEST, after))
        if rule is not None and spell.subject_id not in checked_ and _asks(rule, spell):
            wants.append(_Want(spell, ClockKind.RESIDENCE, after))
            checked_.add(spell.subject_id)
    _laid(wants, at)


def _next(clock: Clock, at: datetime) -> Clock | None:
    return next(iter(_laid(_following([clock]), at)), None)


def _following(clocks: Sequence[Clock]) -> list[_Want]:
    """What comes after windows that were settled, for spells that are still active."""
    plan_ids = {plan_id for clock in clocks if (plan_id := plan_of(clock)) is not None}
    plans: Mapping[int, TestPlan] = TestPlan.objects.in_bulk(list(plan_ids)) if plan_ids else {}
    wants = []
    for clock in clocks:
        if clock.spell is None or clock.spell.state != SpellState.ACTIVE:
            continue
        plan = plans.get(plan_of(clock) or 0)
        day = clock.due_on - timedelta(days=plan.late_days if plan else 0)
        wants.append(_Want(clock.spell, ClockKind(clock.kind), day))
    return wants


def plan_of(clock: Clock) -> int | None:
    """The setting by which a test is due."""
    head, _dot, number = clock.limit.partition(".")
    return int(number) if head == "plan" and number.isdigit() else None


def _laid(wants: Sequence[_Want], at: datetime) -> list[Clock]:
    """Lay windows; those that are really there now. A handful of statements for any number."""
    if not wants:
        return []
    on = timezone.localdate(at)
    units = {want.spell.subject.unit_id for want in wants if want.kind == ClockKind.TEST}
    plans = nearest_plans(units, on) if units else {}
    checks = [want.spell.pk for want in wants if want.kind == ClockKind.RESIDENCE]
    pauses = Pause.objects.filter(spell__in=checks, to_on__isnull=False).order_by().values_list("spell_id")
    resumed = dict(pauses.annotate(last=Max("to_on"))) if checks else {}
    rule = _residence(on)
    rows = []
    for want in wants:
        found = _window(want, plans, resumed, rule)
        if found is None:
            continue
        limit, window = found
        if want.spell.ends_on is not None and window.opens_on > want.spell.ends_on:
            continue
        rows.append(
            Clock(
                subject_id=want.spell.subject_id,
                spell=want.spell,
                unit_id=want.spell.subject.unit_id,
                kind=want.kind,
                limit=limit,
                opened_at=at,
                opens_on=window.opens_on,
                due_on=window.due_on,
            )
        )
    Clock.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    mine = Clock.objects.filter(subject__in={row.subject_id for row in rows}, kind__in=RECURRING).running()
    wanted = {(row.subject_id, row.limit) for row in rows}
    there = mine.select_related("spell__subject").order_by("pk")
    return [clock for clock in there if (clock.subject_id, clock.limit) in wanted]


def _window(
    want: _Want,
    plans: Mapping[tuple[int, str], TestPlan],
    resumed: Mapping[int, date],
    rule: Limit | None,
) -> tuple[str, Window] | None:
    spell = want.spell
    if want.kind == ClockKind.TEST:
        plan = plans.get((spell.subject.unit_id, spell.category))
        if plan is None:
            return None
        return limit_of(plan), tested(spell.starts_on, plan.months, plan.early_days, plan.late_days, want.after)
    if rule is None or not _asks(rule, spell):
        return None
    length = rule.length.n if isinstance(rule.length, Months) else 1
    anchor = max(spell.starts_on, resumed.get(spell.pk, spell.starts_on))
    return RESIDENCE, checked(anchor, length, max(want.after, anchor - DAY))


def _residence(on: date) -> Limit | None:
    found: Limit | None = law().limit(RESIDENCE, on)
    return found


def _asks(rule: Limit, spell: Spell) -> bool:
    return not rule.categories or spell.category in {str(each) for each in rule.categories}


def _lay_end(spell: Spell, at: datetime) -> None:
    """The clock of the last day of a term: one for each spell, moved with it; none for what has no last day."""
    running = Clock.objects.filter(spell=spell, kind=ClockKind.END).running()
    clock = running.select_for_update().order_by("pk").first()
    if spell.state == SpellState.ENDED or spell.ends_on is None:
        if clock is not None:
            _write(clock, "void", at=at)
        return
    opens_on = max(spell.starts_on, spell.ends_on - timedelta(days=max(ANNOUNCE_DAYS)))
    opens_on = min(opens_on, spell.ends_on)
    if clock is None:
        Clock.objects.create(
            subject_id=spell.subject_id,
            spell=spell,
            unit_id=spell.subject.unit_id,
            kind=ClockKind.END,
            limit=END,
            opened_at=at,
            opens_on=opens_on,
            due_on=spell.ends_on,
        )
    elif clock.due_on != spell.ends_on:
        # What was announced of the former day says nothing of the new one, and what it opened is owed no more.
        before = [rule.code for rule in law().limits if rule.before]
        _close(Clock.objects.filter(Q(limit__in=before), spell=spell).running(), "void", at=at)
        clock.opens_on, clock.due_on, clock.told = opens_on, spell.ends_on, 0
        clock.version += 1
        clock.save(update_fields=["opens_on", "due_on", "told", "version"])
