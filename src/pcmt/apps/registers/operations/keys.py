"""The keys of the registers: sealing anew with the newest, indexing anew, checking that everything opens.

Rows are taken in batches by their number and written one by one where they still hold what was read (compare and set):
people go on working, two runs do no harm, and a run that was killed is simply started again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import attrs
from django.conf import settings
from django.db import models, transaction

from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.registers.matching import id_form, name_indexes, names_of, phone_form
from pcmt.apps.registers.models import (
    DataRequest,
    Identity,
    NameKey,
    OfflineConflict,
    Paper,
    Pledge,
    RegisterImport,
    Subject,
    TeamMember,
)
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.places import identity_place, keyed_place, paper_place
from pcmt.apps.registers.vault import Unsealable, index_of, seal, unseal

BATCH = 200
ALL = Thing("registers.Identity", "", "")


def _keyed(row: Any) -> str:
    return keyed_place(type(row).__name__, row.key)


PLACES: dict[type[models.Model], Callable[[Any], str]] = {
    Identity: lambda row: identity_place(row.subject.code),
    Paper: lambda row: paper_place(row.pk),
    TeamMember: _keyed,
    Pledge: _keyed,
    DataRequest: _keyed,
    RegisterImport: _keyed,
    OfflineConflict: _keyed,
}
"""Every table that holds something sealed, and to what place it is bound there."""


@attrs.frozen
class Turn:
    """What came of a run over all tables. `broken`: model and number of rows that do not open."""

    done: int
    seen: int
    broken: tuple[tuple[str, int], ...] = ()


def rotate(*, at: datetime, progress: Callable[[str, int], None] | None = None) -> Turn:
    """Seal with the newest key whatever another one seals. The old key may go once nothing is broken or left."""
    newest = next(iter(settings.REGISTER_KEYS))
    done, seen, broken = 0, 0, []
    for model, place in PLACES.items():
        for row in _rows(model, other_than=newest):
            seen += 1
            kept = _sealed_anew(model, row, place(row))
            if kept is None:
                broken.append((model._meta.label, row.pk))
            done += bool(kept)
            if progress and seen % BATCH == 0:
                progress(model._meta.label, seen)
    told = {"count": done, "key": newest, "broken": len(broken)}
    record(at=at, actor=None, event="registers.keys.rotated", obj=ALL, after=told)
    return Turn(done, seen, tuple(broken))


def reindex(*, at: datetime, progress: Callable[[str, int], None] | None = None) -> Turn:
    """Make the blind indexes anew, after their key was changed. Until then look-ups miss what is not done yet.

    Each file is indexed under its lock from what it says at that moment.
    """
    done, seen, broken = 0, 0, []
    for row in _rows(Identity):
        seen += 1
        with transaction.atomic():
            Subject.objects.select_for_update(of=("self",), no_key=True).get(pk=row.subject_id)
            kept = Identity.objects.select_related("subject").filter(pk=row.pk).first()
            if kept is None:
                continue  # made nameless meanwhile
            try:
                block = PersonBlock.of(unseal(kept.sealed, kept.key_id, identity_place(kept.subject.code)))
            except Unsealable:
                broken.append((Identity._meta.label, kept.pk))
                continue
            done += _indexed(kept, block)
        if progress and seen % BATCH == 0:
            progress(Identity._meta.label, seen)
    told = {"count": done, "broken": len(broken)}
    record(at=at, actor=None, event="registers.keys.reindexed", obj=ALL, after=told)
    return Turn(done, seen, tuple(broken))


def check() -> Turn:
    """Open every sealed row. Nothing is shown or written."""
    done, seen, broken = 0, 0, []
    for model, place in PLACES.items():
        for row in _rows(model):
            seen += 1
            try:
                unseal(row.sealed, row.key_id, place(row))
                done += 1
            except Unsealable:
                broken.append((model._meta.label, row.pk))
    return Turn(done, seen, tuple(broken))


def keys_in_use() -> dict[str, int]:
    """How many rows each key seals, also keys that are not there any more."""
    found: dict[str, int] = {}
    for model in PLACES:
        rows = _held(model).values_list("key_id").annotate(n=models.Count("pk")).order_by()
        for key_id, count in rows:
            found[key_id] = found.get(key_id, 0) + count
    return found


def _held(model: type[models.Model]) -> Any:
    """Rows that hold something sealed; what was destroyed is empty."""
    return model._default_manager.exclude(key_id="")


def _rows(model: type[models.Model], other_than: str = "") -> Iterator[Any]:
    """All sealed rows in batches by number, so that none is held open for long."""
    rows = _held(model).order_by("pk")
    if model is Identity:
        rows = rows.select_related("subject")
    if other_than:
        rows = rows.exclude(key_id=other_than)
    after = 0
    while batch := list(rows.filter(pk__gt=after)[:BATCH]):
        yield from batch
        after = batch[-1].pk


def _sealed_anew(model: type[models.Model], row: Any, place: str) -> int | None:
    """1 when the row was written, 0 when somebody else was faster, None when it does not open."""
    try:
        kept = seal(unseal(row.sealed, row.key_id, place), place)
    except Unsealable:
        return None
    same = model._default_manager.filter(pk=row.pk, key_id=row.key_id, sealed=bytes(row.sealed))
    return int(same.update(sealed=kept.data, key_id=kept.key_id))


def _indexed(row: Identity, block: PersonBlock) -> bool:
    """Write what differs; whether anything did."""
    number, phone = index_of("id", id_form(block.id_number)), index_of("phone", phone_form(block.phone))
    wanted = name_indexes(names_of(block))
    had = set(NameKey.objects.filter(subject_id=row.subject_id).values_list("index", flat=True))
    if (row.id_index, row.phone_index) == (number, phone) and had == wanted:
        return False
    Identity.objects.filter(pk=row.pk).update(id_index=number, phone_index=phone)
    NameKey.objects.filter(subject_id=row.subject_id, index__in=had - wanted).delete()
    NameKey.objects.bulk_create(
        [NameKey(subject_id=row.subject_id, index=each) for each in sorted(wanted - had)], ignore_conflicts=True
    )
    return True
