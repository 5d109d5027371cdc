"""The units room: units over time and the names they go by."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.units"
    label = "units"
    verbose_name = "đơn vị"
