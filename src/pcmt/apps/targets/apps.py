"""The targets room: takes targets and allocations from adopted plans."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.targets"
    label = "targets"
    verbose_name = "chỉ tiêu"

    def ready(self) -> None:
        """Take part in adoption and in reorganisations of units, in floor order; judge anew with figures and daily."""
        from pcmt.apps.facts import listeners
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.plans.adopters import register
        from pcmt.apps.targets import jobs
        from pcmt.apps.targets.operations import adopt_targets, rejudge
        from pcmt.apps.targets.operations.following import targets_follow
        from pcmt.apps.units import followers

        register(10, adopt_targets)
        followers.register(30, targets_follow)
        listeners.register(rejudge)
        # After midnight the day is another one; before the letters of the morning go out.
        schedule("targets.standings", job=jobs.refresh, next_after=daily(hour=0, minute=20))
