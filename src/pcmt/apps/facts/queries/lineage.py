"""Where a figure comes from, one step down; and what stood in one place over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import attrs
from django.db.models import Q

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.models import Element, Fact, Form, Recording, Source
from pcmt.apps.facts.policies import units_seen_by
from pcmt.apps.facts.queries.figures import figures
from pcmt.apps.facts.queries.hiding import rows_told
from pcmt.apps.facts.queries.keeping import core_element
from pcmt.apps.facts.queries.scanning import borne_by, paths
from pcmt.apps.units.models import Unit, UnitClosure, UnitName, holds_on
from pcmt.core import measures as core
from pcmt.core.measures import Figure
from pcmt.core.periods import DAY, Span


@attrs.frozen
class Revision:
    """A number as it was told: what, by whom, when, from where; and when another took its place."""

    fact_id: int
    recording_id: int
    value: Decimal | None
    applies: bool
    accepted: bool
    note: str
    source: Source
    ref: str
    reason: str
    form: str
    by: str
    by_unit: str
    at: datetime
    closed_at: datetime | None
    closed_by: str

    @property
    def stands(self) -> bool:
        """Whether nothing has taken its place."""
        return self.closed_at is None


@attrs.frozen
class Leaf:
    """A number of the unit's own that counts or once counted: `amount` is its part in the figure (None: not in it).

    `revisions` are those it took the place of, the newest first.
    """

    span: Span
    amount: Fraction | None
    told: Revision
    revisions: tuple[Revision, ...]


@attrs.frozen
class Branch:
    """What a unit below gives to the figure, under the name that it had then."""

    unit_id: int
    name: str
    answer: Answer


@attrs.frozen
class Lineage:
    """A figure and what it is made of: units directly below, units whose area came to it, and its own numbers.

    The values of `below`, of `came` and `own_value` add up to the figure. `leaves` are the unit's own numbers, empty
    where the reader may not see them (`hidden`).
    """

    answer: Answer
    below: tuple[Branch, ...]
    came: tuple[Branch, ...]
    own_value: Fraction | None
    leaves: tuple[Leaf, ...]
    hidden: bool


def lineage(
    ask: Ask, *, on: date, actor: Actor | None, boundary: date | None = None, known: datetime | None = None
) -> Lineage:
    """One step down from a figure as of the end of a day."""
    answer = figures([ask], on=on, boundary=boundary, known=known)[ask]
    row = Element.objects.filter(code=ask.element).first()
    if row is None or on < ask.window.start:
        return Lineage(answer, (), (), None, (), hidden=False)
    past = Span(ask.window.start, min(on, ask.window.last) + DAY)
    day = boundary or past.last
    children = _children(ask.unit_id, past, boundary)
    if row.over_units == core.OverUnits.NONE:
        parts: dict[int, Answer] = {}
    elif children.stable:
        asks = {unit_id: attrs.evolve(ask, unit_id=unit_id) for unit_id in children.ids}
        found = figures(asks.values(), on=on, boundary=boundary, known=known)
        parts = {unit_id: found[each] for unit_id, each in asks.items()}
    else:
        parts = paths(ask, row, on=on, known=known)
    borne = borne_by(ask, row, on=on, boundary=boundary, known=known)
    own_value = borne.pop(ask.unit_id, None)
    came = {unit_id: Answer(Figure(value), told=1) for unit_id, value in borne.items() if value is not None}
    told = {unit_id: each for unit_id, each in parts.items() if each.told or each.expected or unit_id in children.ids}
    leaves, hidden = _leaves(ask, row, past, actor, known)
    return Lineage(answer, _branches(told, day), _branches(came, past.start), own_value, leaves, hidden)


@attrs.frozen
class _Children:
    ids: frozenset[int]
    stable: bool


def _children(unit_id: int, past: Span, boundary: date | None) -> _Children:
    """The units directly below during a stretch of time; whether they were the same ones all the time."""
    rows = UnitClosure.objects.filter(ancestor=unit_id, depth=1).exclude(descendant__kind="group")
    if boundary is not None:
        standing = rows.filter(holds_on(boundary), holds_on(boundary, "descendant__"))
        return _Children(frozenset(standing.values_list("descendant_id", flat=True)), stable=True)
    begun = Q(valid_from__isnull=True) | Q(valid_from__lt=past.end)
    during = rows.filter(begun, Q(valid_to__isnull=True) | Q(valid_to__gt=past.start))
    found = list(during.values_list("descendant_id", "valid_from", "valid_to"))
    stable = all(
        (begins is None or begins <= past.start) and (ends is None or ends >= past.end) for _id, begins, ends in found
    )
    return _Children(frozenset(each for each, _begins, _ends in found), stable)


def _branches(parts: Mapping[int, Answer], day: date) -> tuple[Branch, ...]:
    """In official order, under the names of a day."""
    units = Unit.objects.filter(pk__in=parts).in_official_order().values_list("pk", "name")
    then = dict(UnitName.objects.filter(holds_on(day), unit__in=parts).values_list("unit_id", "name"))
    return tuple(Branch(pk, then.get(pk, name), parts[pk]) for pk, name in units)


def _leaves(
    ask: Ask, row: Element, past: Span, actor: Actor | None, known: datetime | None
) -> tuple[tuple[Leaf, ...], bool]:
    here = Fact.objects.filter(
        unit=ask.unit_id, element=row, breakdown=ask.breakdown, start__gte=past.start, end__lte=past.end
    )
    if known is not None:
        here = here.filter(recording__at__lte=known)
    seen = here.visible_to(actor)
    if not seen.exists():
        return (), here.exists()
    revisions: dict[Span, list[Revision]] = defaultdict(list)
    for each in _revisions(seen, row):
        revisions[each[0]].append(each[1])
    facts = [
        core.Fact(span, told.value, told.applies)
        for span, each in revisions.items()
        for told in each
        if told.accepted and _stood(told, known)
    ]
    element = core_element(row)
    figure = core.figure(element, facts, ask.window, past.last)
    amounts = {fact.span: amount for fact, amount in core.shares(element, figure)}
    found = []
    for span in sorted(revisions):
        newest_first = sorted(revisions[span], key=lambda each: (each.at, each.fact_id), reverse=True)
        standing = [each for each in newest_first if each.accepted and _stood(each, known)]
        told = standing[0] if standing else newest_first[0]
        others = tuple(each for each in newest_first if each is not told)
        found.append(Leaf(span, amounts.get(span) if standing else None, told, others))
    return tuple(found), False


def _stood(told: Revision, known: datetime | None) -> bool:
    return told.closed_at is None or (known is not None and told.closed_at > known)


def _revisions(facts: Iterable[Fact], row: Element) -> list[tuple[Span, Revision]]:
    """All of them with their recordings: a constant number of statements."""
    rows = list(facts)
    ids = {each.recording_id for each in rows} | {each.closed_by_id for each in rows if each.closed_by_id}
    recordings: dict[int, Recording] = (
        Recording.objects.filter(pk__in=ids).select_related("by", "unit").in_bulk() if ids else {}
    )
    titles = dict(Form.objects.filter(recordings__in=ids).values_list("pk", "title"))
    return [(Span(each.start, each.end), _revision(each, row, recordings, titles)) for each in rows]


def _revision(
    fact: Fact, row: Element, recordings: Mapping[int, Recording], titles: Mapping[int, str]
) -> Revision:  # fmt: skip
    told = recordings[fact.recording_id]
    closing = recordings[fact.closed_by_id] if fact.closed_by_id else None
    return Revision(
        fact_id=fact.pk,
        recording_id=told.pk,
        value=None if fact.value is None else row.number(fact.value),
        applies=fact.applies,
        accepted=fact.accepted,
        note=fact.note,
        source=Source(told.source),
        ref=told.ref,
        reason=told.reason,
        form=titles.get(told.form_id, "") if told.form_id else "",
        by=told.by.full_name if told.by else "",
        by_unit=told.unit.name if told.unit else "",
        at=told.at,
        closed_at=closing.at if closing else None,
        closed_by=closing.by.full_name if closing and closing.by else "",
    )


def history(
    *, actor: Actor | None, unit_id: int, element: str, span: Span, breakdown: str = ""
) -> tuple[Revision, ...]:
    """Everything that was ever told in one place, the newest first, as far as the actor may see it."""
    row = Element.objects.filter(code=element).first()
    if row is None or unit_id not in units_seen_by(actor, [unit_id]):
        return ()
    facts = rows_told(
        actor, Fact.objects.filter(unit=unit_id, element=row, start=span.start, end=span.end, breakdown=breakdown)
    )
    found = [told for _span, told in _revisions(facts, row)]
    return tuple(sorted(found, key=lambda each: (each.at, each.fact_id), reverse=True))


def overtaken(recording_id: int) -> tuple[Fact, ...]:
    """The numbers of a recording in whose place others were told since: undoing it leaves those as they are."""
    later = Fact.objects.filter(recording=recording_id, closed_by__isnull=False).exclude(closed_by__undoes=recording_id)
    return tuple(later.select_related("unit", "element", "closed_by__by").order_by("unit__sort_key", "element__order"))
