"""The reports room: takes report duties from adopted plans."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.reports"
    label = "reports"
    verbose_name = "báo cáo"

    def ready(self) -> None:
        """Take part in adoption, in floor order."""
        from pcmt.apps.plans.adopters import register
        from pcmt.apps.reports.operations import adopt_duties

        register(30, adopt_duties)
