"""How the units of a person stand, in a line each, for the daily letter."""

from __future__ import annotations

from datetime import date

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.queries import acting_in, grants_of
from pcmt.apps.tasks.queries import OweFilter, due_items, owe_counts

MOST_UNITS = 5


def work_lines(user: User, on: date) -> list[str]:
    """Overdue items and those due within seven days of each unit at which the person holds a role, a statement each."""
    by_unit = {grant.unit_id: grant for grant in reversed(grants_of(user, on))}
    lines = []
    for grant in list(reversed(by_unit.values()))[:MOST_UNITS]:
        actor = acting_in(user, [grant], on)
        counts = owe_counts(due_items(actor, OweFilter(unit_id=grant.unit_id), on), on)
        said = [f"{counts.overdue} việc quá hạn"] if counts.overdue else []
        said += [f"{counts.soon} việc đến hạn trong bảy ngày tới"] if counts.soon else []
        if said:
            lines.append(f"{grant.unit.name}: {', '.join(said)}")
    return lines
