"""A tip comes in: from the public page without an actor, or typed in by an officer (box, phone, VNeID, letter).

What the sender of the public page does leaves no entry in the audit log, no step, no notice and no mark for counting:
each of them would hold the minute, and the first two a number of the request (decision 0059). Of the tip only the day
is kept. The team is told the next morning (`tell_new`), figures are counted by the job of the night.
"""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import attrs
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import changes
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.tips.addresses import LIST_PAGE
from pcmt.apps.tips.clocks import due_on
from pcmt.apps.tips.models import StepWhat, Tip, TipFile, TipIdentity, TipMessage, TipNamed
from pcmt.apps.tips.operations.counting import count_received, served_by
from pcmt.apps.tips.operations.holding import step, told_of
from pcmt.apps.tips.places import file_place, identity_place, tip_place
from pcmt.apps.tips.policies import handles_tips
from pcmt.apps.tips.queries.teams import receiver_for
from pcmt.apps.tips.receipts import key_from, new_nonce, receipt_from
from pcmt.apps.tips.topics import TOPICS
from pcmt.apps.tips.values import Channel, TipState
from pcmt.apps.tips.vault import hash_of_receipt, seal, seal_identity, seal_picture
from pcmt.apps.units.models import Unit, UnitKind
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Unreadable, is_picture, plain_picture

