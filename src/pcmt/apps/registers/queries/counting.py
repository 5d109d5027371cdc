"""Figures from records: how many people a commune looked after, what happened to them, what was done, in any period.

A person counts once, in the commune that held the file on the day in question (`Stay`); files that were merged are one
person, and one made nameless goes on counting in its past. Everything is counted from the rows as they are now: what
was known earlier stands in the facts that were told then (`facts.queries.figures`, `known`).

Figures are told in pieces: the two halves of a calendar month, 1st to 14th and 15th to its end, cut where a plan's own
period begins or ends and where the commune does. So both calendars are made of whole pieces (a reporting month is the
second half of one month and the first of the next).

What each element counts, on the last day of a piece or during it:

- a status is there on a day that one of its spells runs; spells that meet are one status, renewed
- `..._opened` begins by a ground here; who comes with the file from another commune has moved in, and out of the other;
  a file that follows a reorganisation has moved nowhere
- `tests_due` are windows of the plan's interval that end in the piece; of them `tests_done` were kept, the others
  missed or refused; `tests_taken` and `tests_positive` are all tests, on whatever ground
- help counts people, each once for a status and kind of help; loans, jobs and trainings count each time
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import attrs
from django.db.models import Q

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import (
    Clock,
    ClockKind,
    DrugTest,
    Episode,
    EpisodeKind,
    EpisodeOutcome,
    Pause,
    PauseKind,
    ResidenceCheck,
    Spell,
    Stay,
    StayWhy,
    Subject,
    Support,
    SupportKind,
    TestResult,
)
from pcmt.apps.tasks.models import GONE, DueState
from pcmt.core.law import Category, Setting
from pcmt.core.periods import DAY, Span

Numbers = dict[tuple[str, str, Span], int]
"""Element, breakdown and period to how many."""

ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "managed": ("category", "sex", "age"),
    "managed_opened": ("category",),
    "managed_moved_in": ("category",),
    "managed_moved_out": ("category",),
    "managed_closed": ("category", "end_ground"),
    "addicts_with_file": ("sex", "age", "substance", "status"),
    "addicts_in_community": (),
    "addicts_new": ("sex", "age", "substance"),
    "addicts_file_opened": (),
    "addicts_file_closed": (),
    "users_with_file": ("sex", "age", "substance"),
    "illegal_users_new": ("sex", "age", "substance"),
    "users_file_opened": (),
    "users_file_closed": (),
    "addicts_in_rehab": ("kind_of_care",),
    "in_treatment": ("kind_of_care", "sex", "age"),
    "compulsory_decisions": ("sex", "age"),
    "rehab_ended": (),
    "relapses": (),
    "methadone_people": ("sex", "age"),
    "methadone_started": (),
    "methadone_stopped": (),
    "buprenorphine_people": ("sex", "age"),
    "post_rehab_with_file": (),
    "post_rehab_begun": (),
    "post_rehab_over": (),
    "post_rehab_helped": ("kind_of_help",),
    "released_prisoners": (),
    "e_monitored": (),
    "e_monitoring_begun": (),
    "psychosis_treated": (),
    "people_trained": (),
    "loans": (),
    "loans_amount": (),
    "jobs": (),
    "tests_due": (),
    "tests_done": (),
    "tests_missed": (),
    "tests_refused": (),
    "tests_taken": (),
    "tests_positive": (),
    "residence_checks": (),
    "residence_checks_due": (),
    "residence_checks_done": (),
}
"""What a room counts from its records, and by what it is split.

