"""Background work of the units room."""

from django.utils import timezone
from django_tasks import task

from . import operations


@task()
def carry_out() -> None:
    """See `operations.carry_out_reorganisations`."""
    operations.carry_out_reorganisations(at=timezone.now())
