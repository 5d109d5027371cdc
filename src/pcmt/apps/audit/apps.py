"""The audit room: who did what, when, to which object, why."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Lowest of the rooms: every operation records here, and it knows none of them."""

    name = "pcmt.apps.audit"
    verbose_name = "Nhật ký"
