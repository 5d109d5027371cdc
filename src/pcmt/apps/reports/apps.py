"""The reports room: takes report duties from adopted plans."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.reports"
    label = "reports"
    verbose_name = "báo cáo"

    def ready(self) -> None:
        """Take part in adoption and in reorganisations of units, in floor order; lay reports out every night."""
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.plans.adopters import register
        from pcmt.apps.reports import jobs
        from pcmt.apps.reports.operations import adopt_duties
        from pcmt.apps.reports.operations.following import reports_follow
        from pcmt.apps.units import followers

        register(30, adopt_duties)
        followers.register(50, reports_follow)
        # After units were reorganised, before people are reminded.
        schedule("reports.ahead", job=jobs.lay_out, next_after=daily(hour=5, minute=40))
