from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "pcmt.apps.tasks"
    label = "tasks"
    verbose_name = "nhiệm vụ"
