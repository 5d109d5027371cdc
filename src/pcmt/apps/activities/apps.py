"""What is done and where: events and places of kinds that are data."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """The room of activities."""

    name = "pcmt.apps.activities"
    label = "activities"
    verbose_name = "hoạt động"

    def ready(self) -> None:
        """Take part in reorganisations of units, after the registers; who sees an event opens its files.

        And the room's own schedules: imports that nobody finished.
        """
        from pcmt.apps.activities import jobs
        from pcmt.apps.activities.operations.following import places_follow
        from pcmt.apps.activities.queries.events import files_shown_to
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.plans.showing import show_with
        from pcmt.apps.units import followers

        followers.register(47, places_follow)
        show_with(files_shown_to)
        schedule("activities.sheets", job=jobs.purge_sheets, next_after=daily(hour=2, minute=20))
