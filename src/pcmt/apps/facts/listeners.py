"""Who is told when figures change: the rooms above judge anew what rests on them, in the same transaction.

Targets register here when they load.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from pcmt.core.periods import Span


@attrs.frozen
class Changed:
    """Figures that changed: of an element, at a unit and thereby at all above it, in a period.

    `above` are the ids of the unit and of all units whose sums changed with it.
    """

    element_id: int
    above: frozenset[int]
    span: Span


Listener = Callable[[Sequence[Changed], "int | None", datetime], None]
"""Called with what changed, the recording through which (None: a reorganisation or rebuild), and when."""

_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Have it called whenever counting figures change."""
    _listeners.append(listener)


def tell_changed(changes: Sequence[Changed], recording_id: int | None, at: datetime) -> None:
    """Tell all of them."""
    for listener in _listeners:
        listener(changes, recording_id, at)
