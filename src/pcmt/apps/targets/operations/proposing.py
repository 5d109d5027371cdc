"""Proposing how targets are measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from pcmt.apps.facts.catalogue import catalogue
from pcmt.apps.facts.models import Indicator
from pcmt.apps.plans.models import Item, ItemState, ListName, Plan, PlanState, RevisionState
from pcmt.apps.targets.models import Measure, Target
from pcmt.apps.targets.queries import spec_of
from pcmt.apps.targets.queries.areas import places
from pcmt.apps.targets.queries.asking import by_person
from pcmt.apps.targets.queries.proposing import calendar_for, proposal, scope_level, sentence_of
from pcmt.core.measures import Binding, Shape


def propose(targets: Sequence[Target], *, text: str, duties: Iterable[Mapping[str, Any]], on: date) -> int:
    """Propose to people how targets of one plan are measured; how many proposals are new.

    `text` is that of the revision in which the targets stand, `duties` are the report duties of the plan (values of the
    contract). A target asks of the area of whoever issued the plan; where its words hold for each unit of a level, of
    each of those that the area has. A proposal that nobody has confirmed and that named no indicator is made anew.
    """
    if not targets:
        return 0
    known, calendar, plan = catalogue(on), calendar_for(duties), targets[0].plan
    seat = plan.issuer_heir_id or plan.issuer_id or plan.owner_id
    seat = places([], {seat}).area(seat, on)
    found: list[tuple[Measure, Binding | None]] = []
    for target in targets:
        spec = spec_of(target, on)
        best = None
        if not by_person(spec):
            best = proposal(known, target.text, sentence_of(target, text), Shape(target.shape)).best
        phrases = list(best.phrases) if best else []
        measure = Measure(target=target, unit_id=seat, each=scope_level(spec), calendar=calendar.code, phrases=phrases)
        found.append((measure, best))
    codes = {best.indicator.code for _measure, best in found if best}
    indicators = {row.code: row for row in Indicator.objects.filter(code__in=codes)}
    scopes = places([measure for measure, _best in found if measure.each], ())
    for measure, best in found:
        measure.indicator = indicators.get(best.indicator.code) if best else None
        if measure.each and not scopes.each(measure, on):
            measure.each = ""
    before = dict(Measure.objects.filter(target__in=targets).values_list("target_id", "pk"))
    better = [measure for measure, _best in found if measure.target_id not in before or measure.indicator]
    replaced = Measure.objects.filter(target__in=[each.target_id for each in better])
    replaced.filter(confirmed_at__isnull=True, indicator__isnull=True).delete()
    Measure.objects.bulk_create(better, batch_size=200, ignore_conflicts=True)
    return len(better)


def propose_missing(*, on: date) -> int:
    """Propose for targets in force that no indicator was found for so far: the catalogue may know it by now."""
    lacking = Q(measured_by__isnull=True) | Q(measured_by__confirmed_at=None, measured_by__indicator=None)
    targets = Target.objects.filter(lacking, plan__state=PlanState.ADOPTED).active()
    count = 0
    for plan in Plan.objects.filter(pk__in=targets.values("plan")).order_by("pk"):
        revision = plan.revisions.filter(state=RevisionState.ADOPTED).first()
        if revision is None:
            continue
        rows = Item.objects.filter(
            revision=revision, list_name=ListName.REPORTING_DUTIES, state=ItemState.ACCEPTED
        )  # fmt: skip
        waiting = list(targets.filter(plan=plan).select_related("plan", "clause").order_by("pk"))
        count += propose(waiting, text=revision.text, duties=[row.values for row in rows], on=on)
    return count
