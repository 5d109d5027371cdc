"""Kinds of records in words: types, rules, what is wrong, what two versions differ in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pcmt.core.measures import Breakdown, Catalogue
from pcmt.core.schemas import (
    CountOf,
    CountRule,
    FieldType,
    KindChange,
    KindProblem,
    KindSchema,
    Noun,
    Sensitivity,
    StateSort,
)

NOUNS: Mapping[str, Any] = {Noun.EVENT: gettext_lazy("Hoạt động"), Noun.PLACE: gettext_lazy("Địa điểm")}
TYPES: Mapping[str, Any] = {
    FieldType.WHOLE: gettext_lazy("Số nguyên"),
    FieldType.DECIMAL: gettext_lazy("Số có phần lẻ"),
    FieldType.MONEY: gettext_lazy("Số tiền (đồng)"),
    FieldType.TEXT: gettext_lazy("Chữ, một dòng"),
    FieldType.LINES: gettext_lazy("Chữ, nhiều dòng"),
    FieldType.CHOICE: gettext_lazy("Chọn một"),
    FieldType.CHOICES: gettext_lazy("Chọn nhiều"),
    FieldType.YES_NO: gettext_lazy("Có hoặc không"),
    FieldType.DAY: gettext_lazy("Ngày"),
    FieldType.TIME: gettext_lazy("Giờ"),
}
SENSITIVITIES: Mapping[str, Any] = {
    Sensitivity.OPEN: gettext_lazy("Ai xem được lần ghi thì thấy"),
    Sensitivity.INSIDE: gettext_lazy("Chỉ người ghi thấy"),
}
SORTS: Mapping[str, Any] = {
    StateSort.STANDING: gettext_lazy("còn đó, cần làm"),
    StateSort.WATCHED: gettext_lazy("còn đó, đang yên"),
    StateSort.GONE: gettext_lazy("không còn"),
}
OF: Mapping[str, Any] = {
    CountOf.ENTRIES: gettext_lazy("Mỗi lần ghi là một"),
    CountOf.FIELD: gettext_lazy("Cộng số trong trường"),
    CountOf.PLACES: gettext_lazy("Mỗi địa điểm một lần trong năm"),
    CountOf.AREA: gettext_lazy("Xã, phường nơi diễn ra: một lần trong năm"),
    CountOf.BEGUN: gettext_lazy("Địa điểm chuyển sang trạng thái, trong kỳ"),
    CountOf.STANDING: gettext_lazy("Địa điểm đang ở trạng thái, cuối kỳ"),
}
EVENT_OF = (CountOf.ENTRIES, CountOf.FIELD, CountOf.PLACES, CountOf.AREA)
PLACE_OF = (CountOf.BEGUN, CountOf.STANDING, CountOf.AREA)

PROBLEMS: Mapping[str, Any] = {
    "no_label": gettext_lazy("Nhập tên loại."),
    "no_group": gettext_lazy("Chọn nhóm."),
    "bad_key": gettext_lazy("Mã “%(key)s” chỉ được gồm chữ thường không dấu, số và dấu gạch dưới."),
    "field_twice": gettext_lazy("Mã trường “%(key)s” dùng hai lần."),
    "no_field_label": gettext_lazy("Có trường chưa đặt tên."),
    "label_twice": gettext_lazy("Hai trường cùng tên “%(label)s”: người nhập không phân biệt được."),
    "personal": gettext_lazy("Trường “%(label)s”: Không ghi thông tin cá nhân ở đây."),
    "too_many_fields": gettext_lazy("Loại có %(count)s trường, nhiều nhất là %(most)s."),
    "too_many_quick": gettext_lazy("Màn hình đầu trên điện thoại có %(count)s trường: nên để tối đa %(most)s."),
    "no_options": gettext_lazy("Trường “%(label)s” chưa có lựa chọn nào."),
    "too_many_options": gettext_lazy("Trường “%(label)s” có %(count)s lựa chọn, nhiều nhất là %(most)s."),
    "option_twice": gettext_lazy("Trường “%(label)s”: lựa chọn “%(key)s” dùng hai lần."),
    "no_option_label": gettext_lazy("Trường “%(label)s”: có lựa chọn chưa đặt tên."),
    "bad_limits": gettext_lazy("Trường “%(label)s”: số nhỏ nhất lớn hơn số lớn nhất."),
    "bad_places": gettext_lazy("Trường “%(label)s”: số chữ số sau dấu phẩy phải từ 0 đến 6."),
    "sums_text": gettext_lazy("Trường “%(label)s” cộng cột nhưng không phải là số."),
    "money_unit": gettext_lazy("Trường “%(label)s” là tiền: đơn vị tính phải là đồng."),
    "title_unknown": gettext_lazy("Cách đặt tiêu đề nhắc “{%(key)s}” nhưng loại không có trường này."),
    "no_states": gettext_lazy("Loại địa điểm phải có ít nhất một trạng thái."),
    "event_states": gettext_lazy("Hoạt động không có trạng thái: chỉ loại địa điểm mới có."),
    "state_twice": gettext_lazy("Mã trạng thái “%(key)s” dùng hai lần."),
    "no_state_label": gettext_lazy("Có trạng thái chưa đặt tên."),
    "no_first": gettext_lazy("Chưa chọn trạng thái đầu tiên của địa điểm."),
    "after_unknown": gettext_lazy("Trạng thái “%(label)s” đến sau “%(key)s” nhưng không có trạng thái này."),
    "unreachable": gettext_lazy("Không có đường nào đến trạng thái “%(label)s”."),
    "asks_unknown": gettext_lazy("Trạng thái “%(label)s” hỏi trường “%(key)s” nhưng loại không có trường này."),
    "place_for_event": gettext_lazy("Loại địa điểm không gắn vào địa điểm khác."),
    "needs_no_place": gettext_lazy("Bắt buộc có địa điểm nhưng chưa chọn loại địa điểm nào."),
    "bad_pictures": gettext_lazy("Số ảnh ít nhất phải từ 0 đến 10."),
    "unknown_element": gettext_lazy("Cách đếm: chỉ tiêu thống kê “%(code)s” không còn dùng."),
    "wrong_of": gettext_lazy("Cách đếm “%(element)s”: cách này không dùng cho loại này."),
    "sum_no_number": gettext_lazy("Cách đếm “%(element)s”: trường “%(key)s” không phải là số."),
    "sum_unknown": gettext_lazy("Cách đếm “%(element)s”: chưa chọn đúng trường để cộng."),
    "too_precise": gettext_lazy("Cách đếm “%(element)s”: trường “%(label)s” có nhiều số lẻ hơn chỉ tiêu giữ."),
    "other_unit": gettext_lazy(
        "Cách đếm “%(element)s” tính bằng %(unit)s, trường “%(label)s” tính bằng %(field_unit)s."
    ),
    "rule_states": gettext_lazy("Cách đếm “%(element)s”: chưa chọn trạng thái được đếm."),
    "area_plain": gettext_lazy("Cách đếm “%(element)s”: đếm xã, phường thì không cộng trường, không kèm điều kiện."),
    "rule_state_unknown": gettext_lazy("Cách đếm “%(element)s”: loại không có trạng thái “%(key)s”."),
    "standing_flow": gettext_lazy("Cách đếm “%(element)s”: số đang có chỉ đếm được vào chỉ tiêu hiện có."),
    "begun_stock": gettext_lazy("Cách đếm “%(element)s”: số phát sinh chỉ đếm được vào chỉ tiêu phát sinh trong kỳ."),
    "rule_places": gettext_lazy("Cách đếm “%(element)s”: loại địa điểm được đếm không gắn với hoạt động này."),
    "when_unknown": gettext_lazy(
        "Cách đếm “%(element)s”: điều kiện nhắc trường “%(key)s” không phải là trường lựa chọn."
    ),
    "when_option": gettext_lazy("Cách đếm “%(element)s”: điều kiện nhắc lựa chọn “%(key)s” không có."),
    "split_unknown": gettext_lazy(
        "Cách đếm “%(element)s”: phân tổ theo trường “%(key)s” không phải là trường chọn một."
    ),
    "split_foreign": gettext_lazy("Cách đếm “%(element)s”: chỉ tiêu không có phân tổ “%(key)s”."),
    "split_part": gettext_lazy(
        "Trường “%(label)s”: lựa chọn “%(option)s” ứng với “%(part)s”, phân tổ không có mục này."
    ),
    "rule_twice": gettext_lazy("Chỉ tiêu “%(element)s” bị đếm hai lần từ cùng một lần ghi."),
    "counts_nothing": gettext_lazy("Loại này chưa được đếm vào chỉ tiêu thống kê nào."),
    "inside_shown": gettext_lazy(
        "Loại này chỉ người ghi được xem; số liệu vẫn được đếm, lần ghi không hiện với người khác."
    ),
    "type_changed": gettext_lazy(
        "Trường “%(label)s” đổi kiểu so với bản đang dùng: bảng xuất sẽ có cả giá trị cũ lẫn mới."
    ),
    "field_gone": gettext_lazy("Bỏ trường “%(label)s” của bản đang dùng: lần ghi cũ vẫn giữ giá trị."),
    "option_gone": gettext_lazy("Trường “%(label)s” bỏ lựa chọn “%(option)s”: lần ghi cũ vẫn giữ."),
    "state_gone": gettext_lazy("Bỏ trạng thái “%(label)s” của bản đang dùng: địa điểm đang ở đó phải được chuyển."),
}
"""The words of `core.schemas.kind_checking`, for the screens: a test holds them together."""

HOW: Mapping[tuple[str, str], Any] = {
    ("kind", "changed"): gettext_lazy("Sửa phần chung"),
    ("field", "added"): gettext_lazy("Thêm trường"),
    ("field", "removed"): gettext_lazy("Bỏ trường"),
    ("field", "moved"): gettext_lazy("Chuyển chỗ trường"),
    ("field", "changed"): gettext_lazy("Sửa trường"),
    ("state", "added"): gettext_lazy("Thêm trạng thái"),
    ("state", "removed"): gettext_lazy("Bỏ trạng thái"),
    ("state", "moved"): gettext_lazy("Chuyển chỗ trạng thái"),
    ("state", "changed"): gettext_lazy("Sửa trạng thái"),
    ("count", "added"): gettext_lazy("Thêm cách đếm"),
    ("count", "removed"): gettext_lazy("Bỏ cách đếm"),
    ("count", "changed"): gettext_lazy("Sửa cách đếm"),
}
ATTRIBUTES: Mapping[str, Any] = {
    "label": pgettext_lazy("trường", "tên"),
    "group": gettext_lazy("nhóm"),
    "word": gettext_lazy("từ gọi một lần ghi"),
    "help": pgettext_lazy("trường", "hướng dẫn"),
    "title": gettext_lazy("tiêu đề"),
    "with_places": gettext_lazy("gắn với địa điểm"),
    "needs_place": gettext_lazy("bắt buộc có địa điểm"),
    "spans_days": gettext_lazy("kéo dài nhiều ngày"),
    "asks_time": gettext_lazy("hỏi giờ"),
    "verified": gettext_lazy("cấp trên xác minh"),
    "pictures": gettext_lazy("số ảnh ít nhất"),
    "inside": gettext_lazy("chỉ người ghi thấy"),
    "source": gettext_lazy("căn cứ"),
    "type": gettext_lazy("kiểu"),
    "unit_word": gettext_lazy("đơn vị tính"),
    "required": gettext_lazy("bắt buộc"),
    "quick": gettext_lazy("màn hình đầu"),
    "sensitivity": gettext_lazy("ai thấy"),
    "options": gettext_lazy("lựa chọn"),
    "least": gettext_lazy("nhỏ nhất"),
    "most": gettext_lazy("lớn nhất"),
    "places": gettext_lazy("số lẻ"),
    "sums": gettext_lazy("cộng cột"),
    "sort": gettext_lazy("ý nghĩa"),
    "first": gettext_lazy("trạng thái đầu"),
    "after": gettext_lazy("đến sau"),
    "asks": gettext_lazy("hỏi thêm"),
    "of": gettext_lazy("cách đếm"),
    "field": gettext_lazy("trường được cộng"),
    "states": gettext_lazy("trạng thái được đếm"),
    "place_kinds": gettext_lazy("loại địa điểm"),
    "when": gettext_lazy("điều kiện"),
    "split": gettext_lazy("phân tổ theo trường"),
    "split_by": gettext_lazy("phân tổ"),
}


def problem_words(problem: KindProblem) -> str:
    """What is wrong, in the reader's language."""
    return str(PROBLEMS[problem.code]) % problem.args


