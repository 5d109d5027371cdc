"""Keeping how targets stand: judged anew when figures change, when people say something, and once a day.

The rows of a target are locked before its figures are read: of two who change figures of the same target at once the
second waits here, and then reads what the first has told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import attrs
from django.db import transaction
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from pcmt.apps.accounts.models import Role
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.facts.listeners import Changed
from pcmt.apps.facts.models import Element
from pcmt.apps.facts.operations import keep_span
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.targets.addresses import targets_address
from pcmt.apps.targets.models import VERDICTS, Standing, StandingChange, Target
from pcmt.apps.targets.operations.proposing import propose_missing
from pcmt.apps.targets.queries.feeding import in_force, reading
from pcmt.apps.targets.queries.judging import SHOWN, Judged, holds_for_each, judge_days, load, seat_of, window_on
from pcmt.apps.units.models import UnitClosure, UnitKind, holds_on
from pcmt.core.evaluating import Judgement, Verdict, counted

CHUNK = 200
"""How many targets are judged in one transaction of the daily round."""
PLACES = Decimal("0.000001")
FIELDS = [
    "whole",
    "verdict",
    "sentence",
    "measured",
    "goal",
    "expected",
    "distance",
    "reach",
    "small",
    "on",
    "judged_at",
]
WORSE = (Verdict.BEHIND, Verdict.MISSED)
_RANK = (Verdict.MISSED, Verdict.BEHIND, Verdict.UNDETERMINED, Verdict.NOT_DUE, Verdict.ON_TRACK)


def stand(target_ids: Iterable[int], *, at: datetime, cause: str) -> int:
    """Judge targets of plans in force with all their units and keep how they stand; how many verdicts changed.

    What stood for a unit that a target no longer asks of is taken away; what it said stays in the changes.
    """
    with transaction.atomic():
        ids = sorted(target_ids)
        before = _locked(Standing.objects.filter(target__in=ids))
        targets = load(in_force().filter(pk__in=ids).order_by("pk"))
        on = timezone.localdate(at)
        judged = judge_days([(target, on) for target in targets], on=on)
        kept = {(each.target.pk, each.unit_id) for each in judged}
        standing = {target.pk for target in targets}
        gone = [row.pk for key, row in before.items() if row.target_id in standing and key not in kept]
        Standing.objects.filter(pk__in=gone).delete()
        return _keep(judged, before, at=at, on=on, cause=cause)


def rejudge(changes: Sequence[Changed], recording_id: int | None, at: datetime) -> None:
    """Judge what rests on figures that changed: the targets that read them, of the units on the way up.

    A listener of the facts, in their transaction. What it costs depends on how many targets of these units read these
    elements, not on how many there are. What holds for each of many units is put together from how the others stand.
    """
    above = frozenset(unit for change in changes for unit in change.above)
    found = _reading(changes, above)
    if not found:
        return
    on = timezone.localdate(at)
    units = above | _bodies(above, on)
    before = _locked(Standing.objects.filter(target__in=found).filter(Q(unit__in=units) | Q(whole=True)))
    targets = load(Target.objects.filter(pk__in=found).order_by("pk"))
    judged = judge_days([(target, on) for target in targets], on=on, units=units, gather=False)
    cause = "facts" if recording_id else "units"
    _keep(judged, before, at=at, on=on, cause=cause, recording_id=recording_id)
    changed = {each.target.pk for each in judged if not each.whole}
    wholes = _wholes([each for each in targets if each.pk in changed and holds_for_each(each)])
    _keep(wholes, before, at=at, on=on, cause=cause, recording_id=recording_id)


def refresh_standings(*, at: datetime) -> int:
    """Judge all targets of plans in force as of today, and tell the offices what has turned for the worse; how many.

    It goes by chunks, each in a transaction of its own; what was judged today already is left out, so that a round
    that was broken off goes on where it stopped.
    """
    on = timezone.localdate(at)
    propose_missing(on=on)
    keep_windows(target_ids=_measured_by_figures(), on=on)
    rows = Standing.objects.filter(target=OuterRef("pk"))
    stale = in_force().filter(~Exists(rows) | Exists(rows.filter(on__lt=on)))
    count, last = 0, 0
    while chunk := list(stale.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        stand(chunk, at=at, cause="time")
        count, last = count + len(chunk), chunk[-1]
    tell_offices(at=at)
    return count


def keep_windows(*, target_ids: Iterable[int], on: date) -> None:
    """Ask the facts to keep sums of the windows of targets where these are no named periods.

    Outside of any other act: keeping sums locks the tree, which comes before targets. One that is broken off before
    this leaves slower answers, no wrong ones; the daily round makes up for it.
    """
    targets = load(Target.objects.filter(pk__in=list(target_ids)))
    for window in sorted({window for target in targets if (window := window_on(target, on)) is not None}):
        keep_span(span=window)


def _measured_by_figures() -> list[int]:
    """Ids of targets in force that figures answer, by way of a window that is asked for often: the plan's own dates."""
    found = in_force().filter(measured_by__confirmed_at__isnull=False, measured_by__indicator__isnull=False)
    whole = Q(window_from__month=1, window_from__day=1, window_to__month=12, window_to__day=31)
    return list(found.exclude(whole).order_by("pk").values_list("pk", flat=True))


