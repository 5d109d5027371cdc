"""What the pages of care need to know of single rows, by id: never a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
from django.db.models import Q

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import changes
from pcmt.apps.accounts.rights import Reach
from pcmt.apps.registers.models import (
    CATEGORY_WORDS,
    Clock,
    ClockKind,
    DrugTest,
    Episode,
    EpisodeStage,
    Pledge,
    ResidenceCheck,
    Subject,
    Support,
    Team,
    TeamMember,
    TestPlan,
)
from pcmt.apps.registers.queries.people import clock_words, said, seen_files
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.law import Category
from pcmt.core.periods import ends_on
from pcmt.reference import law, work_calendar

LABELS = {
    "test": "registers.DrugTest",
    "residence": "registers.ResidenceCheck",
    "episode": "registers.Episode",
    "support": "registers.Support",
    "pledge": "registers.Pledge",
    "team": "registers.Team",
    "step": "registers.Clock",
}
"""What is written about a file, with the row of the table of rights that lets somebody do it."""
MODELS: dict[str, Any] = {
    "test": DrugTest,
    "residence": ResidenceCheck,
    "episode": Episode,
    "support": Support,
    "pledge": Pledge,
}


def may_write(actor: Actor | None, what: str) -> bool:
    """Whether the actor writes rows of a kind at all."""
    return changes(LABELS[what], actor) >= Reach.SUBTREE


def file_to_write(actor: Actor, what: str, code: str) -> Subject | None:
    """The file of a code, if the actor may write rows of a kind in it; breaking the glass does not."""
    reach = changes(LABELS[what], actor)
    found: Subject | None = seen_files(actor).filter(code=code, unit__in=reached_units(actor, reach)).first()
    return found


@attrs.frozen
class Row:
    """A record that may be changed: its version, what it is in words, its days. `kind` a code."""

    pk: int
    version: int
    words: str
    on: date
    kind: str = ""
    ended_on: date | None = None
    stage: str = ""
    member_part: str = ""


def row_of(actor: Actor, what: str, code: str, pk: int) -> Row | None:
    """A record of a file that was not taken back."""
    found = MODELS[what].objects.visible_to(actor).filter(pk=pk, subject__code=code, voided_at__isnull=True).first()
    if found is None:
        return None
    stage = ""
    if what == "episode":
        last = EpisodeStage.objects.filter(episode=found).order_by("-from_on", "-pk").first()
        stage = last.stage if last else ""
    return Row(
        found.pk, getattr(found, "version", 1), str(found), found.on, getattr(found, "kind", ""),
        getattr(found, "ended_on", None), stage,
    )  # fmt: skip


def step_of(actor: Actor, code: str, pk: int) -> tuple[Clock, str, str] | None:
    """A step of the law that runs, with its words and article."""
    steps = Clock.objects.visible_to(actor).running().filter(pk=pk, subject__code=code, kind=ClockKind.STEP)
    clock = steps.first()
    if clock is None:
        return None
    words, source, _form = clock_words(clock, {})
    return clock, words, source


def member_of(actor: Actor, code: str, pk: int) -> Row | None:
    """A helper who is still in a team of the file."""
    found = TeamMember.objects.visible_to(actor).filter(pk=pk, team__subject__code=code, to_on__isnull=True).first()
    if found is None:
        return None
    return Row(found.pk, 1, str(found.get_part_display()), found.from_on, found.part)


def team_of(actor: Actor, code: str) -> tuple[Team, Sequence[TeamMember]] | None:
    """The team that helps now, with those who are in it."""
    team = Team.objects.visible_to(actor).filter(subject__code=code, to_on__isnull=True).select_related("spell").first()
    if team is None:
        return None
    return team, list(TeamMember.objects.filter(team=team, to_on__isnull=True).order_by("pk"))


@attrs.frozen
class StageTrouble:
    """A stage whose length is not the law's: until `bound` it is too short, or after it too long."""

    label: str
    days: int
    short: bool
    bound: date
    source: str


def trouble_of_stages(episode_id: int, on: date) -> list[StageTrouble]:
    """Stages shorter or longer than the law says, up to a day (Decree 163/2026/NĐ-CP, articles 84 to 88).

    A warning and no refusal: what was done is written as it was.
    """
    found, work = [], work_calendar()
    for row in EpisodeStage.objects.filter(episode=episode_id).order_by("from_on", "pk"):
        rule = next((rule for rule in law().stages if rule.code == row.stage and rule.holds_on(row.from_on)), None)
        if rule is None:
            continue
        until = row.to_on or on
        days = (until - row.from_on).days
        least = ends_on(rule.least, row.from_on, work=work) if rule.least and row.to_on else None
        most = ends_on(rule.most, row.from_on, work=work) if rule.most else None
        if least is not None and until < least:
            found.append(StageTrouble(said(rule), days, True, least, rule.source))
        if most is not None and until > most:
            found.append(StageTrouble(said(rule), days, False, most, rule.source))
    return found


@attrs.frozen
class PlanLine:
    """How often a category is tested in an area. `mine`: the actor may change it; `to_come`: it does not hold yet."""

    plan_id: int
    version: int
    unit_name: str
    category: str
    months: int
    early_days: int
    late_days: int
    basis: str
    valid_from: date
    valid_to: date | None
    mine: bool
    to_come: bool


def may_plan(actor: Actor | None) -> bool:
    """Whether the actor sets how often people are tested somewhere."""
    return changes("registers.TestPlan", actor) >= Reach.SUBTREE


def plan_lines(actor: Actor) -> list[PlanLine]:
    """The settings that hold or will hold in the actor's area, and those from above; the nearest to the top first."""
    on = actor.on
    mine: set[int] = set()
    if may_plan(actor):
        reached = reached_units(actor, changes("registers.TestPlan", actor))
        mine = set(reached.values_list("descendant_id", flat=True))
    above = UnitClosure.objects.as_of(on).filter(descendant=actor.unit_id).values("ancestor_id")
    still = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    rows = TestPlan.objects.filter(still, Q(unit__in=mine) | Q(unit__in=above)).select_related("unit")
    return [
        PlanLine(
            plan_id=row.pk,
            version=row.version,
            unit_name=row.unit.name,
            category=str(CATEGORY_WORDS[Category(row.category)]),
            months=row.months,
            early_days=row.early_days,
            late_days=row.late_days,
            basis=row.basis,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            mine=row.unit_id in mine,
            to_come=row.valid_from > on,
        )
        for row in rows.order_by("category", "unit__name", "valid_from", "pk")
        if row.valid_to is None or row.valid_to > row.valid_from
    ]


def planned_units(actor: Actor) -> list[Unit]:
    """The administrative units for which the actor may set it, the actor's own first."""
    if not may_plan(actor):
        return []
    reached = reached_units(actor, changes("registers.TestPlan", actor))
    units = Unit.objects.filter(holds_on(actor.on), pk__in=reached, kind=UnitKind.ADMINISTRATIVE)
    up = UnitClosure.objects.as_of(actor.on).filter(descendant=actor.unit_id).order_by("depth")
    near = list(up.values_list("ancestor_id", flat=True))
    return sorted(units, key=lambda unit: (near.index(unit.pk) if unit.pk in near else len(near), unit.name))
