"""What is done and where: events and places of kinds that are data."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """The room of activities."""

    name = "pcmt.apps.activities"
    label = "activities"
    verbose_name = "hoạt động"
