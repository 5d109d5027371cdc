"""The units room: units over time and the names they go by."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """Has reorganisations carried out on their day, and groups follow them."""

    name = "pcmt.apps.units"
    label = "units"
    verbose_name = "đơn vị"

    def ready(self) -> None:
        """Connect the room's job and its own follower."""
        from pcmt.apps.jobs.schedules import schedule
        from pcmt.apps.units import jobs
        from pcmt.apps.units.followers import register
        from pcmt.apps.units.operations.members import groups_follow

        register(0, groups_follow)
        schedule("units.reorganisations", job=jobs.carry_out, next_after=every_hour)


def every_hour(instant: datetime) -> datetime:
    """A minute past the next full hour: just after midnight, and again should that have failed."""
    return instant.replace(minute=1, second=0, microsecond=0) + timedelta(hours=1)