Not `addicts`, `illegal_users` and `post_rehab`: these say how many people are known, with a file or without; who has no
file is in no register. A share of people with a file in all therefore moves when a file is opened.
"""

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "category": tuple(map(str, Category)),
    "sex": ("male", "female"),
    "age": ("under_12", "12_17", "18_30", "31_45", "over_45"),
    "substance": ("heroin", "opium", "meth", "mdma", "ketamine", "cannabis", "cocaine", "nps", "other"),
    "status": (
        "community", "voluntary_home", "voluntary_centre", "compulsory", "substitution", "detained", "elsewhere",
    ),
    "kind_of_care": ("substitution", "home", "centre_voluntary", "centre_compulsory"),
    "kind_of_help": ("health", "training", "job", "loan", "papers", "other"),
    "end_ground": (
        "term_over", "completed", "found_addicted", "dropped_out", "centre", "prison", "died", "missing", "other",
    ),
}  # fmt: skip
"""The options of `breakdowns.toml` that records tell. Where an element is not zero all of its options are told."""

HELP = {
    SupportKind.TRAINING: "training", SupportKind.LOAN: "loan", SupportKind.JOB: "job", SupportKind.LEGAL: "papers",
    SupportKind.PAPERS: "papers", SupportKind.PSYCHOLOGICAL: "health", SupportKind.HEALTH: "health",
}  # fmt: skip
ENDS = {
    "term_over": "term_over", "certificate": "completed", "completed": "completed", "recovered": "completed",
    "record_cleared": "term_over", "waived": "term_over", "completed_rehab": "completed",
    "completed_substitution": "completed", "found_addicted": "found_addicted", "dropped_out": "dropped_out",
    "breach": "dropped_out", "compulsory_education": "centre", "education_centre": "centre", "rehab_centre": "centre",
    "centre": "centre", "prison": "prison", "detained_longer": "prison", "died": "died", "missing": "missing",
}  # fmt: skip
"""The options of `end_ground` by the second part of a ground's code; others are `other`."""
CARE = {
    Setting.HOME: "home", Setting.COMMUNITY: "home", Setting.VOLUNTARY_CENTRE: "centre_voluntary",
    Setting.COMPULSORY: "centre_compulsory",
}  # fmt: skip
AT_LARGE = ("community", "voluntary_home", "substitution")
"""Statuses in which somebody lives in the commune."""
STANDING = {
    Category.POST_REHAB: "post_rehab_with_file", Category.RELEASED_PRISONER: "released_prisoners",
    Category.E_MONITORING: "e_monitored",
}  # fmt: skip
"""Stocks without parts."""
ENTRIES = (
    (Category.ADDICT, "", "addicts_file_opened", "addicts_file_closed", "addicts_new"),
    (Category.ILLEGAL_USER, "", "users_file_opened", "users_file_closed", "illegal_users_new"),
    (Category.ON_SUBSTITUTION, Setting.METHADONE, "methadone_started", "methadone_stopped", ""),
    (Category.POST_REHAB, "", "post_rehab_begun", "post_rehab_over", ""),
    (Category.E_MONITORING, "", "e_monitoring_begun", "", ""),
)
"""Status, setting, and what counts its beginnings, its ends, and the first beginning in a life."""
TIMES = {SupportKind.TRAINING: "people_trained", SupportKind.LOAN: "loans", SupportKind.JOB: "jobs"}
KEPT = ("done", "early")
"""Outcomes of windows that were kept."""
NOT_OWED = ("suspended", "void")
"""Outcomes of windows that nobody owed in the end."""
KINDS = ("stays", "statuses", "tests", "checks", "windows", "episodes", "supports")
SAME_RELAPSE = timedelta(days=30)
"""A relapse that shows in several records within so many days is one."""
FOREVER = date.max


# --- the lives of people, as values


@attrs.frozen
class Held:
    """Which commune held a file from a day until another, and why it came there."""

    unit_id: int
    start: date
    end: date
    why: str


@attrs.frozen
class Status:
    """One spell."""

    category: str
    setting: str
    start: date
    end: date
    start_ground: str
    end_ground: str
    pauses: tuple[tuple[str, date, date], ...] = ()


