"""Tip-offs: sealed, apart from who sent them."""

from datetime import datetime, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class TipsConfig(AppConfig):
    """The room of tips."""

    name = "pcmt.apps.tips"
    label = "tips"
    verbose_name = "tin báo, tố giác"

    def ready(self) -> None:
        """Take part in reorganisations after the registers; count tips; remind, destroy and count by schedule."""
        from pcmt.apps.facts import counters
        from pcmt.apps.facts.models import Source
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.tips import jobs
        from pcmt.apps.tips.operations.following import tips_follow
        from pcmt.apps.tips.queries.counting import ELEMENTS
        from pcmt.apps.units import followers

        followers.register(47, tips_follow)
        counters.register(
            counters.Counter(source=Source.TIP, words=gettext_lazy("đếm từ sổ tin báo"), elements=ELEMENTS)
        )
        schedule("tips.tell_new", job=jobs.tell_new, next_after=daily(hour=7, minute=5))
        schedule("tips.remind", job=jobs.remind, next_after=daily(hour=7, minute=10))
        schedule("tips.keep", job=jobs.keep, next_after=daily(hour=2, minute=10))
        schedule("tips.count", job=jobs.recount, next_after=five_minutes_later)
        schedule("tips.count_all", job=jobs.mark_all, next_after=daily(hour=0, minute=30))


def five_minutes_later(instant: datetime) -> datetime:
    """Every five minutes: so long figures may lag behind their tips."""
    return instant + timedelta(minutes=5)
