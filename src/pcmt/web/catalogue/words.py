"""Rows of the catalogue in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from pcmt.apps.facts.catalogue import breakdowns, rows_of
from pcmt.apps.facts.models import CALENDAR_WORDS, PERIODS, Form
from pcmt.apps.units.models import Level
from pcmt.core.periods import Kind
from pcmt.web.templatetags.pcmt import vdate


def window_words(first: date | None, until: date | None) -> str:
    """Since when and until when something is used; `until` is the first day outside."""
    if first is None and until is None:
        return _("từ trước đến nay")
    if until is None:
        return _("từ ngày %(day)s") % {"day": vdate(first)}
    last = vdate(until - timedelta(days=1))
    if first is None:
        return _("đến hết ngày %(day)s") % {"day": last}
    return _("từ ngày %(first)s đến hết ngày %(last)s") % {"first": vdate(first), "last": last}


def breakdown_words(keys: list[str]) -> str:
    """By what something is split."""
    known = breakdowns()
    return ", ".join(known[key].name.lower() if key in known else key for key in keys)


def source_words(source: str) -> list[str]:
    """What the short forms of a source mean; other sources as they are written."""
    known = rows_of("sources")["sources"]
    return [known.get(part.strip(), part.strip()) for part in source.split(";") if part.strip()]


def asked_words(form: Form) -> str:
    """Whom a form asks."""
    if form.group is not None:
        return form.group.name
    if form.level:
        level = str(Level(form.level).label)
        return _("%(level)s thuộc %(unit)s") % {"level": level, "unit": form.root.name}
    return form.root.name


def period_words(form: Any) -> str:
    """How often a form asks."""
    return f"{PERIODS[Kind(form.period)]} · {CALENDAR_WORDS[form.calendar]}"