@attrs.frozen
class Life:
    """Everything that is counted of one person. `code` is that of the file that goes on.

    `held` is where it was on each day, one commune at a time; `stays` are the rows as they stand.
    """

    code: str
    sex: str
    birth_year: int
    held: tuple[Held, ...]
    statuses: tuple[Status, ...]
    stays: tuple[Held, ...] = ()
    tests: tuple[tuple[date, str, tuple[str, ...]], ...] = ()
    checks: tuple[date, ...] = ()
    windows: tuple[tuple[str, date, str], ...] = ()
    episodes: tuple[tuple[str, date, date, str], ...] = ()
    supports: tuple[tuple[date, str, int], ...] = ()

    def unit_on(self, day: date) -> int | None:
        """Who held the file on a day. Before the first day who held it first: what happened led to the file. After the
        last nobody."""
        for each in self.held:
            if each.start <= day < each.end:
                return each.unit_id
        return self.held[0].unit_id if self.held and day < self.held[0].start else None

    def running(self, day: date) -> list[Status]:
        """The spells that run on a day."""
        return [each for each in self.statuses if each.start <= day < each.end]


@attrs.frozen
class Presence:
    """One person in one status in one commune, without a break: from its first day until `end`, and why.

    `came` and `went` are `opened` and `closed` (by a ground), `moved`, or `follows` (a reorganisation or a merge of
    files brought it); `went` is empty while it lasts. `ground` is that of the end.
    """

    start: date
    end: date
    came: str
    went: str = ""
    ground: str = ""


def settled(held: Iterable[Held]) -> tuple[Held, ...]:
    """Stays in order, of which each day has at most one: of two that overlap the one that began later."""
    found: list[Held] = []
    for each in sorted(held, key=lambda one: one.start):
        if each.start >= each.end:
            continue
        if found and found[-1].end > each.start:
            found[-1] = attrs.evolve(found[-1], end=each.start)
            if found[-1].start >= found[-1].end:
                found.pop()
        found.append(each)
    return tuple(found)


@attrs.define
class _Run:
    start: date
    end: date
    came: str
    ground: str


def _runs(statuses: Iterable[Status]) -> list[_Run]:
    """Spells that overlap or meet, taken together. What follows a move by its ground has moved, too."""
    found: list[_Run] = []
    for each in sorted(statuses, key=lambda one: (one.start, one.end)):
        if each.start >= each.end:
            continue
        if found and each.start <= found[-1].end:
            if each.end > found[-1].end:
                found[-1].end, found[-1].ground = each.end, each.end_ground
            continue
        moved = bool(found) and found[-1].ground.endswith(".moved")
        found.append(_Run(each.start, each.end, "moved" if moved else "opened", each.end_ground))
    return found


def presences(life: Life, statuses: Iterable[Status]) -> Iterator[tuple[int, Presence]]:
    """When and where somebody was in one of some statuses, by commune."""
    after = {each.start: each.why for each in life.held}
    for run in _runs(statuses):
        for stay in life.held:
            start, end = max(run.start, stay.start), min(run.end, stay.end)
            if start >= end:
                continue
            came = run.came if start == run.start else _way(stay.why)
            if end == FOREVER:
                went = ""
            elif end == run.end:
                went = "moved" if run.ground.endswith(".moved") else "closed"
            else:
                went = "follows" if _way(after.get(end, StayWhy.MOVED)) == "follows" else "moved"
            yield stay.unit_id, Presence(start, end, came, went, run.ground if went == "closed" else "")


def _way(why: str) -> str:
    """How a file came that had its status before. One that was opened here late begins to count here."""
    if why == StayWhy.OPENED:
        return "opened"
    return "follows" if why in (StayWhy.REORGANISED, StayWhy.MERGED) else "moved"


# --- reading


def lives_of(unit_id: int, since: date) -> list[Life]:
    """The lives of all whose file the commune held on a day from `since` on, with the families of merged files.

    What it costs depends on the commune alone. A dozen statements.
    """
    here = Stay.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=since), unit=unit_id)
    ids = set(here.values_list("subject_id", flat=True))
    root = _roots(ids)
    return _lives(root, since)


