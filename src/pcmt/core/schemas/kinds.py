"""Kinds of what is recorded: what an entry about something done, or about a place, asks for and what it counts as.

An *event* happened on a day (a broadcast, a raid); a *place* stands from a day on and has a state (a hot spot, a tip
box). A kind is data with versions: its fields, its states where it is a place, and how an entry becomes figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import attrs


class Noun(StrEnum):
    """What an entry of a kind is."""

    EVENT = "event"
    PLACE = "place"


class FieldType(StrEnum):
    """What a field holds, and as what it is kept (JSON): whole and money are integers, decimal is text."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    MONEY = "money"  # whole đồng
    TEXT = "text"  # one line
    LINES = "lines"  # several lines
    CHOICE = "choice"  # one of the options
    CHOICES = "choices"  # some of the options
    YES_NO = "yes_no"
    DAY = "day"
    TIME = "time"


NUMBERS = frozenset({FieldType.WHOLE, FieldType.DECIMAL, FieldType.MONEY})


class Sensitivity(StrEnum):
    """Who sees what a field holds, beside those who keep the record."""

    OPEN = "open"  # whoever sees the record
    INSIDE = "inside"  # only who may change the record; left out of exports, shared lists and maps of others


@attrs.frozen(kw_only=True)
class Option:
    """One answer of a choice. `part` is its name in the breakdown that a rule splits by; "": in none."""

    key: str
    label: str
    part: str = ""


@attrs.frozen(kw_only=True)
class KindField:
    """One question of an entry.

    `quick` fields stand on the phone's first screen. `least` and `most` bound numbers, `places` are decimals of a
    DECIMAL. `sums`: lists show the sum of the column.
    """

    key: str
    label: str
    type: FieldType
    unit_word: str = ""
    required: bool = False
    quick: bool = False
    sensitivity: Sensitivity = Sensitivity.OPEN
    help: str = ""
    options: tuple[Option, ...] = ()
    least: int | None = None
    most: int | None = None
    places: int = 0
    sums: bool = False

    def option(self, key: str) -> Option | None:
        """An answer by its key."""
        return next((each for each in self.options if each.key == key), None)


class StateSort(StrEnum):
    """What a state of a place means for counting and for colours on the map."""

    STANDING = "standing"  # is there and needs work (open, found)
    WATCHED = "watched"  # is there and quiet
    GONE = "gone"  # cleared, destroyed, closed


@attrs.frozen(kw_only=True)
class State:
    """A state of a place. `after`: the states from which it may be reached; none: from any. `first`: may begin in it.

    `asks` are keys of the kind's fields that a move into this state asks for (what was destroyed, how much).
    """

    key: str
    label: str
    sort: StateSort = StateSort.STANDING
    first: bool = False
    after: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


class CountOf(StrEnum):
    """What a rule counts."""

    ENTRIES = "entries"  # each event is one
    FIELD = "field"  # the number in a field
    PLACES = "places"  # places that events were held at, each once in a calendar year
    AREA = "area"  # the commune itself: of events once in a calendar year, of places always
    BEGUN = "begun"  # places that came into the `states` from none of them in the period, for the first time or again
    STANDING = "standing"  # places in one of the `states` at the end of the period


@attrs.frozen(kw_only=True)
class When:
    """A rule counts only entries whose choice `field` has one of the `options`."""

    field: str
    options: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CountRule:
    """How entries become numbers of a data element.

    `field` is the number summed (of an event, or of a place's move or stock). `split` maps a choice field to a key of
    `breakdowns.toml` (`split_by`): beside the total, parts are told by `Option.part`. Where all that a rule counts is
    of one part, `split` is that part behind a sign of equality: `=school`.
    """

    element: str
    of: CountOf = CountOf.ENTRIES
    field: str = ""
    states: tuple[str, ...] = ()
    place_kinds: tuple[str, ...] = ()  # PLACES: only places of these kinds
    when: tuple[When, ...] = ()
    split: str = ""  # key of the choice field, or `=` and a part
    split_by: str = ""  # key of the breakdown

    @property
    def part(self) -> str:
        """The part that all it counts is of, as facts name it; empty where there is none or a field says which."""
        return f"{self.split_by}{self.split}" if self.split.startswith("=") else ""


@attrs.frozen(kw_only=True)
class KindSchema:
    """A whole kind.

    `group` is the heading it stands under in lists and on the phone; `word` what one entry is called ("buổi"). `title`
    is a template for an entry's title in which `{key}` stands for a field; empty: the title is asked. `with_places`
    are kinds of places an event may be held at, `needs_place` that it must. `verified`: counts only once the level
    above has verified it. `pictures`: how many an entry needs at least. `inside`: the whole kind is for those only who
    may change its records (numbers count all the same). `source` names the act or plan that asks for it.
    """

    code: str
    noun: Noun
    label: str
    group: str
    word: str = "lần"
    help: str = ""
    title: str = ""
    fields: tuple[KindField, ...] = ()
    states: tuple[State, ...] = ()
    counts: tuple[CountRule, ...] = ()
    with_places: tuple[str, ...] = ()
    needs_place: bool = False
    spans_days: bool = False
    asks_time: bool = False
    verified: bool = False
    pictures: int = 0
    inside: bool = False
    source: str = ""

    def field(self, key: str) -> KindField | None:
        """A field by its key."""
        return next((each for each in self.fields if each.key == key), None)

    def state(self, key: str) -> State | None:
        """A state by its key."""
        return next((each for each in self.states if each.key == key), None)

    @property
    def first_states(self) -> tuple[State, ...]:
        """The states a place may begin in."""
        return tuple(each for each in self.states if each.first)

    def next_states(self, key: str) -> tuple[State, ...]:
        """The states a place in state `key` may come into."""
        return tuple(each for each in self.states if each.key != key and (not each.after or key in each.after))

    @property
    def own_fields(self) -> tuple[KindField, ...]:
        """What a record says of itself: the fields that no state of a place asks for."""
        asked = {key for state in self.states for key in state.asks}
        return tuple(each for each in self.fields if each.key not in asked)

    def asked_by(self, state: str) -> tuple[KindField, ...]:
        """What a move of a place into a state asks for."""
        found = self.state(state)
        return tuple(each for each in self.fields if found is not None and each.key in found.asks)

    @property
    def quick_fields(self) -> tuple[KindField, ...]:
        """What the phone asks first: the quick fields and whatever is required."""
        return tuple(each for each in self.fields if each.quick or each.required)

    @property
    def elements(self) -> tuple[str, ...]:
        """The data elements its entries count into, each once."""
        return tuple(dict.fromkeys(each.element for each in self.counts))

    def numbers(self) -> Iterator[KindField]:
        """The fields that hold numbers."""
        return (each for each in self.fields if each.type in NUMBERS)
