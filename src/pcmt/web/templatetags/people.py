"""Roles in words, for the pages about people."""

from __future__ import annotations

from datetime import date, timedelta

from django import template

from pcmt.web.people import words

register = template.Library()
register.filter("role_words", words.role_words)
register.filter("window_words", words.window_words)


@register.filter
def day_before(day: date | None) -> date | None:
    """The last day before the first on which something no longer holds."""
    return day - timedelta(days=1) if day else None
