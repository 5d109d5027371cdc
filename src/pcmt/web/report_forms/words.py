"""Report forms in words: kinds of sections and columns, what is wrong, what two versions differ in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pcmt.core.measures import Breakdown, Catalogue, part_label
from pcmt.core.schemas import ColumnKind, Difference, FormProblem, Line, SectionKind

KINDS: Mapping[str, Any] = {
    SectionKind.NARRATIVE: gettext_lazy("Lời văn"),
    SectionKind.FIGURES: gettext_lazy("Bảng số liệu"),
    SectionKind.BODIES: gettext_lazy("Số liệu theo đơn vị"),
    SectionKind.TARGETS: gettext_lazy("Kết quả các chỉ tiêu"),
    SectionKind.TASKS: gettext_lazy("Nhiệm vụ xong và quá hạn"),
    SectionKind.MISSING: gettext_lazy("Đơn vị chưa báo cáo"),
    SectionKind.CORRECTIONS: gettext_lazy("Số liệu đã đính chính"),
    SectionKind.PICTURES: gettext_lazy("Hình ảnh"),
}
MADE: Mapping[str, Any] = {
    SectionKind.BODIES: gettext_lazy("Chương trình lập: mỗi đơn vị đã báo cáo một dòng, các số liệu đã chọn là cột."),
    SectionKind.TARGETS: gettext_lazy("Chương trình lập: từng chỉ tiêu của kế hoạch, kết luận và số đã dùng."),
    SectionKind.TASKS: gettext_lazy("Chương trình lập: nhiệm vụ hoàn thành và nhiệm vụ quá hạn, đơn vị chủ trì, hạn."),
    SectionKind.MISSING: gettext_lazy("Chương trình lập: đơn vị chưa báo cáo hoặc báo cáo chậm."),
    SectionKind.CORRECTIONS: gettext_lazy("Chương trình lập: số cũ, số mới, lý do của số liệu đã đính chính."),
    SectionKind.PICTURES: gettext_lazy("Người viết thêm ảnh có chú thích."),
}
RECIPES: Mapping[str, Any] = {
    "verdicts": gettext_lazy("kết luận các chỉ tiêu"),
    "tasks": gettext_lazy("nhiệm vụ xong, quá hạn"),
    "ahead": gettext_lazy("nhiệm vụ kỳ tới"),
    "figures": gettext_lazy("số liệu của mẫu"),
    "comparison": gettext_lazy("so với kỳ trước, cùng kỳ"),
    "events": gettext_lazy("sự kiện của kế hoạch"),
    "urging": gettext_lazy("việc đã đôn đốc"),
    "carried": gettext_lazy("lời văn của kỳ trước"),
}
COLUMN_KINDS: Mapping[str, Any] = {
    ColumnKind.THIS: gettext_lazy("Số kỳ này"),
    ColumnKind.PREVIOUS: gettext_lazy("Số kỳ trước"),
    ColumnKind.YEAR_AGO: gettext_lazy("Số cùng kỳ năm trước"),
    ColumnKind.CUMULATIVE: gettext_lazy("Số lũy kế từ đầu năm"),
    ColumnKind.CHANGE: gettext_lazy("Tăng, giảm (số tuyệt đối)"),
    ColumnKind.PERCENT: gettext_lazy("Tăng, giảm (phần trăm)"),
    ColumnKind.TARGET: gettext_lazy("Chỉ tiêu kế hoạch giao"),
    ColumnKind.NOTE: pgettext_lazy("cột", "Ghi chú"),
}
PROBLEMS: Mapping[str, Any] = {
    "no_title": gettext_lazy("Nhập tên mẫu."),
    "no_sections": gettext_lazy("Mẫu chưa có mục nào."),
    "section_twice": gettext_lazy("Mã mục “%(key)s” dùng hai lần."),
    "bad_key": gettext_lazy("Mã “%(key)s” chỉ được gồm chữ thường không dấu, số và dấu gạch dưới."),
    "no_section_title": gettext_lazy("Mục “%(key)s” chưa có tên."),
    "level_jump": gettext_lazy("Mục “%(title)s” ở cấp %(level)s nhưng mục trước nó chỉ ở cấp %(before)s."),
    "no_guidance": gettext_lazy("Mục bắt buộc “%(title)s” chưa có hướng dẫn cho người viết."),
    "unknown_recipe": gettext_lazy("Mục “%(title)s” dùng cách soạn sẵn không có: “%(recipe)s”."),
    "no_lines": gettext_lazy("Bảng “%(title)s” chưa có dòng nào."),
    "too_many_lines": gettext_lazy("Bảng “%(title)s” có %(count)s dòng, nhiều nhất là %(most)s: tách thành hai bảng."),
    "no_this": gettext_lazy("Bảng “%(title)s” phải có đúng một cột số kỳ này."),
    "column_twice": gettext_lazy("Bảng “%(title)s”: mã cột “%(key)s” dùng hai lần."),
    "no_column_label": gettext_lazy("Bảng “%(title)s”: có cột chưa đặt tên."),
    "bad_against": gettext_lazy("Bảng “%(title)s”: cột “%(label)s” chưa chọn đúng cột để so sánh."),
    "bad_band": gettext_lazy("Bảng “%(title)s”: biên độ giải trình phải từ 1%% trở lên."),
    "line_twice": gettext_lazy("Mã dòng “%(key)s” dùng hai lần trong mẫu."),
    "no_label": gettext_lazy("Bảng “%(title)s”: có dòng chưa đặt tên."),
    "two_sources": gettext_lazy("Dòng “%(label)s” lấy số từ nhiều nguồn: chỉ chọn một."),
    "unknown_element": gettext_lazy("Dòng “%(label)s”: chỉ tiêu thống kê “%(code)s” không còn dùng."),
    "unknown_part": gettext_lazy("Dòng “%(label)s”: chỉ tiêu thống kê không có phân tổ này."),
    "unknown_indicator": gettext_lazy("Dòng “%(label)s”: chỉ số “%(code)s” không còn dùng."),
    "part_alone": gettext_lazy("Dòng “%(label)s” có phân tổ nhưng chưa chọn chỉ tiêu thống kê."),
    "sum_unknown": gettext_lazy("Dòng “%(label)s” cộng dòng “%(key)s” không có trong mẫu."),
    "sum_heading": gettext_lazy("Dòng “%(label)s” cộng dòng “%(key)s” không có số."),
    "sum_cycle": gettext_lazy("Dòng “%(label)s” cộng vòng về chính nó."),
    "mixed_units": gettext_lazy("Dòng “%(label)s” cộng các dòng khác đơn vị tính."),
    "body_line_unknown": gettext_lazy("Phụ lục “%(title)s” nêu dòng “%(key)s” không có trong bảng số liệu nào."),
}
"""The words of `core.schemas.checking`, for the screens: a test holds them together."""

HOW: Mapping[tuple[str, str], Any] = {
    ("form", "renamed"): gettext_lazy("Đổi tên mẫu"),
    ("form", "changed"): gettext_lazy("Sửa phần đầu mẫu"),
    ("section", "added"): pgettext_lazy("so sánh", "Thêm mục"),
    ("section", "removed"): gettext_lazy("Bỏ mục"),
    ("section", "renamed"): gettext_lazy("Đổi tên mục"),
    ("section", "moved"): gettext_lazy("Chuyển chỗ mục"),
    ("section", "changed"): gettext_lazy("Sửa mục"),
    ("line", "added"): pgettext_lazy("so sánh", "Thêm dòng"),
    ("line", "removed"): gettext_lazy("Bỏ dòng"),
    ("line", "renamed"): gettext_lazy("Đổi tên dòng"),
    ("line", "rebound"): gettext_lazy("Đổi nguồn số của dòng"),
    ("line", "moved"): gettext_lazy("Chuyển chỗ dòng"),
    ("line", "changed"): gettext_lazy("Sửa dòng"),
    ("column", "added"): pgettext_lazy("so sánh", "Thêm cột"),
    ("column", "removed"): gettext_lazy("Bỏ cột"),
    ("column", "renamed"): gettext_lazy("Đổi tên cột"),
    ("column", "moved"): gettext_lazy("Chuyển chỗ cột"),
    ("column", "changed"): gettext_lazy("Sửa cột"),
}
FIELDS: Mapping[str, Any] = {
    "type_name": gettext_lazy("tên loại văn bản"),
    "subject": gettext_lazy("trích yếu"),
    "opening": gettext_lazy("lời mở đầu"),
    "source": gettext_lazy("căn cứ"),
    "suits": gettext_lazy("dùng cho"),
    "kind": gettext_lazy("loại"),
    "number": gettext_lazy("số thứ tự"),
    "level": gettext_lazy("cấp"),
    "guidance": gettext_lazy("hướng dẫn"),
    "required": gettext_lazy("bắt buộc"),
    "drafts": gettext_lazy("cách soạn sẵn"),
    "band": gettext_lazy("biên độ giải trình"),
    "annex": gettext_lazy("phụ lục"),
    "landscape": gettext_lazy("khổ ngang"),
    "unit_word": gettext_lazy("đơn vị tính"),
    "official": gettext_lazy("mã chính thức"),
    "note": pgettext_lazy("trường", "ghi chú"),
    "against": gettext_lazy("so với cột"),
}


def problem_words(problem: FormProblem) -> str:
    """What is wrong, in the reader's language."""
    return str(PROBLEMS[problem.code]) % problem.args


