"""The targets of one plan: how many stand how, each with its bar and its shares, what has still to be done for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.targets.models import Allocation, BaselineFigure, Measure, Standing, Target
from pcmt.apps.targets.queries import bare_kept, judge, kept_back, told_to
from pcmt.core.evaluating import Verdict
from pcmt.core.measures import Shape
from pcmt.web.figures import Switch
from pcmt.web.plan.shares import TargetRow, shares_of
from pcmt.web.targets.drawing import Bar, bar
from pcmt.web.targets.listing import Line, line_of, of_judged, with_kept, with_standing
from pcmt.web.targets.words import VERDICT_WORDS, VerdictWord

SHARES_A_PAGE = 240
"""So many shares of all targets together are shown; the page of a target has all of its own."""
LEAST_SHARES = 3
NEEDS_NAMED = 6
STACK = 1000
"""How many units of its drawing the bar of verdicts is wide."""
UNMEASURED = (Shape.MILESTONE, Shape.QUALITATIVE)
"""Shapes that a person's word answers, not a number."""


@attrs.frozen
class Share:
    """What one unit was given, and how it stands; without a verdict it was never judged."""

    allocation: Allocation
    verdict: str
    measured: Decimal | None
    bar: Bar | None


@attrs.frozen
class Row:
    """One target of the scoreboard. `more` shares are not shown here."""

    line: Line
    row: TargetRow
    shares: Sequence[Share]
    more: int


@attrs.frozen
class Need:
    """Something that has to be done before targets can be judged; the first of them with where to do it."""

    words: str | Promise
    who: str
    count: int
    places: Sequence[tuple[Target, str]]


@attrs.frozen
class Part:
    """Targets of one verdict: their stretch of the bar, how many, and the address of their list."""

    word: VerdictWord
    count: int
    x: float
    width: float
    url: str
    current: bool


@attrs.frozen
class Scoreboard:
    """The targets of a plan, narrowed to one verdict where the address names one."""

    rows: Sequence[Row]
    parts: Sequence[Part]
    total: int
    needs: Sequence[Need]
    narrowed: bool


def scoreboard_of(actor: Actor, plan: Plan, text: str, switch: Switch, slug: str) -> Scoreboard:
    """The targets of a plan as the switch asks for them; the same few statements whatever their number.

    Kept verdicts answer as long as nothing was chosen; else all are judged anew. `text` is that of the revision.
    """
    given = Prefetch("allocations", Allocation.objects.filter(ended_by=None).select_related("unit"))
    found = with_kept(with_standing(Target.objects.filter(plan=plan).active()))
    targets = list(
        found.order_by("order", "pk").select_related("clause", "plan", "measured_by").prefetch_related(given)
    )
    lines, by_unit = _kept(actor, plan, targets) if switch.is_usual else _judged(actor, targets, switch)
    counts = Counter(line.verdict for line in lines.values())
    shown = [target for target in targets if not slug or lines[target.pk].word.slug == slug]
    spoken = shares_of(shown, text)
    most = max(LEAST_SHARES, SHARES_A_PAGE // max(sum(bool(row.allocations) for row in spoken), 1))
    rows = [_row(lines[row.target.pk], row, by_unit, most) for row in spoken]
    return Scoreboard(rows, _parts(counts, plan, switch, slug), len(targets), _needs(plan, targets, lines), bool(slug))


def counts_of(plan: Plan) -> dict[str, int]:
    """How many targets of a plan have which kept verdict; one statement."""
    verdicts: Any = with_standing(Target.objects.filter(plan=plan).active()).values_list("verdict", flat=True)
    return Counter(verdicts)


def parts_of(plan: Plan, counts: Mapping[str, int]) -> Sequence[Part]:
    """The counts of kept verdicts as links to the scoreboard."""
    return _parts(counts, plan, None, "")


def _kept(actor: Actor, plan: Plan, targets: Sequence[Target]) -> tuple[dict[int, Line], dict[tuple[int, int], Any]]:
    given = Allocation.objects.filter(target__plan=plan, ended_by=None, unit__isnull=False).values("unit_id")
    kept = Standing.objects.filter(Q(unit__in=given), target__plan=plan)
    bare_kept(actor, targets)
    rows = {(each.target_id, each.unit_id): each for each in kept}
    for pair in kept_back(actor, set(rows)):
        rows[pair].measured = rows[pair].expected = None
    return {each.pk: line_of(each) for each in targets}, rows


def _judged(
    actor: Actor, targets: Sequence[Target], switch: Switch
) -> tuple[dict[int, Line], dict[tuple[int, int], Any]]:
    found = told_to(actor, judge(targets, on=switch.on, boundary=switch.boundary, known=switch.known))
    lines = {each.target.pk: of_judged(each, switch.on) for each in found if each.whole}
    lines |= {each.pk: line_of(each, judged=False) for each in targets if each.pk not in lines}
    return lines, {(each.target.pk, each.unit_id): of_judged(each, switch.on) for each in found}


def _row(line: Line, row: TargetRow, by_unit: Mapping[tuple[int, int], Any], most: int) -> Row:
    return Row(
        line,
        row,
        [_share(row.target, each, by_unit) for each in row.allocations[:most]],
        max(len(row.allocations) - most, 0),
    )


def _share(target: Target, allocation: Allocation, by_unit: Mapping[tuple[int, int], Any]) -> Share:
    stands = by_unit.get((target.pk, allocation.unit_id or 0))
    if stands is None:
        return Share(allocation, "", None, None)
    drawn = bar(stands.measured, stands.expected, allocation.value)
    return Share(allocation, stands.verdict, stands.measured, drawn)


def _parts(counts: Mapping[str, int], plan: Plan, switch: Switch | None, slug: str) -> list[Part]:
    total = sum(counts.values()) or 1
    path, x, found = reverse("plan:targets", args=[plan.pk]), 0.0, []
    for key, word in VERDICT_WORDS.items():
        count = counts.get(key, 0)
        width = round(count * STACK / total, 1)
        words = {"ket_luan": word.slug, **(switch.chosen if switch else {})}
        found.append(Part(word, count, round(x, 1), width, f"{path}?{urlencode(words)}", word.slug == slug))
        x += width
    return found


def _needs(plan: Plan, targets: Iterable[Target], lines: Mapping[int, Line]) -> list[Need]:
    """What keeps targets from being judged: measures that nobody confirmed, baselines that nobody gave."""
    targets = list(targets)
    measured = {each.target_id: each for each in Measure.objects.filter(target__plan=plan)}
    based = set(BaselineFigure.objects.filter(target__plan=plan).values_list("target_id", flat=True))
    found: dict[str, list[Target]] = defaultdict(list)
    for target in targets:
        measure = measured.get(target.pk)
        if target.shape not in UNMEASURED and (measure is None or measure.confirmed_at is None):
            found["measure"].append(target)
        elif (
            target.shape in (Shape.CHANGE, Shape.MONOTONE)
            and target.pk not in based
            and lines[target.pk].verdict == Verdict.UNDETERMINED
        ):
            found["baseline"].append(target)
    words = {"measure": _("Chưa xác nhận cách đo"), "baseline": _("Thiếu số kỳ gốc")}
    return [
        Need(
            words[name],
            plan.owner.name,
            len(each),
            [(target, reverse(f"targets:{name}", args=[target.pk])) for target in each[:NEEDS_NAMED]],
        )
        for name, each in found.items()
    ]
