"""A programme with its projects and money, campaigns with their stages and days (`data/projects.toml`): invented,
told by the office that keeps the plan, each on its own day.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import attrs
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.activities.models import Way
from pcmt.apps.activities.operations.events import record_event
from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import MoneyLine, MoneySource
from pcmt.apps.projects.operations.keeping import StageText, keep_milestone, keep_review, keep_sheet
from pcmt.apps.projects.operations.money import enter, keep_line, keep_source
from pcmt.apps.projects.operations.proposing import Confirmed, confirm_proposals
from pcmt.apps.projects.queries.proposals import proposals
from pcmt.apps.projects.tree import family
from pcmt.apps.targets.models import Target
from pcmt.apps.units.models import Unit
from pcmt.demo.story import noon, ok

HERE = Path(__file__).parent

Table = Mapping[str, Any]


def tell(at: datetime, plans: Mapping[str, Plan], units: Mapping[str, Unit], users: Mapping[str, User]) -> None:
    """Tell it as of now, of the plans that are there. Activities are counted by `demo.activities`."""
    told = tomllib.loads((HERE / "data/projects.toml").read_text(encoding="utf-8"))
    programme = told["programme"]
    today = timezone.localdate(at)
    if (plan := plans.get(programme["plan"])) is not None:
        _Programme(programme, at, plan, _actor(users[programme["user"]], today)).tell()
    for entry in told["campaign"]:
        if (plan := plans.get(entry["plan"])) is not None:
            _campaign(at, entry, plan, units, users[entry["user"]])


def _actor(user: User, on: date) -> Actor:
    found = actor_of(user, on)
    if found is None:
        raise RuntimeError(f"{user.username} holds no role on {on}")
    return found


@attrs.define
class _Programme:
    """A programme while it is told."""

    told: Table
    at: datetime
    plan: Plan
    actor: Actor
    sources: dict[str, MoneySource] = attrs.field(factory=dict)

    def tell(self) -> None:
        """Confirmed projects, sources, lines with what became of them, milestones, reviews."""
        self._confirm()
        for each in self.told["source"]:
            self.sources[each["key"]] = self._source(each)
        for number, each in enumerate(self.told["line"]):
            self._line(number, each)
        for each in self.told["milestone"]:
            said = {name: each[name] for name in ("title", "words") if name in each}
            ok(
                keep_milestone(
                    actor=self.actor, at=self.at, plan_id=self._project(each).pk, milestone_id=None, version=0,
                    due_on=each["due"], done_on=each.get("done"), **said,
                )
            )  # fmt: skip
        for each in self.told["review"]:
            said = {name: each[name] for name in ("kind", "conclusions", "outcome") if name in each}
            ok(
                keep_review(
                    actor=self.actor, at=self.at, plan_id=self.plan.pk, review_id=None, version=0,
                    due_on=each["due"], held_on=each.get("held"), **said,
                )
            )  # fmt: skip

    def _confirm(self) -> None:
        waiting = proposals(self.plan.pk)
        rows = []
        for each in self.told["confirmed"]:
            found = next(row for row in waiting if row.plan.title.startswith(each["project"]))
            first, last = found.first, each.get("last", found.last)
            if first is None or last is None:
                raise RuntimeError(f"{found.plan.title} has no window")
            rows.append(Confirmed(found.plan.pk, each["ministry"], first, last, each.get("estimate", found.money)))
        ok(confirm_proposals(actor=self.actor, at=self.at, plan_id=self.plan.pk, rows=rows))

    def _project(self, each: Table) -> Plan:
        """The project that an entry is about: by how its title begins, "" is the programme."""
        if not each["project"]:
            return self.plan
        return Plan.objects.get(pk__in=family(self.plan.pk)[1:], title__startswith=each["project"])

    def _source(self, each: Table) -> MoneySource:
        of = self.sources.get(each.get("of", ""))
        made = keep_source(
            actor=self.actor, at=self.at, plan_id=self._project(each).pk, source_id=None, version=0,
            kind=each["kind"], name=each["name"], amount=each["amount"], year_from=each["years"][0],
            year_to=each["years"][1], paper=each["paper"], of_id=of.pk if of else None,
        )  # fmt: skip
        return ok(made)

    def _line(self, number: int, each: Table) -> None:
        key = uuid5(NAMESPACE_OID, f"khoan {number}")
        source = self.sources.get(each.get("source", ""))
        target = None
        if "target" in each:
            target = Target.objects.filter(plan=self.plan, text__startswith=each["target"]).order_by("pk").first()
        made: MoneyLine = ok(
            keep_line(
                actor=self.actor, at=self.at, plan_id=self._project(each).pk, line_id=None, version=0, key=key,
                year=each["year"], words=each["words"], estimate=each["estimate"],
                source_id=source.pk if source else None, target_id=target.pk if target else None,
            )
        )  # fmt: skip
        for order, (what, on, amount, paper) in enumerate(each.get("acts", ())):
            ok(
                enter(
                    actor=self.actor, at=self.at, key=uuid5(key, str(order)), line_id=made.pk, what=what, on=on,
                    amount=amount, paper=paper,
                )
            )  # fmt: skip


def _campaign(at: datetime, entry: Table, plan: Plan, units: Mapping[str, Unit], user: User) -> None:
    """Its stages, and what its wards did in its days."""
    today = timezone.localdate(at)
    stages = [StageText(name, _day(first, today), _day(last, today)) for name, first, last in entry["stages"]]
    ok(
        keep_sheet(
            actor=_actor(user, today), at=at, plan_id=plan.pk, version=0, owner_id=None, paper=entry.get("paper", ""),
            stages=stages,
        )
    )  # fmt: skip
    for ward, each, on in _days(entry, units):
        ok(
            record_event(
                actor=_actor(user, on), at=noon(on, 19), key=uuid5(NAMESPACE_OID, f"{ward.pk} {each['kind']} {on}"),
                kind=each["kind"], body_id=ward.pk, area_id=ward.pk, on=on, typed=dict(each["data"]), plan_id=plan.pk,
                way=Way.GRID,
            )
        )  # fmt: skip


def _days(entry: Table, units: Mapping[str, Unit]) -> Iterator[tuple[Unit, Table, date]]:
    for key in entry.get("wards", ()):
        for each in entry["entries"]:
            for on in each["days"]:
                yield units[key], each, on


def _day(said: date | int, today: date) -> date:
    """A day, or one counted from today."""
    return today + timedelta(days=said) if isinstance(said, int) else said
