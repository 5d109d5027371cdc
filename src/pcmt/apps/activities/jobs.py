"""Background work of the activities."""

from django.utils import timezone
from django_tasks import task

from pcmt.apps.activities.operations import counting


@task()
def recount() -> None:
    """See `operations.counting.recount`."""
    counting.recount(at=timezone.now())


@task()
def mark_all() -> None:
    """See `operations.counting.mark_all`."""
    counting.mark_all(at=timezone.now())
