"""Campaigns, programmes, projects and their money."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ProjectsConfig(AppConfig):
    """The room of projects."""

    name = "pcmt.apps.projects"
    label = "projects"
    verbose_name = "chương trình, dự án, kinh phí"

    def ready(self) -> None:
        """Take part in reorganisations of units; say which figures are counted from entries of money."""
        from pcmt.apps.facts import counters
        from pcmt.apps.facts.models import Source
        from pcmt.apps.jobs.schedules import daily, schedule
        from pcmt.apps.projects import jobs
        from pcmt.apps.projects.operations.following import projects_follow
        from pcmt.apps.projects.queries.counting import ELEMENTS
        from pcmt.apps.units import followers

        followers.register(48, projects_follow)
        counters.register(
            counters.Counter(source=Source.MONEY, words=gettext_lazy("cộng từ sổ kinh phí"), elements=ELEMENTS)
        )
        schedule("projects.count_all", job=jobs.count_all, next_after=daily(hour=0, minute=40))
