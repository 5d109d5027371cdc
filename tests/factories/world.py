"""Two small provinces with their agencies and communes, and people in every role.

Tỉnh An Bình (province)                         Tỉnh Bình Giang (province)
  Công an tỉnh An Bình, Sở Y tế, Sở Tài chính      Công an tỉnh Bình Giang
  Xã Đông Hòa, Phường Tây Hòa (communes)
    Công an xã Đông Hòa, Trạm Y tế xã Đông Hòa; Công an phường Tây Hòa
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import attrs

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import NewUnit, create_units

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
"""10 o'clock in the morning in Việt Nam."""

ROWS = (
    NewUnit(key="an_binh", name="Tỉnh An Bình", kind="administrative", level="province", code="91"),
    NewUnit(key="police", name="Công an tỉnh An Bình", kind="agency", level="province", parent="an_binh"),
    NewUnit(key="health", name="Sở Y tế", kind="agency", level="province", parent="an_binh"),
    NewUnit(key="finance", name="Sở Tài chính", kind="agency", level="province", parent="an_binh"),
    NewUnit(key="front", name="Ủy ban Mặt trận Tổ quốc tỉnh", kind="agency", level="province", parent="an_binh"),
    NewUnit(key="dong_hoa", name="Xã Đông Hòa", kind="administrative", level="commune", parent="an_binh"),
    NewUnit(key="dong_hoa_police", name="Công an xã Đông Hòa", kind="agency", level="commune", parent="dong_hoa"),
    NewUnit(key="dong_hoa_clinic", name="Trạm Y tế xã Đông Hòa", kind="agency", level="commune", parent="dong_hoa"),
    NewUnit(key="tay_hoa", name="Phường Tây Hòa", kind="administrative", level="commune", parent="an_binh"),
    NewUnit(key="tay_hoa_police", name="Công an phường Tây Hòa", kind="agency", level="commune", parent="tay_hoa"),
    NewUnit(key="binh_giang", name="Tỉnh Bình Giang", kind="administrative", level="province", code="92"),
    NewUnit(
        key="binh_giang_police", name="Công an tỉnh Bình Giang", kind="agency", level="province", parent="binh_giang"
    ),
)


@attrs.frozen
class World:
    """The units by key; people are made as they are asked for."""

    units: dict[str, Unit]

    def __getitem__(self, key: str) -> Unit:
        return self.units[key]

    def actor(self, key: str, role: str = "officer", name: str = "", on: date = TODAY) -> Actor:
        """Somebody in a role at a unit; the same name is the same person."""
        unit = self.units[key]
        username = name or f"{role}.{key}"
        user = User.objects.filter(username=username).first()
        if user is None:
            made = create_user(actor=None, at=NOW, username=username, full_name=name or f"{role} {unit.name}")
            assert isinstance(made, User)
            user = made
            grant_role(actor=None, at=NOW, user_id=user.pk, role=role, unit_id=unit.pk)
        return Actor(user_id=user.pk, name=user.full_name, role=role, unit_id=unit.pk, unit_name=unit.name, on=on)

    @property
    def office(self) -> Actor:
        """The province's standing office."""
        return self.actor("police", "standing_office", "lan")

    @property
    def second(self) -> Actor:
        """A colleague in the same office."""
        return self.actor("police", "standing_office", "minh")


def world() -> World:
    """Both provinces."""
    return World(create_units(actor=None, at=NOW, rows=ROWS))
