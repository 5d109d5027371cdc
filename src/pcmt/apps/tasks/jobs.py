"""Background work of the tasks room."""

from uuid import UUID

from django.utils import timezone
from django_tasks import task

from . import operations


@task()
def write_letters(batch: str) -> None:
    """See `operations.write_letters`."""
    operations.write_letters(batch=UUID(batch), at=timezone.now())
