"""Background work of the targets room."""

from django.utils import timezone
from django_tasks import task

from . import operations


@task()
def refresh() -> None:
    """See `operations.refresh_standings`."""
    operations.refresh_standings(at=timezone.now())
