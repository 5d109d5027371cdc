"""Background work of activities: thin calls of operations."""
"""Background work of the activities."""

from django.utils import timezone
from django_tasks import task

from pcmt.apps.activities.operations import sheets
@task()
def purge_sheets() -> int:
    """Empty imports that nobody finished."""
    return sheets.purge_sheets(at=timezone.now())
from pcmt.apps.activities.operations import counting
def recount() -> None:
    """See `operations.counting.recount`."""
    counting.recount(at=timezone.now())
def mark_all() -> None:
    """See `operations.counting.mark_all`."""
    counting.mark_all(at=timezone.now())
