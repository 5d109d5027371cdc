"""The registers: people looked after by law, protected, counted."""

from datetime import datetime, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class RegistersConfig(AppConfig):
    """Looks at the clocks of people every hour: limits in hours do not wait for the night."""

    name = "pcmt.apps.registers"
    label = "registers"
    verbose_name = "hồ sơ quản lý"

    def ready(self) -> None:
        """Take part in reorganisations of units, after the tasks room; say which figures are counted from records.

        And the room's own schedules: clocks, retention, figures.
        """
        from pcmt.apps.facts import counters
        from pcmt.apps.facts.models import Source
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.registers import jobs
        from pcmt.apps.registers.operations.following import registers_follow
        from pcmt.apps.registers.queries.counting import ELEMENTS
        from pcmt.apps.units import followers

        followers.register(45, registers_follow)
        counters.register(
            counters.Counter(source=Source.REGISTER, words=gettext_lazy("đếm từ hồ sơ"), elements=ELEMENTS)
        )
        schedule("registers.clocks", job=jobs.sweep, next_after=an_hour_later)
        schedule("registers.keeping", job=jobs.keep, next_after=daily(hour=1, minute=50))
        schedule("registers.count", job=jobs.recount, next_after=two_minutes_later)
        schedule("registers.count_all", job=jobs.mark_all, next_after=daily(hour=0, minute=20))


def an_hour_later(instant: datetime) -> datetime:
    """When clocks are looked at again."""
    return instant + timedelta(hours=1)


def two_minutes_later(instant: datetime) -> datetime:
    """Every two minutes: so long figures may lag behind their records."""
    return instant + timedelta(minutes=2)
