"""Background work of projects."""

from django.utils import timezone
from django_tasks import task

from pcmt.apps.projects.operations import counting


@task()
def count_all() -> None:
    """See `operations.counting.count_all`."""
    counting.count_all(at=timezone.now())
