from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "pcmt.apps.reports"
    label = "reports"
    verbose_name = "báo cáo"
