"""Background work of the registers."""

from django.utils import timezone
from django_tasks import task

from pcmt.apps.registers.operations import counting, importing, keeping, sweeping


@task()
def sweep() -> None:
    """See `sweeping.sweep`."""
    sweeping.sweep(at=timezone.now())


@task()
def keep() -> None:
    """See `keeping.erase_due` and `importing.purge_imports`."""
    keeping.erase_due(at=timezone.now())
    importing.purge_imports(at=timezone.now())


@task()
def recount() -> None:
    """See `operations.counting.recount`."""
    counting.recount(at=timezone.now())


@task()
def mark_all() -> None:
    """See `operations.counting.mark_all`."""
    counting.mark_all(at=timezone.now())
