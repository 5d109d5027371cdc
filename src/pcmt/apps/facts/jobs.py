"""Background work of the facts room."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks import task

from pcmt.apps.facts import operations

logger = logging.getLogger(__name__)


@task()
def work_on_sheet(sheet_id: int) -> None:
    """See `operations.work_on_sheet`."""
    operations.work_on_sheet(sheet_id=sheet_id, at=timezone.now())


@task()
def tend_sheets() -> None:
    """See `operations.tend_sheets`."""
    operations.tend_sheets(at=timezone.now())


@task()
def verify() -> None:
    """See `operations.verify`. What differs stands in the log of the program as well; nothing is repaired by itself."""
    found = operations.verify(at=timezone.now())
    if found.differing:
        logger.error("roll-up: %d of %d cells differ; see `pcmt rollup verify`", len(found.differing), found.cells)
