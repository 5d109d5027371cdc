"""A whole life of one person written through operations, and what of it must never be found in the open."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.sessions.models import Session
from django.db import connection

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import Subject
from pcmt.apps.registers.operations import requests
from pcmt.apps.registers.operations.caring import Member, add_pledge, set_team
from pcmt.apps.registers.operations.glass import break_glass
from pcmt.apps.registers.operations.keeping import hold_file
from pcmt.apps.registers.operations.reading import open_identity
from pcmt.apps.registers.operations.testing import record_residence, record_test
from pcmt.apps.registers.operations.visits import begin_visit
from pcmt.apps.registers.persons import PersonBlock
from pcmt.core.diagnostics import Refusal
from tests.factories.lives import ON, at_noon, file
from tests.factories.world import World

SECRET = PersonBlock(
    name="Quàng Thị Xuyến", other_names="Xuyến Sẹo", born_on=date(1991, 8, 23), birthplace="Bản Phiêng Ngùa",
    permanent_address="Số 88 đường Khuất Nẻo", present_address="Bản Huổi Lếch", id_kind="cccd",
    id_number="091191004728", ethnicity="Kháng", phone="0977300418", occupation="Thợ dệt Sợi Lanh",
    guardian_name="Quàng Văn Khụt", guardian_phone="0388123409",
)  # fmt: skip
HELPER, HELPER_PHONE, HOUSEHOLDER = "Tòng Văn Mẩy", "0399481207", "Lường Thị Pọm"
ASKED = "Cho tôi biết ai đã xem hồ sơ Quàng Thị Xuyến"

NEEDLES = (
    *("Quàng Thị Xuyến", "Quàng Thị", "Thị Xuyến", "quang thi xuyen", "Xuyến Sẹo", "Phiêng Ngùa", "Khuất Nẻo"),
    *("Huổi Lếch", "091191004728", "091 191", "0977300418", "977300418", "Sợi Lanh", "Quàng Văn Khụt", "0388123409"),
    *("Tòng Văn", "Văn Mẩy", "0399481207", "Lường Thị Pọm", "Thị Pọm", "Cho tôi biết ai đã xem"),
)
"""Pieces of who the person and the helpers are, as they would stand in a dump."""


def done(answer: Any) -> Any:
    """What an operation gave, if it did not refuse."""
    assert not isinstance(answer, Refusal), answer
    return answer


def life(here: World, actor: Actor) -> Subject:
    """A file with all that is about people: identity, team, pledge, request, hold, broken glass, reading."""
    person = file(here, actor, block=SECRET, sex="female")
    at, on, code = at_noon(ON), ON, person.code
    given: dict[str, Any] = {"actor": actor, "at": at, "code": code, "on": on}
    done(record_test(key=uuid4(), ground="plan", result="negative", **given))
    done(record_residence(key=uuid4(), found="present", **given))
    done(set_team(members=[Member(part="police", name=HELPER, phone=HELPER_PHONE)], **given))
    done(add_pledge(key=uuid4(), householder=HOUSEHOLDER, **given))
    done(requests.receive(actor=actor, at=at, key=uuid4(), code=code, kind="see", received_on=on, words=ASKED))
    done(hold_file(actor=actor, at=at, code=code, basis="12/CV-VKS ngày 01/07/2026", from_on=on))
    visit = done(begin_visit(actor=actor, at=at, purpose="due"))
    done(open_identity(actor=actor, at=at, visit=visit, subject=person))
    leader = here.actor("an_binh", "leader", on=on)
    reason = "Bệnh viện cần nhóm máu và người nhà ngay trong đêm"
    done(break_glass(actor=leader, at=at + timedelta(minutes=1), sought=SECRET.id_number, reason=reason))
    return person


def dump() -> bytes:
    """Everything the database holds: the bytes of SQLite, or every column of every table of PostgreSQL."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return bytes(connection.connection.serialize())
    found = bytearray()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copied:
                for piece in copied:
                    found += bytes(piece)
    return bytes(found)


def sessions() -> str:
    """What sessions hold, opened: in the table it is encoded."""
    return json.dumps([each.get_decoded() for each in Session.objects.all()], ensure_ascii=False, default=str)


def leaks(where: bytes | str) -> list[str]:
    """The pieces found, also as JSON writes them without marks of its own."""
    text = where if isinstance(where, bytes) else where.encode()
    return [each for each in NEEDLES if each.encode() in text or json.dumps(each)[1:-1].encode() in text]
