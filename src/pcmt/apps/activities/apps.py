"""What is done and where: events and places of kinds that are data."""

from datetime import datetime, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ActivitiesConfig(AppConfig):
    """The room of activities."""

    name = "pcmt.apps.activities"
    label = "activities"
    verbose_name = "hoạt động"

    def ready(self) -> None:
        """Take part in reorganisations of units, after the registers; who sees an event opens its files.

        Say which figures are counted from events and places, and when they are counted again; tidy imports.
        """
        from pcmt.apps.activities import jobs
        from pcmt.apps.activities.operations.following import places_follow
        from pcmt.apps.activities.queries.counting import elements_now
        from pcmt.apps.activities.queries.events import files_shown_to
        from pcmt.apps.facts import counters
        from pcmt.apps.facts.models import Source
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.plans.showing import show_with
        from pcmt.apps.units import followers

        followers.register(46, places_follow)
        show_with(files_shown_to)
        counters.register(
            counters.Counter(source=Source.ACTIVITY, words=gettext_lazy("đếm từ hoạt động"), alive=elements_now)
        )
        schedule("activities.count", job=jobs.recount, next_after=two_minutes_later)
        schedule("activities.count_all", job=jobs.mark_all, next_after=daily(hour=0, minute=30))
        schedule("activities.sheets", job=jobs.purge_sheets, next_after=daily(hour=2, minute=20))


def two_minutes_later(instant: datetime) -> datetime:
    """Every two minutes: so long figures may lag behind what was entered."""
    return instant + timedelta(minutes=2)
