"""The core's refusals in the language of the reader."""

from __future__ import annotations

import attrs
from django.utils.translation import gettext, gettext_noop

from pcmt.core.diagnostics import Refusal

TEMPLATES = frozenset(
    (
        gettext_noop("Chọn ít nhất một đơn vị khác với đơn vị tiếp nhận."),
        gettext_noop("Việc chia tách cần ít nhất hai phần khác nhau."),
        gettext_noop("Tỷ trọng của các phần phải là số dương."),
        gettext_noop("Chọn đúng một phần kế thừa nhiệm vụ của đơn vị bị chia tách."),
        gettext_noop("Đơn vị kế thừa phải khác đơn vị bị giải thể."),
        gettext_noop("Mỗi đơn vị trực thuộc phải thuộc về đúng một phần."),
        gettext_noop("Đã có đơn vị mang khóa “%(name)s”."),
        gettext_noop("Nhập tên đơn vị."),
        gettext_noop("Mã %(code)s đang là của “%(name)s”."),
        gettext_noop("“%(name)s” không thể trực thuộc chính mình hay cấp dưới của mình."),
        gettext_noop("“%(name)s” đã có thay đổi sau ngày này. Hủy thay đổi đó trước."),
        gettext_noop("“%(name)s” không tồn tại vào ngày %(on)s."),
        gettext_noop("“%(name)s” đã có thay đổi địa giới trong ngày %(on)s."),
        gettext_noop("Chọn đơn vị tiếp nhận khác với đơn vị chuyển giao."),
        gettext_noop("“%(name)s” không có chức năng này vào ngày %(on)s."),
    )
)
"""The sentences of `pcmt.core.units.events.WORDS`, here for the catalogue; a test holds the two together."""


def in_words(refusal: Refusal) -> Refusal:
    """A refusal of the core, said in the language that is on."""
    if not refusal.template:
        return refusal
    return attrs.evolve(refusal, message=gettext(refusal.template) % refusal.args)
