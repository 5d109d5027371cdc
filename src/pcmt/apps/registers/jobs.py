"""Background work of the registers."""

from django.utils import timezone
from django_tasks import task

from pcmt.apps.registers.operations import importing, keeping, sweeping


@task()
def sweep() -> None:
    """See `sweeping.sweep`."""
    sweeping.sweep(at=timezone.now())


@task()
def keep() -> None:
    """See `keeping.erase_due` and `importing.purge_imports`."""
    keeping.erase_due(at=timezone.now())
    importing.purge_imports(at=timezone.now())