def _roots(ids: Collection[int]) -> dict[int, int]:
    """The files and all that were merged with them, each with the one that goes on. One statement where none was."""
    into: dict[int, int | None] = {}
    seen, asked = set(ids), set(ids)
    while asked:
        rows = Subject.objects.filter(Q(pk__in=asked) | Q(merged_into__in=asked))
        found = dict(rows.values_list("pk", "merged_into_id"))
        into |= found
        asked = ({*found} | {pk for pk in found.values() if pk}) - seen
        seen |= asked
    root = {}
    for pk in into:
        top = pk
        while (above := into.get(top)) is not None:
            top = above
        root[pk] = top
    return root


def _lives(root: Mapping[int, int], since: date) -> list[Life]:
    rows: dict[str, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))

    def put(name: str, subject_id: int, row: Any) -> None:
        rows[name][root[subject_id]].append(row)

    ids = list(root)
    for subject_id, unit_id, start, end, why in Stay.objects.filter(subject__in=ids).values_list(
        "subject_id", "unit_id", "from_on", "to_on", "why"
    ):
        put("stays", subject_id, Held(unit_id, start, end or FOREVER, why))
    pauses: dict[int, list[tuple[str, date, date]]] = defaultdict(list)
    for spell_id, kind, start, end in Pause.objects.filter(spell__subject__in=ids).values_list(
        "spell_id", "kind", "from_on", "to_on"
    ):
        pauses[spell_id].append((kind, start, end or FOREVER))
    for pk, subject_id, category, setting, start, end, begun, ended in Spell.objects.filter(
        subject__in=ids
    ).values_list("pk", "subject_id", "category", "setting", "starts_on", "ended_on", "start_ground", "end_ground"):
        put(
            "statuses", subject_id,
            Status(category, setting, start, end or FOREVER, begun, ended, tuple(sorted(pauses[pk]))),
        )  # fmt: skip
    tests = DrugTest.objects.filter(Q(on__gte=since) | Q(result=TestResult.POSITIVE), subject__in=ids)
    for subject_id, on, result, substances in tests.filter(voided_at__isnull=True).values_list(
        "subject_id", "on", "result", "substances"
    ):
        put("tests", subject_id, (on, result, tuple(substances)))
    checks = ResidenceCheck.objects.filter(on__gte=since, subject__in=ids, voided_at__isnull=True)
    for subject_id, on in checks.values_list("subject_id", "on"):
        put("checks", subject_id, on)
    windows = Clock.objects.filter(
        subject__in=ids, kind__in=(ClockKind.TEST, ClockKind.RESIDENCE), due_on__gte=since
    ).exclude(state__in=(*GONE, DueState.SUSPENDED))
    for subject_id, kind, due_on, outcome in windows.exclude(outcome__in=NOT_OWED).values_list(
        "subject_id", "kind", "due_on", "outcome"
    ):
        put("windows", subject_id, (kind, due_on, outcome))
    episodes = Episode.objects.filter(subject__in=ids, voided_at__isnull=True)
    for subject_id, kind, start, end, outcome in episodes.values_list(
        "subject_id", "kind", "on", "ended_on", "outcome"
    ):
        put("episodes", subject_id, (kind, start, end or FOREVER, outcome))
    supports = Support.objects.filter(subject__in=ids, voided_at__isnull=True)
    for subject_id, on, kind, amount in supports.values_list("subject_id", "on", "kind", "amount"):
        put("supports", subject_id, (on, kind, amount or 0))
    of: Any = {
        name: {pk: tuple(sorted(each, key=_order)) for pk, each in found.items()} for name, found in rows.items()
    }
    return [
        Life(
            code, sex, year, settled(of.get("stays", {}).get(pk, ())),
            **{name: of.get(name, {}).get(pk, ()) for name in KINDS},
        )
        for pk, code, sex, year in Subject.objects.filter(pk__in=set(root.values()))
        .order_by("pk")
        .values_list("pk", "code", "sex", "birth_year")
    ]  # fmt: skip


