"""Putting a reviewed revision to work: one transaction, all or nothing, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from attrs import frozen
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.adopters import Adoption, adopters
from pcmt.apps.plans.contract import header_from, names_of, projects_in, squeezed
from pcmt.apps.plans.models import Item, Plan, PlanKind, PlanState, PlanUnit, Revision, RevisionState
from pcmt.apps.plans.operations.carrying import propose_parent
from pcmt.apps.plans.operations.common import not_allowed, not_in_review
from pcmt.apps.plans.operations.reading import show_header
from pcmt.apps.plans.policies import can_review
from pcmt.apps.plans.queries.adoption import Gathered, carried_over, gather, issuer_id_of, problems_in, standing
from pcmt.apps.units.operations import share_tree
from pcmt.apps.units.queries import heirs_on
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import last_day, limit_from, span_from
from pcmt.core.text import fold


@frozen
class Adopted:
    """The receipt of an adoption. `already`: it had been adopted before, nothing was done now."""

    plan_id: int
    revision_id: int
    taken: Mapping[str, int]
    already: bool = False


def adopt(
    *, actor: Actor, at: datetime, revision_id: int, version: int, confirmed: Collection[str] = ()
) -> Adopted | Refusal:
    """Adopt a revision: its accepted items become targets, tasks, due items, report duties and child plans.

    `version` is the revision's version as the person last saw it, `confirmed` the codes of the problems the person
    agreed to. The second of two presses, or of two people, gets the first one's receipt. Amending a plan ends the
    revision before it; what stands is carried on, nothing is deleted.
    """
    with transaction.atomic():
        # No body may end between the look at who answers for it and what it then owes.
        share_tree()
        revision = (
            Revision.objects.select_for_update(of=("self",)).select_related("plan").filter(pk=revision_id).first()
        )
        if revision is None or not can_review(actor, revision.plan):
            return not_allowed()
        if revision.state in (RevisionState.ADOPTED, RevisionState.SUPERSEDED):
            return Adopted(revision.plan_id, revision.pk, {}, already=True)
        if revision.state != RevisionState.REVIEW:
            return not_in_review()
        if revision.version != version:
            return Refusal(
                code="stale",
                message=_("Bản rà soát vừa có thay đổi của người khác. Xem các thay đổi rồi bấm Ban hành lại."),
                ref=revision.pk,
            )
        # Two revisions of one plan wait for each other here.
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=revision.plan_id)
        on = timezone.localdate(at)
        gathered = gather(revision, on)
        problems = tuple(problems_in(revision, gathered))
        blocking = tuple(problem for problem in problems if problem.blocking)
        if blocking:
            return Refusal(
                code="blocked",
                message=_("Chưa ban hành được: %(message)s") % {"message": blocking[0].message},
                problems=blocking,
            )
        unconfirmed = tuple(problem for problem in problems if problem.code not in confirmed)
        if unconfirmed:
            return Refusal(
                code="confirm", message=_("Xem các điểm sau rồi xác nhận để ban hành."), problems=unconfirmed
            )
        return _adopt(actor, at, plan, revision, gathered, confirmed)


def _adopt(
    actor: Actor, at: datetime, plan: Plan, revision: Revision, gathered: Gathered, confirmed: Collection[str]
) -> Adopted:
    on = timezone.localdate(at)
    before = standing(plan.pk)
    carried, gone = carried_over(before, revision, gathered) if before else ({}, [])
    if before:
        before.state = RevisionState.SUPERSEDED
        before.save(update_fields=["state"])
    revision.state = RevisionState.ADOPTED
    revision.adopted_by_id, revision.adopted_at = actor.user_id, at
    revision.save(update_fields=["state", "adopted_by", "adopted_at"])
    plan.state = PlanState.ADOPTED
    plan.save(update_fields=["state"])
    show_header(plan, gathered.header)
    plan.issuer_id = issuer_id_of(gathered)
    plan.issuer_heir_id = heirs_on([plan.issuer_id], on).get(plan.issuer_id) if plan.issuer_id else None
    plan.save(update_fields=["issuer", "issuer_heir"])
    propose_parent(plan, revision, on)
    adoption = Adoption(
        revision=revision,
        plan=plan,
        actor=actor,
        at=at,
        on=on,
        items=gathered.items,
        bodies=gathered.bodies(),
        carried=carried,
        gone=frozenset(item.pk for item in gone),
    )
    _name_units(adoption)
    _adopt_parts(adoption)
    for adopter in adopters():
        adopter(adoption)
    record(
        at=at,
        actor=actor,
        event="plans.revision.adopted",
        obj=revision,
        before={"revision": before.pk} if before else None,
        after={"plan": plan.pk, "taken": dict(adoption.taken), "confirmed": sorted(confirmed)},
    )
    return Adopted(plan.pk, revision.pk, dict(adoption.taken))


def _name_units(adoption: Adoption) -> None:
    """Note which units the plan names, so that their people see it."""
    units = {unit for body in adoption.bodies.values() for unit in (*body.members, body.unit_id) if unit is not None}
    let_see(adoption.plan.pk, units)


def let_see(plan_id: int, unit_ids: Iterable[int]) -> None:
    """Have the people of units see a plan: those that it names, and those to which something of it was given."""
    units = set(unit_ids)
    known = set(PlanUnit.objects.filter(plan=plan_id, unit__in=units).values_list("unit_id", flat=True))
    rows = [PlanUnit(plan_id=plan_id, unit_id=unit) for unit in sorted(units - known)]
    PlanUnit.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


@frozen
class _PartPlan:
    """A project or campaign inside the plan, as the document gives it."""

    item: Item
    key: str
    above: str | None
    kind: str
    title: str
    number: str
    lead_name: str
    window: tuple[object, object]


def _adopt_parts(adoption: Adoption) -> None:
    """Projects with their sub-projects and campaigns become child plans; parents are written before children.

    Those of the revision before go on under the same row; those that are gone are closed.
    """
    plan = adoption.plan
    before = Plan.objects.filter(revisions=None, item__revision__plan=plan).select_related("item__revision")
    known = {(child.item_id, child.key): child for child in before}
    rows: dict[tuple[int, str], Plan] = {}
    added = 0
    for order, part in enumerate(_parts(adoption), start=1):
        was = adoption.carried.get(part.item.pk)
        row = known.pop((was, part.key), None) if was is not None else None
        if row is None:
            row = Plan(created_by_id=adoption.actor.user_id, created_at=adoption.at)
            added += 1
        body = adoption.body(part.lead_name)
        row.kind, row.title, row.number = part.kind, part.title, part.number
        row.search_key = fold(part.title)
        row.issuer_id, row.owner_id, row.issued_on = plan.issuer_id, plan.owner_id, plan.issued_on
        row.issuer_heir_id = plan.issuer_heir_id
        row.lead_id, row.lead_name = body.unit_id, part.lead_name[:300]
        if not _keeps_window(row, part, plan):
            row.window_from, row.window_to = part.window  # type: ignore[assignment]
        row.parent = plan if part.above is None else rows[(part.item.pk, part.above)]
        row.item, row.key, row.order, row.state = part.item, part.key, order, PlanState.ADOPTED
        row.save()
        rows[(part.item.pk, part.key)] = row
    for child in known.values():
        if child.state == PlanState.ADOPTED:
            child.state = PlanState.CLOSED
            child.save(update_fields=["state"])
    units = list(PlanUnit.objects.filter(plan=plan).values_list("unit_id", flat=True))
    seen = set(PlanUnit.objects.filter(plan__in=rows.values()).values_list("plan_id", "unit_id"))
    PlanUnit.objects.bulk_create(
        [PlanUnit(plan=row, unit_id=unit) for row in rows.values() for unit in units if (row.pk, unit) not in seen],
        batch_size=500,
    )
    adoption.count("parts", added)


def _keeps_window(row: Plan, part: _PartPlan, plan: Plan) -> bool:
    """Whether a part goes on with its own window: somebody gave it one, and the text says nothing of it."""
    if row.pk is None or row.item is None or row.window_from is None or row.window_to is None:
        return False
    first, last = plan.window_from, plan.window_to
    header = header_from(row.item.revision.header)
    inside = (first is None or first <= row.window_from) and (last is None or row.window_to <= last)
    had = (row.window_from, row.window_to) != (header.window_from, header.window_to)
    return inside and had and part.window == (first, last)


def _parts(adoption: Adoption) -> Iterable[_PartPlan]:
    plan = adoption.plan
    whole = (plan.window_from, plan.window_to)
    for item in adoption.items.get("projects", ()):
        ends = [last_day(limit) for each in adoption.limits("project", item) if (limit := limit_from(each.values))]
        last = max((day for day in ends if day), default=plan.window_to)
        window = (whole[0], last if last and whole[0] and last >= whole[0] else whole[1])
        assignment = adoption.by_key("assignments").get(item.values.get("assignment_ref") or "")
        heading = assignment.values.get("agencies") if assignment else None
        for project, key in projects_in(item.values):
            owner = _first(project.get("owner")) or _first(item.values.get("owner")) or _first(heading)
            above = None if not key else key.rpartition(".")[0]
            number = project.get("number")
            yield _PartPlan(
                item=item,
                key=key,
                above=above,
                kind=PlanKind.PROJECT,
                title=squeezed(str(project.get("title") or item.text)).strip("“”\"' "),
                number="" if number is None else str(number),
                lead_name=owner,
                window=window,
            )
    for item in adoption.items.get("campaign_windows", ()):
        span = span_from(item.values)
        # A plan that is itself the campaign has no other inside.
        if span is None or (plan.kind == PlanKind.CAMPAIGN and (span.start, span.last) == whole):
            continue
        yield _PartPlan(
            item=item,
            key="",
            above=None,
            kind=PlanKind.CAMPAIGN,
            title=squeezed(item.values.get("name") or item.text),
            number="",
            lead_name="",
            window=(span.start, span.last),
        )


def _first(value: object) -> str:
    return next(iter(names_of(value)), "")
