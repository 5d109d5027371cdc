"""The tasks room: takes tasks and their due items from adopted plans."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.tasks"
    label = "tasks"
    verbose_name = "nhiệm vụ"

    def ready(self) -> None:
        """Take part in adoption and in reorganisations of units, in floor order."""
        from pcmt.apps.plans.adopters import register
        from pcmt.apps.tasks import jobs, queue
        from pcmt.apps.tasks.operations import adopt_tasks
        from pcmt.apps.tasks.operations.following import tasks_follow
        from pcmt.apps.units import followers

        queue.fill("letters", lambda batch: str(jobs.write_letters.enqueue(batch).id))
        register(20, adopt_tasks)
        followers.register(40, tasks_follow)
