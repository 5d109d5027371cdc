"""The jobs room: background work that survives the death of a worker, and work that comes round every day."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Adds to django-tasks what it lacks: heartbeat, taking up again, schedule."""

    name = "pcmt.apps.jobs"
    verbose_name = "Việc nền"

    def ready(self) -> None:
        """The room's own daily work."""
        from . import jobs
        from .schedules import daily, schedule

        schedule("jobs.housekeeping", job=jobs.housekeeping, next_after=daily(hour=2, minute=10))
