"""Tip-offs of the demo (`data/tips.toml`): invented, sent by the operations of the public page and of officers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import attrs
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.tips.operations.counting import recount
from pcmt.apps.tips.operations.handling import answer_sender, begin_tip, settle_tip
from pcmt.apps.tips.operations.identities import ask_identity
from pcmt.apps.tips.operations.receiving import receive
from pcmt.apps.tips.operations.talking import write_again
from pcmt.apps.tips.operations.teams import set_team
from pcmt.apps.tips.queries.tips import tip_now
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.demo.story import noon, ok

HERE = Path(__file__).parent
BEGUN = timedelta(days=40)
"""So long before the day of loading teams receive tips."""
SETTLED = "Đã xác minh tại chỗ cùng lực lượng ở cơ sở; kết quả ghi trong hồ sơ vụ việc."

Table = Mapping[str, Any]


def tell(at: datetime, units: Mapping[str, Unit], users: Mapping[str, User]) -> int:
    """Tell all tips up to now; how many there are."""
    told = tomllib.loads((HERE / "data/tips.toml").read_text(encoding="utf-8"))
    today = timezone.localdate(at)
    begun = today - BEGUN
    office = _actor(users[told["office"]], today, begun)
    for team in told["team"]:
        above = units[team["above"]].pk if "above" in team else None
        made = set_team(
            actor=office, at=noon(begun), area_id=units[team["area"]].pk, body_id=units[team["body"]].pk,
            above_id=above, phone=team["phone"], start=begun,
        )  # fmt: skip
        if isinstance(made, Refusal):
            raise TypeError(f"{team['area']}: {made.message}")
    for number, entry in enumerate(told["tip"]):
        _tip(number, entry, told, units, users, today)
    recount(at=at)
    return len(told["tip"])


def _tip(
    number: int, entry: Table, told: Table, units: Mapping[str, Unit], users: Mapping[str, User], today: date
) -> None:
    day = today + timedelta(days=entry["on"])
    team = told["officer"]
    officer = users[team[told["area"]] if "named" in entry else team.get(entry["area"], team[told["area"]])]
    public = entry["channel"] == "web"
    key = uuid5(NAMESPACE_OID, f"tip {number}")
    sent = receive(
        at=noon(day, 10), area_id=units[entry["area"]].pk, topic=entry["topic"], words=entry["words"],
        named=[units[name].pk for name in entry.get("named", ())], identity=entry.get("sender"),
        channel=entry["channel"],
        actor=None if public else _actor(officer, today, day), key=None if public else key, nonce=key.hex,
    )  # fmt: skip
    got = ok(sent)
    for offset, what, said in entry.get("acts", ()):
        on = today + timedelta(days=offset)
        actor, at = _actor(officer, today, on), noon(on, 14)
        there = tip_now(actor, got.tip_id)
        if there is None:
            raise RuntimeError(f"{actor.name} does not see tip {number}")
        known: dict[str, Any] = {"actor": actor, "at": at, "tip_id": got.tip_id}
        version = there.tip.version
        if what == "begin":
            ok(begin_tip(**known, version=version))
        elif what == "write":
            ok(write_again(at=at, receipt=got.words, nonce=uuid5(key, said).hex, words=said))
        elif what == "ask":
            ok(ask_identity(actor=actor, at=at, tip_id=got.tip_id, reason=said))
        elif what == "settle":
            ok(settle_tip(**known, version=version, outcome=said, on=on, words=SETTLED))
        else:
            ok(answer_sender(**known, key=uuid5(key, what), words=said))


def _actor(user: User, today: date, on: date) -> Actor:
    found = actor_of(user, today)
    if found is None:
        raise RuntimeError(f"{user.username} holds no role")
    return attrs.evolve(found, on=on)
