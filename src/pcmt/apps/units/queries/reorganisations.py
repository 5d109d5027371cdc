"""What a reorganisation would do, before anybody decides; and which bodies below several units are alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import attrs
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.units import names
from pcmt.apps.units.drafts import Draft, event_from_json, named_in, new_units
from pcmt.apps.units.followers import Body, Change, Consequence, Proposal, Transferred, followers
from pcmt.apps.units.functions import FUNCTIONS
from pcmt.apps.units.models import (
    Level,
    Reorganisation,
    ReorganisationKind,
    Unit,
    UnitClosure,
    UnitFunction,
    UnitKind,
    holds_on,
)
from pcmt.apps.units.patches import fingerprint, touched, unit_from
from pcmt.apps.units.policies import Officer, can_reorganise
from pcmt.apps.units.queries.history import history as history_now
from pcmt.apps.units.refusals import in_words
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal

# --- trying a draft


@attrs.frozen
class Tried:
    """A draft tried on a history: the history after it, unless something stands against it; what it concerns."""

    before: core.History
    after: core.History | None
    problems: tuple[Refusal, ...]
    concerned: tuple[str, ...]

    @property
    def seen(self) -> str:
        """How the units concerned stand: another text when anybody has changed one of them."""
        return fingerprint(self.before, self.concerned)


def tried(*, actor: Officer | None, draft: Draft, history: core.History) -> Tried:
    """Try a draft on a history. `actor` None is the program itself, which may do everything."""
    problems = list(_wrong_in(draft))
    named = [named_in(event) for event in draft.events]
    changed = dict.fromkeys(key for each in named for key in each.changed)
    taking = dict.fromkeys(key for each in named for key in each.taking)
    unknown = [key for key in (*changed, *taking) if key not in history.units]
    if unknown:
        message = _("Đơn vị đã chọn không có trong danh mục. Chọn lại.")
        problems.append(Refusal(code="no_unit", message=message, field="units"))
    elif actor is not None and not can_reorganise(
        actor, changed=map(int, changed), taking=map(int, taking), on=draft.on
    ):
        problems.append(not_allowed())
    after = None
    concerned = list(changed | taking)
    if not unknown and not problems:
        outcome = core.replay(history, draft.events)
        if isinstance(outcome, Refusal):
            problems.append(_named(in_words(outcome), history))
        else:
            after = outcome
            concerned += [key for key in touched(history, outcome) if key in history.units]
    here = [key for key in dict.fromkeys(concerned) if key in history.units]
    return Tried(history, after, tuple(problems), tuple(here))


def not_allowed() -> Refusal:
    """The units belong to another area, or the actor keeps no units at all."""
    message = _("Chỉ cơ quan thường trực được sắp xếp các đơn vị trong địa bàn mình phục vụ.")
    return Refusal(code="not_allowed", message=message)


def _named(refusal: Refusal, history: core.History) -> Refusal:
    """The unit that a refusal speaks of by its name is also pointed to."""
    name = refusal.args.get("name")
    found = next((key for key, unit in history.units.items() if unit.spans[-1].name == name), "")
    return attrs.evolve(refusal, ref=int(found)) if found.isdigit() else refusal


def _wrong_in(draft: Draft) -> Iterator[Refusal]:
    """What is wrong with the draft itself, whatever the units are."""
    if not draft.title.strip():
        yield Refusal(code="empty", message=_("Nhập tên gọi của việc sắp xếp."), field="title")
    if not draft.ground.strip():
        yield Refusal(code="no_ground", message=_("Nhập căn cứ: số, ngày và cơ quan ban hành văn bản."), field="ground")
    for text, field, most in ((draft.title, "title", 300), (draft.ground, "ground", 500)):
        if len(text.strip()) > most:
            message = _("Tối đa %(most)s ký tự.") % {"most": most}
            yield Refusal(code="too_long", message=message, field=field)
    if draft.kind not in ReorganisationKind.values:
        yield Refusal(code="unknown_kind", message=_("Chọn hình thức sắp xếp trong danh sách."), field="kind")
    if not draft.events:
        yield Refusal(code="nothing", message=_("Chưa có thay đổi nào. Chọn đơn vị và việc cần làm."), field="events")
    if any(event.on != draft.on for event in draft.events):
        yield Refusal(code="other_day", message=_("Mọi thay đổi của một lần sắp xếp có cùng một ngày."), field="on")
    for event in draft.events:
        if isinstance(event, core.Transfer) and event.function not in FUNCTIONS:
            yield Refusal(code="unknown_function", message=_("Chọn chức năng trong danh sách."), field="function")
        for new in new_units(event):
            yield from _wrong_with(new)
        if isinstance(event, core.Renaming) and len(event.name) > 300:
            yield Refusal(code="too_long", message=_("Tối đa %(most)s ký tự.") % {"most": 300}, field="name")


def _wrong_with(new: core.NewUnit) -> Iterator[Refusal]:
    if new.kind not in UnitKind.values or new.kind == UnitKind.GROUP:
        yield Refusal(code="unknown_kind", message=_("Chọn loại đơn vị trong danh sách."), field="unit_kind")
    if new.level not in Level.values:
        yield Refusal(code="unknown_level", message=_("Chọn cấp trong danh sách."), field="level")
    if any(function not in FUNCTIONS for function in new.functions):
        yield Refusal(code="unknown_function", message=_("Chọn chức năng trong danh sách."), field="function")
    for text, field, most in ((new.name, "name", 300), (new.code, "code", 35)):
        if len(text) > most:
            yield Refusal(code="too_long", message=_("Tối đa %(most)s ký tự.") % {"most": most}, field=field)


def stale(concerned: Sequence[str]) -> Refusal:
    """Somebody changed a unit since the preview: who and when, as far as it was a reorganisation."""
    rows = Reorganisation.objects.filter(units__in=[int(key) for key in concerned]).distinct()
    last = max(rows, key=lambda row: row.cancelled_at or row.planned_at, default=None)
    if last is None:
        message = _("Các đơn vị liên quan vừa thay đổi. Xem lại rồi làm tiếp.")
        return Refusal(code="stale", message=message)
    when = timezone.localtime(last.cancelled_at or last.planned_at)
    words = (
        _("%(who)s vừa hủy “%(title)s” lúc %(when)s. Xem lại rồi làm tiếp.")
        if last.cancelled_at
        else _("%(who)s vừa lập “%(title)s” lúc %(when)s. Xem lại rồi làm tiếp.")
    )
    who = (last.cancelled_by_name if last.cancelled_at else last.planned_by_name) or _("Hệ thống")
    message = words % {"who": who, "title": last.title, "when": f"{when:%H:%M %d/%m/%Y}"}
    return Refusal(code="stale", message=message, ref=last.pk)


# --- what it changes


def change_of(
    *,
    before: Mapping[str, core.Unit | None],
    history: core.History,
    events: Sequence[core.Event],
    on: date,
    day: date,
    title: str,
    due_item_ids: Iterable[int] = (),
) -> Change:
    """What a reorganisation changes: `before` has the units that it touched as they were, `history` holds it."""

    def body(key: str) -> Body:
        unit_id = int(key) if key.isdigit() else None
        return Body(unit_id, history.name(key, on))

    heirs: dict[int, Body] = {}
    renamed: dict[int, tuple[str, str]] = {}
    moved: dict[int, tuple[Body | None, Body | None]] = {}
    for key, was in before.items():
        now = history.units[key]
        if was is None:
            continue
        if now.end <= on < was.end:
            heir = history.heir(key, day)
            if heir is not None:
                heirs[int(key)] = body(heir)
            continue
        old, new = was.on(on), now.on(on)
        if old and new and old.name != new.name:
            renamed[int(key)] = (old.name, new.name)
        if old and new and old.parent != new.parent:
            moved[int(key)] = (body(old.parent) if old.parent else None, body(new.parent) if new.parent else None)
    named = {key for event in events for each in [named_in(event)] for key in (*each.changed, *each.taking)}
    known = {*(key for key, was in before.items() if was is not None), *named}
    return Change(
        on=on,
        day=day,
        title=title,
        heirs=heirs,
        kept=frozenset(int(key) for key in known if int(key) not in heirs),
        renamed=renamed,
        moved=moved,
        transferred=tuple(
            Transferred(event.function, body(event.source), body(event.target))
            for event in events
            if isinstance(event, core.Transfer)
        ),
        due_item_ids=frozenset(due_item_ids),
        names={int(key): history.name(key, on - timedelta(days=1)) for key in known},
    )


def change_carried_out(row: Reorganisation, history: core.History, day: date) -> Change:
    """What a kept reorganisation changes, on its day or later."""
    before = {key: unit_from(key, kept) if kept else None for key, kept in row.before["units"].items()}
    return change_of(
        before=before,
        history=history,
        events=[event_from_json(each) for each in row.events],
        on=row.on,
        day=day,
        title=row.title,
        due_item_ids=row.due_item_ids,
    )


# --- preview


@attrs.frozen
class UnitLine:
    """A unit before or after a reorganisation. `fate`: ends, begins, changes or stays."""

    key: str
    unit_id: int | None
    name: str
    code: str
    kind: str
    level: str
    parent: str
    functions: tuple[str, ...]
    fate: str


@attrs.frozen
class RoomConsequences:
    """What would follow in one room."""

    label: str
    consequences: tuple[Consequence, ...]

    @property
    def count(self) -> int:
        """How many objects in all."""
        return sum(each.count for each in self.consequences)


@attrs.frozen
class TransferProposals:
    """A function that goes over, and the open due items of its old body that may go along."""

    transferred: Transferred
    proposals: tuple[Proposal, ...]


@attrs.frozen
class Preview:
    """Everything that would follow. With `problems` nothing can be planned, and only what is known is filled in.

    `reversible_until` is the day from which it can no longer be cancelled; None when it takes effect at once. `seen`
    goes back into the draft, so that nobody decides on something that has changed meanwhile.
    """

    problems: tuple[Refusal, ...]
    before: tuple[UnitLine, ...] = ()
    after: tuple[UnitLine, ...] = ()
    rooms: tuple[RoomConsequences, ...] = ()
    proposals: tuple[TransferProposals, ...] = ()
    reversible_until: date | None = None
    seen: str = ""


def preview(*, actor: Officer | None, draft: Draft, at: datetime) -> Preview:
    """What a draft would do to units and to all that hangs on them; nothing is written."""
    outcome = tried(actor=actor, draft=draft, history=history_now())
    if outcome.after is None:
        return Preview(outcome.problems, seen=outcome.seen)
    today = timezone.localdate(at)
    keys = touched(outcome.before, outcome.after)
    change = change_of(
        before={key: outcome.before.units.get(key) for key in keys},
        history=outcome.after,
        events=draft.events,
        on=draft.on,
        day=max(draft.on, today),
        title=draft.title,
        due_item_ids=draft.due_item_ids,
    )
    rooms = [RoomConsequences(str(each.label), tuple(each.foresee(change))) for each in followers()]
    return Preview(
        problems=(),
        before=tuple(_lines(outcome, keys, draft.on - timedelta(days=1))),
        after=tuple(_lines(outcome, keys, draft.on)),
        rooms=tuple(room for room in rooms if room.consequences),
        proposals=tuple(
            TransferProposals(each, tuple(found for follower in followers() for found in follower.propose(each)))
            for each in change.transferred
        ),
        reversible_until=draft.on if draft.on > today else None,
        seen=outcome.seen,
    )


def _lines(outcome: Tried, keys: Sequence[str], on: date) -> Iterator[UnitLine]:
    """The units concerned that stand on the day before the reorganisation, or on its own day."""
    after = outcome.after
    assert after is not None
    changed = set(keys)
    for key in dict.fromkeys((*keys, *outcome.concerned)):
        unit = after.units[key]
        span = unit.on(on)
        if span is None:
            continue
        new = key not in outcome.before.units
        fate = "begins" if new else "ends" if unit.end == on + timedelta(days=1) else "changes"
        yield UnitLine(
            key=key,
            unit_id=int(key) if key.isdigit() else None,
            name=span.name,
            code=unit.code,
            kind=unit.kind,
            level=unit.level,
            parent=after.name(span.parent, on) if span.parent else "",
            functions=tuple(after.functions(key, on)),
            fate=fate if key in changed else "stays",
        )


# --- bodies that are alike


@attrs.frozen
class Alike:
    """Bodies of one sort below several units, such as the police of each of three communes."""

    label: str
    kind: str
    level: str
    functions: tuple[str, ...]
    units: tuple[Unit, ...]

    def name_at(self, area: str) -> str:
        """What such a body of another area is called: "Công an" and "Xã Đông Hòa" make "Công an xã Đông Hòa"."""
        return f"{self.label} {area[:1].lower()}{area[1:]}"


def alike_below(unit_ids: Sequence[int], on: date) -> list[Alike]:
    """The bodies (agencies, offices) that at least two of the units have, by their names without the place.

    When the units merge, these merge too, as a rule. In the order of their names.
    """
    areas = Unit.objects.in_bulk(list(unit_ids))
    bodies = {
        row.descendant_id: row.descendant
        for row in UnitClosure.objects.filter(
            holds_on(on), holds_on(on, "descendant__"), ancestor_id__in=areas, descendant__kind__in=BODIES
        )
        .exclude(descendant_id__in=list(areas))
        .select_related("descendant")
        .order_by("descendant__sort_key", "descendant_id")
    }
    # A body below a commune of a district serves the commune, not the district.
    up = UnitClosure.objects.filter(
        holds_on(on), descendant_id__in=list(bodies), ancestor__kind=UnitKind.ADMINISTRATIVE, depth__gt=0
    ).order_by("-depth")
    serves = dict(up.values_list("descendant_id", "ancestor_id"))
    found: dict[tuple[str, str, str], dict[int, Unit]] = defaultdict(dict)
    labels: dict[tuple[str, str, str], str] = {}
    for unit in bodies.values():
        area = areas.get(serves[unit.pk])
        if area is None:
            continue
        word, proper = names.split_area(names.name_key(area.name))
        key = (names.without_place(names.name_key(unit.name), word, proper), unit.kind, unit.level)
        found[key].setdefault(area.pk, unit)
        labels.setdefault(key, _label(unit.name, area.name))
    held: dict[int, set[str]] = defaultdict(set)
    for unit_id, function in (
        UnitFunction.objects.as_of(on).filter(unit_id__in=list(bodies)).values_list("unit_id", "function")
    ):
        held[unit_id].add(function)
    return [
        Alike(
            labels[key],
            key[1],
            key[2],
            tuple(sorted({function for unit in units.values() for function in held[unit.pk]})),
            tuple(units.values()),
        )
        for key, units in found.items()
        if len(units) > 1
    ]


BODIES = (UnitKind.AGENCY, UnitKind.OFFICE)


def _label(name: str, area: str) -> str:
    """A body's name without the words of its area, as it is written."""
    short = name.casefold()
    for tail in (area.casefold(), area.casefold().partition(" ")[2]):
        if tail and short.endswith(f" {tail}"):
            return name[: -len(tail) - 1]
    return name
