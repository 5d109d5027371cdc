"""The list of targets: each with its kept verdict, grouped by plan, counted by verdict. Nothing is judged here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.targets.models import Standing, Target
from pcmt.apps.targets.queries import Judged, bare_kept
from pcmt.apps.units.models import Unit, UnitClosure, holds_on
from pcmt.core.evaluating import VERDICTS, Verdict
from pcmt.core.text import fold
from pcmt.web.targets.drawing import Bar, bar
from pcmt.web.targets.words import VERDICT_WORDS, VerdictWord, figure_unit, reported

ROWS_A_PAGE = 60
NEVER_JUDGED = "Chưa xác định: chưa có số liệu để kết luận."
"""Said like a kept sentence, in the language of those."""
UNITS_OFFERED = 300
"""A longer list of units is no help in a box, and heavy on a slow line: then only the actor's own are offered."""


@attrs.frozen
class Line:
    """One target and how it stands; `sentence` says why it was so judged, or that it never was.

    `unit_word` is what its figures count: where the target holds for each of many units, those that reach it.
    """

    target: Target
    verdict: str
    word: VerdictWord
    sentence: str
    measured: Decimal | Fraction | None
    goal: Decimal | Fraction | None
    expected: Decimal | Fraction | None
    distance: Decimal | Fraction | None
    reach: date | None
    on: date | None
    small: bool
    bar: Bar | None
    unit_word: str

    @property
    def reason(self) -> str:
        """The sentence without the verdict with which it begins, where the verdict stands beside it."""
        return self.sentence.removeprefix(f"{VERDICTS.get(self.verdict, '')}: ")


@attrs.frozen
class Tally:
    """How many targets have a verdict, and the address of the list of them."""

    word: VerdictWord
    count: int
    url: str
    current: bool


@attrs.frozen
class Group:
    """The targets of one plan on the page, with the sums of all its targets in the list."""

    plan: Plan
    lines: Sequence[Line]
    total: int
    counts: Sequence[tuple[VerdictWord, int]]


@attrs.frozen
class Listing:
    """A page of the list with the sums of the whole."""

    page: Page[Target]
    groups: Sequence[Group]
    total: int
    counts: Sequence[tuple[VerdictWord, int]]


def plans_to_choose(actor: Actor) -> QuerySet[Plan]:
    """Visible plans that have targets, newest first."""
    having = Target.objects.active().values("plan_id")
    return Plan.objects.visible_to(actor).filter(pk__in=having).order_by(F("issued_on").desc(nulls_last=True), "-pk")


def units_to_choose(actor: Actor) -> QuerySet[Unit]:
    """Units of which some visible target says how they stand; of very many only the actor's own and those below."""
    judged = Standing.objects.visible_to(actor).order_by().values("unit_id").distinct()
    found = Unit.objects.filter(pk__in=judged)
    if judged[: UNITS_OFFERED + 1].count() > UNITS_OFFERED:
        own = UnitClosure.objects.filter(holds_on(actor.on), ancestor_id=actor.unit_id, depth__lte=1)
        found = found.filter(pk__in=own.values("descendant_id"))
    return found.in_official_order()


def unit_words(actor: Actor) -> list[str]:
    """What visible targets are counted in."""
    words = Target.objects.visible_to(actor).active().exclude(unit_word="").order_by("unit_word")
    return list(words.values_list("unit_word", flat=True).distinct())


def with_standing(targets: QuerySet[Any], unit: Unit | None = None) -> QuerySet[Any]:
    """The targets with what is kept of their verdict: of the whole, or of a unit (then only those judged for it)."""
    of = Q(standings__unit=unit) if unit else Q(standings__whole=True)
    found = targets.annotate(kept=FilteredRelation("standings", condition=of))
    if unit:
        found = found.filter(kept__isnull=False)
    return found.annotate(verdict=Coalesce("kept__verdict", Value(str(Verdict.UNDETERMINED))))


def narrowed(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Any]:
    """The targets that the filter names, whatever their verdict."""
    found = with_standing(Target.objects.visible_to(actor).active(), chosen.get("don_vi"))
    if plan := chosen.get("ke_hoach"):
        found = found.filter(plan=plan)
    if shape := chosen.get("dang"):
        found = found.filter(shape=shape)
    if word := chosen.get("dvt"):
        found = found.filter(unit_word=word)
    for word in fold(chosen.get("q") or "").split():
        found = found.filter(search_key__contains=word)
    return found


def of_verdict(targets: QuerySet[Any], slug: str) -> QuerySet[Any]:
    """Those with a verdict, named by its slug; all of them without one."""
    verdict = next((key for key, each in VERDICT_WORDS.items() if each.slug == slug), None)
    return targets.filter(verdict=verdict) if verdict else targets


def in_order(targets: QuerySet[Any]) -> QuerySet[Any]:
    """By plan, the newest first, in the order of its text."""
    newest = F("plan__issued_on").desc(nulls_last=True)
    return (
        with_kept(targets).order_by(newest, "-plan_id", "order", "pk").select_related("plan", "clause", "measured_by")
    )


