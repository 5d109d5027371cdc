"""Background work of the room of tips."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from pcmt.apps.tips.operations import counting, keeping, receiving, reminding


@task()
def remind() -> None:
    """See `reminding.free_left` and `reminding.remind`."""
    reminding.free_left(at=timezone.now())
    reminding.remind(at=timezone.now())


@task()
def keep() -> None:
    """See `keeping.purge_due`."""
    keeping.purge_due(at=timezone.now())


@task()
def recount() -> None:
    """See `operations.counting.recount`."""
    counting.recount(at=timezone.now())


@task()
def mark_all() -> None:
    """See `operations.counting.mark_all`."""
    counting.mark_all(at=timezone.now())


@task()
def tell_new() -> None:
    """See `receiving.tell_new`."""
    receiving.tell_new(at=timezone.now())
