"""How far a due item is, as one of few stages: the columns of the board, and states of the filter.

What was only requested has no stage: it is shown apart (`owed.REQUESTED_WORD`). Every other item has exactly one, from
its own facts on a day. Nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import attrs
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.apps.tasks.models import DueState

OPEN = Q(state=DueState.OPEN)
DONE = Q(state=DueState.DONE)
BEGUN = Q(acknowledged_at__isnull=False) | Q(percent__gt=0)
BACK = Q(returned_at__isnull=False)
AFTER = Q(due_on__isnull=False, done_on__gt=F("due_on"))


@attrs.frozen
class Stage:
    """A stage: its words, and which items of a day are in it."""

    label: str | Promise
    rule: Callable[[date], Q]


def _coming(today: date) -> Q:
    return Q(opens_on__isnull=False, opens_on__gt=today)


STAGES: Mapping[str, Stage] = {
    "chua-bat-dau": Stage(_("Chưa bắt đầu"), lambda today: OPEN & ~BEGUN & ~BACK & ~_coming(today)),
    "dang-lam": Stage(_("Đang làm"), lambda _today: OPEN & BEGUN & ~BACK),
    "cho-nghiem-thu": Stage(_("Chờ nghiệm thu"), lambda _today: Q(state=DueState.SUBMITTED)),
    "vuong": Stage(_("Bị trả lại, tạm dừng"), lambda _today: (OPEN & BACK) | Q(state=DueState.SUSPENDED)),
    "xong-dung-han": Stage(_("Đã xong trong hạn"), lambda _today: DONE & ~AFTER),
    "xong-muon": Stage(_("Đã xong muộn"), lambda _today: DONE & AFTER),
    "chua-toi-ky": Stage(_("Chưa tới kỳ"), lambda today: OPEN & ~BEGUN & ~BACK & _coming(today)),
}
"""By their words in the address. The last one, windows of recurring work that have not begun, is no column."""

TO_COME = "chua-toi-ky"
COLUMNS = tuple(word for word in STAGES if word != TO_COME)
