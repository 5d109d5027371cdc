"""The notices room: what people are told about what happens in the rooms above."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Has the digests looked after all day, and what is old removed at night."""

    name = "pcmt.apps.notices"
    label = "notices"
    verbose_name = "thông báo"

    def ready(self) -> None:
        """The room's own schedules."""
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.notices import jobs

        schedule("notices.digests", job=jobs.digests, next_after=ten_minutes_later)
        schedule("notices.tidy", job=jobs.tidy, next_after=daily(hour=2, minute=40))


def ten_minutes_later(instant: datetime) -> datetime:
    """When it is looked again whose hour has come."""
    return instant + timedelta(minutes=10)
