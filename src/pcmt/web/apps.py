"""Makes the templates, static files and template tags of the pages known to Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The web floor. It has no models."""

    name = "pcmt.web"
    label = "web"
    verbose_name = "Giao diện"
