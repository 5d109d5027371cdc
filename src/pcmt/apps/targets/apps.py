"""The targets room: takes targets and allocations from adopted plans."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.targets"
    label = "targets"
    verbose_name = "chỉ tiêu"

    def ready(self) -> None:
        """Take part in adoption, in floor order."""
        from pcmt.apps.plans.adopters import register
        from pcmt.apps.targets.operations import adopt_targets

        register(10, adopt_targets)
