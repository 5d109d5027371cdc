"""From what was typed to the core's events, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import attrs
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.units.drafts import NEW as NEW_KEY
from pcmt.apps.units.drafts import Draft
from pcmt.apps.units.functions import function_label
from pcmt.apps.units.models import Unit, UnitKind, UnitLink, holds_on
from pcmt.apps.units.queries import alike_below
from pcmt.core import units as core
from pcmt.web.templatetags.pcmt import vnumber
from pcmt.web.units.days import call, within
from pcmt.web.units.reorganise.drafts import Prepared
from pcmt.web.units.reorganise.forms import (
    DISSOLUTION,
    DIVISION,
    MERGER,
    MOVE,
    NEW,
    RENAMING,
    SELF,
    STANDING,
    TRANSFER,
    BasisForm,
    ChildrenForm,
    HeirForm,
    MergerForm,
    ParentForm,
    PartForm,
    RenamingForm,
    StepForm,
    TargetForm,
    along_key,
    which_form,
)

MOST_PARTS = 12
PARTS = "parts"
"""The field that says how many parts there are."""


@attrs.frozen
class Into:
    """The third step of one event: its forms. A division has more of them than others."""

    kind: str
    units: Sequence[Unit]
    main: StepForm
    parts: Sequence[PartForm] = ()
    children: ChildrenForm | None = None

    @property
    def forms(self) -> list[StepForm]:
        """All of them."""
        return [self.main, *self.parts, *([self.children] if self.children else [])]

    @property
    def names(self) -> set[str]:
        """The names of all fields."""
        own = {name for form in self.forms for name in form.names}
        return own | {PARTS} if self.parts else own

    def is_valid(self) -> bool:
        """Whether everything typed can be understood."""
        return all(form.is_valid() for form in self.forms)

    # what components/error_summary.html asks of a form

    @property
    def errors(self) -> bool:
        """Whether anything is wrong."""
        return any(form.errors for form in self.forms)

    def non_field_errors(self) -> list[str]:
        """What is wrong with the whole."""
        return [str(error) for form in self.forms for error in form.non_field_errors()]

    def __iter__(self) -> Any:
        return (field for form in self.forms for field in form)

    @property
    def shares(self) -> list[str]:
        """The shares of the parts in percent, as far as they were typed."""
        measures = [part.share for part in self.parts]
        total = sum((each for each in measures if each), Fraction(0))
        return [
            f"{float(each * 100 / total):.1f}".replace(".", ",") if each is not None and total else ""
            for each in measures
        ]

    @property
    def total(self) -> str:
        """The sum of what was typed for the parts."""
        total = sum((each for part in self.parts if (each := part.share)), Fraction(0))
        return f"{float(total):.3f}".rstrip("0").rstrip(".").replace(".", ",")


def which_step(actor: Actor, prepared: Prepared, number: int, day: date, *, check: bool) -> StepForm:
    """The second step of an event."""
    form = which_form(prepared.kind(number))
    return form(prepared.typed(number), check=check, actor=actor, day=day)


def into_step(actor: Actor, prepared: Prepared, number: int, day: date, *, check: bool) -> Into | None:
    """The third step of an event; None while the second is not done."""
    which = which_step(actor, prepared, number, day, check=True)
    if not which.is_valid():
        return None
    units: list[Unit] = which.cleaned_data["units"]
    typed, kind = prepared.typed(number), prepared.kind(number)
    asked: dict[str, Any] = {"check": check, "actor": actor, "day": day}
    match kind:
        case _ if kind == MERGER:
            return Into(kind, units, MergerForm(typed, units=units, alike=_alike(units, typed, day), **asked))
        case _ if kind == DIVISION:
            return _division_step(units[0], typed, asked)
    form = {RENAMING: RenamingForm, DISSOLUTION: HeirForm, MOVE: ParentForm, TRANSFER: TargetForm}[kind]
    return Into(kind, units, form(typed, **asked))


def _alike(units: Sequence[Unit], typed: MultiValueDict[str, str], day: date) -> Any:
    """Bodies of one sort below the units that merge and, where they go into another, below that."""
    ids = [unit.pk for unit in units]
    if typed.get("into") == STANDING:
        ids += [int(each) for each in typed.getlist("other") if each.isdecimal()]
    return alike_below(list(dict.fromkeys(ids)), day)


def _division_step(unit: Unit, typed: MultiValueDict[str, str], asked: dict[str, Any]) -> Into:
    written = typed.get(PARTS, "")
    count = min(max(int(written) if written.isdecimal() else 2, 2), MOST_PARTS)
    parts = [PartForm(typed, prefix=f"part{at}", **asked) for at in range(count)]
    choices = [(str(at), _part_words(part, at, unit)) for at, part in enumerate(parts)]
    below = Unit.objects.visible_to(asked["actor"]).filter(
        pk__in=UnitLink.objects.filter(holds_on(asked["day"]), parent=unit).values("child_id")
    )
    children = ChildrenForm(
        typed, below=below.as_of(asked["day"]).exclude(kind=UnitKind.GROUP).in_official_order(), parts=choices, **asked
    )
    return Into(DIVISION, [unit], BasisForm(typed, parts=choices, **asked), parts, children)


def _part_words(part: PartForm, at: int, unit: Unit) -> str:
    chosen = part.typed.get(part.add_prefix("into"), NEW)
    name = part.typed.get(part.add_prefix("name"), "") if chosen == NEW else unit.name if chosen == SELF else ""
    return (
        _("Phần %(number)s: %(name)s") % {"number": at + 1, "name": name}
        if name
        else _("Phần %(number)s") % {"number": at + 1}
    )


# --- events


@attrs.frozen
class Made:
    """The events of what was typed so far, and short names for units that begin or are renamed."""

    events: tuple[core.Event, ...]
    short_names: Mapping[str, str]
    done: Sequence[bool]
    """Which of the typed events are complete."""


def events_of(actor: Actor, prepared: Prepared, day: date, upto: int | None = None) -> Made:
    """The events of those that were typed in full, up to and with one of them."""
    events: list[core.Event] = []
    shorts: dict[str, str] = {}
    done = []
    numbers = range(len(prepared.events) if upto is None else upto + 1)
    for number in numbers:
        into = into_step(actor, prepared, number, day, check=True) if prepared.kind(number) else None
        complete = into is not None and into.is_valid()
        done.append(complete)
        if into is not None and complete:
            events += _made(into, prepared.typed(number), number, day, shorts)
    return Made(tuple(events), shorts, done)


def draft_of(actor: Actor, prepared: Prepared, made: Made, day: date, *, head: Mapping[str, str]) -> Draft:
    """What the engine is asked to preview or to plan."""
    kinds = {prepared.kind(number) for number in range(len(prepared.events))}
    return Draft(
        kind=next(iter(kinds)) if len(prepared.events) == 1 else "several",
        on=day,
        title=head["title"],
        ground=head["ground"],
        events=made.events,
        due_item_ids=tuple(prepared.due or ()),
        short_names=made.short_names,
        seen=prepared.seen,
    )


def _key(unit: Unit) -> str:
    return str(unit.pk)


def _made(
    into: Into, typed: MultiValueDict[str, str], number: int, on: date, shorts: dict[str, str]
) -> list[core.Event]:
    chosen = into.main.cleaned_data
    match into.kind:
        case _ if into.kind == MERGER:
            return _mergers(into, number, on, shorts, typed)
        case _ if into.kind == DIVISION:
            return [_division(into, number, on, shorts)]
        case _ if into.kind == RENAMING:
            if chosen["short"]:
                shorts[_key(into.units[0])] = chosen["short"]
            return [core.Renaming(on, _key(into.units[0]), chosen["name"])]
        case _ if into.kind == DISSOLUTION:
            return [core.Dissolution(on, _key(unit), _key(chosen["other"][0])) for unit in into.units]
        case _ if into.kind == MOVE:
            return [core.Move(on, _key(unit), _key(chosen["other"][0])) for unit in into.units]
    return [core.Transfer(on, str(typed["function"]), _key(into.units[0]), _key(chosen["other"][0]))]


def _new(cleaned: Mapping[str, Any], like: Unit, key: str, shorts: dict[str, str]) -> core.NewUnit:
    """A unit that begins: of the level and kind of the one it comes from, and where that stood."""
    if cleaned["short"]:
        shorts[key] = cleaned["short"]
    return core.NewUnit(key=key, name=cleaned["name"], level=like.level, code=cleaned["code"], kind=like.kind)


def _mergers(
    into: Into, number: int, on: date, shorts: dict[str, str], typed: MultiValueDict[str, str]
) -> list[core.Event]:
    chosen = into.main.cleaned_data
    goal: core.NewUnit | str
    if chosen["into"] == NEW:
        goal = _new(chosen, into.units[0], f"{NEW_KEY}{number}", shorts)
        name = goal.name
    else:
        unit = (
            chosen["other"][0]
            if chosen["into"] == STANDING
            else next(unit for unit in into.units if _key(unit) == chosen["into"])
        )
        goal, name = _key(unit), unit.name
    events: list[core.Event] = [core.Merger(on, tuple(map(_key, into.units)), goal)]
    along = set(chosen.get("along") or ())
    alike = [each for each in _alike(into.units, typed, on) if along_key(each) in along]
    bodies = [unit.pk for each in alike for unit in each.units]
    places = dict(UnitLink.objects.filter(holds_on(on), child_id__in=bodies).values_list("child_id", "parent_id"))
    for place, each in enumerate(alike):
        # The body of the unit that goes on takes the others in; else a new one begins.
        own = next((unit for unit in each.units if str(places.get(unit.pk)) == goal), None)
        new = core.NewUnit(key=f"{NEW_KEY}{number}.{place}", name=each.name_at(name), level=each.level, kind=each.kind)
        events.append(core.Merger(on, tuple(map(_key, each.units)), _key(own) if own else new))
    return events


def _division(into: Into, number: int, on: date, shorts: dict[str, str]) -> core.Division:
    unit = into.units[0]
    chosen = into.main.cleaned_data
    assert into.children is not None
    went: dict[str, list[str]] = {}
    for name, part in into.children.cleaned_data.items():
        went.setdefault(part, []).append(name.removeprefix("child-"))
    parts = []
    for at, form in enumerate(into.parts):
        cleaned = form.cleaned_data
        goal: core.NewUnit | str
        if cleaned["into"] == NEW:
            goal = _new(cleaned, unit, f"{NEW_KEY}{number}.{at}", shorts)
        else:
            goal = _key(unit if cleaned["into"] == SELF else cleaned["other"][0])
        parts.append(
            core.Part(
                goal,
                form.share or Fraction(0),
                heir=chosen["heir"] == str(at),
                children=tuple(went.get(str(at), ())),
                estimated=chosen["basis"] == "guess",
            )
        )
    return core.Division(on, _key(unit), tuple(parts))


# --- words


@attrs.frozen
class Named:
    """A unit as events name it: how it stands inside a sentence, and of what kind it is."""

    words: str
    kind: str


def names_in(events: Sequence[core.Event]) -> dict[str, Named]:
    """The units of events, by key, called as on the day before. Two statements."""
    keys: set[str] = set()
    found: dict[str, Named] = {}

    def look(value: Any) -> None:
        if isinstance(value, core.NewUnit):
            found[value.key] = Named(within(value.name, value.kind), value.kind)
        elif isinstance(value, core.Part):
            look(value.into)
        elif isinstance(value, str) and value.isdecimal():
            keys.add(value)
        elif isinstance(value, tuple):
            for each in value:
                look(each)

    for event in events:
        for each in attrs.fields(type(event)):
            if each.name not in {"on", "name", "function"}:
                look(getattr(event, each.name))
    units = list(Unit.objects.filter(pk__in=[int(key) for key in keys]))
    if events:
        call(units, events[0].on - timedelta(days=1))
    return {str(unit.pk): Named(within(unit.name, unit.kind), unit.kind) for unit in units} | found


def _called(value: core.NewUnit | str, names: Mapping[str, Named]) -> str:
    key = value.key if isinstance(value, core.NewUnit) else value
    return names[key].words if key in names else key


def words_of(event: core.Event, names: Mapping[str, Named]) -> str:
    """What happens, in one sentence."""

    def called(value: core.NewUnit | str) -> str:
        return _called(value, names)

    match event:
        case core.Merger():
            gone = ", ".join(called(key) for key in event.units if key != event.into)
            said = (
                _("Nhập %(units)s thành %(into)s")
                if isinstance(event.into, core.NewUnit)
                else _("Nhập %(units)s vào %(into)s")
            )
            return said % {"units": gone, "into": called(event.into)}
        case core.Division():
            parts = ", ".join(called(part.into) for part in event.parts)
            return _("Chia %(unit)s thành: %(parts)s") % {"unit": called(event.unit), "parts": parts}
        case core.Renaming():
            return _("Đổi tên %(unit)s thành %(name)s") % {"unit": called(event.unit), "name": event.name}
        case core.Move():
            return _("Chuyển %(unit)s sang trực thuộc %(parent)s") % {
                "unit": called(event.unit),
                "parent": called(event.parent),
            }
        case core.Dissolution():
            return _("%(unit)s kết thúc hoạt động, %(heir)s nhận việc còn lại") % {
                "unit": called(event.unit),
                "heir": called(event.heir),
            }
        case core.Transfer():
            return _("Chuyển chức năng “%(function)s” từ %(source)s sang %(target)s") % {
                "function": function_label(event.function),
                "source": called(event.source),
                "target": called(event.target),
            }
        case core.Founding():
            return _("Thành lập %(unit)s") % {"unit": called(event.unit)}


@attrs.frozen
class Sentence:
    """What happens, in one sentence; `along` are the bodies that bodies of merging units become by the same."""

    words: str
    along: Sequence[str] = ()


def sentences(events: Sequence[core.Event]) -> list[Sentence]:
    """The sentences of several events."""
    names = names_in(events)
    return [
        Sentence(_begun(words_of(event, names)), [_begun(_called(each.into, names)) for each in along])
        for event, along in _grouped(events, names)
    ]


def figures_words(events: Sequence[core.Event]) -> list[str]:
    """What becomes of the figures of days before: they are added up, divided, or counted through what stood below."""
    names = names_in(events)
    found = (_figures(event, names) for event, _along in _grouped(events, names))
    return [_begun(words) for words in found if words]


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _grouped(events: Sequence[core.Event], names: Mapping[str, Named]) -> list[tuple[core.Event, list[core.Merger]]]:
    """Events, each with the mergers of bodies that follow the merger of what they serve."""
    found: list[tuple[core.Event, list[core.Merger]]] = []
    for event in events:
        last = found[-1][0] if found else None
        if (
            isinstance(event, core.Merger)
            and isinstance(last, core.Merger)
            and _is_place(last, names)
            and not _is_place(event, names)
        ):
            found[-1][1].append(event)
            continue
        found.append((event, []))
    return found


def _is_place(event: core.Merger, names: Mapping[str, Named]) -> bool:
    key = event.into.key if isinstance(event.into, core.NewUnit) else event.into
    return key in names and names[key].kind == UnitKind.ADMINISTRATIVE


def _figures(event: core.Event, names: Mapping[str, Named]) -> str:
    match event:
        case core.Merger():
            gone = ", ".join(_called(key, names) for key in event.units)
            return _("số liệu của %(units)s cộng lại thành số liệu của %(into)s") % {
                "units": gone,
                "into": _called(event.into, names),
            }
        case core.Division():
            total = sum((Fraction(part.measure) for part in event.parts), Fraction(0))
            parts = []
            for part in event.parts:
                share = vnumber(round(float(Fraction(part.measure) * 100 / total), 1)) if total else "—"
                parts.append(f"{_called(part.into, names)} {share}%")
            said = _("số liệu của %(unit)s chia: %(parts)s")
            if any(part.estimated for part in event.parts):
                said = _("số liệu của %(unit)s chia theo ước tính: %(parts)s")
            return said % {"unit": _called(event.unit, names), "parts": "; ".join(parts)}
        case core.Dissolution():
            return _(
                "số liệu của %(unit)s tính qua các đơn vị bên dưới; không có đơn vị nào bên dưới thì về %(heir)s"
            ) % {"unit": _called(event.unit, names), "heir": _called(event.heir, names)}
    return ""