WORDS_CHARS = 8000
LINE_CHARS = 500
PICTURES = 5
PICTURE_BYTES = 10 * 1024 * 1024
IDENTITY = {"name": 200, "phone": 40, "address": 300}
"""What a sender may say of himself, and the most characters of it."""
DETAILS = ("where", "when", "bodies")
"""Lines beside the words: where, roughly when, which bodies or officials in the sender's own words."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@attrs.frozen(repr=False)
class Receipt:
    """What a sender gets: the receipt in its normal form ("" where none was asked for), and the tip's number.

    The number is for officers; the public page does not show it.
    """

    words: str
    number: str
    tip_id: int


def receive(
    *, at: datetime, area_id: int, topic: str, words: str, details: Mapping[str, str] | None = None,
    named: Collection[int] = (), identity: Mapping[str, str] | None = None, pictures: Sequence[bytes] = (),
    channel: str = Channel.WEB, nonce: str = "", actor: Actor | None = None, key: UUID | None = None,
    with_receipt: bool = True,
) -> Receipt | Refusal:  # fmt: skip
    """Take a tip for the team of its area; one that concerns that team, for the first above that it does not concern.

    `named` are ids of the bodies that it names, `details` lines by DETAILS; both, the words and the pictures (made
    anew from their pixels) are sealed, and who sent it (`identity`, by IDENTITY) is sealed apart with other keys. The
    public page gives the `nonce` of its form: the same one twice is one tip, and gives the same receipt. An officer
    (any other channel) gives `key` for the same, may do without a receipt, and leaves step and entry as usual.
    Raises PermissionDenied for who does not handle tips.
    """
    public = channel == Channel.WEB
    if public != (actor is None):
        raise ValueError("an actor for every channel but the public page")
    if not public and not handles_tips(actor):
        raise PermissionDenied
    today = timezone.localdate(at)
    told = {"words": words.strip(), **{name: " ".join((details or {}).get(name, "").split()) for name in DETAILS}}
    who = {name: " ".join((identity or {}).get(name, "").split()) for name in IDENTITY}
    if refused := _wrong(topic, channel, told, who):
        return refused
    plain = plain_pictures(pictures)
    if isinstance(plain, Refusal):
        return plain
    nonce = nonce or new_nonce()
    made_key = UUID(key_from(nonce)) if public else key or uuid4()
    receipt = receipt_from(nonce) if public or with_receipt else ""
    with transaction.atomic():
        if (before := _taken_before(made_key, receipt if public else "")) is not None:
            return before
        area = Unit.objects.as_of(today).filter(pk=area_id, kind=UnitKind.ADMINISTRATIVE).first()
        if area is None or (actor and not _takes_for(actor, area_id)):
            return Refusal(code="area", message=_("Chọn xã, phường nơi xảy ra việc."), field="area")
        bodies = sorted(Unit.objects.as_of(today).filter(pk__in=named).values_list("pk", flat=True))
        receiver = receiver_for(area_id, today, bodies)
        if receiver is None:
            message = _(
                "Địa bàn này chưa có nơi tiếp nhận tin báo trên trang này. Gọi 113 hoặc đến cơ quan Công an gần nhất."
            )
            return Refusal(code="no_team", message=message, field="area")
        tip = Tip(
            key=made_key, number=_new_number(today.year), receipt=hash_of_receipt(receipt) if receipt else None,
            channel=channel, area=area, team_id=receiver.unit_id, topic=topic, received_on=today,
            state=TipState.RECEIVED, state_on=today, due_on=due_on(today), original_due_on=due_on(today),
        )  # fmt: skip
        kept = seal({name: each for name, each in told.items() if each}, tip_place(tip.number))
        tip.sealed, tip.key_id = kept.data, kept.key_id
        if receiver.blocked:
            pass  # it counts where it is sent on to: the body that it concerns would find it in its own figures
        elif public:
            tip.received_in_id = served_by(tip.team_id, today)
        else:
            count_received(tip, at)
        try:
            with transaction.atomic():
                tip.save(force_insert=True)
        except IntegrityError:  # the same form came twice at one moment
            if (before := _taken_before(made_key, receipt if public else "")) is not None:
                return before
            raise
        TipNamed.objects.bulk_create([TipNamed(tip=tip, unit_id=unit_id) for unit_id in bodies])
        if any(who.values()):
            sealed = seal_identity({name: each for name, each in who.items() if each}, identity_place(tip.number))
            TipIdentity.objects.create(tip=tip, sealed=sealed.data, key_id=sealed.key_id)
        keep_pictures(tip, plain)
        if actor is not None:
            step(tip, StepWhat.RECEIVED, actor=actor, at=at)
            after = {"channel": channel, "state": tip.state, "due_on": tip.due_on}
            record(at=at, actor=actor, event="tips.tip.received", obj=tip, after=after)
    return Receipt(receipt, tip.number, tip.pk)


def _taken_before(key: UUID, receipt: str) -> Receipt | None:
    before = Tip.objects.filter(key=key).first()
    return None if before is None else Receipt(receipt, before.number, before.pk)


def plain_pictures(pictures: Sequence[bytes]) -> list[tuple[bytes, str]] | Refusal:
    """Pictures made anew from their pixels, each with its media type; nothing of what a camera wrote is left."""
    if len(pictures) > PICTURES:
        message = _("Gửi tối đa %(most)s ảnh một lần.") % {"most": PICTURES}
        return Refusal(code="too_many", message=message, field="pictures")
    made = []
    for data in pictures:
        if len(data) > PICTURE_BYTES:
            message = _("Có ảnh quá lớn. Mỗi ảnh tối đa 10 MB.")
            return Refusal(code="large", message=message, field="pictures")
        picture = (
            plain_picture(data)
            if is_picture(data)
            else Unreadable("unsupported", _("Chỉ nhận ảnh JPG, PNG hoặc WEBP."))
        )
        if isinstance(picture, Unreadable):
            return Refusal(code=picture.code, message=str(picture), field="pictures")
        made.append((picture.data, "image/png" if picture.extension == "png" else "image/jpeg"))
    return made


def keep_pictures(tip: Tip, plain: Sequence[tuple[bytes, str]], message: TipMessage | None = None) -> None:
    """Seal pictures beside a tip, or beside a message of its sender."""
    rows = []
    first = tip.files.count()
    for order, (data, media_type) in enumerate(plain, first):
        row = TipFile(tip=tip, message=message, order=order, media_type=media_type)
        sealed = seal_picture(data, file_place(row.key))
        row.sealed, row.key_id = sealed.data, sealed.key_id
        rows.append(row)
    TipFile.objects.bulk_create(rows)


def tell_new(*, at: datetime) -> int:
    """In the morning: tell each team how many tips came through the public page the day before. How many were told.

    By a count and a day, so that no notice says when a tip came; each officer of those that do not concern him.
    """
    today = timezone.localdate(at)
    day = today - timedelta(days=1)
    came = Tip.objects.filter(received_on=day, channel=Channel.WEB, same_as__isnull=True).select_related("team")
    counts: dict[Unit, Counter[int]] = defaultdict(Counter)
    for tip in came.order_by("team", "pk"):
        counts[tip.team].update(told_of(tip, at))
    told = 0
    for team, people in counts.items():
        for user_id, many in sorted(people.items()):
            words = ngettext(
                "%(count)d tin báo mới, nhận ngày %(day)s", "%(count)d tin báo mới, nhận ngày %(day)s", many
            )
            told += tell(
                at=at, users={user_id}, reason=Reason.ASSIGNED, about=team, address=LIST_PAGE,
                title=words % {"count": many, "day": f"{day:%d/%m/%Y}"}, key=f"tips:{team.pk}:{day}", unit_id=team.pk,
            )  # fmt: skip
    return told


def _takes_for(actor: Actor, area_id: int) -> bool:
    """Whether an officer types in tips of an area: one in reach, or the one that the own body serves."""
    served = served_by(actor.unit_id, actor.on)
    inside = Unit.objects.under(served, actor.on).filter(pk=area_id).exists() if served else False
    return inside or reached_units(actor, changes("tips.Tip", actor)).filter(pk=area_id).exists()


def _wrong(topic: str, channel: str, told: Mapping[str, str], who: Mapping[str, str]) -> Refusal | None:
    if channel not in Channel.values:
        return Refusal(code="channel", message=_("Chọn kênh tiếp nhận."), field="channel")
    if topic not in TOPICS:
        return Refusal(code="topic", message=_("Chọn việc bạn muốn báo."), field="topic")
    if not told["words"]:
        return Refusal(code="empty", message=_("Ghi điều bạn biết."), field="words")
    too_long = _("Nội dung dài quá %(most)s ký tự.")
    if len(told["words"]) > WORDS_CHARS:
        return Refusal(code="long", message=too_long % {"most": WORDS_CHARS}, field="words")
    for name in DETAILS:
        if len(told[name]) > LINE_CHARS:
            return Refusal(code="long", message=too_long % {"most": LINE_CHARS}, field=name)
    for name, most in IDENTITY.items():
        if len(who[name]) > most:
            return Refusal(code="long", message=too_long % {"most": most}, field=name)
    return None


def _new_number(year: int) -> str:
    """A number made by chance: one that counted up would tell in which order tips came."""
    while True:
        number = f"TB{year % 100:02d}-" + "".join(secrets.choice(LETTERS) for _each in range(6))
        if not Tip.objects.filter(number=number).exists():
            return number
