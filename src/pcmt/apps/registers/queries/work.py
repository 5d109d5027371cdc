"""The keeper's day: what is due and overdue, which terms end soon, what waits for an answer. By code, never by name.

Everything takes the same number of statements with seventy-five files and with ten thousand: counts are made by the
database over the open clocks of the area (`clock_queue`), lists are cut to `MOST`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import attrs
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import changes, sees
from pcmt.apps.accounts.rights import Reach
from pcmt.apps.registers.grounds import GROUND_OF, PLANNED
from pcmt.apps.registers.models import (
    CATEGORY_WORDS,
    Clock,
    ClockKind,
    ConflictState,
    DrugTest,
    OfflineConflict,
    Spell,
    SpellState,
    Subject,
    TestPlan,
    Transfer,
    TransferState,
)
from pcmt.apps.registers.queries.people import clock_words, is_overdue, seen_files
from pcmt.core.law import Category

MOST = 50
"""Lines of a list; its count says how many there are in all."""
SOON = timedelta(days=7)
HOURS = timedelta(hours=48)
"""Limits in hours that end so soon stand by themselves."""


def keeps_files(actor: Actor | None) -> bool:
    """Whether the actor's day is one of files: keepers'."""
    return changes("registers.Clock", actor) >= Reach.SUBTREE


@attrs.frozen
class DayCounts:
    """How much there is to do. `today` and `soon` are not overdue; `open_tests`: windows open for a test."""

    overdue: int = 0
    today: int = 0
    soon: int = 0
    hours: int = 0
    ends: int = 0
    open_tests: int = 0
    open_checks: int = 0

    @property
    def any(self) -> bool:
        """Whether anything is to be done at all."""
        return any(attrs.astuple(self))


@attrs.frozen
class DueLine:
    """Something owed about a file. `planned`: by a plan's setting, not by law; `source` is the article or the plan."""

    clock_id: int
    subject: Subject
    code: str
    unit_name: str
    kind: ClockKind
    limit: str
    words: str
    source: str
    planned: bool
    category: str
    opens_on: date
    due_at: datetime | None
    due_on: date
    overdue: bool


@attrs.frozen
class MoveLine:
    """A hand-over that waits. `incoming`: it is for the actor's area to accept it."""

    transfer_id: int
    code: str
    incoming: bool
    from_name: str
    to_name: str
    due_at: datetime
    overdue: bool


@attrs.frozen
class Day:
    """A keeper's day. Lists are cut to `MOST`, counts are whole."""

    on: date
    counts: DayCounts
    overdue: Sequence[DueLine]
    hours: Sequence[DueLine]
    today: Sequence[DueLine]
    soon: Sequence[DueLine]
    ends: Sequence[DueLine]
    moves: Sequence[MoveLine]
    conflicts: int


def day_counts(actor: Actor, at: datetime) -> DayCounts:
    """How much there is to do in the files of the actor; one statement."""
    if sees("registers.Clock", actor) < Reach.SUBTREE:
        return DayCounts()
    on = timezone.localdate(at)
    late, owed = _late(at, on), ~Q(kind=ClockKind.END)
    counted = _running(actor).aggregate(
        overdue=Count("pk", filter=late),
        today=Count("pk", filter=Q(due_on=on) & owed & ~late),
        soon=Count("pk", filter=Q(due_on__gt=on, due_on__lte=on + SOON) & owed),
        hours=Count("pk", filter=Q(due_at__gte=at, due_at__lte=at + HOURS)),
        ends=Count("pk", filter=Q(kind=ClockKind.END, opens_on__lte=on) & ~late),
        open_tests=Count("pk", filter=Q(kind=ClockKind.TEST, opens_on__lte=on) & ~late),
        open_checks=Count("pk", filter=Q(kind=ClockKind.RESIDENCE, opens_on__lte=on) & ~late),
    )
    return DayCounts(**counted)


def day_of(actor: Actor, at: datetime) -> Day:
    """The keeper's day; a dozen statements, however many files there are."""
    on = timezone.localdate(at)
    if sees("registers.Clock", actor) < Reach.SUBTREE:
        return Day(on, DayCounts(), (), (), (), (), (), (), 0)
    found, late = _running(actor), _late(at, on)
    owed = found.exclude(kind=ClockKind.END)
    by_hour = (F("due_at").asc(nulls_last=True), "due_on", "pk")
    piles = [
        found.filter(late).order_by("due_on", F("due_at").asc(nulls_last=True), "pk"),
        owed.filter(due_at__gte=at, due_at__lte=at + HOURS).order_by(*by_hour),
        owed.filter(Q(due_on=on) & ~late, due_at__isnull=True).order_by("kind", "pk"),
        owed.filter(due_on__gt=on, due_on__lte=on + SOON, due_at__isnull=True).order_by("due_on", "pk"),
        found.filter(Q(kind=ClockKind.END, opens_on__lte=on) & ~late).order_by("due_on", "pk"),
    ]
    shown = [list(pile.select_related("subject", "unit", "spell")[:MOST]) for pile in piles]
    plans = plans_of(row for pile in shown for row in pile)
    overdue, hours, today, soon, ends = ([_line(row, plans, at, on) for row in pile] for pile in shown)
    return Day(
        on=on,
        counts=day_counts(actor, at),
        overdue=overdue,
        hours=hours,
        today=today,
        soon=soon,
        ends=ends,
        moves=_moves(actor, at),
        conflicts=OfflineConflict.objects.visible_to(actor).filter(state=ConflictState.OPEN).count(),
    )


