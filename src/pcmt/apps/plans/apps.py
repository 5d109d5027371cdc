from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "pcmt.apps.plans"
    label = "plans"
    verbose_name = "kế hoạch"