def _order(row: Any) -> Any:
    """Stays and spells by their days; what are tuples by themselves."""
    return (row.start, row.end, str(row)) if isinstance(row, Held | Status) else row


# --- counting


def counted(lives: Iterable[Life], unit_id: int, spans: Sequence[Span]) -> Numbers:
    """What the lives give to a commune's figures of periods that do not overlap: every element, zeros too, and where an
    element or one of its parts is not zero all parts of that sort. Pure.
    """
    tally = _Tally(unit_id, sorted(spans))
    for life in lives:
        _Look(life, tally).all()
    return tally.numbers()


@attrs.define
class _Tally:
    unit_id: int
    spans: list[Span]
    found: Tally[tuple[str, str, Span]] = attrs.field(factory=Tally)
    starts: list[date] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.starts = [span.start for span in self.spans]

    def span_of(self, day: date) -> Span | None:
        at = bisect_right(self.starts, day) - 1
        return self.spans[at] if at >= 0 and day < self.spans[at].end else None

    def add(self, code: str, span: Span, parts: Iterable[str] = (), amount: int = 1) -> None:
        self.found[code, "", span] += amount
        for part in parts:
            self.found[code, part, span] += amount

    def part(self, code: str, span: Span, part: str) -> None:
        self.found[code, part, span] += 1

    def numbers(self) -> Numbers:
        told: Numbers = {}
        for span in self.spans:
            for code, keys in ELEMENTS.items():
                told[code, "", span] = whole = self.found[code, "", span]
                for key in keys:
                    parts = {f"{key}={option}": self.found[code, f"{key}={option}", span] for option in OPTIONS[key]}
                    if whole or any(parts.values()):
                        told.update({(code, part, span): value for part, value in parts.items()})
        return told


