"""The registers: people looked after by law, protected, counted."""

from datetime import datetime, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class RegistersConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.registers"
    label = "registers"
    verbose_name = "hồ sơ quản lý"

    def ready(self) -> None:
        """Say which figures are counted from records, and have them counted."""
        from pcmt.apps.facts import counters
        from pcmt.apps.facts.models import Source
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.registers import jobs
        from pcmt.apps.registers.queries.counting import ELEMENTS

        counters.register(
            counters.Counter(source=Source.REGISTER, words=gettext_lazy("đếm từ hồ sơ"), elements=ELEMENTS)
        )
        schedule("registers.count", job=jobs.recount, next_after=two_minutes_later)
        schedule("registers.count_all", job=jobs.mark_all, next_after=daily(hour=0, minute=20))


def two_minutes_later(instant: datetime) -> datetime:
    """Every two minutes: so long figures may lag behind their records."""
    return instant + timedelta(minutes=2)
