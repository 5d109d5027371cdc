"""The facts room: the catalogue, forms, facts and their roll-up."""

from django.apps import AppConfig


class FactsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.facts"
    label = "facts"
    verbose_name = "số liệu"

    def ready(self) -> None:
        """Follow units that are reorganised, before plans and targets do; have the sums checked every night."""
        from pcmt.apps.facts import jobs
        from pcmt.apps.facts.operations.following import facts_follow
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.units import followers

        followers.register(15, facts_follow)
        schedule("facts.verify", job=jobs.verify, next_after=daily(hour=2, minute=40))