def _running(actor: Actor) -> QuerySet[Clock]:
    running: QuerySet[Clock] = Clock.objects.visible_to(actor).filter(state="open")
    return running


def _late(at: datetime, on: date) -> Q:
    return Q(due_at__lt=at) | Q(due_at__isnull=True, due_on__lt=on)


def plans_of(rows: Iterable[Clock]) -> dict[int, TestPlan]:
    """The settings by which tests are due, by id; one statement."""
    ids = {int(row.limit[5:]) for row in rows if row.limit.startswith("plan.")}
    return TestPlan.objects.in_bulk(list(ids)) if ids else {}


def _line(row: Clock, plans: Mapping[int, TestPlan], at: datetime, on: date) -> DueLine:
    words, source, _form = clock_words(row, plans)
    return DueLine(
        clock_id=row.pk,
        subject=row.subject,
        code=row.subject.code,
        unit_name=row.unit.name,
        kind=ClockKind(row.kind),
        limit=row.limit,
        words=words,
        source=source,
        planned=row.kind == ClockKind.TEST,
        category=str(CATEGORY_WORDS[Category(row.spell.category)]) if row.spell else "",
        opens_on=row.opens_on,
        due_at=row.due_at,
        due_on=row.due_on,
        overdue=is_overdue(row, at, on),
    )


def _moves(actor: Actor, at: datetime) -> list[MoveLine]:
    here = set(reached_units(actor, sees("registers.Transfer", actor)).values_list("descendant_id", flat=True))
    rows = Transfer.objects.visible_to(actor).filter(state=TransferState.OPEN)
    return [
        MoveLine(
            transfer_id=row.pk,
            code=row.subject.code,
            incoming=row.to_unit_id in here,
            from_name=row.from_unit.name,
            to_name=row.to_unit.name if row.to_unit else row.to_name,
            due_at=row.due_at,
            overdue=row.due_at < at,
        )
        for row in rows.select_related("subject", "from_unit", "to_unit").order_by("due_at", "pk")[:MOST]
    ]


@attrs.frozen
class ToTest:
    """Somebody who may be tested today. `ground`: the group that the status gives, "" without one."""

    subject: Subject
    code: str
    unit_name: str
    category: str
    ground: str
    minor: bool
    due_on: date | None
    overdue: bool
    last_on: date | None


@attrs.frozen
class TestList:
    """People with an open window, those due first, a page of them; `total` counts all."""

    __test__ = False

    lines: Sequence[ToTest]
    number: int
    pages: int
    total: int


PAGE = 20


def to_test(actor: Actor, at: datetime, *, page: int = 1, codes: Sequence[str] = ()) -> TestList:
    """Whom to test: everybody whose window is open, or the files of `codes` whatever is due; five statements."""
    on = timezone.localdate(at)
    if codes:
        files = {row.code: row for row in seen_files(actor).filter(code__in=codes).select_related("unit")}
        subjects = [files[code] for code in dict.fromkeys(codes) if code in files]
        rows = _running(actor).filter(subject__in=subjects, kind=ClockKind.TEST)
        windows = {row.subject_id: row for row in rows.order_by("-due_on")}
        return TestList(_to_test(subjects, windows, at, on), 1, 1, len(subjects))
    found = _running(actor).filter(kind=ClockKind.TEST, opens_on__lte=on).order_by("due_on", "pk")
    total = found.count()
    pages = max(1, -(-total // PAGE))
    number = min(max(page, 1), pages)
    some = list(found.select_related("subject__unit")[(number - 1) * PAGE : number * PAGE])
    windows = {row.subject_id: row for row in reversed(some)}
    subjects = list({row.subject_id: row.subject for row in some}.values())
    return TestList(_to_test(subjects, windows, at, on), number, pages, total)


def _to_test(subjects: Sequence[Subject], windows: Mapping[int, Clock], at: datetime, on: date) -> list[ToTest]:
    running: dict[int, list[Spell]] = {}
    for spell in Spell.objects.filter(subject__in=subjects, state=SpellState.ACTIVE).order_by("-starts_on", "pk"):
        running.setdefault(spell.subject_id, []).append(spell)
    last = DrugTest.objects.filter(subject__in=subjects, voided_at__isnull=True).order_by().values_list("subject_id")
    tested = dict(last.annotate(last=Max("on")))
    found = []
    for subject in subjects:
        window = windows.get(subject.pk)
        spells = running.get(subject.pk, [])
        owing = next((spell for spell in spells if window is not None and spell.pk == window.spell_id), None)
        first = owing or next((spell for spell in spells if Category(spell.category) in GROUND_OF), None)
        first = first or next(iter(spells), None)
        found.append(
            ToTest(
                subject=subject,
                code=subject.code,
                unit_name=subject.unit.name,
                category=str(CATEGORY_WORDS[Category(first.category)]) if first else "",
                ground=GROUND_OF.get(Category(first.category), PLANNED) if first else "",
                minor=on.year - subject.birth_year <= 18,
                due_on=window.due_on if window else None,
                overdue=is_overdue(window, at, on) if window else False,
                last_on=tested.get(subject.pk),
            )
        )
    return found