def element_name(code: str, catalogue: Catalogue) -> str:
    """What an element is called; its code where it is used no more."""
    element = catalogue.elements.get(code)
    return element.name if element else code


def part_name(rule: CountRule, breakdowns: Mapping[str, Breakdown]) -> str:
    """What the part is called that all of a rule is of; its code where the breakdown has it no more."""
    breakdown = breakdowns.get(rule.split_by)
    code = rule.split.removeprefix("=")
    option = breakdown.options.get(code) if breakdown else None
    return option.name if option else code


def rule_words(
    rule: CountRule, schema: KindSchema, catalogue: Catalogue, breakdowns: Mapping[str, Breakdown]
) -> dict[str, str]:
    """A rule in words: into what, how, under which conditions."""
    said = [str(OF[rule.of])]
    if rule.field and (field := schema.field(rule.field)):
        said.append(_("cộng “%(label)s”") % {"label": field.label})
    if rule.states:
        said.append(", ".join(state.label if (state := schema.state(key)) else key for key in rule.states))
    for when in rule.when:
        field = schema.field(when.field)
        chosen = [(option.label if (option := field.option(key)) else key) if field else key for key in when.options]
        told = {"label": field.label if field else when.field, "options": ", ".join(chosen)}
        said.append(_("khi %(label)s là %(options)s") % told)
    name = breakdowns[rule.split_by].name if rule.split_by in breakdowns else rule.split_by
    if rule.part:
        said.append(_("phân tổ %(name)s: %(part)s") % {"name": name, "part": part_name(rule, breakdowns)})
    elif rule.split and (field := schema.field(rule.split)):
        said.append(_("phân tổ %(name)s theo “%(label)s”") % {"name": name, "label": field.label})
    return {"element": element_name(rule.element, catalogue), "how": "; ".join(said), "code": rule.element}


def change_rows(changes: Iterable[KindChange], catalogue: Catalogue) -> list[dict[str, str]]:
    """What two versions differ in: how and what, before, now."""
    return [
        {
            "how": str(HOW[each.what, each.how]) + (f" ({ATTRIBUTES[each.attribute]})" if each.attribute else ""),
            "name": element_name(each.name, catalogue) if each.what == "count" else each.name,
            "old": _value(each.old),
            "new": _value(each.new),
        }
        for each in changes
    ]


def _value(value: Any) -> str:
    if value is None or value == () or value == "":
        return ""
    if isinstance(value, bool):
        return _("có") if value else _("không")
    for words in (TYPES, SENSITIVITIES, SORTS, OF):
        if isinstance(value, type(next(iter(words)))):
            return str(words[value])
    if isinstance(value, tuple):
        return ", ".join(str(getattr(each, "label", None) or getattr(each, "field", None) or each) for each in value)
    return str(value)
