"""Background work of the accounts room."""

from django.utils import timezone
from django_tasks import task

from . import operations


@task()
def send_letter(letter_id: int) -> None:
    """See `operations.send_letter`."""
    operations.send_letter(letter_id=letter_id, at=timezone.now())


@task()
def send_waiting_letters() -> None:
    """See `operations.send_waiting_letters`."""
    operations.send_waiting_letters(at=timezone.now())
