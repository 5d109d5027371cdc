"""The reports room: takes report duties from adopted plans."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.reports"
    label = "reports"
    verbose_name = "báo cáo"
