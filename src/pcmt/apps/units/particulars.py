"""What short names, official codes and e-identifiers of units may look like."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from pcmt.apps.units.models import Level, UnitKind
from pcmt.core.diagnostics import Refusal

IDENTIFIER = re.compile(r"[0-9A-Z]+(?:\.[0-9A-Z]+)*")
"""Agency e-identifier of Decision 20/2020/QĐ-TTg: groups of digits and letters A-Z, apart by dots."""
LONGEST_IDENTIFIER = 35
DIGITS = {Level.PROVINCE: 2, Level.DISTRICT: 3, Level.COMMUNE: 5}
"""Digits of the official codes of administrative units (Decision 19/2025/QĐ-TTg; districts: 124/2004/QĐ-TTg)."""
_CODE = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.\-/]*[0-9A-Za-z])?")


def particular_form(kind: str, level: str, name: str, value: str) -> Refusal | None:
    """What is wrong with the form of a short name, an official code or an e-identifier; None: nothing."""
    if name == "short_name":
        if len(value) > 120:
            return Refusal(code="long", message=_("Tên gọn dài quá 120 ký tự."), field=name)
        return None
    if name == "identifier":
        if len(value) > LONGEST_IDENTIFIER or not IDENTIFIER.fullmatch(value):
            message = _(
                "Mã định danh điện tử gồm các nhóm chữ số và chữ cái A-Z, cách nhau bằng dấu chấm, tối đa 35 ký tự"
                " (Quyết định 20/2020/QĐ-TTg), ví dụ H40.12.5."
            )
            return Refusal(code="identifier", message=message, field=name)
        return None
    digits = DIGITS.get(Level(level)) if kind == UnitKind.ADMINISTRATIVE else None
    if digits and not re.fullmatch(rf"[0-9]{{{digits}}}", value):
        message = _("Mã đơn vị hành chính cấp này gồm đúng %(digits)d chữ số, ví dụ %(example)s.") % {
            "digits": digits,
            "example": "16732"[:digits],
        }
        return Refusal(code="code", message=message, field=name)
    if len(value) > 35 or not _CODE.fullmatch(value):
        message = _("Mã chỉ gồm chữ số, chữ cái không dấu, dấu chấm, gạch ngang, gạch chéo; tối đa 35 ký tự.")
        return Refusal(code="code", message=message, field=name)
    return None
