"""The room's own daily work."""

from django.utils import timezone
from django_tasks import task

from . import operations


@task()
def housekeeping() -> None:
    """See `operations.tidy`."""
    operations.tidy(at=timezone.now())
