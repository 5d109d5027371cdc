"""What tips may be: channels, states, outcomes. Pages read these; the rows themselves stay in this room."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a tip came in."""

    WEB = "web", _("Trang tố giác")
    BOX = "box", _("Hòm thư tố giác")
    PHONE = "phone", _("Điện thoại")
    VNEID = "vneid", _("VNeID")
    DIRECT = "direct", _("Trực tiếp")
    LETTER = "letter", _("Đơn thư")


class TipState(models.TextChoices):
    """How a tip stands."""

    RECEIVED = "received", _("Đã tiếp nhận")
    VERIFYING = "verifying", _("Đang xác minh")
    SETTLED = "settled", _("Đã giải quyết")
    PASSED_ON = "passed_on", _("Đã chuyển cơ quan khác")


OPEN = (TipState.RECEIVED, TipState.VERIFYING)
"""States in which the clock runs."""


class Outcome(models.TextChoices):
    """What came of a tip; told in statistics."""

    CONFIRMED = "confirmed", _("Đúng")
    PARTLY = "partly", _("Đúng một phần")
    UNFOUNDED = "unfounded", _("Không đúng")
    NO_GROUNDS = "no_grounds", _("Không đủ cơ sở xác minh")


class AskState(models.TextChoices):
    """How a request for an identity stands."""

    OPEN = "open", _("Chờ người giữ danh tính")
    RELEASED = "released", _("Đã cho xem")
    REFUSED = "refused", _("Không cho xem")
