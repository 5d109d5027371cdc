"""Background work of the notices room."""

from django.utils import timezone
from django_tasks import task

from . import operations


@task()
def digests() -> None:
    """See `operations.make_digests` and `operations.send_digests`."""
    operations.make_digests(at=timezone.now())
    operations.send_digests(now=timezone.now)


@task()
def tidy() -> None:
    """See `operations.tidy`."""
    operations.tidy(at=timezone.now())
