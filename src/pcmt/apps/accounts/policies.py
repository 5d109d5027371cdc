"""Who may see and change what: one table for the whole house.

Rows are models, columns are roles; each cell says how far seeing reaches and how far changing reaches. The querysets'
`visible_to` and the policies of the other rooms ask this table, and a test walks every model, role and unit against it.
Rooms above this one are named by the label of their models, so that the table can stand in one place.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import attrs
from django.conf import settings

from pcmt.apps.accounts.models import Actor, Role, User
from pcmt.apps.units.models import Unit


class Reach(IntEnum):
    """How far a right reaches, each step holding the ones before it."""

    NOTHING = 0
    OWN = 1  # what one made, was given or owes oneself
    NAMED = 2  # plans in force that name one's unit or were issued by it or above it
    SUBTREE = 3  # NAMED, and whatever belongs to one's unit and the units below it
    AREA = 4  # SUBTREE, and whatever belongs to the committee one's unit serves and the units below it
    ALL = 5


@attrs.frozen
class Right:
    """How far seeing and changing reach."""

    see: Reach
    change: Reach = Reach.NOTHING


_, O, N, S, A, E = Reach  # noqa: E741 - the letters of the table below


def _row(office: Right, leader: Right, officer: Right, auditor: Right) -> dict[str, Right]:
    return {Role.STANDING_OFFICE: office, Role.LEADER: leader, Role.OFFICER: officer, Role.AUDITOR: auditor}


# fmt: off
RIGHTS: dict[str, dict[str, Right]] = {
    #                               standing office    leader         officer         auditor      (see, change)
    "audit.Entry":             _row(Right(S),          Right(S),      Right(O),       Right(S)),
    "audit.Day":               _row(Right(_),          Right(_),      Right(_),       Right(_)),
    "jobs.WorkerBeat":         _row(Right(_),          Right(_),      Right(_),       Right(_)),
    "jobs.Cron":               _row(Right(_),          Right(_),      Right(_),       Right(_)),
    "units.Unit":              _row(Right(E, A),       Right(E),      Right(E),       Right(E)),
    "units.UnitLink":          _row(Right(E, A),       Right(E),      Right(E),       Right(E)),
    "units.UnitClosure":       _row(Right(E, A),       Right(E),      Right(E),       Right(E)),
    "units.Succession":        _row(Right(E, A),       Right(E),      Right(E),       Right(E)),
    "units.UnitAlias":         _row(Right(E, A),       Right(E),      Right(E),       Right(E)),
    "units.GroupMember":       _row(Right(E, A),       Right(E),      Right(E),       Right(E)),
    "accounts.User":           _row(Right(S),          Right(S),      Right(O),       Right(S)),
    "accounts.Grant":          _row(Right(S),          Right(S),      Right(O),       Right(S)),
    "accounts.Invitation":     _row(Right(S),          Right(S),      Right(_),       Right(S)),
    "accounts.PasswordReset":  _row(Right(_),          Right(_),      Right(_),       Right(_)),
    "accounts.Letter":         _row(Right(_),          Right(_),      Right(_),       Right(_)),
    "accounts.SessionMark":    _row(Right(O),          Right(O),      Right(O),       Right(O)),
    "plans.SourceFile":        _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "plans.Plan":              _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "plans.PlanUnit":          _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "plans.Revision":          _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "plans.Clause":            _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "plans.Item":              _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "plans.ItemChange":        _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "plans.BodyMatch":         _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "targets.Target":          _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "targets.Allocation":      _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "tasks.Task":              _row(Right(A, S),       Right(S),      Right(N, O),    Right(S)),
    "tasks.TaskParty":         _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "tasks.DueItem":           _row(Right(A, S),       Right(S),      Right(N, O),    Right(S)),
    "tasks.ProgressNote":      _row(Right(A, S),       Right(S),      Right(N, O),    Right(S)),
    "reports.Duty":            _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "reports.DutyReporter":    _row(Right(A, S),       Right(S),      Right(N),       Right(S)),
    "reports.DutyOccurrence":  _row(Right(A, S),       Right(S),      Right(N, O),    Right(S)),
}
# fmt: on


def sees(label: str, actor: Actor | None) -> Reach:
    """How far the actor sees rows of a model; NOTHING for nobody."""
    return RIGHTS[label][actor.role].see if actor else Reach.NOTHING


def changes(label: str, actor: Actor | None) -> Reach:
    """How far the actor changes rows of a model; NOTHING for nobody."""
    return RIGHTS[label][actor.role].change if actor else Reach.NOTHING


def only_looks(actor: Actor | None) -> bool:
    """Whether the actor may look and change nothing at all: leaders and auditors."""
    return actor is None or all(row[actor.role].change is Reach.NOTHING for row in RIGHTS.values())


def can_audit(actor: Actor | None) -> bool:
    """Whether the actor reads the log of what others did, beyond the own unit: auditors do."""
    return actor is not None and actor.role == Role.AUDITOR


def can_invite(actor: Actor | None, unit_id: int | None) -> bool:
    """Whether the actor may ask people in to a unit: who keeps accounts there. None is the command line."""
    if actor is None:
        return True
    if unit_id is None or changes("accounts.Invitation", actor) < Reach.SUBTREE:
        return False
    return Unit.objects.under(actor.unit_id, actor.on).filter(pk=unit_id).exists()


def can_keep_account(actor: Actor | None, user: User) -> bool:
    """Whether the actor keeps this person's account: holds it among those seen, with the right to change it."""
    if actor is None:
        return True
    return (
        changes("accounts.User", actor) >= Reach.SUBTREE and User.objects.visible_to(actor).filter(pk=user.pk).exists()
    )


def is_demo(user: Any) -> bool:
    """Whether this is a user of the demonstration, whom everybody may try."""
    return bool(user.email) and user.email.endswith(f"@{settings.DEMO_EMAIL_DOMAIN}")


def requires_second_factor(user: Any, actor: Actor | None) -> bool:
    """Whether acting so takes a second factor: by the role worked in; users of the demonstration need none."""
    return actor is not None and actor.role in settings.SECOND_FACTOR_ROLES and not is_demo(user)
