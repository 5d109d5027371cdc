"""Following a plan through: the steps of `data/story.toml`, each by its person on its day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import attrs
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.operations import need_acceptance
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks import operations as tasks
from pcmt.apps.tasks.letters import LetterWords
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal

Step = Mapping[str, Any]


@attrs.frozen
class Scene:
    """Everything a step needs: the plan, who acts when on which due item (none for the whole plan), and the cast."""

    plan: Plan
    actor: Actor
    at: datetime
    due: DueItem | None
    today: date
    units: Mapping[str, Unit]
    users: Mapping[str, User]

    @property
    def held(self) -> dict[str, Any]:
        """What every operation on a due item asks for."""
        assert self.due is not None
        return {"actor": self.actor, "at": self.at, "due_item_id": self.due.pk, "version": self.due.version}

    def day(self, days: int) -> date:
        """So many days from the day of loading."""
        return self.today + timedelta(days=days)


def take(
    step: Step, plan: Plan, at: datetime, today: date, units: Mapping[str, Unit], users: Mapping[str, User]
) -> Any:
    """Take one step; what its operation answers. A step that names nothing of the plan is a mistake in the story."""
    user = users[step["who"]]
    day = today + timedelta(days=step["days"])
    actor = actor_of(user, day)
    if actor is None:
        raise RuntimeError(f"{user.username} holds no role on {day}")
    scene = Scene(plan, actor, at, _due(step, plan, units), today, units, users)
    return ACTS[step["act"]](step, scene)


def _due(step: Step, plan: Plan, units: Mapping[str, Unit]) -> DueItem | None:
    if "task" not in step:
        return None
    found = DueItem.objects.filter(plan=plan, task__text__startswith=step["task"])
    found = found.filter(label__startswith=step["part"]) if "part" in step else found.of_plans()
    if "unit" in step:
        found = found.filter(unit=units[step["unit"]])
    due = found.order_by("pk").first()
    if due is None:
        raise RuntimeError(f"no due item for {step}")
    return due


def _tell(step: Step, scene: Scene) -> Any:
    assert scene.due is not None
    return tasks.report_progress(
        **scene.held, percent=step.get("percent"), note=step["words"], done=step.get("done", False)
    )


def _hand_down(step: Step, scene: Scene) -> Any:
    return tasks.hand_down(
        **scene.held,
        unit_ids=[scene.units[key].pk for key in step["to"]],
        label=step["words"],
        due_on=scene.day(step["until"]),
        needs_acceptance=step.get("accepted", False),
    )


def _decide(step: Step, scene: Scene) -> Any:
    return tasks.decide_extension(**scene.held, approve=True, until=scene.day(step["until"]), answer=step["words"])


def _comment(step: Step, scene: Scene) -> Any:
    assert scene.due is not None
    named = [scene.users[name].pk for name in step.get("to", ())]
    return tasks.comment(actor=scene.actor, at=scene.at, due_item_id=scene.due.pk, text=step["words"], mentioned=named)


def _link(step: Step, scene: Scene) -> Any:
    assert scene.due is not None
    assert scene.due.task_id is not None
    words: dict[str, Any] = {"actor": scene.actor, "at": scene.at, "task_id": scene.due.task_id}
    if "after" in step:
        before = DueItem.objects.filter(plan=scene.plan, task__text__startswith=step["after"]).earliest("pk")
        assert before.task_id is not None
        return tasks.wait_for(**words, add=[before.task_id])
    return tasks.serve(**words, add=[Target.objects.filter(plan=scene.plan, text__contains=step["target"])[0].pk])


def _urge(step: Step, scene: Scene) -> Any:
    """One letter to a body for all that it owes too late, with its number."""
    day = timezone.localdate(scene.at)
    late = DueItem.objects.filter(plan=scene.plan, unit=scene.units[step["unit"]]).overdue(day)
    batch = uuid5(NAMESPACE_URL, f"{scene.plan.pk}.{step['unit']}.{day}")
    words = LetterWords(**{name: step[name] for name in ("agency", "parent", "place", "head", "post", "signer")})
    made = tasks.urge(
        actor=scene.actor, at=scene.at, batch=batch, item_ids=list(late.values_list("pk", flat=True)), words=words
    )
    if isinstance(made, Refusal):
        return made
    tasks.write_letters(batch=batch, at=scene.at)
    [letter] = made
    letter.refresh_from_db()
    return tasks.sign_urging(
        actor=scene.actor, at=scene.at, urging_id=letter.pk, version=letter.version, signed_on=day,
        number=step["number"], symbol=step["symbol"],
    )  # fmt: skip


ACTS: Mapping[str, Callable[[Step, Scene], Any]] = {
    "need_acceptance": lambda _step, scene: need_acceptance(
        actor=scene.actor, at=scene.at, plan_id=scene.plan.pk, needed=True
    ),
    "acknowledge": lambda _step, scene: tasks.acknowledge(**scene.held),
    "name_holder": lambda step, scene: tasks.name_holder(**scene.held, holder_id=scene.users[step["to"]].pk),
    "hand_down": _hand_down,
    "tell": _tell,
    "accept": lambda step, scene: tasks.accept(**scene.held, words=step.get("words", "")),
    "send_back": lambda step, scene: tasks.send_back(**scene.held, reason=step["words"]),
    "decline": lambda step, scene: tasks.decline(**scene.held, reason=step["words"]),
    "ask": lambda step, scene: tasks.ask_extension(
        **scene.held, wanted_on=scene.day(step["until"]), reason=step["words"]
    ),
    "decide": _decide,
    "comment": _comment,
    "link": _link,
    "urge": _urge,
}
"""What people do in the story. `words` is what they say, `to` whom they name, `until` a day counted like `days`."""
