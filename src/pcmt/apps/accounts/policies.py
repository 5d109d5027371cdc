"""Who may see and change what: questions to the one table of rights (`pcmt.apps.accounts.rights`)."""

from __future__ import annotations

from pcmt.apps.accounts.rights import RIGHTS, Actor, Reach, Right, Role

__all__ = ["RIGHTS", "Reach", "Right", "can_audit", "changes", "only_looks", "sees"]


def sees(label: str, actor: Actor | None) -> Reach:
    """How far the actor sees rows of a model; NOTHING for nobody."""
    return actor.sees(label) if actor else Reach.NOTHING


def changes(label: str, actor: Actor | None) -> Reach:
    """How far the actor changes rows of a model; NOTHING for nobody."""
    return actor.changes(label) if actor else Reach.NOTHING


def only_looks(actor: Actor | None) -> bool:
    """Whether the actor may look and change nothing at all: leaders, reviewers and auditors."""
    return actor is None or all(row[actor.role].change is Reach.NOTHING for row in RIGHTS.values())


def can_audit(actor: Actor | None) -> bool:
    """Whether the actor reads the log of what others did, beyond the own unit: auditors do."""
    return actor is not None and actor.role == Role.AUDITOR
