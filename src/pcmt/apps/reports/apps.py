"""The reports room: takes report duties from adopted plans."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.reports"
    label = "reports"
    verbose_name = "báo cáo"

    def ready(self) -> None:
        """Take part in adoption and in reorganisations of units, in floor order."""
        from pcmt.apps.plans.adopters import register
        from pcmt.apps.reports.operations import adopt_duties
        from pcmt.apps.reports.operations.following import reports_follow
        from pcmt.apps.units import followers

        register(30, adopt_duties)
        followers.register(50, reports_follow)