@attrs.frozen
class _Look:
    """One life, and where it counts."""

    life: Life
    tally: _Tally

    def all(self) -> None:
        """Count it."""
        self.moves()
        self.stocks()
        self.entries()
        self.rehab()
        self.help()
        self.tests()

    def here(self, statuses: Iterable[Status]) -> Iterator[Presence]:
        return (each for unit_id, each in presences(self.life, statuses) if unit_id == self.tally.unit_id)

    def at(self, day: date) -> Span | None:
        """The piece in which something that happened on a day counts here."""
        return self.tally.span_of(day) if self.life.unit_on(day) == self.tally.unit_id else None

    def of(self, category: str, setting: str = "") -> list[Status]:
        return [
            each for each in self.life.statuses if each.category == category and setting in ("", each.setting)
        ]  # fmt: skip

    # parts

    def person(self, day: date) -> tuple[str, str]:
        return f"sex={self.life.sex}", f"age={age_group(day.year - self.life.birth_year)}"

    def substances(self, day: date) -> list[str]:
        """Those of the last positive test until a day."""
        last: tuple[str, ...] = ()
        for on, result, found in self.life.tests:
            if result == TestResult.POSITIVE and on <= day and found:
                last = found
        known = {each if each in OPTIONS["substance"] else "other" for each in last}
        return [f"substance={each}" for each in sorted(known)]

    def status(self, day: date) -> str:
        """Where somebody is on a day, of the options of `status`."""
        running = self.life.running(day)
        pauses = {kind for each in running for kind, start, end in each.pauses if start <= day < end}
        if pauses & {PauseKind.DETENTION, PauseKind.PRISON}:
            return "detained"
        if PauseKind.ABSENCE in pauses:
            return "elsewhere"
        for each in running:
            if each.category == Category.IN_REHAB:
                return "voluntary_home" if CARE.get(each.setting) == "home" else each.setting  # type: ignore[call-overload]
        substitution = any(each.category == Category.ON_SUBSTITUTION for each in running)
        return "substitution" if substitution else "community"

    # what moves

    def moves(self) -> None:
        """In and out, of each status and of all together."""
        tally = self.tally
        for category in ("", *map(str, Category)):
            statuses = self.of(category) if category else self.life.statuses
            for each in self.here(statuses):
                came = {"opened": "managed_opened", "moved": "managed_moved_in"}.get(each.came)
                if came and (span := tally.span_of(each.start)):
                    tally.part(came, span, f"category={category}" if category else "")
                went = {"closed": "managed_closed", "moved": "managed_moved_out"}.get(each.went)
                if went and (span := tally.span_of(each.end)):
                    tally.part(went, span, f"category={category}" if category else "")
                    if went == "managed_closed" and category:
                        tally.part(went, span, f"end_ground={end_option(each.ground)}")

    def entries(self) -> None:
        """Beginnings and ends by ground that have elements of their own."""
        for category, setting, begun, over, new in ENTRIES:
            statuses = self.of(category, setting)
            first = min((each.start for each in statuses), default=None)
            for each in self.here(statuses):
                span = self.tally.span_of(each.start)
                if each.came == "opened" and span:
                    if begun:
                        self.tally.add(begun, span)
                    if new and each.start == first:
                        self.tally.add(new, span, (*self.person(each.start), *self.substances(each.start)))
                if over and each.went == "closed" and (span := self.tally.span_of(each.end)):
                    self.tally.add(over, span)

    # what stands

    def stocks(self) -> None:
        for span in self.tally.spans:
            day = span.last
            if not any(each.start <= day < each.end and each.unit_id == self.tally.unit_id for each in self.life.held):
                continue
            running = self.life.running(day)
            if running:
                self._stock(span, day, running)

    def _stock(self, span: Span, day: date, running: Sequence[Status]) -> None:
        tally, person = self.tally, self.person(day)
        categories = {each.category for each in running}
        tally.add("managed", span, (*person, *(f"category={each}" for each in categories)))
        if Category.ADDICT in categories:
            status = self.status(day)
            tally.add("addicts_with_file", span, (*person, *self.substances(day), f"status={status}"))
            if status in AT_LARGE:
                tally.add("addicts_in_community", span)
        if Category.ILLEGAL_USER in categories:
            tally.add("users_with_file", span, (*person, *self.substances(day)))
        care = {
            CARE.get(each.setting, "home") if each.category == Category.IN_REHAB else "substitution"  # type: ignore[call-overload]
            for each in running
            if each.category in (Category.IN_REHAB, Category.ON_SUBSTITUTION)
        }
        if care:
            tally.add("in_treatment", span, (*person, *(f"kind_of_care={each}" for each in care)))
        settings = {each.setting for each in running if each.category == Category.ON_SUBSTITUTION}
        if Setting.METHADONE in settings:
            tally.add("methadone_people", span, person)
        if Setting.BUPRENORPHINE in settings:
            tally.add("buprenorphine_people", span, person)
        for category, code in STANDING.items():
            if category in categories:
                tally.add(code, span)
        treated = any(
            kind == EpisodeKind.PSYCHIATRIC and start <= day < end for kind, start, end, _why in self.life.episodes
        )
        if Category.DRUG_PSYCHOSIS in categories and treated:
            tally.add("psychosis_treated", span)

    # treatment and help

    def rehab(self) -> None:
        for each in self.here(self.of(Category.IN_REHAB)):
            if each.came == "opened" and (span := self.tally.span_of(each.start)):
                settings = [one.setting for one in self.of(Category.IN_REHAB) if one.start == each.start]
                kinds = {CARE.get(one, "home") for one in settings}  # type: ignore[call-overload]
                self.tally.add("addicts_in_rehab", span, [f"kind_of_care={one}" for one in kinds])
            done = each.went == "closed" and end_option(each.ground) == "completed"
            if done and (span := self.tally.span_of(each.end)):
                self.tally.add("rehab_ended", span)
        for each in self.here(self.of(Category.IN_REHAB, Setting.COMPULSORY)):
            if each.came == "opened" and (span := self.tally.span_of(each.start)):
                self.tally.add("compulsory_decisions", span, self.person(each.start))
        for day in relapses(self.life):
            if span := self.at(day):
                self.tally.add("relapses", span)

    def help(self) -> None:
        for run in _runs(self.of(Category.POST_REHAB)):
            helped = [(on, kind) for on, kind, _amount in self.life.supports if run.start <= on < run.end]
            if helped and (span := self.at(helped[0][0])):
                self.tally.add("post_rehab_helped", span)
            first: dict[str, date] = {}
            for on, kind in helped:
                first.setdefault(HELP.get(kind, "other"), on)  # type: ignore[call-overload]
            for option, on in first.items():
                if span := self.at(on):
                    self.tally.part("post_rehab_helped", span, f"kind_of_help={option}")
        for kind, code in TIMES.items():
            for on in sorted({on for on, given, _amount in self.life.supports if given == kind}):
                if span := self.at(on):
                    self.tally.add(code, span)
        for on, kind, amount in self.life.supports:
            if kind == SupportKind.LOAN and amount and (span := self.at(on)):
                self.tally.add("loans_amount", span, amount=amount)

    def tests(self) -> None:
        for on, result, _substances in self.life.tests:
            if span := self.at(on):
                self.tally.add("tests_refused" if result == TestResult.REFUSED else "tests_taken", span)
                if result == TestResult.POSITIVE:
                    self.tally.add("tests_positive", span)
        for on in self.life.checks:
            if span := self.at(on):
                self.tally.add("residence_checks", span)
        for kind, due_on, outcome in self.life.windows:
            if span := self.at(due_on):
                name = "tests" if kind == ClockKind.TEST else "residence_checks"
                self.tally.add(f"{name}_due", span)
                if outcome in KEPT:
                    self.tally.add(f"{name}_done", span)
                elif kind == ClockKind.TEST:
                    self.tally.add("tests_missed", span)


