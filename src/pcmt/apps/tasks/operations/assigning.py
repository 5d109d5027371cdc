"""What bodies are told when a plan is adopted: one notice for each person and unit, whatever the number of tasks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from pcmt.apps.accounts.models import Role
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import Telling, tell_all
from pcmt.apps.plans.adopters import Adoption, Owing
from pcmt.apps.tasks.addresses import owed_address
from pcmt.apps.tasks.operations.telling import DOERS
from pcmt.apps.units.models import GroupMember, Unit

NAMES = {"task": "việc", "report": "báo cáo", "requested": "việc được đề nghị"}
DEEDS = {Owing.NEW: "thêm", Owing.CHANGED: "đổi hạn", Owing.ENDED: "bỏ"}
TITLE_WORDS = 80


def tell_bodies(adoption: Adoption) -> None:
    """Tell the people of each unit what the plan gives it, or what an amendment changed; the last adopter.

    Four statements, however many units there are. Whoever adopts is not told; members of a group are.
    """
    counts: dict[int, Counter[tuple[Owing, str]]] = defaultdict(Counter)
    for (unit_id, _item), (sort, how) in adoption.owing.items():
        counts[unit_id][how, sort] += 1
    if not counts:
        return
    members: dict[int, list[int]] = defaultdict(list)
    groups = GroupMember.objects.as_of(adoption.on).filter(group__in=list(counts)).order_by("pk")
    for group_id, unit_id in groups.values_list("group_id", "unit_id"):
        members[group_id].append(unit_id)
    units = {*counts, *(unit for some in members.values() for unit in some)}
    people = people_at(units, adoption.on, (*DOERS, Role.LEADER))
    names = {unit.pk: unit.called for unit in Unit.objects.filter(pk__in=list(counts))}
    amended = bool(adoption.carried or adoption.gone)
    tellings = [
        Telling(
            users=frozenset(
                {who for each in members.get(unit_id, (unit_id,)) for who in people.get(each, ())}
                - {adoption.actor.user_id}
            ),
            address=owed_address(adoption.plan.pk, unit_id),
            title=_words(adoption, names[unit_id], of_unit, amended),
            key=f"plan:{adoption.plan.pk}:revision:{adoption.revision.pk}:{unit_id}",
            unit_id=unit_id,
        )
        for unit_id, of_unit in sorted(counts.items())
    ]
    reason = Reason.CHANGED if amended else Reason.ASSIGNED
    tell_all(at=adoption.at, reason=reason, about=adoption.plan, tellings=tellings)


def _words(adoption: Adoption, unit: str, counts: Mapping[tuple[Owing, str], int], amended: bool) -> str:
    """What is told; stored, so Vietnamese."""
    plan = adoption.plan.designation or adoption.plan.title
    plan = plan if len(plan) <= TITLE_WORDS else f"{plan[: TITLE_WORDS - 1].rstrip()}…"
    if not amended:
        given = [f"{number} {NAMES[sort]}" for sort in NAMES if (number := counts.get((Owing.NEW, sort), 0))]
        return f"{plan} giao {unit}: {', '.join(given)}"
    told = [
        f"{deed} {number} {NAMES[sort]}"
        for how, deed in DEEDS.items()
        for sort in NAMES
        if (number := counts.get((how, sort), 0))
    ]
    return f"{plan} vừa sửa đổi, với {unit}: {', '.join(told)}"
