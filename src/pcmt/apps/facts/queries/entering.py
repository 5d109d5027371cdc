"""How far units are with the numbers that forms ask of them, and the numbers themselves as a table needs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import attrs
from django.db.models import CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.facts.catalogue import IN_TIME, element_of
from pcmt.apps.facts.models import ElementVersion, Fact, Form, FormLine, Reconciliation, Recording
from pcmt.apps.facts.queries.counted import counted_cells, is_counted
from pcmt.apps.units.models import GroupMember, UnitClosure, UnitKind, holds_on
from pcmt.core import measures as core
from pcmt.core.periods import Span


def forms_asking(actor: Actor) -> QuerySet[Form]:
    """The forms in use on the actor's day that ask the own unit or units that the actor answers for."""
    reach = sees("facts.Fact", actor)
    if reach < Reach.SUBTREE:
        return cast("QuerySet[Form]", Form.objects.none())
    reached = reached_units(actor, reach)
    below = UnitClosure.objects.filter(
        holds_on(actor.on), Q(descendant__kind=UnitKind.ADMINISTRATIVE) | Q(descendant__level="school"),
        ancestor_id=OuterRef("root_id"), descendant__level=OuterRef("level"), depth__gt=0, descendant_id__in=reached,
    )  # fmt: skip
    members = GroupMember.objects.filter(holds_on(actor.on), group_id=OuterRef("group_id"), unit_id__in=reached)
    asked: Any = Q(group__isnull=False) & Exists(members)
    asked |= Q(group__isnull=True, level="", root_id__in=reached)
    asked |= Q(group__isnull=True) & ~Q(level="") & Exists(below)
    found: Any = Form.objects.as_of(actor.on).visible_to(actor).filter(asked)
    return cast("QuerySet[Form]", found)


@attrs.frozen
class Progress:
    """How many of the lines of a form a unit has told for a period; `waiting` of them are not accepted yet."""

    told: int
    lines: int
    waiting: int = 0

    @property
    def state(self) -> str:
        """`none`, `part`, `waiting` (all told, some of it to be accepted) or `full`."""
        if not self.told:
            return "none"
        if self.told < self.lines:
            return "part"
        return "waiting" if self.waiting else "full"


def progress(asked: Mapping[Form, Sequence[Span]], unit_ids: Collection[int]) -> dict[tuple[int, int, Span], Progress]:
    """Where units stand with forms in periods, by (form id, unit id, period); what nothing was told of is not in it.

    Two statements, however many units, periods and forms. A blank is not told; "does not apply" is.
    """
    lines = dict(FormLine.objects.filter(form__in=asked).order_by().values_list("form_id").annotate(n=Count("pk")))
    each = [_counted(form, spans, unit_ids) for form, spans in asked.items() if spans]
    if not each:
        return {}
    rows = each[0].union(*each[1:], all=True) if len(each) > 1 else each[0]
    return {
        (row["form"], row["unit_id"], Span(row["start"], row["end"])): Progress(
            row["told"], lines.get(row["form"], 0), row["waiting"]
        )
        for row in rows
    }


def _counted(form: Form, spans: Sequence[Span], unit_ids: Collection[int]) -> Any:
    wanted = FormLine.objects.filter(form=form, element_id=OuterRef("element_id"), breakdown=OuterRef("breakdown"))
    # A number that waits stands beside the accepted one: the line is told once.
    line = Concat(Cast("element_id", CharField()), Value("|"), F("breakdown"), output_field=CharField())
    facts = Fact.objects.current().filter(Exists(wanted), _in(spans), unit_id__in=unit_ids)
    facts = facts.filter(Q(value__isnull=False) | Q(applies=False))
    counted = facts.order_by().values("unit_id", "start", "end").annotate(
        form=Value(form.pk), told=Count(line, distinct=True),
        waiting=Count("pk", filter=Q(accepted=False) & ~is_counted()),
    )  # fmt: skip
    return counted.values("form", "unit_id", "start", "end", "told", "waiting")


