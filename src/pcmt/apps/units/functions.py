"""What bodies are for: a small vocabulary of functions that move between bodies when the state is reorganised.

Which unit has which function on which day is in `UnitFunction`. A key is kept for ever; words may be put better.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@attrs.frozen
class Function:
    """A function: its key, its name on screen, and folded words by which the work that belongs to it is known."""

    key: str
    label: str | Promise
    words: tuple[str, ...] = ()


_ALL = (
    Function("standing_office", _("Cơ quan thường trực, tham mưu"), ("thuong truc", "tham muu")),
    Function("rehab_management", _("Quản lý cai nghiện"), ("cai nghien",)),
    Function("post_rehab_management", _("Quản lý sau cai nghiện"), ("sau cai",)),
    Function("substitution_treatment", _("Điều trị nghiện bằng thuốc thay thế"), ("thay the", "methadone")),
    Function(
        "addiction_assessment",
        _("Xét nghiệm, xác định tình trạng nghiện"),
        ("xet nghiem", "xac dinh tinh trang nghien"),
    ),
    Function("communication", _("Thông tin, tuyên truyền"), ("tuyen truyen", "truyen thong", "thong tin")),
    Function("vocational_training", _("Dạy nghề, giải quyết việc làm"), ("day nghe", "viec lam", "dao tao nghe")),
    Function("investigation", _("Điều tra tội phạm về ma túy"), ("dieu tra", "triet pha", "dau tranh")),
    Function("prosecution", _("Thực hành quyền công tố, truy tố"), ("truy to", "cong to", "kiem sat")),
    Function("trial", _("Xét xử"), ("xet xu",)),
    Function("border_control", _("Kiểm soát khu vực biên giới, trên biển"), ("bien gioi", "cua khau", "tren bien")),
    Function("customs_control", _("Kiểm soát hải quan"), ("hai quan",)),
    Function("precursor_control", _("Quản lý tiền chất"), ("tien chat",)),
    Function("medicine_control", _("Quản lý thuốc gây nghiện, hướng thần"), ("thuoc gay nghien", "huong than")),
    Function("education", _("Giáo dục phòng, chống ma túy trong nhà trường"), ("hoc sinh", "sinh vien", "truong hoc")),
    Function("budget", _("Bố trí kinh phí"), ("kinh phi", "ngan sach")),
)

FUNCTIONS: Mapping[str, Function] = {each.key: each for each in _ALL}


def function_label(key: str) -> str:
    """The name of a function on screen; an unknown key (of another release) stands for itself."""
    found = FUNCTIONS.get(key)
    return str(found.label) if found else key
