"""The due items that an address of the list asks for: for acts on all of them, for the table, for the workbook."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem
from pcmt.web.tasks import owed as lists
from pcmt.web.tasks.forms import OwedFilter


def filter_of(actor: Actor, query: QueryDict) -> OwedFilter:
    """The filter of the list, filled in from an address."""
    return OwedFilter(query, plans=lists.plans_to_choose(actor), units=lists.units_to_choose(actor))


def chosen_items(actor: Actor, query: QueryDict) -> QuerySet[DueItem]:
    """The items of the list at an address, in its order, without page breaks."""
    chosen = filter_of(actor, query).chosen
    items = lists.in_state(lists.narrowed(actor, chosen), query.get("trang_thai", ""), actor.on)
    return (lists.by_date if chosen["nhom"] == "ngay" else lists.by_body)(items)
