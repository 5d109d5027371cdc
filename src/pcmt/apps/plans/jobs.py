"""Background work of the plans room."""

from django.utils import timezone
from django_tasks import task

from . import operations


@task()
def read_revision(revision_id: int) -> None:
    """See `operations.perform_reading`."""
    operations.perform_reading(revision_id=revision_id, at=timezone.now())


@task()
def screen_kept(source_id: int) -> None:
    """See `operations.screen_kept`."""
    operations.screen_kept(source_id=source_id, at=timezone.now())


@task()
def tend_readings() -> None:
    """See `operations.tend_readings`."""
    operations.tend_readings(at=timezone.now())
