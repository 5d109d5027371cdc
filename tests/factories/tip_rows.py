"""Tips laid down by hand, as they stand after they came in; teams; people who handle them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import count
from typing import Any

from django.utils import timezone

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tips.clocks import due_on
from pcmt.apps.tips.models import Channel, Tip, TipFile, TipIdentity, TipMessage, TipNamed, TipTeam
from pcmt.apps.tips.operations.counting import count_received
from pcmt.apps.tips.places import file_place, identity_place, message_place, tip_place
from pcmt.apps.tips.vault import hash_of_receipt, seal, seal_identity, seal_picture
from pcmt.apps.units.models import Unit
from tests.factories.world import NOW, TODAY, World

WORDS = "Căn nhà cuối ngõ tập trung đông người ban đêm"
SENDER = "Lương Thị Mến"
ANSWER = "Cho hỏi thêm về giờ giấc"
_numbers = count(1)


def noon(day: date) -> datetime:
    """Noon of a day, here."""
    return timezone.make_aware(datetime.combine(day, time(12)))


def team(area: Unit, body: Unit, above: Unit | None = None, since: date | None = None) -> TipTeam:
    """A body receives the tips of an area."""
    return TipTeam.objects.create(area=area, body=body, above=above, valid_from=since)


def teams(land: World) -> World:
    """Both communes of An Bình have their police, above which the province's stands; which has its own people."""
    for key in ("dong_hoa", "tay_hoa"):
        team(land[key], land[f"{key}_police"], land["police"])
        land.actor(f"{key}_police", "tip_officer")
    team(land["an_binh"], land["police"])
    land.actor("police", "tip_officer")
    return land


def tip(
    area: Unit, body: Unit, *, on: date = TODAY, named: Iterable[Unit] = (), identity: bool = False,
    message: bool = False, picture: bool = False, receipt: bool = True, **more: Any,
) -> Tip:  # fmt: skip
    """A tip of an area that a body handles."""
    number = f"TB26-{next(_numbers):06}"
    kept = seal({"words": WORDS, "where": "Ngõ 12"}, tip_place(number))
    made = Tip(
        number=number, receipt=hash_of_receipt(number) if receipt else None, channel=more.pop("channel", Channel.WEB),
        area=area, team=body, topic="selling", sealed=kept.data, key_id=kept.key_id, received_on=on, state_on=on,
        due_on=more.pop("due_on", due_on(on)), original_due_on=due_on(on), **more,
    )  # fmt: skip
    count_received(made, NOW)
    made.save()
    TipNamed.objects.bulk_create([TipNamed(tip=made, unit=unit) for unit in named])
    if identity:
        who = seal_identity({"name": SENDER, "phone": "0912 345 678"}, identity_place(number))
        TipIdentity.objects.create(tip=made, sealed=who.data, key_id=who.key_id)
    if message:
        said = seal({"words": ANSWER}, message_place(number))
        TipMessage.objects.create(tip=made, on=on, sealed=said.data, key_id=said.key_id)
    if picture:
        row = TipFile(tip=made, media_type="image/png")
        shot = seal_picture(b"\x89PNG anh", file_place(row.key))
        row.sealed, row.key_id = shot.data, shot.key_id
        row.save()
    return made


def officer(land: World, key: str, on: date = TODAY, name: str = "") -> Actor:
    """Somebody who handles tips at a body."""
    return land.actor(key, "tip_officer", name, on=on)