def tell_offices(*, at: datetime) -> int:
    """Tell the offices that keep plans which of their targets have turned for the worse: once a change, one notice a
    plan and day; how many plans.
    """
    with transaction.atomic():
        waiting = StandingChange.objects.filter(whole=True, told_at__isnull=True, after__in=WORSE)
        rows = list(
            waiting.select_for_update(of=("self",)).order_by("pk").values_list("pk", "target_id", "target__plan_id")
        )
        if not rows:
            return 0
        standing = Standing.objects.filter(target__in={target for _pk, target, _plan in rows}, whole=True)
        now = dict(standing.values_list("target_id", "verdict"))
        counts: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for _pk, target, plan_id in rows:
            if now.get(target) in WORSE:  # it may have got better since
                counts[plan_id][now[target]].add(target)
        plans = Plan.objects.filter(pk__in=counts, state=PlanState.ADOPTED).order_by("pk")
        on = timezone.localdate(at)
        keepers = people_at({plan.owner_id for plan in plans}, on, (Role.STANDING_OFFICE,))
        for plan in plans:
            tell(
                at=at,
                users=keepers.get(plan.owner_id, ()),
                reason=Reason.VERDICT,
                about=plan,
                address=targets_address(plan.pk),
                title=_title(plan, {verdict: len(targets) for verdict, targets in counts[plan.pk].items()}),
                key=f"plan:{plan.pk}:verdicts:{on.isoformat()}",
                unit_id=plan.owner_id,
            )
        StandingChange.objects.filter(pk__in=[pk for pk, _target, _plan in rows]).update(told_at=at)
        return len(plans)


@attrs.frozen
class _Row:
    """How a target stands for a unit."""

    target: Target
    unit_id: int
    whole: bool
    judgement: Judgement


def _title(plan: Plan, counts: dict[str, int]) -> str:
    words = [f"{counts[verdict]} chỉ tiêu {str(VERDICTS[verdict]).lower()}" for verdict in WORSE if counts.get(verdict)]
    return f"Mới chuyển sang chậm hoặc không đạt: {', '.join(words)} ({plan.designation or plan.title})"


def _reading(changes: Sequence[Changed], above: Collection[int]) -> list[int]:
    """Ids of the targets that may read the changed figures."""
    elements = dict(Element.objects.filter(pk__in={each.element_id for each in changes}).values_list("pk", "code"))
    first = min(each.span.start for each in changes)
    return list(reading(set(elements.values()), above, first).values_list("pk", flat=True))


def _bodies(above: Collection[int], on: date) -> frozenset[int]:
    """Agencies directly below areas on the way up: what was given to them is measured in the area that they serve."""
    rows = UnitClosure.objects.filter(
        holds_on(on), ancestor__in=above, depth=1, descendant__kind__in=(UnitKind.AGENCY, UnitKind.OFFICE)
    )
    return frozenset(rows.values_list("descendant_id", flat=True))


def _locked(rows: QuerySet[Standing]) -> dict[tuple[int, int], Standing]:
    found = rows.select_for_update(of=("self",)).order_by("target_id", "unit_id")
    return {(row.target_id, row.unit_id): row for row in found}


def _wholes(targets: Sequence[Target]) -> list[_Row]:
    """How targets stand for all units together, from how they stand for each."""
    if not targets:
        return []
    rows = Standing.objects.filter(target__in=targets, whole=False)
    counts: dict[int, dict[Verdict, int]] = defaultdict(dict)
    for target_id, verdict, number in rows.order_by().values_list("target_id", "verdict").annotate(Count("pk")):
        counts[target_id][Verdict(verdict)] = number
    rank = [When(verdict=verdict, then=Value(at)) for at, verdict in enumerate(_RANK)]
    worst = Case(*rank, output_field=IntegerField())
    found = []
    for target in targets:
        waiting = rows.filter(target=target, verdict__in=_RANK)
        named = waiting.order_by(worst, F("distance").desc(nulls_last=True), "unit_id")[:SHOWN]
        open_count = sum(number for verdict, number in counts[target.pk].items() if verdict in _RANK)
        whole = counted(counts[target.pk], [""] * open_count)
        judgement = whole.judgement(list(named.values_list("unit__name", flat=True)))
        found.append(_Row(target, seat_of(target), True, judgement))
    return found


def _keep(
    judged: Sequence[_Row | Judged],
    before: dict[tuple[int, int], Standing],
    *,
    at: datetime,
    on: date,
    cause: str,
    recording_id: int | None = None,
) -> int:
    """Write down how targets stand, and each verdict that became another one."""
    rows, changes = [], []
    for each in judged:
        found = each.judgement
        row = Standing(
            target=each.target,
            unit_id=each.unit_id,
            whole=each.whole,
            verdict=str(found.verdict),
            sentence=found.sentence,
            measured=_decimal(found.measured),
            goal=_decimal(found.goal),
            expected=_decimal(found.expected),
            distance=_decimal(found.distance),
            reach=found.reach,
            small=found.small,
            on=on,
            judged_at=at,
        )
        rows.append(row)
        old = before.get((each.target.pk, each.unit_id))
        if old is None or old.verdict != row.verdict:
            changes.append(
                StandingChange(
                    target=each.target,
                    unit_id=each.unit_id,
                    whole=each.whole,
                    before=old.verdict if old else "",
                    after=row.verdict,
                    sentence=row.sentence,
                    measured=row.measured,
                    on=on,
                    at=at,
                    cause=cause,
                    recording_id=recording_id,
                    told_at=None if old else at,  # the first verdict is news to nobody: who measures sees it
                )
            )
    Standing.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["target", "unit"], update_fields=FIELDS
    )
    StandingChange.objects.bulk_create(changes, batch_size=500)
    return len(changes)


def _decimal(value: Fraction | None) -> Decimal | None:
    """As it is kept; rounded for showing only, verdicts are exact."""
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(PLACES, ROUND_HALF_EVEN)
