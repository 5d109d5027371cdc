"""The accounts room: users, their roles, the actor."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Django application."""

    name = "pcmt.apps.accounts"
    label = "accounts"
    verbose_name = "tài khoản"
