"""What the targets room takes from an adopted plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from pcmt.apps.plans.adopters import Adoption
from pcmt.apps.plans.contract import names_of
from pcmt.apps.plans.events import event_days, event_key
from pcmt.apps.plans.models import Item, Plan
from pcmt.apps.targets.models import Allocation, Edition, Target, TargetState
from pcmt.apps.targets.operations.proposing import propose
from pcmt.apps.targets.operations.standing import stand
from pcmt.apps.targets.queries import spec_in, takes_effect, targets_on_events, window_by
from pcmt.core.measures import decimal_from, describe, target_from
from pcmt.core.periods import DAY, Span
from pcmt.core.text import fold

FIELDS = [
    *("revision", "clause", "item", "shape", "comparator", "value", "value_max", "unit_word", "measure", "direction"),
    *("baseline_kind", "baseline_year", "baseline_text", "scope", "per", "frequency_n", "frequency_per"),
    *("frequency_every", "assessed", "window_from", "window_to", "phrase", "text", "search_key", "start", "end"),
    *("order", "state", "ended_by"),
]


def adopt_targets(adoption: Adoption) -> None:
    """Accepted targets become rows; those that continue a target of the revision before keep their row.

    Targets that nothing continues end. Allocations are written anew when they changed; those that stand stay. What a
    target asks for from now on is kept as an edition, and for a new one a way of measuring it is proposed.
    """
    plan = adoption.plan
    known = {target.item_id: target for target in Target.objects.select_for_update().filter(plan=plan)}
    allocated = {item.values.get("target_ref") for item in adoption.items.get("allocations", ())}
    rows: dict[str, Target] = {}
    events = event_days(plan.pk)
    new, kept = [], []
    for order, item in enumerate(adoption.items.get("targets", ()), start=1):
        was = adoption.carried.get(item.pk)
        target = known.pop(was, None) if was is not None else None
        if target is None:
            target = Target(plan=plan, since=adoption.revision)
            new.append(target)
        else:
            kept.append(target)
        _fill(target, adoption, item, order, allocated=item.key in allocated, events=events)
        rows[item.key] = target
    ended = [target for target in known.values() if target.state == TargetState.ACTIVE]
    for target in ended:
        target.state, target.ended_by = TargetState.ENDED, adoption.revision
    Target.objects.bulk_create(new, batch_size=200)
    Target.objects.bulk_update([*kept, *ended], FIELDS, batch_size=50)
    adoption.count("targets", len(new))
    adoption.count("targets_kept", len(kept))
    adoption.count("targets_ended", len(ended))
    _allocate(adoption, rows)
    _keep_editions(rows, adoption, allocated)
    duties = [item.values for item in adoption.items.get("reporting_duties", ())]
    propose(new, text=adoption.revision.text, duties=duties, on=adoption.on)
    stand([target.pk for target in rows.values()], at=adoption.at, cause="plan")


def _fill(
    target: Target, adoption: Adoption, item: Item, order: int, *, allocated: bool, events: Mapping[str, date]
) -> None:
    values = item.values
    spec = target_from({**values, "text": item.text}, allocated=allocated)
    window = spec.window or _window_of(adoption, item, events)
    target.revision, target.item, target.clause = adoption.revision, item, item.clause
    target.shape, target.comparator = str(spec.shape), str(spec.comparator)
    target.value, target.value_max, target.unit_word = spec.value, spec.value_max, spec.unit_word[:120]
    target.measure, target.scope, target.per = spec.measure, spec.scope[:500], spec.per[:300]
    target.direction = str(spec.direction or "")
    baseline = spec.baseline
    target.baseline_kind = str(baseline.kind) if baseline else ""
    target.baseline_year = baseline.year if baseline else None
    target.baseline_text = baseline.text[:300] if baseline else ""
    frequency = spec.frequency
    target.frequency_n = frequency.n if frequency else None
    target.frequency_per = str(frequency.per or "") if frequency else ""
    target.frequency_every = frequency.every if frequency else 1
    target.assessed = "yearly" if spec.yearly else ""
    target.window_from = window.start if window else adoption.plan.window_from
    target.window_to = window.last if window else adoption.plan.window_to
    target.phrase = describe(spec)
    target.text, target.start, target.end = item.text, item.start, item.end
    target.search_key = fold(f"{item.text} {spec.measure}")
    target.order, target.state, target.ended_by = order, TargetState.ACTIVE, None


def _keep_editions(targets: Mapping[str, Target], adoption: Adoption, allocated: Collection[object]) -> None:
    """Note what each target asks for from the day on which the revision takes effect, unless it asks the same."""
    since = takes_effect(adoption.revision)
    known = _latest(target.pk for target in targets.values())
    rows = []
    for key, target in targets.items():
        edition = Edition(
            target=target,
            revision=adoption.revision,
            since=since if target.pk in known else None,
            values=target.item.values,
            text=target.text,
            allocated=key in allocated,
            window_from=target.window_from,
            window_to=target.window_to,
        )
        before = known.get(target.pk)
        if before is None or (spec_in(edition), edition.allocated) != (spec_in(before), before.allocated):
            rows.append(edition)
    Edition.objects.bulk_create(rows, batch_size=100)


def _latest(target_ids: Iterable[int]) -> dict[int, Edition]:
    """The edition of the latest revision of each."""
    rows = Edition.objects.filter(target__in=list(target_ids)).order_by("target_id", "revision__number")
    return {edition.target_id: edition for edition in rows}


def _window_of(adoption: Adoption, item: Item, events: Mapping[str, date]) -> Span | None:
    return window_by([deadline.values for deadline in adoption.limits("target", item)], adoption.window, events)


def date_targets(*, plan: Plan, key: str, on: date | None) -> int:
    """Give the targets that hang on an event the window its day makes, or take it back; how many there are.

    Called in the transaction of `tasks.operations.say_when`, which asks for the right and tells the log.
    """
    window = Span(plan.window_from, plan.window_to + DAY) if plan.window_from and plan.window_to else None
    found = []
    for hanging in targets_on_events(plan.pk):
        if event_key(hanging.words) == key:
            span, target = window_by(hanging.limits, window, {key: on} if on else {}), hanging.target
            target.window_from = span.start if span else plan.window_from
            target.window_to = span.last if span else plan.window_to
            found.append(target)
    Target.objects.bulk_update(found, ["window_from", "window_to"], batch_size=100)
    editions = _latest(target.pk for target in found)
    for target in found:
        edition = editions[target.pk]
        edition.window_from, edition.window_to = target.window_from, target.window_to
    Edition.objects.bulk_update(editions.values(), ["window_from", "window_to"], batch_size=100)
    return len(found)


def _allocate(adoption: Adoption, targets: Mapping[str, Target]) -> None:
    """Write what is given to whom. A body named in several allocations of one target has several.

    What an amendment gives otherwise ends, and begins anew: days before it are judged by what was given then.
    """
    existing = Allocation.objects.filter(target__in=[target.pk for target in targets.values()], ended_by__isnull=True)
    known: dict[tuple[int, int, str], Allocation] = {
        (each.target_id, each.item_id, each.name): each for each in existing
    }
    new, kept = [], []
    order: dict[int, int] = defaultdict(int)
    for item in adoption.items.get("allocations", ()):
        target = targets.get(item.values.get("target_ref") or "")
        if target is None:
            continue
        was = adoption.carried.get(item.pk, 0)
        value = decimal_from(item.values.get("value"))
        for name in dict.fromkeys(names[:300] for names in names_of(item.values.get("agencies"))):
            body = adoption.body(name)
            allocation = known.get((target.pk, was, name))
            if allocation is not None and (allocation.value, allocation.unit_id) == (value, body.unit_id):
                del known[target.pk, was, name]
                kept.append(allocation)
            else:
                since = None if target.since_id == adoption.revision.pk else adoption.revision
                allocation = Allocation(target=target, name=name, since=since)
                new.append(allocation)
            order[target.pk] += 1
            allocation.item, allocation.order = item, order[target.pk]
            allocation.unit_id, allocation.origin_unit_id = body.unit_id, body.ended_id
            allocation.value = value
            allocation.unit_word = (item.values.get("unit") or target.unit_word)[:120]
    for allocation in known.values():
        allocation.ended_by = adoption.revision
    Allocation.objects.bulk_create(new, batch_size=200)
    Allocation.objects.bulk_update(
        [*kept, *known.values()],
        ["item", "order", "unit", "origin_unit", "value", "unit_word", "ended_by"],
        batch_size=100,
    )
    adoption.count("allocations", len(new))
