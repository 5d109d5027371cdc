"""The targets room: takes targets and allocations from adopted plans."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.targets"
    label = "targets"
    verbose_name = "chỉ tiêu"

    def ready(self) -> None:
        """Take part in adoption and in reorganisations of units, in floor order."""
        from pcmt.apps.plans.adopters import register
        from pcmt.apps.targets.operations import adopt_targets
        from pcmt.apps.targets.operations.following import targets_follow
        from pcmt.apps.units import followers

        register(10, adopt_targets)
        followers.register(30, targets_follow)