def relapses(life: Life) -> list[date]:
    """The days on which somebody fell back: found addicted after treatment was completed or during post-rehabilitation
    management, or a treatment ended so. What shows within thirty days of another is the same."""
    done = [
        each.end for each in life.statuses
        if each.category in (Category.IN_REHAB, Category.ON_SUBSTITUTION)
        and end_option(each.end_ground) == "completed"
    ]  # fmt: skip
    days = [
        run.start for run in _runs(each for each in life.statuses if each.category == Category.ADDICT)
        if run.came == "opened" and any(day <= run.start for day in done)
    ]  # fmt: skip
    days += [
        each.end for each in life.statuses
        if each.category == Category.POST_REHAB and end_option(each.end_ground) == "found_addicted"
    ]  # fmt: skip
    days += [end for _kind, _start, end, outcome in life.episodes if outcome == EpisodeOutcome.RELAPSED]
    found: list[date] = []
    last = date.min
    for day in sorted(days):
        if not found or day - last > SAME_RELAPSE:
            found.append(day)
        last = day
    return found


def age_group(years: int) -> str:
    """The option of `age`. Of the day of birth only its year is open: the age reached in the year."""
    for option, upto in (("under_12", 11), ("12_17", 17), ("18_30", 30), ("31_45", 45)):
        if years <= upto:
            return option
    return "over_45"


def end_option(ground: str) -> str:
    """The option of `end_ground` for a ground of the law."""
    return ENDS.get(ground.partition(".")[2], "other")


# --- the check of stock and flow


