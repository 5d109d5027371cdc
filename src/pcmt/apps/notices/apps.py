"""The notices room: what people are told about what happens in the rooms above."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.notices"
    label = "notices"
    verbose_name = "thông báo"
