"""Second factors: what the log and the person are told of them, and taking them from somebody who lost the phone.

Adding and removing itself is done by django-allauth, inside the transaction that calls these.
"""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.policies import can_keep_account
from pcmt.apps.audit.operations import record
from pcmt.core.diagnostics import Refusal

from .doers import themselves
from .letters import notify
from .sessions import take_sessions

FACTOR_EVENTS = {
    "totp_added": "accounts.factor.added",
    "totp_removed": "accounts.factor.removed",
    "passkey_added": "accounts.passkey.added",
    "passkey_renamed": "accounts.passkey.renamed",
    "passkey_removed": "accounts.passkey.removed",
    "codes_renewed": "accounts.codes.renewed",
    "code_used": "accounts.codes.used",
}
"""What can happen to a second factor, and the name of the event in the log."""
QUIET = {"passkey_renamed"}
"""What nobody needs a letter about."""


def factor_changed(*, actor: Actor | None, at: datetime, user: User, what: str, name: str = "") -> None:
    """Tell the log, and the person by letter; `what` is a key of FACTOR_EVENTS, `name` the passkey's own."""
    with transaction.atomic():
        if what not in QUIET:
            notify(at=at, user=user, about=what)
        record(
            at=at,
            actor=themselves(user, at, actor),
            event=FACTOR_EVENTS[what],
            obj=user,
            after={"name": name} if name else None,
        )


def take_factors(*, actor: Actor | None, at: datetime, user_id: int, reason: str) -> int | Refusal:
    """Take all second factors from somebody who can no longer use them; how many. The password stays.

    Done by who keeps the account (None is the command line), with a reason, after making sure who asks. The account
    is signed out everywhere; where a second factor is required, the next sign-in leads to adding one.
    """
    if not reason.strip():
        return Refusal(code="reason", message=_("Ghi lý do và cách đã xác minh người đề nghị."), field="reason")
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None or not can_keep_account(actor, user):
            return Refusal(code="not_yours", message=_("Không có tài khoản này trong phạm vi bạn quản lý."))
        if actor is not None and actor.user_id == user.pk:
            return Refusal(code="oneself", message=_("Không tự gỡ lớp bảo vệ của mình ở đây; vào Tài khoản của tôi."))
        count = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).count()
        Authenticator.objects.filter(user=user).delete()
        take_sessions(user)
        notify(at=at, user=user, about="factors_taken")
        record(
            at=at, actor=actor, event="accounts.factors.taken", obj=user, after={"count": count}, reason=reason.strip()
        )
    return count
