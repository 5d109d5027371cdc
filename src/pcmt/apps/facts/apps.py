"""The facts room: the catalogue, forms, facts and their roll-up."""

from django.apps import AppConfig


class FactsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.facts"
    label = "facts"
    verbose_name = "số liệu"
