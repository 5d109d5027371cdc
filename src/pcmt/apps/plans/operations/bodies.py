"""Which unit a body's name means: suggestions, corrections that are learned, units made in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.plans.contract import header_from, mentions
from pcmt.apps.plans.models import BodyMatch, Item, ItemState, Revision
from pcmt.apps.plans.operations.common import held_for_review, not_in_review, touch
from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.apps.units.names import is_class, name_key
from pcmt.apps.units.operations import add_alias, lock_tree, set_members
from pcmt.apps.units.operations import create_unit as make_unit
from pcmt.apps.units.queries import Matcher, committee
from pcmt.core.diagnostics import Refusal

CERTAIN = 1.0
"""From this score on a match is taken without asking; below it a person confirms."""


def context_of(revision: Revision, at: datetime) -> Unit | None:
    """The committee from whose point of view the document names bodies: its issuer's, else the keeper's."""
    header = header_from(revision.header)
    plan = revision.plan
    named = BodyMatch.objects.filter(revision=revision, search_key=name_key(header.issuer_name)[:300])
    issuer_id = named.values_list("unit_id", flat=True).first() if header.issuer_name else None
    for unit_id in (header.issuer_id, plan.issuer_id, issuer_id, plan.owner_id):
        if unit_id:
            for on in dict.fromkeys((header.issued_on or timezone.localdate(at), timezone.localdate(at))):
                seat = committee(unit_id, on)
                if seat:
                    return seat
    return None


def matcher_for(revision: Revision, at: datetime) -> Matcher:
    """A matcher that sees the units of the document's own day and of today."""
    header = header_from(revision.header)
    context = context_of(revision, at)
    days = [day for day in (header.issued_on, header.window_from, timezone.localdate(at)) if day]
    return Matcher(context.pk if context else None, days)


def refresh_bodies(revision: Revision, *, at: datetime) -> None:
    """Bring the list of bodies in line with what the items name now; what people confirmed stays.

    New names get their suggestion; a certain one is taken. Names that nothing mentions any more stay with no mention,
    so that a rejected item can come back without its match being lost.
    """
    items = Item.objects.filter(revision=revision).exclude(state=ItemState.REJECTED).order_by("start", "pk")
    header = header_from(revision.header)
    roles: dict[str, list[str]] = {}
    written: dict[str, str] = {}
    counts: dict[str, int] = {}
    for mention in mentions(items, header.issuer_name):
        key = name_key(mention.name)[:300]
        if not key:
            continue
        written.setdefault(key, mention.name[:300])
        counts[key] = counts.get(key, 0) + 1
        roles.setdefault(key, [])
        if mention.role not in roles[key]:
            roles[key].append(mention.role)
    known = {match.search_key: match for match in BodyMatch.objects.filter(revision=revision)}
    changed = []
    for key, match in known.items():
        now = (roles.get(key, []), counts.get(key, 0))
        if (match.roles, match.mentions) != now:
            match.roles, match.mentions = now
            changed.append(match)
    BodyMatch.objects.bulk_update(changed, ["roles", "mentions"], batch_size=200)
    new = [key for key in written if key not in known]
    if not new:
        return
    # Who issues the document is matched first: the other names are seen from there ("Công an phường").
    issuer = name_key(header.issuer_name)[:300]
    for some in ([key for key in new if key == issuer], [key for key in new if key != issuer]):
        if not some:
            continue
        matcher = matcher_for(revision, at)
        rows = []
        for key in some:
            match = BodyMatch(
                revision=revision, name=written[key], search_key=key, roles=roles[key], mentions=counts[key]
            )
            best = next(iter(matcher.suggest(match.name, limit=1)), None)
            if best:
                match.suggested_id, match.score, match.reason = best.unit_id, best.score, best.reason[:300]
                match.unit_id = best.unit_id if best.score >= CERTAIN else None
            rows.append(match)
        BodyMatch.objects.bulk_create(rows, batch_size=200)


def match_body(
    *, actor: Actor, at: datetime, body_id: int, version: int, unit_ids: Sequence[int], learn: bool = True
) -> BodyMatch | Refusal:
    """Say which unit a name means: one unit, several (they become a group under that name), or none again.

    The correction is learned for the area of the document, unless `learn` is off.
    """
    with transaction.atomic():
        lock_tree(at, then_log=False)
        held = _held(actor, body_id, version)
        if isinstance(held, Refusal):
            return held
        hold(at)
        revision, match = held
        units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=unit_ids)}
        wanted = [units[unit_id] for unit_id in dict.fromkeys(unit_ids) if unit_id in units]
        if len(wanted) != len(set(unit_ids)):
            return Refusal(
                code="no_unit", message=_("Đơn vị đã chọn không còn trong danh mục. Chọn lại."), field="unit"
            )
        unit: Unit | None = wanted[0] if wanted else None
        if len(wanted) > 1:
            grouped = _group(actor, at, revision, match.name, [each.pk for each in wanted])
            if isinstance(grouped, Refusal):
                return grouped
            unit = grouped
        return _settle(actor, at, revision, match, unit, learn=learn)


