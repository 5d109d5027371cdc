"""The registers: people looked after by law, protected, counted."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Has the clocks of people looked after every hour: limits in hours do not wait for the night."""

    name = "pcmt.apps.registers"
    label = "registers"
    verbose_name = "hồ sơ quản lý"

    def ready(self) -> None:
        """Take part in reorganisations of units, after the tasks room; the room's own schedules."""
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.registers import jobs
        from pcmt.apps.registers.operations.following import registers_follow
        from pcmt.apps.units import followers

        followers.register(45, registers_follow)
        schedule("registers.clocks", job=jobs.sweep, next_after=an_hour_later)
        schedule("registers.keeping", job=jobs.keep, next_after=daily(hour=1, minute=50))


def an_hour_later(instant: datetime) -> datetime:
    """When clocks are looked at again."""
    return instant + timedelta(hours=1)
