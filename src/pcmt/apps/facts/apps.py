"""The facts room: the catalogue, forms, facts and their roll-up."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class FactsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.facts"
    label = "facts"
    verbose_name = "số liệu"

    def ready(self) -> None:
        """Say how sheets are worked on in the background and looked after; follow units that are reorganised, before
        plans and targets do; have the sums checked every night.
        """
        from pcmt.apps.facts import jobs, queue
        from pcmt.apps.facts.operations.following import facts_follow
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.units import followers

        queue.fill("sheet", lambda sheet_id: str(jobs.work_on_sheet.enqueue(sheet_id).id))
        schedule("facts.sheets", job=jobs.tend_sheets, next_after=five_minutes_later)
        followers.register(15, facts_follow)
        schedule("facts.verify", job=jobs.verify, next_after=daily(hour=2, minute=40))


def five_minutes_later(instant: datetime) -> datetime:
    """Every five minutes: as long as somebody waits whose job was lost."""
    return instant + timedelta(minutes=5)
