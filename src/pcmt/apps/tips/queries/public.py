"""What people without an account may know: who receives tips where, and with a receipt how their own tip stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from pcmt.apps.tips.models import Tip, TipMessage, TipState, TipTeam
from pcmt.apps.tips.places import message_place
from pcmt.apps.tips.queries.teams import team_of
from pcmt.apps.tips.vault import Unsealable, hash_of_receipt, unseal
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on

MOST_FOUND = 30


@attrs.frozen
class Area:
    """A commune or province to choose, and the one in which it lies."""

    unit_id: int
    name: str
    inside: str


@attrs.frozen(repr=False)
class Said:
    """A message as the sender reads it: own (`mine`) or of the team; how many pictures went with it."""

    mine: bool
    on: date
    words: str
    pictures: int


@attrs.frozen(repr=False)
class OwnTip:
    """A tip as its sender sees it: no number, no names of officers, no words of their notes."""

    area: str
    received_on: date
    due_on: date
    state: str
    messages: Sequence[Said]
    pictures: int


def provinces(on: date) -> list[Area]:
    """The provinces of a day."""
    found = Unit.objects.as_of(on).filter(kind=UnitKind.ADMINISTRATIVE, level=Level.PROVINCE).in_official_order()
    return [Area(unit.pk, unit.name, "") for unit in found]


def communes(province_id: int, on: date) -> list[Area]:
    """The communes and wards of a province."""
    found = Unit.objects.under(province_id, on).as_of(on)
    return _areas(found.filter(kind=UnitKind.ADMINISTRATIVE, level=Level.COMMUNE), on)


def areas_called(words: str, on: date) -> list[Area]:
    """Communes with all of the words in their name, also in a former one; at most MOST_FOUND."""
    if len(words.strip()) < 2:
        return []
    found = Unit.objects.called_like(words[:100]).as_of(on)
    return _areas(found.filter(kind=UnitKind.ADMINISTRATIVE, level=Level.COMMUNE), on, MOST_FOUND)


def area(unit_id: int, on: date) -> Area | None:
    """A commune or province of a day."""
    levels = (Level.COMMUNE, Level.PROVINCE)
    return next(
        iter(_areas(Unit.objects.as_of(on).filter(pk=unit_id, kind=UnitKind.ADMINISTRATIVE, level__in=levels), on)),
        None,
    )


def area_served(body_id: int, on: date) -> Area | None:
    """The commune or province that a body is or serves."""
    up = UnitClosure.objects.filter(
        holds_on(on), descendant_id=body_id, ancestor__kind=UnitKind.ADMINISTRATIVE,
        ancestor__level__in=(Level.COMMUNE, Level.PROVINCE),
    )  # fmt: skip
    nearest = up.order_by("depth").values_list("ancestor_id", flat=True).first()
    return area(nearest, on) if nearest else None


def receiving(area_id: int, on: date) -> TipTeam | None:
    """Who receives tips of an area on a day: the body, its telephone."""
    return team_of(area_id, on)


def bodies_to_name(area_id: int, on: date) -> list[Unit]:
    """Bodies that a sender can tick: the area with its agencies and offices, those above it with theirs.

    Whoever receives is always among them, so that a tip about them can go to somebody else.
    """
    up = UnitClosure.objects.filter(holds_on(on), descendant_id=area_id)
    depths = dict(up.values_list("ancestor_id", "depth"))
    kinds = (UnitKind.AGENCY, UnitKind.OFFICE)
    beside = UnitClosure.objects.filter(
        holds_on(on), ancestor__in=depths, depth=1, descendant__kind__in=kinds
    ).values_list("descendant_id", "ancestor_id")
    places = {**{pk: (depth, 0) for pk, depth in depths.items()}}
    places |= {pk: (depths[above], 1) for pk, above in beside}
    team = team_of(area_id, on)
    for pk in (team.body_id, team.above_id) if team else ():
        if pk is not None:
            places.setdefault(pk, (99, 1))
    found = Unit.objects.as_of(on).filter(pk__in=places).exclude(level=Level.CENTRAL, kind=UnitKind.ADMINISTRATIVE)
    return sorted(found, key=lambda unit: (*places[unit.pk], unit.sort_key))


def own_tip(receipt: str) -> OwnTip | None:
    """The tip of a receipt in its normal form; None for a wrong one, and for one whose content was destroyed."""
    if not receipt:
        return None
    tip = Tip.objects.filter(receipt=hash_of_receipt(receipt)).select_related("area").first()
    if tip is None:
        return None
    rows = TipMessage.objects.filter(tip=tip).prefetch_related("files")
    messages = [Said(row.by_id is None, row.on, _words(row, tip.number), len(row.files.all())) for row in rows]
    state = TipState(tip.state)
    return OwnTip(tip.area.name, tip.received_on, tip.due_on, state, messages, tip.files.filter(message=None).count())


def _words(row: TipMessage, number: str) -> str:
    if row.sealed is None:
        return ""
    try:
        return str(unseal(row.sealed, row.key_id, message_place(number)).get("words", ""))
    except Unsealable:
        return ""


def _areas(found: object, on: date, most: int | None = None) -> list[Area]:
    units = list(found.in_official_order()[:most])  # type: ignore[attr-defined]
    above = UnitClosure.objects.filter(
        holds_on(on), descendant__in=units, depth__gt=0, ancestor__level=Level.PROVINCE,
        ancestor__kind=UnitKind.ADMINISTRATIVE,
    )  # fmt: skip
    inside = dict(above.values_list("descendant_id", "ancestor__name"))
    return [Area(unit.pk, unit.name, inside.get(unit.pk, "")) for unit in units]
