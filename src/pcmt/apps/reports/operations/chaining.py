"""Which reports of an adopted plan go into which others, as far as its words say so. A person may say otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyState
from pcmt.apps.reports.queries.regimes import reporting_of
from pcmt.apps.units.names import name_key
from pcmt.core.periods import PERIOD_WORDS

ONE_TIME = ("interim", "final")
"""Kinds of reports that a plan asks for once, at every level."""


def propose_feeds(duties: Sequence[Duty], fresh: Collection[int], on: date) -> int:
    """Link duties to the one that takes their reports in, where exactly one fits; how many were linked.

    The upper one is written by the recipient of the lower one (or by the body over which that goes, or is prepared by
    it), for the same period, or one that closes on the same day. What is linked already stays, unless it has ended.
    Of two that an earlier version of the plan had (neither is `fresh`), a person has decided by now.
    """
    standing = {duty.pk: duty for duty in duties}
    reporting = reporting_of(duties)
    writers = {
        pk: {*reporting[pk].on(on), *(row.unit_id for row in duty.reporters.all() if row.unit_id)}
        for pk, duty in standing.items()
    }
    closing = _closing_days(standing)
    links = {duty.pk: duty.feeds_id for duty in duties}
    changed = []
    for duty in duties:
        if duty.feeds_id is not None and not _ended(duty.feeds_id):
            continue
        fitting = [
            upper
            for upper in duties
            if upper.pk != duty.pk
            and (duty.feeds_id is not None or duty.pk in fresh or upper.pk in fresh)
            and _writes(duty, upper, writers[upper.pk])
            and _same_period(duty, upper, closing)
            and not _leads_to(upper.pk, duty.pk, links)
        ]
        # The plan may say where the recipient reports to in its turn: that duty goes before others.
        named = [upper for upper in fitting if _onward(duty, upper)]
        found = (named or fitting)[0] if len(named or fitting) == 1 else None
        if (found.pk if found else None) == duty.feeds_id:
            continue
        duty.feeds = found
        links[duty.pk] = duty.feeds_id
        changed.append(duty)
    Duty.objects.bulk_update(changed, ["feeds"], batch_size=100)
    return len(changed)


def _ended(duty_id: int) -> bool:
    return Duty.objects.filter(pk=duty_id, state=DutyState.ENDED).exists()


def _writes(lower: Duty, upper: Duty, writers: Collection[int]) -> bool:
    """Whether the body that gets the lower report, or over which it goes, writes or prepares the upper one."""
    if lower.recipient_id in writers:
        return True
    own = {name_key(row.name) for row in upper.reporters.all()}
    prepared = {name_key(upper.prepared_by)} if upper.prepared_by else set()
    via = {name_key(lower.via)} if lower.via else set()
    got = {name_key(lower.recipient_name)} if lower.recipient_name else set()
    return bool(via & (own | prepared) or got & prepared)


def _same_period(lower: Duty, upper: Duty, closing: Mapping[int, Collection[date]]) -> bool:
    if lower.period in PERIOD_WORDS and lower.period == upper.period:
        return True
    if lower.kind in ONE_TIME and lower.kind == upper.kind:
        return True
    return bool(set(closing.get(lower.pk, ())) & set(closing.get(upper.pk, ())))


def _closing_days(duties: Collection[int]) -> dict[int, set[date]]:
    """The last days of the periods of duties."""
    found: dict[int, set[date]] = defaultdict(set)
    rows = DutyOccurrence.objects.filter(duty__in=list(duties), period_to__isnull=False)
    for duty_id, last in rows.values_list("duty_id", "period_to").distinct():
        assert last is not None
        found[duty_id].add(last)
    return found


def _onward(lower: Duty, upper: Duty) -> bool:
    told = {name_key(str(each.get("name", "") if isinstance(each, Mapping) else each)) for each in lower.onward}
    return name_key(upper.recipient_name) in told


def _leads_to(start: int, target: int, links: Mapping[int, int | None]) -> bool:
    at: int | None = start
    seen: set[int] = set()
    while at is not None and at not in seen:
        if at == target:
            return True
        seen.add(at)
        at = links.get(at)
    return False
