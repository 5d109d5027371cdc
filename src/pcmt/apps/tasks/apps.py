"""The tasks room: takes tasks and their due items from adopted plans."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.tasks"
    label = "tasks"
    verbose_name = "nhiệm vụ"

    def ready(self) -> None:
        """Take part in adoption and in reorganisations of units, in floor order; remind people every morning."""
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.notices import standing
        from pcmt.apps.plans.adopters import register
        from pcmt.apps.tasks import jobs, queue
        from pcmt.apps.tasks.operations import adopt_tasks
        from pcmt.apps.tasks.operations.assigning import tell_bodies
        from pcmt.apps.tasks.operations.following import tasks_follow
        from pcmt.apps.tasks.standing import work_lines
        from pcmt.apps.units import followers

        queue.fill("letters", lambda batch: str(jobs.write_letters.enqueue(batch).id))
        register(20, adopt_tasks)
        register(90, tell_bodies)  # when all rooms have taken theirs
        followers.register(40, tasks_follow)
        # Before the letters that gather what is new go out.
        schedule("tasks.reminders", job=jobs.remind, next_after=daily(hour=6, minute=10))
        standing.register(work_lines)
