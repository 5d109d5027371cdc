"""The plans room: documents, reading, review, adoption."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.plans"
    label = "plans"
    verbose_name = "kế hoạch"