def with_kept(targets: QuerySet[Any]) -> QuerySet[Any]:
    """With what is kept beside the verdict, for `line_of`."""
    return targets.annotate(**{f"kept_{name}": F(f"kept__{name}") for name in _FIELDS})


_FIELDS = ("sentence", "measured", "goal", "expected", "distance", "reach", "small", "on", "unit_id")


def tallies_of(targets: QuerySet[Any], query: Mapping[str, Any], slug: str) -> list[Tally]:
    """How many there are of each verdict, each a link to its own; and all of them. One statement."""
    counts = _by_verdict(targets)
    path = reverse("targets:list")

    def address(value: str) -> str:
        kept = {**{name: each for name, each in query.items() if name != "trang"}, "ket_luan": value}
        return f"{path}?{urlencode({name: each for name, each in kept.items() if each}, doseq=True) or 'bo_loc=1'}"

    every = VerdictWord("", _("Tất cả"), "")
    shown = [(every, sum(counts.values())), *((word, counts[key]) for key, word in VERDICT_WORDS.items())]
    return [Tally(word, count, address(word.slug), word.slug == slug) for word, count in shown]


def listing_of(actor: Actor, targets: QuerySet[Any], number: Any, *, whole: bool = True) -> Listing:
    """A page of the list; the same few statements whatever its size."""
    page = Paginator(in_order(targets), ROWS_A_PAGE).get_page(number)
    lines = list(page.object_list)
    bare_kept(actor, lines)
    by_plan = counts_by_plan(targets)
    groups = groups_of(lines, by_plan, whole=whole)
    summed: dict[str, int] = defaultdict(int)
    for counts in by_plan.values():
        for verdict, count in counts.items():
            summed[verdict] += count
    return Listing(page, groups, sum(summed.values()), _worded(summed))


def counts_by_plan(targets: QuerySet[Any]) -> Mapping[int, Mapping[str, int]]:
    """How many targets of each plan have each verdict; one statement."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in targets.order_by().values("plan_id", "verdict").annotate(n=Count("pk")):
        found[row["plan_id"]][row["verdict"]] = row["n"]
    return found


def groups_of(
    targets: Sequence[Target], by_plan: Mapping[int, Mapping[str, int]], *, whole: bool = True
) -> list[Group]:
    """Targets in order as groups by plan, with the counts of each; without `whole` as they stand for one unit."""
    found: dict[int, list[Target]] = defaultdict(list)
    for target in targets:
        found[target.plan_id].append(target)
    return [
        Group(
            each[0].plan, [line_of(one, whole=whole) for one in each], sum(by_plan[key].values()), _worded(by_plan[key])
        )
        for key, each in found.items()
    ]


def line_of(target: Any, *, judged: bool = True, whole: bool = True) -> Line:
    """A target that was taken `with_kept`, as a line; as one that was never judged with `judged` False.

    Without `whole` it is how the target stands for one unit.
    """
    kept: dict[str, Any] = {name: getattr(target, f"kept_{name}") if judged else None for name in _FIELDS}
    kept.pop("unit_id")
    kept |= {"sentence": kept["sentence"] or NEVER_JUDGED, "small": bool(kept["small"])}
    key = target.verdict if judged else str(Verdict.UNDETERMINED)
    if not gathers(target, whole=whole):
        kept["measured"] = reported(target.shape, key, kept["measured"])
    drawn = bar(kept["measured"], kept["expected"], kept["goal"])
    unit_word = counted_in(target, whole=whole)
    return Line(target=target, verdict=key, word=VERDICT_WORDS[key], bar=drawn, unit_word=unit_word, **kept)


def counted_in(target: Target, *, whole: bool) -> str:
    """What the figures of a target count, for the whole of it or for one unit."""
    return "đơn vị" if gathers(target, whole=whole) else figure_unit(target.shape, target.unit_word)


def gathers(target: Target, *, whole: bool) -> bool:
    """Whether figures of a target are those of many units together, for each of which it holds."""
    measure: Any = getattr(target, "measured_by", None)
    return whole and measure is not None and bool(measure.each or measure.each_group_id)


def of_judged(judged: Judged, on: date) -> Line:
    """A target that was judged just now, as a line."""
    found = judged.judgement
    key = str(found.verdict)
    together = gathers(judged.target, whole=judged.whole)
    measured = found.measured if together else reported(judged.spec.shape, key, found.measured)
    return Line(
        target=judged.target,
        verdict=key,
        word=VERDICT_WORDS[key],
        sentence=found.sentence,
        measured=measured,
        goal=found.goal,
        expected=found.expected,
        distance=found.distance,
        reach=found.reach,
        on=on,
        small=found.small,
        bar=bar(measured, found.expected, found.goal),
        unit_word=counted_in(judged.target, whole=judged.whole),
    )


def _by_verdict(targets: QuerySet[Any]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    rows = targets.order_by().values("verdict").annotate(n=Count("pk"))
    counts.update({row["verdict"]: row["n"] for row in rows})
    return counts


def _worded(counts: Mapping[str, int]) -> list[tuple[VerdictWord, int]]:
    return [(word, counts[key]) for key, word in VERDICT_WORDS.items() if counts.get(key)]