def bound_words(line: Line, catalogue: Catalogue, breakdowns: Mapping[str, Breakdown]) -> str:
    """Where the number of a line comes from."""
    if line.element:
        element = catalogue.elements.get(line.element)
        name = element.name if element else line.element
        return f"{name} ({part_label(line.breakdown, breakdowns)})" if line.breakdown else name
    if line.indicator:
        indicator = catalogue.indicators.get(line.indicator)
        return _("Chỉ số: %(name)s") % {"name": indicator.name if indicator else line.indicator}
    return _("Cộng các dòng") if line.sum_of else _("Dòng tiêu đề, không có số")


def difference_rows(found: Iterable[Difference], catalogue: Catalogue) -> list[dict[str, str]]:
    """What two versions differ in: how and what, before, now."""
    return [
        {
            "how": str(HOW[each.what, each.how]) + (f" ({FIELDS[each.field]})" if each.field else ""),
            "name": each.name,
            "old": _value(each, each.old, catalogue),
            "new": _value(each, each.new, catalogue),
        }
        for each in found
    ]


def _value(difference: Difference, value: Any, catalogue: Catalogue) -> str:
    if value is None or value == ():
        return ""
    if difference.how == "rebound":
        kind, what = value
        code, _sign, part = what.partition("|")
        known: Any = catalogue.elements if kind == "element" else catalogue.indicators
        name = known[code].name if code in known else what
        return f"{name} ({part})" if part else str(name)
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if difference.field == "kind":
        return str(KINDS.get(value) or COLUMN_KINDS.get(value) or value)
    if difference.field == "drafts":
        return ", ".join(str(RECIPES.get(each, each)) for each in value)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
