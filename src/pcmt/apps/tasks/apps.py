"""The tasks room: takes tasks and their due items from adopted plans."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.tasks"
    label = "tasks"
    verbose_name = "nhiệm vụ"
