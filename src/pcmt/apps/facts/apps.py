"""The facts room: the catalogue, forms, facts and their roll-up."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class FactsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.facts"
    label = "facts"
    verbose_name = "số liệu"

    def ready(self) -> None:
        """Say how sheets are worked on in the background, and have lost and old ones looked after."""
        from pcmt.apps.facts import jobs, queue
        from pcmt.apps.jobs.schedules import schedule

        queue.fill("sheet", lambda sheet_id: str(jobs.work_on_sheet.enqueue(sheet_id).id))
        schedule("facts.sheets", job=jobs.tend_sheets, next_after=five_minutes_later)


def five_minutes_later(instant: datetime) -> datetime:
    """Every five minutes: as long as somebody waits whose job was lost."""
    return instant + timedelta(minutes=5)
