"""Where on the map: kept to a metre, refused in words when the two numbers are exchanged or none."""

from decimal import Decimal

import pytest

from pcmt.apps.activities.points import kept_point
from pcmt.core.diagnostics import Refusal


@pytest.mark.parametrize(
    ("lat", "lon", "kept"),
    [
        ("18.80912", "105.72611", ("18.80912", "105.72611")),
        ("18.809125", "105.726115", ("18.80912", "105.72612")),  # half to even
        ("6", "102", ("6.00000", "102.00000")),
        ("24", "118", ("24.00000", "118.00000")),
        ("105.7", "18.8", None),
        ("24.00001", "105", None),
        ("NaN", "105", None),
        ("sNaN", "105", None),
        ("18", "-Infinity", None),
        ("1e999999", "105", None),
    ],
)
def test_points(lat: str, lon: str, kept: tuple[str, str] | None) -> None:
    found = kept_point((Decimal(lat), Decimal(lon)))
    if kept is None:
        assert isinstance(found, Refusal)
        assert found.field == "point"
    else:
        assert found == tuple(Decimal(each) for each in kept)


def test_no_point_is_no_mistake() -> None:
    assert kept_point(None) is None
