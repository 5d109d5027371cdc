"""Background work of the activities: thin calls of operations."""

from django.utils import timezone
from django_tasks import task

from pcmt.apps.activities.operations import counting, sheets


@task()
def purge_sheets() -> int:
    """Empty imports that nobody finished."""
    return sheets.purge_sheets(at=timezone.now())


@task()
def recount() -> None:
    """See `operations.counting.recount`."""
    counting.recount(at=timezone.now())


@task()
def mark_all() -> None:
    """See `operations.counting.mark_all`."""
    counting.mark_all(at=timezone.now())
