"""Which reports of an adopted plan go into which others, as far as its words say so. A person may say otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyState
from pcmt.apps.reports.queries.regimes import reporting_of
from pcmt.apps.units.names import name_key
from pcmt.core.periods import PERIOD_WORDS

Days = tuple[date | None, date | None]
ONE_TIME = ("interim", "final")
"""Kinds of reports that a plan asks for once, at every level."""


def propose_feeds(duties: Sequence[Duty], fresh: Collection[int], on: date) -> int:
    """Link duties to the one that takes their reports in, where exactly one fits; how many were linked.

    The upper one is written by the recipient of the lower one (or by the body over which that goes, or is prepared by
    it), for the same period: what a month tells cannot be added to a half-year. What is linked already stays, unless
    that has ended.
    Of two that an earlier version of the plan had (neither is `fresh`), a person has decided by now.
    """
    standing = {duty.pk: duty for duty in duties}
    reporting = reporting_of(duties)
    writers = {
        pk: {*reporting[pk].on(on), *(row.unit_id for row in duty.reporters.all() if row.unit_id)}
        for pk, duty in standing.items()
    }
    spans = _spans(standing)
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
            and _same_period(duty, upper, spans)
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


def _same_period(lower: Duty, upper: Duty, spans: Mapping[int, Collection[Days]]) -> bool:
    if lower.period in PERIOD_WORDS and upper.period in PERIOD_WORDS:
        return lower.period == upper.period
    if lower.kind in ONE_TIME and lower.kind == upper.kind:
        return True
    return bool(set(spans.get(lower.pk, ())) & set(spans.get(upper.pk, ())))


def _spans(duties: Collection[int]) -> dict[int, set[Days]]:
    """The periods that duties report, first and last days."""
    found: dict[int, set[Days]] = defaultdict(set)
    rows = DutyOccurrence.objects.filter(duty__in=list(duties), period_to__isnull=False)
    for duty_id, first, last in rows.values_list("duty_id", "period_from", "period_to").distinct():
        found[duty_id].add((first, last))
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
