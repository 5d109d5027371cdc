"""The day whose boundaries a page shows, and what units are called and where they stand on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.units.models import Level, Succession, SuccessionPart, Unit, UnitClosure, UnitKind, UnitLink, UnitName
from pcmt.web.templatetags.pcmt import vdate

MOST_STEPS = 12
"""So many times a unit may have been succeeded since; a longer way is a circle in the data and is cut."""


class DayForm(forms.Form):
    """The day to show; without one, today."""

    ngay = forms.DateField(
        label=gettext_lazy("Theo địa giới ngày"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@attrs.frozen
class Day:
    """The day chosen and the day it is. `query` and `more` keep a choice in the addresses of other pages."""

    on: date
    today: date
    form: DayForm

    @property
    def is_today(self) -> bool:
        """Whether no other day was chosen."""
        return self.on == self.today

    @property
    def query(self) -> str:
        """`?ngay=…`, or nothing today."""
        return "" if self.is_today else f"?ngay={self.on:%Y-%m-%d}"

    @property
    def more(self) -> str:
        """`&ngay=…` for an address that has a query already, or nothing today."""
        return "" if self.is_today else f"&ngay={self.on:%Y-%m-%d}"

    @property
    def words(self) -> str:
        """The boundary in words."""
        if self.is_today:
            return _("theo địa giới hôm nay, %(day)s") % {"day": vdate(self.on)}
        return _("theo địa giới ngày %(day)s") % {"day": vdate(self.on)}


def chosen_day(request: HttpRequest, actor: Actor) -> Day:
    """The day of the address; one that makes no sense is said at the field, and today is shown."""
    asked = request.GET.get("ngay", "").strip()
    form = DayForm({"ngay": asked or actor.on})
    day = form.cleaned_data.get("ngay") if form.is_valid() else None
    return Day(day or actor.on, actor.on, form)


def last_day(unit: Unit, on: date) -> date:
    """The day itself while the unit stands, else its first or last day: where one looks for its name and place."""
    if unit.valid_to is not None and on >= unit.valid_to:
        return unit.valid_to - timedelta(days=1)
    if unit.valid_from is not None and on < unit.valid_from:
        return unit.valid_from
    return on


def stands(unit: Unit, on: date) -> bool:
    """Whether a unit is there on a day."""
    return last_day(unit, on) == on


def within(name: str, kind: str) -> str:
    """The name inside a sentence: "phường Cửa Lò"."""
    return name[:1].lower() + name[1:] if kind == UnitKind.ADMINISTRATIVE else name


def window_words(unit: Unit) -> str:
    """From when to when a unit is there, in words; empty when nothing is known to begin or end."""
    begins, ends = unit.valid_from, unit.valid_to
    if begins and ends:
        return _("từ %(begins)s đến hết %(ends)s") % {
            "begins": vdate(begins),
            "ends": vdate(ends - timedelta(days=1)),
        }
    if ends:
        return _("đến hết %(ends)s") % {"ends": vdate(ends - timedelta(days=1))}
    return _("từ %(begins)s") % {"begins": vdate(begins)} if begins else ""


def paths(units: Iterable[Unit], on: date) -> dict[int, list[Unit]]:
    """What stands above each unit, the highest first, on the day or on the unit's own first or last. Two statements."""
    days = {unit.pk: last_day(unit, on) for unit in units}
    found: dict[int, list[Unit]] = defaultdict(list)
    rows = (
        UnitClosure.objects.filter(descendant_id__in=list(days), depth__gt=0)
        .select_related("ancestor")
        .order_by("-depth")
    )
    for row in rows:
        if holds(row, days[row.descendant_id]):
            found[row.descendant_id].append(row.ancestor)
    call([unit for above in found.values() for unit in above], on)
    return dict(found)


def holds(row: Any, on: date) -> bool:
    """Whether the half-open window of a row holds the day."""
    return (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or row.valid_to > on)


@attrs.frozen
class Fate:
    """What became of a unit that is no longer there, up to a day: the words, and the unit that goes on."""

    words: str
    unit: Unit


def fates(units: Iterable[Unit], on: date) -> dict[int, Fate]:
    """What became of those units that ended before the day, by id; as many statements as units followed in turn."""
    at = {unit.pk: unit for unit in units if unit.valid_to is not None and unit.valid_to <= on}
    gone = dict(at)
    how: dict[int, set[str]] = defaultdict(set)
    for _step in range(MOST_STEPS):
        asked = {unit.pk: unit for unit in at.values() if not stands(unit, on)}
        if not asked:
            break
        heirs = _heirs(asked)
        if not heirs:
            break
        for pk, unit in at.items():
            if unit.pk in heirs:
                part, at[pk] = heirs[unit.pk]
                how[pk].add(part)
    followed = {pk: unit for pk, unit in gone.items() if at[pk].pk != pk}
    areas = _areas([unit for pk, unit in followed.items() if SuccessionPart.DUTIES in how[pk]], on)
    call([*at.values(), *(unit for area in areas.values() for unit in area)], on)
    return {pk: _fate(at[pk], how[pk], areas.get(pk, ())) for pk in followed}


