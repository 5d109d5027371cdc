"""The list of who owes what by when: narrowing, counts, groups with their sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import DueItem, DueKind, DueState, Extension, ExtensionState, Mode
from pcmt.apps.tasks.queries import SOON, OweFilter, due_items
from pcmt.apps.units.models import Unit
from pcmt.web.templatetags.pcmt import days_left, vdate

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
WRITTEN = Case(When(unit__isnull=True, then=F("unit_name")), default=Value(""), output_field=CharField(max_length=300))
"""The name in the text of a body that is no unit. A unit may have several names there: it is one body all the same."""
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
        from_on=chosen.get("tu"),
        to_on=chosen.get("den"),
        kind=kinds.get(chosen.get("loai") or "", ""),
        words=chosen.get("q") or "",
    )
    return due_items(actor, wanted, actor.on).order_by()


def in_state(items: QuerySet[DueItem], state: str, today: date) -> QuerySet[DueItem]:
    """The items in one state of the filter; those only requested are apart from all others."""
    if state == REQUESTED_WORD:
        return items.filter(REQUESTED)
    items = items.exclude(REQUESTED)
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


def tallies_of(items: QuerySet[DueItem], today: date, query: Mapping[str, str], state: str) -> list[Tally]:
    """The figures on top, each the address of its own list; the rarer states only where there are any."""
    numbers = numbers_of(items, today)
    shown = [
        ("", _("Chưa xong"), "open"),
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
            owed_address({**query, "trang_thai": value}),
            tones.get(name, "plain") if numbers[name] else "plain",
            value == state,
        )
        for value, label, name in shown
        if numbers[name] or name not in RARE or value == state
    ]


def owed_address(query: Mapping[str, str]) -> str:
    """The list with a filter; empty words and the page number are left out."""
    kept = {name: value for name, value in query.items() if value and name != "trang"}
    return reverse("tasks:owed") + (f"?{urlencode(kept)}" if kept else "")


def by_body(items: QuerySet[DueItem]) -> QuerySet[DueItem]:
    """In the order of bodies, within a body by date; standing tasks last."""
    return items.order_by(
        F("unit__sort_key").asc(nulls_last=True), "unit_id", WRITTEN, F("due_on").asc(nulls_last=True), "pk"
    )


def by_date(items: QuerySet[DueItem]) -> QuerySet[DueItem]:
    """In the order of due days; standing tasks last."""
    return items.order_by(F("due_on").asc(nulls_last=True), F("unit__sort_key").asc(nulls_last=True), "pk")


def body_groups(listed: Iterable[DueItem], whole: QuerySet[DueItem], today: date) -> list[Group]:
    """The items of a page by body; the sums are those of the body in the whole list, in one query."""
    keys: dict[tuple[int | None, str], list[DueItem]] = {}
    for item in listed:
        keys.setdefault((item.unit_id, "" if item.unit_id else item.unit_name), []).append(item)
    sums = {(row["unit_id"], row["written"]): _summed(row) for row in sums_by_body(whole, today).order_by("unit_id")}
    return [
        Group(
            name=items[0].unit.name if items[0].unit else items[0].unit_name,
            words="",
            tone="plain",
            sums=sums.get(key),
            items=items,
        )
        for key, items in keys.items()
    ]


def sums_by_body(whole: QuerySet[DueItem], today: date) -> Any:
    """One row a body with its sums (`_sums`); bodies that are no unit are told apart by the name in the text."""
    return whole.values("unit_id", "unit__name").annotate(written=WRITTEN, **_sums(today))


def date_groups(listed: Iterable[DueItem], whole: QuerySet[DueItem], today: date) -> list[Group]:
    """The items of a page by due day; the sums are those of the day in the whole list, in one query."""
    keys: dict[date | None, list[DueItem]] = {}
    for item in listed:
        keys.setdefault(item.due_on, []).append(item)
    counted = whole.filter(Q(due_on__in=[day for day in keys if day]) | Q(due_on__isnull=True))
    sums = {row["due_on"]: _summed(row) for row in counted.values("due_on").annotate(**_sums(today)).order_by("due_on")}
    return [
        Group(
            name=f"{WEEKDAYS[day.weekday()]}, {vdate(day)}" if day else _("Không ghi hạn, làm thường xuyên"),
            words=days_left(day, today) if day else "",
            tone=_tone(day, items, today),
            sums=sums.get(day),
            items=items,
        )
        for day, items in keys.items()
    ]


def _tone(day: date | None, items: Sequence[DueItem], today: date) -> str:
    if day is None or not any(item.state == DueState.OPEN and item.mode != Mode.REQUESTED for item in items):
        return "plain"
    return "late" if day < today else "soon" if day <= today + SOON else "plain"


def totals(items: QuerySet[DueItem], today: date) -> Sums:
    """The sums of the whole list."""
    numbers = items.aggregate(**_sums(today))
    return _summed(numbers)


def _summed(row: Any) -> Sums:
    return Sums(**{field.name: row[field.name] for field in attrs.fields(Sums)})


def _sums(today: date) -> dict[str, Count]:
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
