"""Background work of the facts room."""

from django.utils import timezone
from django_tasks import task

from . import operations


@task()
def work_on_sheet(sheet_id: int) -> None:
    """See `operations.work_on_sheet`."""
    operations.work_on_sheet(sheet_id=sheet_id, at=timezone.now())


@task()
def tend_sheets() -> None:
    """See `operations.tend_sheets`."""
    operations.tend_sheets(at=timezone.now())
