"""What the law says about managed people, as dated rules; each names its article.

A rule holds in a half-open window of days; a record uses the rule in force on its triggering date. Rules come from
`data/law` (read by `pcmt.reference.law`); nothing of them is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

import attrs

from pcmt.core.law.categories import Category, Setting
from pcmt.core.periods import Days, Hours, Months, WorkingDays


@attrs.frozen(kw_only=True)
class Rule:
    """What all rules have: a code, the article it comes from, the window in which it holds.

    `recalled`: common knowledge of the field that was not read in the act; have it confirmed before relying on it.
    """

    code: str
    source: str
    start: date | None = None
    end: date | None = None
    recalled: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


class Effect(StrEnum):
    """What a ground does to a spell."""

    STARTS = "starts"
    ENDS = "ends"  # at term, or because its purpose is reached (chấm dứt)
    STOPS = "stops"  # before it (dừng)
    PAUSES = "pauses"
    RESUMES = "resumes"
    RENEWS = "renews"  # a new decision from which the term counts anew, or its remainder in another commune


@attrs.frozen(kw_only=True)
class Ground(Rule):
    """A legal ground by which a spell of a category starts, pauses, resumes or ends.

    `form` is the code of the paper (a `PaperForm`) when it is one of the decrees' forms, `decider` the post that signs
    it. `opens` are the codes of limits whose clocks it starts, `leads_to` categories that the law opens next. `pause`
    is the `PauseKind` of a ground that pauses. `needs`: what must be known (a code each: positive_test,
    medical_finding, court_decision, …), as domain rule 18 asks. `same_day_after`: categories that must run or have run.
    """

    category: Category
    effect: Effect
    label: str
    english: str
    form: str = ""
    decider: str = ""
    opens: tuple[str, ...] = ()
    leads_to: tuple[Category, ...] = ()
    pause: str = ""
    needs: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()


@attrs.frozen(kw_only=True)
class TermRule(Rule):
    """How long a spell of a category lasts; `months` None: until an ending event.

    Where the law leaves a range, the decision says how many months from `least` to `most`; `months` is then the most.

    Holds for spells that match everything given: `settings` (none: all), `again` (False: the first time, True: from the
    second, None: both), `minor` (12 to 17 years at the start), `after` (setting of the rehabilitation it follows).
    """

    category: Category
    months: int | None
    least: int | None = None
    most: int | None = None
    settings: tuple[Setting, ...] = ()
    again: bool | None = None
    minor: bool | None = None
    after: tuple[Setting, ...] = ()


@attrs.frozen(kw_only=True)
class Limit(Rule):
    """A time limit: what `label` says is due so long after (before, when `before`) what opens it.

    `remote` is the longer length of remote areas, if the law gives one. `duty_of`: who owes it, a code (commune_police,
    commune_chair, health_site, person, centre). `form`: the paper by which it is done.
    """

    label: str
    english: str
    length: Hours | Days | WorkingDays | Months
    remote: Hours | Days | WorkingDays | Months | None = None
    before: bool = False
    duty_of: str = "commune_police"
    form: str = ""
    categories: tuple[Category, ...] = ()


@attrs.frozen(kw_only=True)
class PaperForm(Rule):
    """A form of a decree: annex and number, title, for which categories."""

    title: str
    decree: str
    annex: str
    number: str
    categories: tuple[Category, ...] = ()


@attrs.frozen(kw_only=True)
class Stage(Rule):
    """A stage of rehabilitation with its shortest and longest length, where the law sets one."""

    label: str
    english: str
    order: int
    least: Days | Months | None = None
    most: Days | Months | None = None


@attrs.frozen(kw_only=True)
class Retention(Rule):
    """How long a kind of record is kept after its end, and what then happens: erase, or anonymise (counts stay)."""

    label: str
    english: str
    length: Months
    then: str = "anonymise"


R = TypeVar("R", bound=Rule)


@attrs.frozen
class Law:
    """All rules. Of one code there may be several, of different windows."""

    grounds: tuple[Ground, ...] = ()
    terms: tuple[TermRule, ...] = ()
    limits: tuple[Limit, ...] = ()
    forms: tuple[PaperForm, ...] = ()
    stages: tuple[Stage, ...] = ()
    retentions: tuple[Retention, ...] = ()
    words: Mapping[str, str] = attrs.field(factory=dict)
    announce_days: tuple[int, ...] = (30, 15, 7)

    def ground(self, code: str, on: date) -> Ground | None:
        """The ground of a code on a day; None where the law of that day knows no such thing."""
        return in_force(self.grounds, code, on)

    def limit(self, code: str, on: date) -> Limit | None:
        """The limit of a code on a day."""
        return in_force(self.limits, code, on)

    def form(self, code: str, on: date) -> PaperForm | None:
        """The form of a code on a day."""
        return in_force(self.forms, code, on)

    def retention(self, code: str, on: date) -> Retention | None:
        """How long records of a kind are kept, by the rule of a day."""
        return in_force(self.retentions, code, on)

    def grounds_for(self, category: Category, effect: Effect, on: date) -> tuple[Ground, ...]:
        """All grounds that do something to spells of a category on a day, in the order of the data."""
        return tuple(
            each for each in self.grounds if each.category is category and each.effect is effect and each.holds_on(on)
        )

    def term_for(
        self,
        category: Category,
        *,
        on: date,
        setting: Setting | None = None,
        again: int = 0,
        minor: bool = False,
        after: Setting | None = None,
    ) -> TermRule | None:
        """The rule on the length of a spell that was triggered on a day; the most specific of those that match.

        `again` counts earlier spells of the category. None: the law sets no length, nothing ends by time.
        """
        found = [
            each
            for each in self.terms
            if each.category is category
            and each.holds_on(on)
            and (not each.settings or setting in each.settings)
            and (each.again is None or each.again is (again > 0))
            and (each.minor is None or each.minor is minor)
            and (not each.after or after in each.after)
        ]
        return max(found, key=_told, default=None)


def in_force(rules: Iterable[R], code: str, on: date) -> R | None:
    """The rule of a code that is in force on a day."""
    return next((each for each in rules if each.code == code and each.holds_on(on)), None)


def _told(rule: TermRule) -> int:
    return sum((bool(rule.settings), rule.again is not None, rule.minor is not None, bool(rule.after)))
