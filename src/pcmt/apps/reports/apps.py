"""The reports room: takes report duties from adopted plans."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.reports"
    label = "reports"
    verbose_name = "báo cáo"

    def ready(self) -> None:
        """Take part in adoption and in reorganisations of units, in floor order; lay reports out every night.

        And look after archives of reports.
        """
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.plans.adopters import register
        from pcmt.apps.reports import jobs, queue
        from pcmt.apps.reports.operations import adopt_duties
        from pcmt.apps.reports.operations.following import reports_follow
        from pcmt.apps.units import followers

        register(30, adopt_duties)
        followers.register(50, reports_follow)
        # After units were reorganised, before people are reminded.
        schedule("reports.ahead", job=jobs.lay_out, next_after=daily(hour=5, minute=40))
        queue.fill("export", lambda batch_id: str(jobs.work_on_export.enqueue(batch_id).id))
        schedule("reports.exports", job=jobs.tend_exports, next_after=five_minutes_later)


def five_minutes_later(instant: datetime) -> datetime:
    """Every five minutes: as long as somebody waits whose job was lost."""
    return instant + timedelta(minutes=5)
