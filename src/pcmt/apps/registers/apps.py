"""The registers: people looked after by law, protected, counted."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.registers"
    label = "registers"
    verbose_name = "hồ sơ quản lý"

    def ready(self) -> None:
        """Take part in reorganisations of units, after the tasks room."""
        from pcmt.apps.registers.operations.following import registers_follow
        from pcmt.apps.units import followers

        followers.register(45, registers_follow)
