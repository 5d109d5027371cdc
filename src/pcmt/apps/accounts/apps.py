"""The accounts room: users, their roles, the actor."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.accounts"
    label = "accounts"
    verbose_name = "tài khoản"

    def ready(self) -> None:
        """Let roles follow the units at which they are held."""
        from pcmt.apps.accounts.operations.following import grants_follow
        from pcmt.apps.units import followers

        followers.register(10, grants_follow)
