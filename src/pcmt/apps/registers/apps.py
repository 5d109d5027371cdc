"""The registers: people looked after by law, protected, counted."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.registers"
    label = "registers"
    verbose_name = "hồ sơ quản lý"
