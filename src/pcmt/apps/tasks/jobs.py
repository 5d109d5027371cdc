"""Background work of the tasks room."""

from django.utils import timezone
from django_tasks import task

from . import operations


@task()
def remind() -> None:
    """See `operations.remind`."""
    operations.remind(at=timezone.now())
