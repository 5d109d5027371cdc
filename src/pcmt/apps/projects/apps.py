"""Campaigns, programmes, projects and their money."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The room of projects."""

    name = "pcmt.apps.projects"
    label = "projects"
    verbose_name = "chương trình, dự án, kinh phí"
