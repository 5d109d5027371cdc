"""The demo room: it has no models of its own."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Settings of the room: it has no models."""

    name = "pcmt.demo"
    label = "demo"
    verbose_name = "Dữ liệu minh họa"