@attrs.frozen(kw_only=True)
class Identity:
    """Whether the moves of a period explain the change of a stock: `before` + in - out = `after`.

    `breaking` are codes of the files that do not add up, empty for who sees no files; `broken` how many they are.
    """

    category: str
    before: int = 0
    opened: int = 0
    came: int = 0
    closed: int = 0
    went: int = 0
    after: int = 0
    broken: int = 0
    breaking: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it adds up, file by file."""
        return not self.broken


def identity(actor: Actor, unit_id: int, span: Span) -> list[Identity]:
    """Stock and flow of each status at a commune over a period, counted plainly from rows.

    It holds when records are in order. It breaks, and names the file to who may see it, where moves do not explain what
    stands, or two spells of a status or two stays share a day, so that somebody would count twice.
    """
    lives = lives_of(unit_id, span.start - DAY)
    found = []
    broken: dict[str, list[str]] = {}
    for category in map(str, Category):
        sums: Tally[str] = Tally()
        broken[category] = []
        for life in lives:
            one = _plainly(life, category, unit_id, span)
            sums.update(one)
            if one["before"] + one["opened"] + one["came"] - one["closed"] - one["went"] != one["after"] or (
                any(one.values()) and _twice(life, category, span)
            ):
                broken[category].append(life.code)
        found.append(
            Identity(
                category=category, before=sums["before"], opened=sums["opened"], came=sums["came"],
                closed=sums["closed"], went=sums["went"], after=sums["after"], broken=len(broken[category]),
            )
        )  # fmt: skip
    codes = {code for each in broken.values() for code in each}
    seen: set[str] = set()
    if codes:
        seen = set(Subject.objects.visible_to(actor).filter(code__in=codes).values_list("code", flat=True))
    return [
        attrs.evolve(each, breaking=tuple(code for code in broken[each.category] if code in seen)) for each in found
    ]


def _plainly(life: Life, category: str, unit_id: int, span: Span) -> Tally[str]:
    """The rows of one file: stocks are spells on a day, at the commune on that day; moves are what rows say."""
    spells = [each for each in life.statuses if each.category == category and each.start < each.end]
    stays = [each for each in life.stays if each.unit_id == unit_id and each.start < each.end]
    begins, ends = {each.start for each in spells}, {each.end for each in spells}

    def stock(day: date) -> int:
        there = any(each.start <= day < each.end for each in stays)
        return int(there and any(one.start <= day < one.end for one in spells))

    found: Tally[str] = Tally(before=stock(span.start - DAY), after=stock(span.last))
    for one in spells:
        if span.start <= one.start < span.end and one.start not in ends:
            found["opened"] += any(each.start <= one.start < each.end for each in stays)
        if span.start <= one.end < span.end and one.end not in begins:
            found["closed"] += any(each.start <= one.end - DAY < each.end for each in stays)
    for each in stays:
        if span.start <= each.start < span.end:
            found["came"] += any(one.start < each.start < one.end or _renewed(one, each.start, ends) for one in spells)
            if each.why == StayWhy.OPENED:
                continue
        if span.start <= each.end < span.end:
            found["went"] += any(one.start < each.end < one.end or _renewed(one, each.end, ends) for one in spells)
    return found


def _twice(life: Life, category: str, span: Span) -> bool:
    """Whether two spells of a status, or two stays, share a day of a period."""
    rows: list[list[Held | Status]] = [
        [each for each in life.statuses if each.category == category], list(life.stays)
    ]  # fmt: skip
    for each in rows:
        days = sorted((max(one.start, span.start), min(one.end, span.end)) for one in each)
        inside = [(start, end) for start, end in days if start < end]
        if any(later[0] < earlier[1] for earlier, later in pairwise(inside)):
            return True
    return False


def _renewed(one: Status, day: date, ends: Collection[date]) -> bool:
    """Whether a spell begins on a day on which another of its status ends: the status goes on."""
    return one.start == day and day in ends
