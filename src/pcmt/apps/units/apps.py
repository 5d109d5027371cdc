from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "pcmt.apps.units"
    label = "units"
    verbose_name = "đơn vị"
