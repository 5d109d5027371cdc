"""The accounts room: users, their roles, the actor, ways in, letters about them."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Says how letters are queued, and has those that could not be sent tried again."""

    name = "pcmt.apps.accounts"
    label = "accounts"
    verbose_name = "tài khoản"

    def ready(self) -> None:
        """Connect the room's jobs, and let roles follow the units at which they are held."""
        from pcmt.apps.accounts import jobs, queue
        from pcmt.apps.accounts.operations.following import grants_follow
        from pcmt.apps.jobs.schedules import schedule
        from pcmt.apps.units import followers

        followers.register(10, grants_follow)
        queue.fill(jobs.send_letter.enqueue)
        schedule("accounts.letters", job=jobs.send_waiting_letters, next_after=five_minutes_later)


def five_minutes_later(instant: datetime) -> datetime:
    """When letters that could not be sent are tried again."""
    return instant + timedelta(minutes=5)
