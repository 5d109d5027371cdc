"""To which place each sealed thing is bound: moved to another row, it does not open."""

from __future__ import annotations

from uuid import UUID


def tip_place(number: str) -> str:
    """What a tip told."""
    return f"tips.Tip:{number}"


def identity_place(number: str) -> str:
    """Who told it."""
    return f"tips.TipIdentity:{number}"


def message_place(number: str) -> str:
    """Words between team and sender."""
    return f"tips.TipMessage:{number}"


def step_place(number: str) -> str:
    """Words of officers at a step."""
    return f"tips.TipStep:{number}"


def file_place(key: UUID) -> str:
    """A picture."""
    return f"tips.TipFile:{key}"
