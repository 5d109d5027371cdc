"""The keys of tips: sealing anew with the newest, checking that everything opens.

Rows are taken in batches by their number and written one by one where they still hold what was read (compare and set):
people go on working, two runs do no harm, and a run that was killed is simply started again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs
from django.conf import settings
from django.db import models

from pcmt.apps import sealing
from pcmt.apps.audit.operations import record
from pcmt.apps.tips.models import Tip, TipFile, TipIdentity, TipMessage, TipStep
from pcmt.apps.tips.operations.keeping import ALL
from pcmt.apps.tips.places import file_place, identity_place, message_place, step_place, tip_place
from pcmt.apps.tips.vault import Unsealable

BATCH = 200


@attrs.frozen
class Turn:
    """What came of a run over all tables. `broken`: model and number of rows that do not open."""

    done: int
    seen: int
    broken: tuple[tuple[str, int], ...] = ()


PLACES: Mapping[type[models.Model], Callable[[Any], str]] = {
    Tip: lambda row: tip_place(row.number),
    TipMessage: lambda row: message_place(row.tip.number),
    TipStep: lambda row: step_place(row.tip.number),
    TipFile: lambda row: file_place(row.key),
    TipIdentity: lambda row: identity_place(row.tip.number),
}
"""Every table that holds something sealed, and to what place it is bound there."""


def keys_of(model: type[models.Model]) -> sealing.Keys:
    """The keys that seal a table: identities have their own."""
    return settings.TIP_IDENTITY_KEYS if model is TipIdentity else settings.TIP_KEYS


def rotate(*, at: datetime, progress: Callable[[str, int], None] | None = None) -> Turn:
    """Seal with the newest key whatever another one seals. The old key may go once nothing is broken or left."""
    done, seen, broken = 0, 0, []
    for model, place in PLACES.items():
        newest = next(iter(keys_of(model)))
        for row in _rows(model, other_than=newest):
            seen += 1
            try:
                plain = sealing.unseal_bytes(row.sealed, row.key_id, place(row), keys_of(model))
            except Unsealable:
                broken.append((model._meta.label, row.pk))
                continue
            kept = sealing.seal_bytes(plain, place(row), keys_of(model))
            same = model._default_manager.filter(pk=row.pk, key_id=row.key_id, sealed=bytes(row.sealed))
            done += same.update(sealed=kept.data, key_id=kept.key_id)
            if progress and seen % BATCH == 0:
                progress(model._meta.label, seen)
    record(at=at, actor=None, event="tips.keys.rotated", obj=ALL, after={"count": done, "broken": len(broken)})
    return Turn(done, seen, tuple(broken))


def check() -> Turn:
    """Open every sealed row. Nothing is shown or written."""
    done, seen, broken = 0, 0, []
    for model, place in PLACES.items():
        for row in _rows(model):
            seen += 1
            try:
                sealing.unseal_bytes(row.sealed, row.key_id, place(row), keys_of(model))
                done += 1
            except Unsealable:
                broken.append((model._meta.label, row.pk))
    return Turn(done, seen, tuple(broken))


def keys_in_use() -> dict[tuple[str, str], int]:
    """How many rows each key seals, also keys that are not there any more: by "" or "identity", and the key's id."""
    found: dict[tuple[str, str], int] = {}
    for model in PLACES:
        sort = "identity" if model is TipIdentity else ""
        rows = _held(model).values_list("key_id").annotate(n=models.Count("pk")).order_by()
        for key_id, count in rows:
            found[sort, key_id] = found.get((sort, key_id), 0) + count
    return found


def _held(model: type[models.Model]) -> Any:
    """Rows that hold something sealed; what was destroyed is empty."""
    return model._default_manager.exclude(key_id="").exclude(sealed=None)


def _rows(model: type[models.Model], other_than: str = "") -> Iterator[Any]:
    """All sealed rows in batches by number, so that none is held open for long."""
    rows = _held(model).order_by("pk")
    if model in (TipMessage, TipStep, TipIdentity):
        rows = rows.select_related("tip")
    if other_than:
        rows = rows.exclude(key_id=other_than)
    after = 0
    while batch := list(rows.filter(pk__gt=after)[:BATCH]):
        yield from batch
        after = batch[-1].pk
