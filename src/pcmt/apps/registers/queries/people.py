"""Lists of files: found by code, by exact number, by the syllables of a name, or narrowed by what is open.

Lines hold codes, never names. A list costs the same number of statements however long it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import get_language

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import sees
from pcmt.apps.accounts.rights import Reach
from pcmt.apps.registers.matching import id_form, name_indexes, phone_form
from pcmt.apps.registers.models import (
    CATEGORY_WORDS,
    HEALTH_SEES,
    SETTING_WORDS,
    Clock,
    ClockKind,
    DrugTest,
    Episode,
    Identity,
    NameKey,
    Sex,
    Spell,
    SpellState,
    Subject,
    TestPlan,
    TestResult,
)
from pcmt.apps.registers.vault import index_of
from pcmt.apps.tasks.models import DueState
from pcmt.apps.units.models import Unit
from pcmt.core.law import Category, Ground, Limit, Setting, Stage
from pcmt.reference import law

PAGE = 50
MOST_BY_DUE = 20_000
"""Up to so many files are put in the order of their next limit; longer lists stand newest first."""
ADULT = 18
AGES: Mapping[str, tuple[int, int]] = {
    "12-17": (0, 17), "18-29": (18, 29), "30-44": (30, 44), "45-59": (45, 59), "60": (60, 200),
}  # fmt: skip
"""Age groups by year of birth: the day is sealed, and tables are split by the year."""
MOST_SYLLABLES = 8


@attrs.frozen(kw_only=True, repr=False)
class PeopleFilter:
    """What to look for. `name` and `number` are never printed, so that no log holds them.

    `standing`: "" files with a status that runs, "ended" those without, "all". `number`: an identity or telephone
    number, exact. `order`: "" by the next limit, "new" newest file first, "end" by the end of the term.
    """

    code: str = ""
    name: str = ""
    number: str = ""
    standing: str = ""
    category: str = ""
    setting: str = ""
    ends_within: int | None = None
    overdue: bool = False
    suspended: bool = False
    minors: bool = False
    sex: str = ""
    age: str = ""
    unit_id: int | None = None
    tested: str = ""
    order: str = ""


@attrs.frozen
class Status:
    """A status that runs. `paused`: suspended today. `ends_on`: last day of the term; None: open-ended."""

    category: Category
    setting: Setting | None
    starts_on: date
    ends_on: date | None
    paused: bool

    @property
    def words(self) -> str:
        """What it is called on screen."""
        return str(SETTING_WORDS[self.setting]) if self.setting else str(CATEGORY_WORDS[self.category])


@attrs.frozen
class NextClock:
    """The limit that comes first of those that run."""

    words: str
    due_at: datetime | None
    due_on: date
    overdue: bool


@attrs.frozen
class TestState:
    """How somebody stands with tests: the last one, the window that is open now or comes next."""

    __test__ = False

    last_on: date | None
    last_result: TestResult | None
    opens_on: date | None
    due_on: date | None


@attrs.frozen
class Line:
    """A file in a list. `subject` is for opening who it is about.

    `age`: by the year of birth, as tables count. `ends_in`: days until the first term is over.
    """

    subject: Subject
    code: str
    unit_id: int
    unit_name: str
    sex: Sex
    birth_year: int
    age: int
    statuses: Sequence[Status]
    ends_on: date | None
    clock: NextClock | None
    running: int
    test: TestState
    ends_in: int | None
    opened_on: date
    died_on: date | None
    moving: bool


@attrs.frozen
class PeoplePage:
    """A page of a list of files. `total` counts all that were found."""

    lines: Sequence[Line]
    number: int
    pages: int
    total: int

    @property
    def codes(self) -> list[str]:
        """Of the files on this page."""
        return [line.code for line in self.lines]


def sees_files(actor: Actor | None) -> bool:
    """Whether the actor has a list of files at all: keepers, and health officers for people in treatment."""
    return sees("registers.Subject", actor) >= Reach.SUBTREE


def sees_names(actor: Actor | None) -> bool:
    """Whether the actor may open who people are, inside a visit."""
    return sees("registers.Identity", actor) >= Reach.SUBTREE


def keeps_treatment_only(actor: Actor | None) -> bool:
    """Whether the actor sees files without identities: only of people in treatment."""
    return sees_files(actor) and not sees_names(actor)


def seen_files(actor: Actor) -> QuerySet[Subject]:
    """The files that the actor sees. Who sees no identities sees no file but those of people who are or were treated:
    that somebody is looked after for anything else is not told."""
    files = Subject.objects.visible_to(actor).standing()
    if not keeps_treatment_only(actor):
        return files
    treated = Exists(Spell.objects.filter(subject=OuterRef("pk"), category__in=HEALTH_SEES))
    return files.filter(treated | Exists(Episode.objects.filter(subject=OuterRef("pk"), voided_at__isnull=True)))


def people(actor: Actor, filters: PeopleFilter, *, at: datetime, page: int = 1, size: int = PAGE) -> PeoplePage:
    """A page of the files that the actor sees and the filter leaves; past the last page comes the last."""
    found = narrowed(actor, filters, at)
    total = found.count()
    pages = max(1, -(-total // size))
    number = min(max(1, page), pages)
    rows = list(_ordered(found, filters, total)[(number - 1) * size : number * size])
    return PeoplePage(lines_of(actor, rows, at), number, pages, total)


def narrowed(actor: Actor, filters: PeopleFilter, at: datetime) -> QuerySet[Subject]:
    """The files that a filter leaves."""
    on, files = actor.on, seen_files(actor)
    running = Spell.objects.visible_to(actor).filter(subject=OuterRef("pk")).exclude(state=SpellState.ENDED)
    if filters.standing != "all" and not (filters.code or filters.name or filters.number):
        files = files.exclude(Exists(running)) if filters.standing == "ended" else files.filter(Exists(running))
    spells = running
    for name in ("category", "setting"):
        if value := getattr(filters, name):
            spells = spells.filter(**{name: value})
    if filters.ends_within is not None:
        spells = spells.filter(ends_on__lte=on + timedelta(days=filters.ends_within))
    if filters.suspended:
        spells = spells.filter(state=SpellState.SUSPENDED)
    if filters.category or filters.setting or filters.ends_within is not None or filters.suspended:
        files = files.filter(Exists(spells))
    if filters.overdue:
        clocks = Clock.objects.visible_to(actor).overdue(at, on)
        files = files.filter(pk__in=clocks.order_by().values("subject"))
    if filters.minors:
        files = files.filter(birth_year__gt=on.year - ADULT)
    if filters.sex:
        files = files.filter(sex=filters.sex)
    if filters.age in AGES:
        least, most = AGES[filters.age]
        files = files.filter(birth_year__range=(on.year - most, on.year - least))
    if filters.unit_id:
        files = files.filter(unit=filters.unit_id)
    files = _tested(actor, files, filters.tested, on)
    return _searched(actor, files, filters)


def _tested(actor: Actor, files: QuerySet[Subject], tested: str, on: date) -> QuerySet[Subject]:
    """Files by how their tests stand: a window that is open, one that passed, somebody found positive lately."""
    windows = Clock.objects.visible_to(actor).filter(kind=ClockKind.TEST).order_by()
    match tested:
        case "due":
            now = windows.running().filter(opens_on__lte=on)
            return files.filter(pk__in=now.values("subject"))
        case "missed":
            return files.filter(pk__in=windows.filter(outcome="missed").values("subject"))
        case "positive":
            tests = DrugTest.objects.visible_to(actor).filter(voided_at__isnull=True, result=TestResult.POSITIVE)
            return files.filter(pk__in=tests.order_by().values("subject"))
    return files


def _searched(actor: Actor, files: QuerySet[Subject], filters: PeopleFilter) -> QuerySet[Subject]:
    if filters.code:
        files = files.filter(code__contains=filters.code.strip().upper())
    if filters.number:
        number, phone = id_form(filters.number), phone_form(filters.number)
        same = Q(id_index=index_of("id", number)) if number else Q(pk__in=())
        if phone and sees_names(actor):
            same |= Q(phone_index=index_of("phone", phone))
        files = files.filter(pk__in=Identity.objects.filter(same).values("subject"))
    if filters.name:
        indexes = sorted(name_indexes([filters.name]))[:MOST_SYLLABLES]
        if not indexes or not sees_names(actor):
            return files.none()
        for index in indexes:
            files = files.filter(pk__in=NameKey.objects.filter(index=index).values("subject"))
    return files


def _ordered(files: QuerySet[Subject], filters: PeopleFilter, total: int) -> QuerySet[Subject]:
    files = files.select_related("unit")
    if filters.order == "end":
        running = Spell.objects.filter(subject=OuterRef("pk")).exclude(state=SpellState.ENDED)
        first = running.order_by().values("subject").annotate(first=Min("ends_on")).values("first")
        return files.annotate(first_end=Subquery(first)).order_by(F("first_end").asc(nulls_last=True), "-pk")
    if filters.order == "new" or total > MOST_BY_DUE:
        return files.order_by("-pk")
    first = Clock.objects.running().filter(subject=OuterRef("pk")).order_by("due_on").values("due_on")[:1]
    return files.annotate(first_due=Subquery(first)).order_by(F("first_due").asc(nulls_last=True), "-pk")


def lines_of(actor: Actor, subjects: Sequence[Subject], at: datetime) -> list[Line]:
    """Files as lines of a list, in the order given: five statements for all of them."""
    ids = [each.pk for each in subjects]
    if not ids:
        return []
    spells = _by_subject(Spell.objects.visible_to(actor).filter(subject__in=ids).exclude(state=SpellState.ENDED))
    clocks = _by_subject(Clock.objects.visible_to(actor).running().filter(subject__in=ids))
    tests = _last_tests(actor, ids)
    limits = {row.limit for rows in clocks.values() for row in rows[:1] if row.limit.startswith("plan.")}
    plans = TestPlan.objects.in_bulk([int(each.removeprefix("plan.")) for each in limits])
    return [
        _line(actor, each, spells.get(each.pk, []), clocks.get(each.pk, []), tests.get(each.pk), plans, at)
        for each in subjects
    ]


def _by_subject(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.subject_id, []).append(row)
    return found


def _last_tests(actor: Actor, ids: Sequence[int]) -> dict[int, DrugTest]:
    kept = DrugTest.objects.visible_to(actor).filter(subject__in=ids, voided_at__isnull=True)
    last = kept.order_by().values("subject").annotate(last=Max("on")).values("last")
    newest = kept.annotate(newest=Subquery(last.filter(subject=OuterRef("subject")))).filter(on=F("newest"))
    return {each.subject_id: each for each in newest.order_by("pk")}


def _line(
    actor: Actor,
    of: Subject,
    spells: Sequence[Spell],
    clocks: Sequence[Clock],
    test: DrugTest | None,
    plans: Mapping[int, TestPlan],
    at: datetime,
) -> Line:
    ends = [each.ends_on for each in spells if each.ends_on]
    window = next((each for each in clocks if each.kind == ClockKind.TEST), None)
    return Line(
        subject=of,
        code=of.code,
        unit_id=of.unit_id,
        unit_name=of.unit.name,
        sex=Sex(of.sex),
        birth_year=of.birth_year,
        age=actor.on.year - of.birth_year,
        statuses=[status_of(each) for each in spells],
        ends_on=min(ends) if ends else None,
        clock=_next(clocks[0], plans, at, actor.on) if clocks else None,
        running=len(clocks),
        test=TestState(
            test.on if test else None,
            TestResult(test.result) if test else None,
            window.opens_on if window else None,
            window.due_on if window else None,
        ),
        ends_in=(min(ends) - actor.on).days if ends else None,
        opened_on=timezone.localdate(of.opened_at),
        died_on=of.died_on,
        moving=any(each.kind == ClockKind.TRANSFER for each in clocks),
    )


def _next(clock: Clock, plans: Mapping[int, TestPlan], at: datetime, on: date) -> NextClock:
    return NextClock(clock_words(clock, plans)[0], clock.due_at, clock.due_on, is_overdue(clock, at, on))


def is_overdue(clock: Clock, at: datetime, on: date) -> bool:
    """Whether a clock is open after its limit: by the moment where it has one, by the day otherwise."""
    if clock.state != DueState.OPEN:
        return False
    return clock.due_at < at if clock.due_at else clock.due_on < on


def said(rule: Ground | Limit | Stage) -> str:
    """What a rule says, in the language of the screen."""
    return rule.english if (get_language() or "vi").startswith("en") else rule.label


def clock_words(row: Clock, plans: Mapping[int, TestPlan]) -> tuple[str, str, str]:
    """What a clock is about, where that stands (an article, or a plan's words), and the form; `plans` by id."""
    if row.limit.startswith("plan."):
        plan = plans.get(int(row.limit[5:]))
        return str(row.get_kind_display()), plan.basis if plan else "", ""
    limit = law().limit(row.limit, timezone.localdate(row.opened_at))
    return (said(limit), limit.source, limit.form) if limit else (str(row.get_kind_display()), "", "")


def status_of(spell: Spell) -> Status:
    """A spell as a status."""
    return Status(
        Category(spell.category),
        Setting(spell.setting) if spell.setting else None,
        spell.starts_on,
        spell.ends_on,
        spell.state == SpellState.SUSPENDED,
    )


def communes(actor: Actor) -> list[tuple[int, str]]:
    """Communes with files that the actor sees, to choose from, in the official order."""
    held = Unit.objects.filter(pk__in=seen_files(actor).order_by().values("unit"))
    return [(each.pk, each.name) for each in held.in_official_order()]


SEX_WORDS = Sex.choices
"""To choose from."""


def categories_to_choose(actor: Actor) -> list[tuple[str, Any]]:
    """Statuses that the actor's list can be narrowed to."""
    seen = HEALTH_SEES if keeps_treatment_only(actor) else tuple(CATEGORY_WORDS)
    return [(str(each), CATEGORY_WORDS[each]) for each in seen]


def settings_to_choose() -> list[tuple[str, Any]]:
    """Settings of rehabilitation and medicines of substitution."""
    return [(str(each), words) for each, words in SETTING_WORDS.items()]
