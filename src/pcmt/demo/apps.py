"""The demo room."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Has no tables of its own: it fills those of the rooms through their operations."""

    name = "pcmt.demo"
    verbose_name = "Dữ liệu minh họa"
