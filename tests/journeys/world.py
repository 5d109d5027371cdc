"""Who and what the journeys start with: a ward, its police as standing office, some bodies, five people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import attrs

from pcmt.apps.accounts.models import Role, User
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import create_unit
from pcmt.core.diagnostics import Refusal

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)


@attrs.frozen
class World:
    """What was built."""

    password: ClassVar[str] = "mot-mat-khau-dai-1"
    town: Unit
    office: Unit
    users: dict[str, User]


def sure(made: Any) -> Any:
    """The value, where a refusal would be a mistake of the test."""
    assert not isinstance(made, Refusal), made
    return made


def unit(name: str, kind: str, level: str, parent: Unit | None = None) -> Unit:
    return sure(
        create_unit(actor=None, at=AT, name=name, kind=kind, level=level, parent_id=parent.pk if parent else None)
    )


def build() -> World:
    """The world, made by the operations themselves."""
    province = unit("Tỉnh Nghệ An", "administrative", "province")
    town = unit("Phường Cồn Nhạn", "administrative", "commune", province)
    office = unit("Công an phường Cồn Nhạn", "agency", "commune", town)
    for name in ("Trạm Y tế phường Cồn Nhạn", "Phòng Văn hóa - Xã hội phường Cồn Nhạn", "Đồn Biên phòng Cồn Nhạn"):
        unit(name, "agency", "commune", town)
    police = unit("Công an tỉnh Nghệ An", "agency", "province", province)
    other = unit("Phường Trường Hải", "administrative", "commune", province)
    users = {}
    for username, full_name, role, where in (
        ("lan", "Nguyễn Thị Ngọc Lan", Role.STANDING_OFFICE, office),
        ("minh", "Trần Quang Minh", Role.STANDING_OFFICE, office),
        ("tinh", "Phan Thị Hà Giang", Role.STANDING_OFFICE, police),
        ("lanhdao", "Hoàng Văn Phúc", Role.LEADER, town),
        ("phuong", "Lê Thị Phương", Role.OFFICER, other),
    ):
        users[username] = sure(
            create_user(actor=None, at=AT, username=username, full_name=full_name, password=World.password)
        )
        sure(grant_role(actor=None, at=AT, user_id=users[username].pk, role=role, unit_id=where.pk))
    sure(grant_role(actor=None, at=AT, user_id=users["lan"].pk, role=Role.LEADER, unit_id=town.pk))
    return World(town=town, office=office, users=users)