def _heirs(ended: Mapping[int, Unit]) -> dict[int, tuple[str, Unit]]:
    """Who follows each of some units that ended, and with how much of them."""
    found = {
        row.old_id: (row.part, row.new)
        for row in Succession.objects.filter(old_id__in=list(ended), heir=True).select_related("new")
        if row.on == ended[row.old_id].valid_to
    }
    left = [pk for pk in ended if pk not in found]
    # After its end a unit stands below its successor where no succession is written down (`units.queries.history`).
    links = UnitLink.objects.filter(child_id__in=left).select_related("parent").order_by("valid_from") if left else ()
    for link in links:
        ends = ended[link.child_id].valid_to
        if link.valid_from is not None and ends is not None and link.valid_from >= ends:
            found.setdefault(link.child_id, (SuccessionPart.WHOLE, link.parent))
    return found


def _areas(ended: Sequence[Unit], on: date) -> dict[int, list[Unit]]:
    """What the communes below units that ended are on the day, in official order: there their areas went."""
    if not ended:
        return {}
    days = {unit.pk: last_day(unit, on) for unit in ended}
    rows = UnitClosure.objects.filter(
        ancestor_id__in=list(days), descendant__kind=UnitKind.ADMINISTRATIVE, descendant__level=Level.COMMUNE
    ).select_related("descendant")
    parts = {row.descendant_id: {row.descendant_id: row.descendant} for row in rows}
    below = [(row.ancestor_id, row.descendant_id) for row in rows if holds(row, days[row.ancestor_id])]
    for _step in range(MOST_STEPS):
        gone = {unit.pk: unit for each in parts.values() for unit in each.values() if not stands(unit, on)}
        left = Succession.objects.filter(old_id__in=list(gone)).exclude(part=SuccessionPart.DUTIES)
        after: dict[int, list[Unit]] = defaultdict(list)
        for row in left.select_related("new") if gone else ():
            if row.on == gone[row.old_id].valid_to:
                after[row.old_id].append(row.new)
        if not after:
            break
        for each in parts.values():
            for pk in [pk for pk in each if pk in after]:
                del each[pk]
                each |= {unit.pk: unit for unit in after[pk]}
    found: dict[int, dict[int, Unit]] = defaultdict(dict)
    for above, pk in below:
        found[above] |= {unit.pk: unit for unit in parts[pk].values() if stands(unit, on)}
    return {pk: sorted(area.values(), key=lambda unit: unit.sort_key) for pk, area in found.items()}


FEW = 3
"""So many units are named; more are counted."""


def _fate(heir: Unit, parts: set[str], area: Sequence[Unit]) -> Fate:
    name = {"name": within(heir.name, heir.kind)}
    if SuccessionPart.DUTIES in parts and area:
        words = {"area": ", ".join(within(unit.name, unit.kind) for unit in area)} | name
        if len(area) == 1:
            return Fate(_("địa bàn nay là %(area)s; nhiệm vụ do %(name)s đảm nhận") % words, area[0])
        if len(area) <= FEW:
            return Fate(_("địa bàn nay thuộc %(area)s; nhiệm vụ do %(name)s đảm nhận") % words, heir)
        words = {"n": str(len(area))} | name
        return Fate(_("địa bàn nay thuộc %(n)s xã, phường; nhiệm vụ do %(name)s đảm nhận") % words, heir)
    if SuccessionPart.DUTIES in parts:
        return Fate(_("nhiệm vụ nay do %(name)s đảm nhận") % name, heir)
    if SuccessionPart.PART in parts:
        return Fate(_("đã chia; phần kế thừa nhiệm vụ nay là %(name)s") % name, heir)
    return Fate(_("nay là %(name)s") % name, heir)


def call(units: Iterable[Unit], on: date) -> None:
    """Give units, as they are shown, the names of a day, or of their first or last day. One statement.

    Only units that changed their name have dated ones; that of the others is in the unit itself.
    """
    by_id: dict[int, list[Unit]] = defaultdict(list)
    for unit in units:
        by_id[unit.pk].append(unit)
    for row in UnitName.objects.filter(unit_id__in=list(by_id)) if by_id else ():
        for unit in by_id[row.unit_id]:
            if holds(row, last_day(unit, on)):
                unit.name, unit.short_name = row.name, row.short_name
