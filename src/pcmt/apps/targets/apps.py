from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "pcmt.apps.targets"
    label = "targets"
    verbose_name = "chỉ tiêu"
