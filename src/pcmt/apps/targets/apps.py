"""The targets room: takes targets and allocations from adopted plans."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.targets"
    label = "targets"
    verbose_name = "chỉ tiêu"
