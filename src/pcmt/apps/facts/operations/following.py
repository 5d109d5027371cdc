"""The sums follow units that are reorganised: what was told before counts, on present boundaries, where it lies now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.facts.listeners import Changed, tell_changed
from pcmt.apps.facts.models import Cell, Element, Fact, RollUp
from pcmt.apps.facts.operations.rebuilding import rebuild_element
from pcmt.apps.facts.operations.rolling import Sums, share_elements, told_by
from pcmt.apps.facts.places import Places
from pcmt.apps.facts.queries.keeping import boundary_day, core_element, kept_windows
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.models import Succession, UnitClosure, UnitLink
from pcmt.apps.units.policies import Officer
from pcmt.core.measures.rolling import outlived
from pcmt.core.periods import Span


def foresee(change: Change) -> Sequence[Consequence]:
    """Of how many units numbers were told that will be added up elsewhere."""
    ids = {*change.heirs, *change.moved}
    told = Fact.objects.counting().filter(unit__in=ids).order_by().values_list("unit_id", flat=True).distinct()
    units = list(told)
    if not units:
        return []
    names = tuple(sorted(change.names[unit_id] for unit_id in units if unit_id in change.names)[:5])
    words = _("đơn vị có số liệu đã ghi: được cộng theo địa giới mới khi xem theo địa giới hiện nay")
    return [Consequence(words, len(units), names, tuple(units))]


def follow(change: Change, at: datetime, _actor: Officer | None) -> int:
    """Make the cells of present boundaries for all that the units concerned ever told; how many series that were.

    It costs what these units told, times what stood and stands above them. Where numbers were already told for days on
    or after the change (it was written down late, or a period was told before it was over), the trees of then have
    changed as well: the sums of those elements are made anew.
    """
    kept = RollUp.objects.select_for_update().values_list("day", flat=True).first()
    before = boundary_day(at) if kept is None else kept
    after = max(before, change.day)
    if not RollUp.objects.update(day=after):
        RollUp.objects.create(day=after)
    units = _concerned(change, before, after)
    facts = Fact.objects.counting().filter(unit__in=units).filter(Q(value__isnull=False) | Q(applies=False))
    elements = Element.objects.in_bulk(list(facts.order_by().values_list("element_id", flat=True).distinct()))
    if not elements:
        return 0
    share_elements(elements)
    late = set(elements) if change.on <= before else set(
        facts.filter(end__gt=change.on).order_by().values_list("element_id", flat=True).distinct()
    )  # fmt: skip
    # A stock that a unit told counts no more in the periods that go on after its end: its successors tell theirs.
    ended = facts.filter(unit__in=change.heirs).order_by().values_list("element_id", flat=True).distinct()
    late |= {pk for pk in ended if outlived(core_element(elements[pk]), change.on, date.max)}
    places = Places(frozenset(units), before), Places(frozenset(units), after)
    sums = tuple(Sums(kept_windows(), each) for each in places)
    changed: dict[tuple[int, Span], set[int]] = defaultdict(set)
    series: dict[tuple[int, int, str], list[Fact]] = defaultdict(list)
    for row in facts.defer("note").order_by("start", "end"):
        series[row.unit_id, row.element_id, row.breakdown].append(row)
    for key, rows in series.items():
        for row in rows:
            span = Span(row.start, row.end)
            for each in places:
                changed[key[1], span] |= {key[0], *each.above(key[0], span.last), *each.area(key[0], span.last)}
        if key[1] not in late:
            sums[0].change(core_element(elements[key[1]]), key, (), told_by(rows), sign=-1)
            sums[1].change(core_element(elements[key[1]]), key, (), told_by(rows))
    _write(*sums)
    for pk in sorted(late):
        rebuild_element(elements[pk], at)
    told = [Changed(element_id, frozenset(above), span) for (element_id, span), above in changed.items()]
    tell_changed(told, None, at)
    return len(series)


def _write(was: Sums, becomes: Sums) -> None:
    """Only the corrections change: what goes up the trees of then cancels itself."""
    for (above, element_id, breakdown, basis, period), amounts in was.found.items():
        becomes.add(above, element_id, breakdown, basis, period, amounts)
    becomes.found = {key: amounts for key, amounts in becomes.found.items() if key[3] == Cell.NOW}
    becomes.write()


def _concerned(change: Change, before: date, after: date) -> set[int]:
    """The units that a change, or any other between two days, ends, divides or moves, with all that ever was below."""
    named = {*change.heirs, *change.moved}
    days = Q(on__gt=before, on__lte=after) | Q(on=change.on)
    named |= {unit_id for pair in Succession.objects.filter(days).values_list("old_id", "new_id") for unit_id in pair}
    moved = Q(valid_from__gt=before, valid_from__lte=after) | Q(valid_to__gt=before, valid_to__lte=after)
    moved |= Q(valid_from=change.on) | Q(valid_to=change.on)
    named |= set(UnitLink.objects.filter(moved).values_list("child_id", flat=True))
    asked = named
    while asked:  # what these units once took over goes on with them
        came = set(Succession.objects.filter(new__in=asked).values_list("old_id", flat=True))
        asked = came - named
        named |= came
    return set(UnitClosure.objects.filter(ancestor__in=named).values_list("descendant_id", flat=True))


facts_follow = Follower(key="facts", label=gettext_lazy("Số liệu"), foresee=foresee, follow=follow)
