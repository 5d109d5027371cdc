"""How long the audit log is kept."""

from django.core.exceptions import ImproperlyConfigured

from . import env

LEAST = 12
"""Months; the guard inside the database knows the same number."""

PCMT_AUDIT_MONTHS = env.number("PCMT_AUDIT_MONTHS", LEAST)
if PCMT_AUDIT_MONTHS < LEAST:
    raise ImproperlyConfigured(f"PCMT_AUDIT_MONTHS={PCMT_AUDIT_MONTHS}: the log is kept for {LEAST} months at least")
