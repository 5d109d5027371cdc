"""Where on the map something is: a pair of degrees inside Vietnam's waters and land, to the fifth decimal (a metre)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.translation import gettext as _

from pcmt.core.diagnostics import Refusal

Point = tuple[Decimal, Decimal]
"""Degrees north and east (WGS 84)."""
SOUTH, NORTH, WEST, EAST = Decimal(6), Decimal(24), Decimal(102), Decimal(118)
FIFTH = Decimal("0.00001")


def kept_point(point: Point | None) -> Point | Refusal | None:
    """A point as it is kept, or why it is none: no number, outside, its two numbers exchanged."""
    if point is None:
        return None
    lat, lon = point
    if not (lat.is_finite() and lon.is_finite() and SOUTH <= lat <= NORTH and WEST <= lon <= EAST):
        message = _("Vĩ độ ở Việt Nam từ 6 đến 24, kinh độ từ 102 đến 118. Kiểm tra có ghi đổi chỗ hai số không.")
        return Refusal(code="point", message=message, field="point")
    return lat.quantize(FIFTH, ROUND_HALF_EVEN), lon.quantize(FIFTH, ROUND_HALF_EVEN)
