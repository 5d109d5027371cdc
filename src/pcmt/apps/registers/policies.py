"""Who may write in files: the keeper of the commune while the file is there, and the keeper above by reach."""

from __future__ import annotations

from django.db.models import QuerySet

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.registers.models import MergeCase, Subject, Transfer
from pcmt.apps.units.models import Level, Unit, UnitKind


def keeps_files(actor: Actor | None) -> bool:
    """Whether the actor keeps files at all."""
    return changes("registers.Subject", actor) >= Reach.SUBTREE


def can_open_file_at(actor: Actor | None, unit_id: int) -> bool:
    """Whether the actor may open files at a commune: its keeper, or one above."""
    return _reaches(actor, "registers.Subject", unit_id) and communes(actor).filter(pk=unit_id).exists()


def can_keep_file(actor: Actor | None, subject: Subject) -> bool:
    """Whether the actor may write in a file: it is held in the actor's area today, and is a file still.

    Who broke the glass reads, and writes nothing.
    """
    if subject.merged_into_id is not None or subject.anonymised_at is not None:
        return False
    return _reaches(actor, "registers.Subject", subject.unit_id)


def can_send(actor: Actor | None, transfer: Transfer) -> bool:
    """Whether the actor answers for the sending commune of a hand-over."""
    return _reaches(actor, "registers.Transfer", transfer.from_unit_id)


def can_receive(actor: Actor | None, transfer: Transfer) -> bool:
    """Whether the actor may accept or return a handed-over file: the keeper where it goes, or one above."""
    return transfer.to_unit_id is not None and _reaches(actor, "registers.Transfer", transfer.to_unit_id)


def can_decide_merge(actor: Actor | None, case: MergeCase) -> bool:
    """Whether the actor may decide a merge: another than who proposed it, who keeps both files."""
    if actor is None or case.proposed_by_id == actor.user_id:
        return False
    return can_keep_file(actor, case.keep) and can_keep_file(actor, case.drop)


def communes(actor: Actor | None) -> QuerySet[Unit]:
    """The communes of the actor's area at which files are kept, today."""
    if actor is None or not keeps_files(actor):
        return Unit.objects.none()
    reach = changes("registers.Subject", actor)
    return Unit.objects.filter(
        pk__in=reached_units(actor, reach), kind=UnitKind.ADMINISTRATIVE, level=Level.COMMUNE
    ).order_by("name", "pk")


def _reaches(actor: Actor | None, label: str, unit_id: int) -> bool:
    reach = changes(label, actor)
    if actor is None or reach < Reach.SUBTREE:
        return False
    return Unit.objects.filter(pk=unit_id, pk__in=reached_units(actor, reach)).exists()
