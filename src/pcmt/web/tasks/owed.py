"""Who owes what by when: the one filter behind every view of due items, its counts and sums."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import DueItem, DueKind, DueState, Extension, ExtensionState, Mode
from pcmt.apps.tasks.queries import SOON, OweFilter, due_items
from pcmt.apps.tasks.series import WRITTEN
from pcmt.apps.units.models import Unit
from pcmt.web.punctuality.columns import in_column
from pcmt.web.tasks.stages import STAGES

WEEKDAYS = (
    gettext_lazy("Thứ Hai"),
    gettext_lazy("Thứ Ba"),
    gettext_lazy("Thứ Tư"),
    gettext_lazy("Thứ Năm"),
    gettext_lazy("Thứ Sáu"),
    gettext_lazy("Thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)

OPEN = Q(state=DueState.OPEN)
DONE = Q(state=DueState.DONE)
SUBMITTED = Q(state=DueState.SUBMITTED)
SUSPENDED = Q(state=DueState.SUSPENDED)
RETURNED = OPEN & Q(returned_at__isnull=False)
ASKING = Q(pk__in=Extension.objects.filter(state=ExtensionState.WAITING).values("due_item"))
"""Waits for an answer to a request for more time; asked apart, since joining the answered ones doubles rows."""
REQUESTED = Q(mode=Mode.REQUESTED)
REQUESTED_WORD = "de-nghi"
"""The state of the filter that shows what bodies outside the line of command were asked for."""
RARE = frozenset({"returned", "asking", "submitted", "suspended"})
"""Figures that stand on top only where there is something to count."""


@attrs.frozen
class Tally:
    """A number with the list behind it."""

    label: str
    value: int
    url: str
    tone: str
    current: bool


@attrs.frozen
class Sums:
    """Due items of a group or of the whole list: open, submitted, suspended and done add up to the total."""

    total: int
    open: int
    overdue: int
    done: int
    submitted: int
    suspended: int


@attrs.frozen
class Group:
    """Items that belong together on the page, with the sums of the whole group, not of the page alone."""

    name: str
    words: str
    tone: str
    sums: Sums | None
    items: list[DueItem]


def narrowed(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[DueItem]:
    """The due items that the actor may see and that the filter names, whatever their state."""
    plan, unit = chosen.get("ke_hoach"), chosen.get("don_vi")
    kinds = {"viec": DueKind.TASK, "bao-cao": DueKind.REPORT}
    wanted = OweFilter(
        plan_id=plan.pk if plan else None,
        unit_id=unit.pk if unit else None,
        units_below=not chosen.get("rieng"),
        from_on=None if chosen.get("dung_han") else chosen.get("tu"),
        to_on=None if chosen.get("dung_han") else chosen.get("den"),
        kind=kinds.get(chosen.get("loai") or "", ""),
        words=chosen.get("q") or "",
    )
    # Behind a number of the table of punctuality stand the items that it counted, as of its day.
    counted = in_column(actor, chosen) if chosen.get("dung_han") else None
    found = due_items(actor, wanted, actor.on, among=counted).order_by()
    if holder := chosen.get("nguoi"):
        found = found.filter(holder=holder)
    if clause := chosen.get("muc"):
        found = found.filter(Q(clause__address__iexact=clause) | Q(clause__address__istartswith=f"{clause}."))
    return found


def in_state(items: QuerySet[DueItem], state: str, today: date) -> QuerySet[DueItem]:
    """The items in one state of the filter; those only requested are apart from all others."""
    if state == REQUESTED_WORD:
        return items.filter(REQUESTED)
    items = items.exclude(REQUESTED)
    if state in STAGES:
        return items.filter(STAGES[state].rule(today))
    match state:
        case "qua-han":
            return items.filter(OPEN, due_on__lt=today)
        case "sap-toi":
            return items.filter(OPEN, due_on__gte=today, due_on__lte=today + SOON)
        case "khong-han":
            return items.filter(OPEN, due_on__isnull=True)
        case "tra-lai":
            return items.filter(RETURNED)
        case "xin-gia-han":
            return items.filter(ASKING)
        case "cho-nghiem-thu":
            return items.filter(SUBMITTED)
        case "tam-dung":
            return items.filter(SUSPENDED)
        case "da-xong":
            return items.filter(DONE)
        case "muon":
            return items.late(today)  # type: ignore[attr-defined]
        case "tat-ca":
            return items
        case _:
            return items.filter(OPEN)


def numbers_of(items: QuerySet[DueItem], today: date) -> dict[str, int]:
    """How many are in each state of the filter; and, apart from all these, how many were only requested. One query."""
    binding = ~REQUESTED
    return items.aggregate(
        all=Count("pk", filter=binding),
        open=Count("pk", filter=OPEN & binding),
        overdue=Count("pk", filter=OPEN & binding & Q(due_on__lt=today)),
        soon=Count("pk", filter=OPEN & binding & Q(due_on__gte=today, due_on__lte=today + SOON)),
        without=Count("pk", filter=OPEN & binding & Q(due_on__isnull=True)),
        returned=Count("pk", filter=RETURNED & binding),
        asking=Count("pk", filter=ASKING & binding),
        submitted=Count("pk", filter=SUBMITTED & binding),
        suspended=Count("pk", filter=SUSPENDED & binding),
        done=Count("pk", filter=DONE & binding),
        requested=Count("pk", filter=REQUESTED),
    )


def tallies_of(
    items: QuerySet[DueItem], today: date, query: Mapping[str, Any], state: str, view: str = "tasks:owed"
) -> list[Tally]:
    """The figures on top, each the address of its own part of the view; the rarer states only where there are any.

    The list shows what is open unless told else, the other views everything.
    """
    numbers = numbers_of(items, today)
    of_list = view == "tasks:owed"
    shown = [
        *([] if of_list else [("", _("Tất cả"), "all")]),
        ("" if of_list else "chua-xong", _("Chưa xong"), "open"),
        ("qua-han", _("Quá hạn"), "overdue"),
        ("sap-toi", _("Trong 7 ngày"), "soon"),
        ("khong-han", _("Không ghi hạn"), "without"),
        ("tra-lai", _("Bị trả lại"), "returned"),
        ("xin-gia-han", _("Xin gia hạn"), "asking"),
        ("cho-nghiem-thu", _("Chờ nghiệm thu"), "submitted"),
        ("tam-dung", _("Tạm dừng"), "suspended"),
        ("da-xong", _("Đã xong"), "done"),
        (REQUESTED_WORD, _("Đề nghị, không tính hạn"), "requested"),
    ]
    tones = {"overdue": "late", "soon": "soon"}
    return [
        Tally(
            label,
            numbers[name],
            owed_address({**query, "trang_thai": value}, view),
            tones.get(name, "plain") if numbers[name] else "plain",
            value == state,
        )
        for value, label, name in shown
        if numbers[name] or name not in RARE or value == state
    ]


def owed_address(query: Mapping[str, Any], view: str = "tasks:owed") -> str:
    """The list, or another view, with a filter; empty words and the page number are left out."""
    kept = {name: value for name, value in query.items() if value and name != "trang"}
    return reverse(view) + (f"?{urlencode(kept, doseq=True)}" if kept else "")


def sums_by_body(whole: QuerySet[DueItem], today: date) -> Any:
    """One row a body with its sums (`counted`); bodies that are no unit are told apart by the name in the text."""
    return whole.values("unit_id", "unit__name").annotate(written=WRITTEN, **counted(today))


def totals(items: QuerySet[DueItem], today: date) -> Sums:
    """The sums of the whole list."""
    numbers = items.aggregate(**counted(today))
    return summed(numbers)


def summed(row: Any) -> Sums:
    """The sums in a row of a query that was annotated with `counted`."""
    return Sums(**{field.name: row[field.name] for field in attrs.fields(Sums)})


def counted(today: date) -> dict[str, Count]:
    """What to annotate a query with so that its rows hold sums."""
    return {
        "total": Count("pk"),
        "open": Count("pk", filter=OPEN),
        "overdue": Count("pk", filter=OPEN & ~REQUESTED & Q(due_on__lt=today)),
        "done": Count("pk", filter=DONE),
        "submitted": Count("pk", filter=SUBMITTED),
        "suspended": Count("pk", filter=SUSPENDED),
    }


def plans_to_choose(actor: Actor) -> Any:
    """Plans in force that the actor sees, newest first."""
    return Plan.objects.visible_to(actor).in_force().order_by(F("issued_on").desc(nulls_last=True), "-pk")


def units_to_choose(actor: Actor) -> Any:
    """Units that owe something the actor sees, and the committees above them."""
    owing = DueItem.objects.visible_to(actor).owed().values("unit_id")
    return Unit.objects.filter(pk__in=owing).in_official_order()


def holders_to_choose(actor: Actor) -> Any:
    """People who have something in hand that the actor sees."""
    held = DueItem.objects.visible_to(actor).owed().filter(holder__isnull=False).values("holder_id")
    return User.objects.filter(pk__in=held).order_by("sort_key", "pk")
