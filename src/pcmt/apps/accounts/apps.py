from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "pcmt.apps.accounts"
    label = "accounts"
    verbose_name = "tài khoản"