def _in(spans: Iterable[Span]) -> Q:
    found = Q()
    for span in spans:
        found |= Q(start=span.start, end=span.end)
    return found


def elements_of(lines: Iterable[FormLine | Reconciliation], on: date) -> dict[int, core.Element]:
    """The elements of lines or differences by their ids, in the words of a day; later in their last."""
    found: dict[int, core.Element] = {}
    wanted = {line.element_id for line in lines}
    if not wanted:
        return found
    rows: Any = ElementVersion.objects.filter(element_id__in=wanted)
    held: set[int] = set()
    for row in rows.select_related("element").order_by("element_id", IN_TIME):
        if row.element_id not in held:
            found[row.element_id] = element_of(row)
        if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on < row.valid_to):
            held.add(row.element_id)
    return found


@attrs.frozen
class Number:
    """A number as it stands: what was told last, by whom, when; `counts` is whether it is accepted and adds up.

    `value` None is a blank. `beside`: typed for a cell that is counted from records, it waits for nothing and adds up
    nowhere. `fact_id` is what the next writer has seen (`operations.Entry.seen`).
    """

    fact_id: int
    value: Decimal | None
    applies: bool
    counts: bool
    note: str
    span: Span
    beside: bool = False

    @property
    def told(self) -> bool:
        """Whether it says something: a number, or that the element does not apply."""
        return self.value is not None or not self.applies


Place = tuple[int, int, str]
"""Unit id, element id, breakdown."""


def numbers(
    lines: Collection[FormLine],
    unit_ids: Collection[int],
    spans: Iterable[Span] = (),
    stretch: Span | None = None,
    *,
    waiting: bool = True,
) -> dict[Place, dict[Span, Number]]:
    """What stands for the lines at the units: in the very periods, and in all that lie within a stretch.

    Where a number waits for acceptance beside an accepted one, the waiting one: it was told last. Without `waiting`
    only what is accepted, as a form that needs no acceptance sees it, and what was typed for cells counted from
    records. One statement, and one where an element is counted.
    """
    when = _in(spans)
    if stretch is not None:
        when |= Q(start__gte=stretch.start, end__lte=stretch.end)
    pairs = {(line.element_id, line.breakdown) for line in lines}
    places = {line.element_id: line.element.places for line in lines}
    rows = Fact.objects.current().filter(
        when, element_id__in=places, breakdown__in={part for _element, part in pairs}, unit_id__in=unit_ids
    )
    counted = counted_cells(unit_ids, {line.element.code for line in lines})
    if not waiting and not counted.kept:
        rows = rows.filter(accepted=True)
    codes = {line.element_id: line.element.code for line in lines}
    found: dict[Place, dict[Span, Number]] = defaultdict(dict)
    columns = ("pk", "unit_id", "element_id", "breakdown", "start", "end", "value", "applies", "accepted", "note")
    for pk, unit, element, part, start, end, value, applies, accepted, note in rows.order_by("-accepted").values_list(
        *columns
    ):
        if (element, part) in pairs:
            exact = None if value is None else Decimal(value).scaleb(-places[element])
            span = Span(start, end)
            beside = not accepted and counted.counter(unit, codes[element], part, span) is not None
            if accepted or waiting or beside:
                found[unit, element, part][span] = Number(pk, exact, applies, accepted, note, span, beside)
    return dict(found)


def told_last(fact_ids: Collection[int]) -> dict[int, Recording]:
    """With which recordings facts were told, by fact id."""
    rows = Fact.objects.filter(pk__in=fact_ids).select_related("recording__by")
    return {row.pk: row.recording for row in rows}


def told_at(span: Span, lines: Collection[FormLine], unit_ids: Collection[int]) -> dict[int, datetime]:
    """When each unit told the last number of the lines for a period."""
    rows = Fact.objects.current().filter(
        start=span.start, end=span.end, unit_id__in=unit_ids, element_id__in={line.element_id for line in lines}
    )
    return dict(rows.order_by().values_list("unit_id").annotate(at=Max("recording__at")))
