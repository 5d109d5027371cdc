"""The due items that an address of the list asks for: for acts on all of them, for the table, for the workbook."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.series import one_a_series
from pcmt.web.tasks import owed as lists
from pcmt.web.tasks.forms import OwedFilter
from pcmt.web.tasks.listing import folds, in_order


def filter_of(actor: Actor, query: QueryDict) -> OwedFilter:
    """The filter of the list, filled in from an address."""
    return OwedFilter(
        query,
        plans=lists.plans_to_choose(actor),
        units=lists.units_to_choose(actor),
        holders=lists.holders_to_choose(actor),
    )


def chosen_items(actor: Actor, query: QueryDict) -> QuerySet[DueItem]:
    """The lines of the list at an address, in its order, without page breaks: what the reader has before the eyes.

    Where the list shows one line for a recurring task of a body, that line's item alone is meant.
    """
    chosen = filter_of(actor, query).chosen
    items = lists.in_state(lists.narrowed(actor, chosen), query.get("trang_thai", ""), actor.on)
    return in_order(one_a_series(items) if folds(chosen) else items, chosen)
