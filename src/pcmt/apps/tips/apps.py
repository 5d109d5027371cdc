"""Tip-offs: sealed, apart from who sent them."""

from django.apps import AppConfig


class TipsConfig(AppConfig):
    """The room of tips."""

    name = "pcmt.apps.tips"
    label = "tips"
    verbose_name = "tin báo, tố giác"
