"""How a person wants to be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.operations.doers import somebody, themselves
from pcmt.apps.audit.models import Doer
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.addresses import user_of
from pcmt.apps.notices.models import KEPT_IN_BELL, Mute, Preference, Rhythm, Way
from pcmt.apps.notices.policies import is_quiet
from pcmt.apps.notices.queries import muted_by, preference_of
from pcmt.core.diagnostics import Refusal

CHOSEN = ("rhythm", "hour", "quiet_from", "quiet_to", "workdays_only")


def choose(
    *,
    actor: Doer | None,
    at: datetime,
    user: User,
    rhythm: str,
    hour: int,
    quiet_from: int,
    quiet_to: int,
    workdays_only: bool,
    muted: Iterable[tuple[str, str]],
) -> Preference | Refusal:
    """Set how a person is told; `muted` are all pairs of reason and way that are off from now on.

    Reasons that always count in the bell (`KEPT_IN_BELL`) cannot be muted there.
    """
    wanted = Preference(
        user=user, rhythm=rhythm, hour=hour, quiet_from=quiet_from, quiet_to=quiet_to, workdays_only=workdays_only
    )
    if is_quiet(wanted, hour):
        told = _("Giờ này nằm trong giờ yên tĩnh nên thư sẽ không bao giờ đi. Chọn giờ khác.")
        return Refusal(code="quiet", message=told, field="hour")
    off = set(muted)
    if any(way == Way.BELL and reason in KEPT_IN_BELL for reason, way in off):
        return Refusal(code="kept", message=_("Lý do này luôn được tính ở chuông vì có người chờ bạn."))
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two tabs save one after the other
        before, before_off = preference_of(user.pk), muted_by(user.pk)
        wanted.save()
        for reason, way in before_off - off:
            Mute.objects.filter(user=user, reason=reason, way=way).delete()
        Mute.objects.bulk_create(Mute(user=user, reason=reason, way=way) for reason, way in sorted(off - before_off))
        was, now = _facts(before, before_off), _facts(wanted, off)
        changed = [name for name in now if was[name] != now[name]]
        if changed:
            record(
                at=at,
                actor=themselves(user, at, actor),
                event="notices.preference.changed",
                obj=user,
                before={name: was[name] for name in changed},
                after={name: now[name] for name in changed},
            )
    return wanted


def stop_mail(*, at: datetime, token: str) -> User | None:
    """Stop the digests of the person whose letter carried the token, and nothing else; None where it is not ours.

    Whoever holds the letter may do this without signing in; doing it again changes nothing.
    """
    user_id = user_of(token)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
        if user is None:
            return None
        before = preference_of(user.pk)
        if before.rhythm != Rhythm.NEVER:
            was = before.rhythm
            before.rhythm = Rhythm.NEVER
            before.save()
            record(
                at=at,
                actor=somebody(user, at),
                event="notices.mail.stopped",
                obj=user,
                before={"rhythm": was},
                after={"rhythm": before.rhythm},
            )
    return user


def _facts(preference: Preference, muted: set[tuple[str, str]]) -> dict[str, object]:
    facts: dict[str, object] = {name: getattr(preference, name) for name in CHOSEN}
    off = {way: sorted(reason for reason, each in muted if each == way) for way in Way}
    return facts | {"not_in_bell": off[Way.BELL], "not_in_mail": off[Way.MAIL]}
