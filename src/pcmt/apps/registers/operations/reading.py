"""Opening who somebody is: the only door, and each passing is written down.

Web pages, documents and exports come through here. What must be compared inside an operation (duplicates, erasing) is
opened there by the vault itself and shown to nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing, record_reading
from pcmt.apps.registers.models import Identity, Purpose, Reading, Subject, Visit
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.places import identity_place
from pcmt.apps.registers.vault import Unsealable, unseal
from pcmt.core.diagnostics import Refusal

log = logging.getLogger(__name__)

MOST = 2000
"""Identities opened at once at most: lists are shown by pages, exports are limited."""


def open_identity(*, actor: Actor, at: datetime, visit: Visit | None, subject: Subject) -> PersonBlock | Refusal:
    """Who a subject is, for somebody who may know and has said what for. Counted in the visit and logged.

    Refuses without an open visit of the actor, for a file whose processing is restricted (unless the visit serves the
    person's own request), for one made nameless, and for what does not open. Raises PermissionDenied.
    """
    found = _opened(actor, at, visit, [subject], listed=False)
    if isinstance(found, Refusal):
        return found
    block = found.get(subject.pk)
    if block is not None:
        return block
    if subject.restricted:
        return Refusal(
            code="restricted",
            message=_("Hồ sơ đang hạn chế xử lý theo yêu cầu của chính người đó. Chỉ mở để giải quyết yêu cầu."),
        )
    if subject.anonymised_at is not None:
        return Refusal(code="nameless", message=_("Hồ sơ đã hết thời hạn lưu: nhân thân đã xóa, chỉ còn số liệu."))
    return Refusal(
        code="unsealable",
        message=_("Nhân thân của hồ sơ này không mở được. Báo người quản trị kiểm tra khóa (pcmt registers check)."),
    )


def open_identities(
    *, actor: Actor, at: datetime, visit: Visit | None, subjects: Iterable[Subject], what: str
) -> dict[int, PersonBlock] | Refusal:
    """Who several subjects are, by their ids. `what` is a code of the list (list, search, day, device, export, …).

    Files that may not be opened now (restricted, nameless, broken) are left out. One entry of the log for all of them,
    with their number. Raises PermissionDenied where one of them is not the actor's to know; a ValueError above MOST.
    """
    wanted = list({each.pk: each for each in subjects}.values())
    if len(wanted) > MOST:
        raise ValueError(f"{len(wanted)} identities at once")
    return _opened(actor, at, visit, wanted, listed=True, what=what)


def _opened(
    actor: Actor, at: datetime, visit: Visit | None, subjects: Sequence[Subject], *, listed: bool, what: str = ""
) -> dict[int, PersonBlock] | Refusal:
    ids = [each.pk for each in subjects]
    if not actor.sees("registers.Identity") and not Identity.objects.visible_to(actor).filter(subject__in=ids).exists():
        raise PermissionDenied
    with transaction.atomic():
        kept = _held(actor, at, visit)
        if kept is None:
            return Refusal(code="visit", message=_("Nói mục đích trước khi mở hồ sơ."))
        rows = list(
            Identity.objects.visible_to(actor).filter(subject__in=ids).select_related("subject").order_by("subject_id")
        )
        hidden = set(ids) - {row.subject_id for row in rows}
        if Identity.objects.filter(subject__in=hidden).exists():
            raise PermissionDenied
        if kept.purpose != Purpose.REQUEST:
            rows = [row for row in rows if not row.subject.restricted]
        found: dict[int, PersonBlock] = {}
        for row in rows:
            try:
                found[row.subject_id] = PersonBlock.of(unseal(row.sealed, row.key_id, identity_place(row.subject.code)))
            except Unsealable:
                log.error("identity of %s does not open (key %s)", row.subject.code, row.key_id)
        if found:
            _written_down(actor, at, kept, [row.subject for row in rows if row.subject_id in found], listed, what)
    return found


def _held(actor: Actor, at: datetime, visit: Visit | None) -> Visit | None:
    """The visit, locked, if it is the actor's and open."""
    if visit is None:
        return None
    return (
        Visit.objects.select_for_update(of=("self",), no_key=True)
        .filter(
            pk=visit.pk, user_id=actor.user_id, unit_id=actor.unit_id, role=actor.role,
            closed_at__isnull=True, until__gt=at,
        )
        .first()
    )  # fmt: skip


def _written_down(
    actor: Actor, at: datetime, visit: Visit, subjects: Sequence[Subject], listed: bool, what: str
) -> None:
    ids = [each.pk for each in subjects]
    way = {"listed": True} if listed else {"opened": True}
    known = Reading.objects.filter(visit=visit, subject__in=ids)
    had = set(known.values_list("subject_id", flat=True))
    if had:
        known.update(last_at=at, times=F("times") + 1, **way)
    Reading.objects.bulk_create(
        Reading(visit=visit, subject_id=pk, first_at=at, last_at=at, **way) for pk in ids if pk not in had
    )
    Visit.objects.filter(pk=visit.pk).update(readings=F("readings") + len(ids))
    with translation.override("vi"):  # what is stored is Vietnamese, whoever reads
        purpose = str(Purpose(visit.purpose).label)
    if listed:
        thing = Thing(Subject._meta.label, "", "")
        told = {"what": what, "count": len(ids)}
        record_reading(at=at, actor=actor, event="registers.list.read", obj=thing, purpose=purpose, told=told)
    else:
        record_reading(at=at, actor=actor, event="registers.identity.read", obj=subjects[0], purpose=purpose)
