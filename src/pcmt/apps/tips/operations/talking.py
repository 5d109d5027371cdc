"""What the sender of a tip writes later, with the receipt as the only key. Of it the day is kept and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.tips.models import Tip, TipMessage
from pcmt.apps.tips.operations.receiving import PICTURES, keep_pictures, plain_pictures
from pcmt.apps.tips.places import message_place
from pcmt.apps.tips.receipts import key_from
from pcmt.apps.tips.vault import hash_of_receipt, seal
from pcmt.core.diagnostics import Refusal

WORDS_CHARS = 4000
MOST_FILES = 20
"""So many pictures a tip has at most, those of all messages together."""
MOST_MESSAGES = 100


def write_again(
    *, at: datetime, receipt: str, nonce: str, words: str, pictures: Sequence[bytes] = ()
) -> TipMessage | Refusal:
    """The sender answers or adds something, also once the tip is closed. The same nonce twice is one message.

    `receipt` is in its normal form. Nothing is written into the log (decision 0059).
    """
    words = words.strip()
    if not words and not pictures:
        return Refusal(code="empty", message=_("Ghi điều bạn muốn nhắn, hoặc chọn ảnh."), field="words")
    if len(words) > WORDS_CHARS:
        message = _("Nội dung dài quá %(most)s ký tự.") % {"most": WORDS_CHARS}
        return Refusal(code="long", message=message, field="words")
    plain = plain_pictures(pictures)
    if isinstance(plain, Refusal):
        return plain
    with transaction.atomic():
        found = Tip.objects.select_for_update(no_key=True).filter(receipt=hash_of_receipt(receipt)) if receipt else None
        tip = found.first() if found is not None else None
        if tip is None:
            return Refusal(code="gone", message=_("Không tìm thấy tin báo nào theo mã này."), field="receipt")
        key = UUID(key_from(nonce))
        before = TipMessage.objects.filter(tip=tip, key=key).first()
        if before is not None:
            return before
        if tip.files.count() + len(plain) > MOST_FILES:
            message = _("Tin này đã có quá nhiều ảnh: mỗi tin tối đa %(most)s ảnh.") % {"most": MOST_FILES}
            return Refusal(code="too_many", message=message, field="pictures")
        if tip.messages.filter(by__isnull=True).count() >= MOST_MESSAGES:
            message = _("Tin này đã có quá nhiều lời nhắn. Gửi một tin mới.")
            return Refusal(code="too_many", message=message, field="words")
        last = tip.messages.aggregate(last=Max("order"))["last"]
        kept = seal({"words": words}, message_place(tip.number))
        made = TipMessage.objects.create(
            tip=tip, key=key, on=timezone.localdate(at), order=0 if last is None else last + 1, sealed=kept.data,
            key_id=kept.key_id,
        )  # fmt: skip
        keep_pictures(tip, plain, made)
    return made


__all__ = ["MOST_FILES", "PICTURES", "write_again"]
