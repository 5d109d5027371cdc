"""What the reports room takes from an adopted plan, and what becomes of forms, regimes and reports."""

from pcmt.apps.reports.operations.adoption import adopt_duties
from pcmt.apps.reports.operations.forms import (
    add_form,
    copy_form,
    drop_form_draft,
    end_form,
    load_forms,
    put_form_in_use,
    save_form_draft,
)

__all__ = [
    "add_form",
    "adopt_duties",
    "copy_form",
    "drop_form_draft",
    "end_form",
    "load_forms",
    "put_form_in_use",
    "save_form_draft",
]
