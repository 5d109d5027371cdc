"""What is done and where: events and places of kinds that are data."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """The room of activities."""

    name = "pcmt.apps.activities"
    label = "activities"
    verbose_name = "hoạt động"

    def ready(self) -> None:
        """Take part in reorganisations of units, after the registers."""
        from pcmt.apps.activities.operations.following import places_follow
        from pcmt.apps.units import followers

        followers.register(47, places_follow)
