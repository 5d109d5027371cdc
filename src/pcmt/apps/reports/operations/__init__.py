"""What the reports room takes from an adopted plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import frozen

from pcmt.apps.plans.adopters import Adoption
from pcmt.apps.plans.contract import names_of, squeezed
from pcmt.apps.plans.events import event_days, windows_of
from pcmt.apps.plans.models import Item
from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyReporter, DutyState
from pcmt.apps.reports.operations.chaining import propose_feeds
from pcmt.apps.reports.operations.forms import (
    add_form,
    copy_form,
    drop_form_draft,
    end_form,
    load_forms,
    put_form_in_use,
    save_form_draft,
)
from pcmt.apps.reports.operations.occurring import lay_out
from pcmt.apps.reports.queries.forms import usual_form
from pcmt.apps.reports.regimes import title_of
from pcmt.apps.tasks.models import LIVE, DueItem, DueKind, DueState
from pcmt.apps.tasks.operations import LABEL_CHARS, TOUCHED, by_owner, drop_requests, end_due, rename_due, touch
from pcmt.apps.tasks.operations.amending import recurring, standing_days
from pcmt.core.periods import ADMINISTRATIVE, DAY, PERIOD_WORDS, Due, Span, limit_from, period_reported
from pcmt.core.text import fold

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