def create_body(
    *,
    actor: Actor,
    at: datetime,
    body_id: int,
    version: int,
    name: str,
    kind: str,
    level: str,
    parent_id: int | None = None,
    member_ids: Sequence[int] = (),
) -> BodyMatch | Refusal:
    """Make the unit that a name means and match it, in one go."""
    with transaction.atomic():
        lock_tree(at, then_log=False)
        held = _held(actor, body_id, version)
        if isinstance(held, Refusal):
            return held
        hold(at)
        revision, match = held
        unit = make_unit(
            actor=actor, at=at, name=name, kind=kind, level=level, parent_id=parent_id, member_ids=member_ids
        )
        if isinstance(unit, Refusal):
            return unit
        return _settle(actor, at, revision, match, unit, learn=True)


def create_bodies(*, actor: Actor, at: datetime, revision_id: int) -> list[BodyMatch] | Refusal:
    """Make a unit for every name that is still without one, under the document's committee, with the name as written.

    Class names become groups with the members they take in. Suggestions that nobody confirmed are left for a person.
    """
    with transaction.atomic():
        lock_tree(at, then_log=False)
        revision = held_for_review(actor, revision_id)
        if isinstance(revision, Refusal):
            return revision
        hold(at)
        open_matches = BodyMatch.objects.select_for_update().filter(
            revision=revision, unit__isnull=True, suggested__isnull=True, mentions__gt=0
        )
        context = context_of(revision, at)
        matcher = matcher_for(revision, at)
        done = []
        for match in open_matches.order_by("pk"):
            group = is_class(match.name)
            made = make_unit(
                actor=actor,
                at=at,
                name=match.name,
                kind=UnitKind.GROUP if group else UnitKind.AGENCY,
                level=context.level if context else Level.OTHER,
                parent_id=context.pk if context else None,
                member_ids=[unit.pk for unit in matcher.class_members(match.name)] if group else (),
            )
            if isinstance(made, Refusal):
                if made.ref is None:
                    return made
                made = Unit.objects.get(pk=made.ref)
            settled = _settle(actor, at, revision, match, made, learn=False)
            done.append(settled)
        return done


def confirm_suggestions(*, actor: Actor, at: datetime, revision_id: int, threshold: float) -> list[BodyMatch] | Refusal:
    """Take every open suggestion at or above a score."""
    with transaction.atomic():
        lock_tree(at, then_log=False)
        revision = held_for_review(actor, revision_id)
        if isinstance(revision, Refusal):
            return revision
        hold(at)
        waiting = BodyMatch.objects.select_for_update().filter(
            revision=revision, unit__isnull=True, suggested__isnull=False, score__gte=threshold
        )
        matches = list(waiting.order_by("pk"))
        units = Unit.objects.in_bulk([match.suggested_id for match in matches if match.suggested_id])
        return [
            _settle(actor, at, revision, match, units[match.suggested_id], learn=True)
            for match in matches
            if match.suggested_id
        ]


def _held(actor: Actor, body_id: int, version: int) -> tuple[Revision, BodyMatch] | Refusal:
    revision_id = BodyMatch.objects.filter(pk=body_id).values_list("revision_id", flat=True).first()
    if revision_id is None:
        return not_in_review()
    revision = held_for_review(actor, revision_id)
    if isinstance(revision, Refusal):
        return revision
    match = BodyMatch.objects.select_for_update(of=("self",)).select_related("unit", "confirmed_by").get(pk=body_id)
    if match.version != version:
        who = match.confirmed_by.full_name if match.confirmed_by else _("Người khác")
        what = _("bỏ khớp “%(name)s”") % {"name": match.name}
        if match.unit:
            what = _("khớp “%(name)s” với “%(unit)s”") % {"name": match.name, "unit": match.unit.name}
        return Refusal(
            code="stale",
            message=_("%(who)s vừa %(what)s. Xem lại rồi làm tiếp.") % {"who": who, "what": what},
            ref=match.pk,
        )
    return revision, match


def _settle(
    actor: Actor, at: datetime, revision: Revision, match: BodyMatch, unit: Unit | None, *, learn: bool
) -> BodyMatch:
    before = match.unit_id
    match.unit = unit
    match.version += 1
    match.confirmed_by_id = actor.user_id
    match.confirmed_at = at
    match.save(update_fields=["unit", "version", "confirmed_by", "confirmed_at"])
    if unit is not None and learn:
        context = context_of(revision, at)
        # The unit's own name needs no learning.
        if name_key(unit.name) != match.search_key:
            add_alias(actor=actor, at=at, unit_id=unit.pk, name=match.name, scope_id=context.pk if context else None)
    touch(revision)
    record(
        at=at,
        actor=actor,
        event="plans.body.matched",
        obj=match,
        before={"unit": before},
        after={"unit": match.unit_id, "revision": revision.pk},
    )
    return match


def _group(actor: Actor, at: datetime, revision: Revision, name: str, unit_ids: list[int]) -> Unit | Refusal:
    """The group of that name under the document's committee, with exactly these members."""
    context = context_of(revision, at)
    made = make_unit(
        actor=actor,
        at=at,
        name=name,
        kind=UnitKind.GROUP,
        level=context.level if context else Level.OTHER,
        parent_id=context.pk if context else None,
        member_ids=unit_ids,
    )
    if isinstance(made, Unit) or made.ref is None:
        return made
    group = Unit.objects.get(pk=made.ref)
    if group.kind != UnitKind.GROUP:
        return made
    members = set_members(actor=actor, at=at, group_id=group.pk, unit_ids=unit_ids)
    return members if isinstance(members, Refusal) else group
