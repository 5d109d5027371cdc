"""Background work of the reports room."""

from django.utils import timezone
from django_tasks import task

from pcmt.apps.reports.operations import occurring


@task()
def lay_out() -> None:
    """See `operations.occurring.lay_out_all`."""
    occurring.lay_out_all(at=timezone.now())
