"""Background work of the reports room."""

from django.utils import timezone
from django_tasks import task

from pcmt.apps.reports.operations import exporting, occurring


@task()
def lay_out() -> None:
    """See `operations.occurring.lay_out_all`."""
    occurring.lay_out_all(at=timezone.now())


@task()
def work_on_export(batch_id: int) -> None:
    """See `operations.exporting.work_on_export`."""
    exporting.work_on_export(batch_id=batch_id, at=timezone.now())


@task()
def tend_exports() -> None:
    """See `operations.exporting.tend_exports`."""
    exporting.tend_exports(at=timezone.now())
