"""The plans room: documents, reading, review, adoption."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Says how readings are queued, has lost ones looked after, and lets plans follow their units."""

    name = "pcmt.apps.plans"
    label = "plans"
    verbose_name = "kế hoạch"

    def ready(self) -> None:
        """Connect the room's jobs."""
        from pcmt.apps.jobs.schedules import schedule
        from pcmt.apps.plans import jobs, queue
        from pcmt.apps.plans.operations.following import plans_follow
        from pcmt.apps.units import followers

        queue.fill("reading", lambda revision_id: str(jobs.read_revision.enqueue(revision_id).id))
        queue.fill("screening", lambda source_id: str(jobs.screen_kept.enqueue(source_id).id))
        schedule("plans.readings", job=jobs.tend_readings, next_after=every_other_minute)
        followers.register(20, plans_follow)


def every_other_minute(instant: datetime) -> datetime:
    """Two minutes later."""
    return instant + timedelta(minutes=2)
