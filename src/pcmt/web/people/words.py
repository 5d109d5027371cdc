"""Roles in words."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Grant
from pcmt.web.templatetags.pcmt import vdate


def held_words(grant: Grant) -> str:
    """A role as lists tell it: "Q. Lãnh đạo, Xã Đông Hòa (từ 01/03/2026 đến hết 31/12/2026)"."""
    return f"{role_words(grant)}, {grant.unit} ({window_words(grant)})"


def role_words(grant: Grant) -> str:
    """The role with the mark of its title."""
    return f"{grant.mark} {grant.get_role_display()}".strip()


def window_words(grant: Grant) -> str:
    """The days of a role, the last one included, as people write them."""
    begin = _("từ %(day)s") % {"day": vdate(grant.valid_from)} if grant.valid_from else ""
    if grant.valid_to is None:
        return f"{begin}, {_('không thời hạn')}".strip(", ")
    end = _("đến hết %(day)s") % {"day": vdate(grant.valid_to - timedelta(days=1))}
    return f"{begin} {end}".strip()
