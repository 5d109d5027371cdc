"""Background work of activities: thin calls of operations."""

from django.utils import timezone
from django_tasks import task

from pcmt.apps.activities.operations import sheets


@task()
def purge_sheets() -> int:
    """Empty imports that nobody finished."""
    return sheets.purge_sheets(at=timezone.now())
