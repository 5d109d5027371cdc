"""What is wrong with a kind of records: it can be kept as a draft, but not be put in use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import attrs

from pcmt.core.measures import Breakdown, Catalogue, Element, Nature, check_part
from pcmt.core.schemas.kinds import NUMBERS, CountOf, CountRule, FieldType, KindField, KindSchema, Noun, State
from pcmt.core.text import canonical, fold

MAX_FIELDS = 40
"""Fields of one kind: what a person answers, and a sheet has room for."""
MAX_OPTIONS = 60
MAX_QUICK = 8
KEY = re.compile(r"[a-z0-9_]{1,60}")
TITLE_FIELD = re.compile(r"\{([^{}]*)\}")
WITH_OPTIONS = (FieldType.CHOICE, FieldType.CHOICES)
STORED_ALIKE = ({FieldType.WHOLE, FieldType.MONEY}, {FieldType.TEXT, FieldType.LINES})
"""Types whose values are kept in the same way: changing one into the other loses nothing."""
PERSONAL = (
    "ho ten", "ho va ten", "ten nguoi", "ten doi tuong", "ten bi can", "ten bi cao", "ten nan nhan", "ten hoc sinh",
    "ten chu ho", "ten chu co so", "ten cha me", "ten vo chong", "danh sach ten", "cccd", "cmnd", "can cuoc",
    "chung minh nhan dan", "chung minh thu", "so dinh danh", "ma dinh danh", "so ho chieu", "ngay sinh",
    "ngay thang nam sinh", "so dien thoai", "sdt", "dia chi email", "tai khoan ngan hang", "bien so xe", "que quan",
)  # fmt: skip
"""Folded words of labels that ask who a person is. Who a person is belongs to the registers, by law, and nowhere else
(Law 91/2025/QH15 on personal data: nothing more than the purpose needs)."""
PERSONAL_MARKED = ("năm sinh", "bí danh", "tên vợ", "tên chồng", "tên mẹ", "tên cha", "tên bố", "tên con", "tên thật")
"""The same, where the words without their marks say something harmless ("nam sinh")."""

WORDS = {
    "no_label": "Nhập tên loại.",
    "no_group": "Chọn nhóm.",
    "bad_key": "Mã “%(key)s” chỉ được gồm chữ thường không dấu, số và dấu gạch dưới.",
    "field_twice": "Mã trường “%(key)s” dùng hai lần.",
    "no_field_label": "Có trường chưa đặt tên.",
    "label_twice": "Hai trường cùng tên “%(label)s”: người nhập không phân biệt được.",
    "personal": "Trường “%(label)s”: Không ghi thông tin cá nhân ở đây.",
    "too_many_fields": "Loại có %(count)s trường, nhiều nhất là %(most)s.",
    "too_many_quick": "Màn hình đầu trên điện thoại có %(count)s trường: nên để tối đa %(most)s.",
    "no_options": "Trường “%(label)s” chưa có lựa chọn nào.",
    "too_many_options": "Trường “%(label)s” có %(count)s lựa chọn, nhiều nhất là %(most)s.",
    "option_twice": "Trường “%(label)s”: lựa chọn “%(key)s” dùng hai lần.",
    "no_option_label": "Trường “%(label)s”: có lựa chọn chưa đặt tên.",
    "bad_limits": "Trường “%(label)s”: số nhỏ nhất lớn hơn số lớn nhất.",
    "bad_places": "Trường “%(label)s”: số chữ số sau dấu phẩy phải từ 0 đến 6.",
    "sums_text": "Trường “%(label)s” cộng cột nhưng không phải là số.",
    "money_unit": "Trường “%(label)s” là tiền: đơn vị tính phải là đồng.",
    "title_unknown": "Cách đặt tiêu đề nhắc “{%(key)s}” nhưng loại không có trường này.",
    "no_states": "Loại địa điểm phải có ít nhất một trạng thái.",
    "event_states": "Hoạt động không có trạng thái: chỉ loại địa điểm mới có.",
    "state_twice": "Mã trạng thái “%(key)s” dùng hai lần.",
    "no_state_label": "Có trạng thái chưa đặt tên.",
    "no_first": "Chưa chọn trạng thái đầu tiên của địa điểm.",
    "after_unknown": "Trạng thái “%(label)s” đến sau “%(key)s” nhưng không có trạng thái này.",
    "unreachable": "Không có đường nào đến trạng thái “%(label)s”.",
    "asks_unknown": "Trạng thái “%(label)s” hỏi trường “%(key)s” nhưng loại không có trường này.",
    "place_for_event": "Loại địa điểm không gắn vào địa điểm khác.",
    "needs_no_place": "Bắt buộc có địa điểm nhưng chưa chọn loại địa điểm nào.",
    "bad_pictures": "Số ảnh ít nhất phải từ 0 đến 10.",
    "unknown_element": "Cách đếm: chỉ tiêu thống kê “%(code)s” không còn dùng.",
    "wrong_of": "Cách đếm “%(element)s”: cách này không dùng cho loại này.",
    "sum_no_number": "Cách đếm “%(element)s”: trường “%(key)s” không phải là số.",
    "sum_unknown": "Cách đếm “%(element)s”: chưa chọn đúng trường để cộng.",
    "too_precise": "Cách đếm “%(element)s”: trường “%(label)s” có nhiều số lẻ hơn chỉ tiêu giữ.",
    "other_unit": "Cách đếm “%(element)s” tính bằng %(unit)s, trường “%(label)s” tính bằng %(field_unit)s.",
    "rule_states": "Cách đếm “%(element)s”: chưa chọn trạng thái được đếm.",
    "area_plain": "Cách đếm “%(element)s”: đếm xã, phường thì không cộng trường, không kèm điều kiện.",
    "rule_state_unknown": "Cách đếm “%(element)s”: loại không có trạng thái “%(key)s”.",
    "standing_flow": "Cách đếm “%(element)s”: số đang có chỉ đếm được vào chỉ tiêu hiện có.",
    "begun_stock": "Cách đếm “%(element)s”: số phát sinh chỉ đếm được vào chỉ tiêu phát sinh trong kỳ.",
    "rule_places": "Cách đếm “%(element)s”: loại địa điểm được đếm không gắn với hoạt động này.",
    "when_unknown": "Cách đếm “%(element)s”: điều kiện nhắc trường “%(key)s” không phải là trường lựa chọn.",
    "when_option": "Cách đếm “%(element)s”: điều kiện nhắc lựa chọn “%(key)s” không có.",
    "split_unknown": "Cách đếm “%(element)s”: phân tổ theo trường “%(key)s” không phải là trường chọn một.",
    "split_foreign": "Cách đếm “%(element)s”: chỉ tiêu không có phân tổ “%(key)s”.",
    "split_part": "Trường “%(label)s”: lựa chọn “%(option)s” ứng với “%(part)s”, phân tổ không có mục này.",
    "rule_twice": "Chỉ tiêu “%(element)s” bị đếm hai lần từ cùng một lần ghi.",
    "counts_nothing": "Loại này chưa được đếm vào chỉ tiêu thống kê nào.",
    "inside_shown": "Loại này chỉ người ghi được xem; số liệu vẫn được đếm, lần ghi không hiện với người khác.",
    "type_changed": "Trường “%(label)s” đổi kiểu so với bản đang dùng: bảng xuất sẽ có cả giá trị cũ lẫn mới.",
    "field_gone": "Bỏ trường “%(label)s” của bản đang dùng: lần ghi cũ vẫn giữ giá trị.",
    "option_gone": "Trường “%(label)s” bỏ lựa chọn “%(option)s”: lần ghi cũ vẫn giữ.",
    "state_gone": "Bỏ trạng thái “%(label)s” của bản đang dùng: địa điểm đang ở đó phải được chuyển.",
}
"""Why, in Vietnamese, by code. The screens translate these."""
ADVICE = frozenset(
    {
        "too_many_quick", "other_unit", "counts_nothing", "inside_shown", "type_changed", "field_gone", "option_gone",
        "state_gone",
    }
)  # fmt: skip
"""Codes that do not keep a kind from being used."""
_EVENT_COUNTS = (CountOf.ENTRIES, CountOf.FIELD, CountOf.PLACES, CountOf.AREA)
_PLACE_COUNTS = (CountOf.BEGUN, CountOf.STANDING, CountOf.AREA)


@attrs.frozen(kw_only=True)
class KindProblem:
    """One thing wrong with a kind, and where: `part` ("head", "fields", "states", "counts"), `key` what stands there.

    The `key` of a rule is its place among the rules, from 0.
    """

    code: str
    part: str = "head"
    key: str = ""
    args: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def blocking(self) -> bool:
        """Whether it keeps the kind from being used."""
        return self.code not in ADVICE

    @property
    def message(self) -> str:
        """What is wrong, in Vietnamese."""
        return WORDS[self.code] % self.args


def kind_problems(
    schema: KindSchema,
    catalogue: Catalogue | None = None,
    breakdowns: Mapping[str, Breakdown] | None = None,
    before: KindSchema | None = None,
) -> tuple[KindProblem, ...]:
    """What is wrong with a kind, in its own order. Without a catalogue elements are not looked up.

    `before` is the version in use: what the new one changes of it so that exports hold both is advice.
    """
    look = _Look(schema, catalogue, breakdowns or {}, before)
    return (*look.head(), *look.fields(), *look.states(), *look.counts())


def asks_for_person(label: str) -> bool:
    """Whether a label asks who a person is: a name, a number, a day of birth, a telephone."""
    folded, low = f" {fold(label)} ", canonical(label).lower()
    return any(f" {each} " in folded for each in PERSONAL) or any(each in low for each in PERSONAL_MARKED)


@attrs.frozen
class _Look:
    schema: KindSchema
    catalogue: Catalogue | None
    breakdowns: Mapping[str, Breakdown]
    before: KindSchema | None

    def head(self) -> Iterator[KindProblem]:
        schema = self.schema
        if not schema.label.strip():
            yield _at("no_label", "head")
        if not schema.group.strip():
            yield _at("no_group", "head")
        for key in TITLE_FIELD.findall(schema.title):
            if schema.field(key) is None:
                yield _at("title_unknown", "head", "title", key=key)
        if not 0 <= schema.pictures <= 10:
            yield _at("bad_pictures", "head", "pictures")
        if schema.noun is Noun.PLACE and (schema.with_places or schema.needs_place):
            yield _at("place_for_event", "head", "with_places")
        elif schema.needs_place and not schema.with_places:
            yield _at("needs_no_place", "head", "with_places")
        if schema.inside:
            yield _at("inside_shown", "head", "inside")

    def fields(self) -> Iterator[KindProblem]:
        schema, seen, labels = self.schema, set[str](), set[str]()
        if len(schema.fields) > MAX_FIELDS:
            yield _at("too_many_fields", "fields", count=len(schema.fields), most=MAX_FIELDS)
        if (quick := len(schema.quick_fields)) > MAX_QUICK:
            yield _at("too_many_quick", "fields", count=quick, most=MAX_QUICK)
        for field in schema.fields:
            if not KEY.fullmatch(field.key):
                yield _at("bad_key", "fields", field.key, key=field.key)
            if field.key in seen:
                yield _at("field_twice", "fields", field.key, key=field.key)
            label = fold(field.label)
            if label and label in labels:
                yield _at("label_twice", "fields", field.key, label=field.label)
            seen.add(field.key)
            labels.add(label)
            yield from self._field(field)
        if self.before is not None:
            for old in self.before.fields:
                yield from self._since(old, schema.field(old.key))

    def _field(self, field: KindField) -> Iterator[KindProblem]:
        def wrong(code: str, /, **args: Any) -> KindProblem:
            return _at(code, "fields", field.key, label=field.label or field.key, **args)

        if not field.label.strip():
            yield wrong("no_field_label")
        if any(asks_for_person(each) for each in (field.label, *(option.label for option in field.options))):
            yield wrong("personal")
        if field.type in WITH_OPTIONS:
            yield from self._options(field)
        least = 0 if field.least is None else field.least
        if field.most is not None and least > field.most:
            yield wrong("bad_limits")
        if not 0 <= field.places <= 6:
            yield wrong("bad_places")
        if field.sums and field.type not in NUMBERS:
            yield wrong("sums_text")
        if field.type is FieldType.MONEY and field.unit_word not in ("", "đồng"):
            yield wrong("money_unit")

    def _options(self, field: KindField) -> Iterator[KindProblem]:
        def wrong(code: str, /, **args: Any) -> KindProblem:
            return _at(code, "fields", field.key, label=field.label, **args)

        if not field.options:
            yield wrong("no_options")
        if len(field.options) > MAX_OPTIONS:
            yield wrong("too_many_options", count=len(field.options), most=MAX_OPTIONS)
        seen = set()
        for option in field.options:
            if not KEY.fullmatch(option.key):
                yield _at("bad_key", "fields", field.key, key=option.key)
            if option.key in seen:
                yield wrong("option_twice", key=option.key)
            if not option.label.strip():
                yield wrong("no_option_label")
            seen.add(option.key)

    def _since(self, old: KindField, new: KindField | None) -> Iterator[KindProblem]:
        if new is None:
            yield _at("field_gone", "fields", old.key, label=old.label)
            return
        if new.type is not old.type and not any({old.type, new.type} <= alike for alike in STORED_ALIKE):
            yield _at("type_changed", "fields", old.key, label=new.label)
        for option in old.options:
            if new.type in WITH_OPTIONS and new.option(option.key) is None:
                yield _at("option_gone", "fields", old.key, label=new.label, option=option.label)

    def states(self) -> Iterator[KindProblem]:
        schema = self.schema
        if schema.noun is Noun.EVENT:
            if schema.states:
                yield _at("event_states", "states")
            return
        if not schema.states:
            yield _at("no_states", "states")
            return
        if not schema.first_states:
            yield _at("no_first", "states")
        seen = set()
        reached = _reached(schema)
        for state in schema.states:
            if state.key in seen:
                yield _at("state_twice", "states", state.key, key=state.key)
            seen.add(state.key)
            yield from self._state(state, reached)
        for old in self.before.states if self.before else ():
            if schema.state(old.key) is None:
                yield _at("state_gone", "states", old.key, label=old.label)

    def _state(self, state: State, reached: set[str]) -> Iterator[KindProblem]:
        def wrong(code: str, /, **args: Any) -> KindProblem:
            return _at(code, "states", state.key, label=state.label or state.key, **args)

        if not KEY.fullmatch(state.key):
            yield _at("bad_key", "states", state.key, key=state.key)
        if not state.label.strip():
            yield wrong("no_state_label")
        for key in state.after:
            if self.schema.state(key) is None:
                yield wrong("after_unknown", key=key)
        for key in state.asks:
            if self.schema.field(key) is None:
                yield wrong("asks_unknown", key=key)
        if self.schema.first_states and state.key not in reached:
            yield wrong("unreachable")

    def counts(self) -> Iterator[KindProblem]:
        if not self.schema.counts:
            yield _at("counts_nothing", "counts")
        for place, rule in enumerate(self.schema.counts):
            yield from self._rule(str(place), rule)
        for (_first, one), (at, other) in combinations(enumerate(self.schema.counts), 2):
            if _count_the_same(one, other, self.schema):
                yield _at("rule_twice", "counts", str(at), element=self._name(other.element))

    def _name(self, code: str) -> str:
        element = self.catalogue.elements.get(code) if self.catalogue else None
        return element.name if element else code

    def _rule(self, key: str, rule: CountRule) -> Iterator[KindProblem]:
        name = self._name(rule.element)

        def wrong(code: str, /, **args: Any) -> KindProblem:
            return _at(code, "counts", key, element=name, **args)

        element = None
        if self.catalogue is not None:
            element = self.catalogue.elements.get(rule.element)
            if element is None:
                yield wrong("unknown_element", code=rule.element)
        if rule.of not in (_EVENT_COUNTS if self.schema.noun is Noun.EVENT else _PLACE_COUNTS):
            yield wrong("wrong_of")
        if element is not None and rule.of is CountOf.STANDING and element.nature is not Nature.STOCK:
            yield wrong("standing_flow")
        if element is not None and rule.of is CountOf.BEGUN and element.nature is not Nature.FLOW:
            yield wrong("begun_stock")
        if rule.of in (CountOf.BEGUN, CountOf.STANDING) and not rule.states:
            yield wrong("rule_states")
        if rule.of is CountOf.AREA and (rule.field or rule.when or (rule.split and not rule.part)):
            yield wrong("area_plain")
        if element is not None and rule.of is CountOf.AREA and element.nature is not Nature.STOCK:
            yield wrong("standing_flow")
        for state in rule.states:
            if self.schema.state(state) is None:
                yield wrong("rule_state_unknown", key=state)
        if not set(rule.place_kinds) <= set(self.schema.with_places):
            yield wrong("rule_places")
        if rule.of is CountOf.PLACES and not self.schema.with_places:
            yield wrong("rule_places")
        yield from self._summed(rule, element, wrong)
        yield from self._chosen(rule, element, wrong)

    def _summed(self, rule: CountRule, element: Element | None, wrong: Any) -> Iterator[KindProblem]:
        if not rule.field:
            if rule.of is CountOf.FIELD:
                yield wrong("sum_unknown")
            return
        field = self.schema.field(rule.field)
        if field is None or rule.of in (CountOf.ENTRIES, CountOf.PLACES, CountOf.AREA):
            yield wrong("sum_unknown")
        elif field.type not in NUMBERS:
            yield wrong("sum_no_number", key=field.label)
        elif element is not None:
            if field.type is FieldType.DECIMAL and field.places > element.places:
                yield wrong("too_precise", label=field.label)
            if field.unit_word and fold(field.unit_word) != fold(element.unit_word):
                told = {"unit": element.unit_word, "field_unit": field.unit_word, "label": field.label}
                yield wrong("other_unit", **told)

    def _chosen(self, rule: CountRule, element: Element | None, wrong: Any) -> Iterator[KindProblem]:
        for when in rule.when:
            field = self.schema.field(when.field)
            if field is None or field.type not in WITH_OPTIONS:
                yield wrong("when_unknown", key=when.field)
                continue
            for key in when.options:
                if field.option(key) is None:
                    yield wrong("when_option", key=key)
        if not rule.split and not rule.split_by:
            return
        field = self.schema.field(rule.split)
        if not rule.part and (field is None or field.type is not FieldType.CHOICE):
            yield wrong("split_unknown", key=rule.split)
            return
        if element is None:
            return
        if rule.split_by not in element.breakdowns or rule.split_by not in self.breakdowns:
            yield wrong("split_foreign", key=rule.split_by)
            return
        if field is None:
            if check_part(rule.part, element, self.breakdowns):
                yield wrong("split_unknown", key=rule.split)
            return
        for option in field.options:
            if option.part and check_part(f"{rule.split_by}={option.part}", element, self.breakdowns):
                yield wrong("split_part", label=field.label, option=option.label, part=option.part)


def _at(code: str, part: str, where: str = "", /, **args: Any) -> KindProblem:
    return KindProblem(code=code, part=part, key=where, args=args)


def _reached(schema: KindSchema) -> set[str]:
    """The states that a place can come into from one it may begin in."""
    reached = {state.key for state in schema.first_states}
    ahead = list(reached)
    while ahead:
        for state in schema.next_states(ahead.pop()):
            if state.key not in reached:
                reached.add(state.key)
                ahead.append(state.key)
    return reached


def _count_the_same(one: CountRule, other: CountRule, schema: KindSchema) -> bool:
    """Whether one entry would add to the same element twice by the same thing: conditions that no entry meets both of
    keep two rules apart, and so do two numbers, or two sets of states or kinds of places.
    """
    if (one.element, one.of, one.field) != (other.element, other.of, other.field):
        return False
    if one.states and other.states and not set(one.states) & set(other.states):
        return False
    if one.place_kinds and other.place_kinds and not set(one.place_kinds) & set(other.place_kinds):
        return False
    return not any(
        mine.field == theirs.field and not set(mine.options) & set(theirs.options) and _one_of(schema, mine.field)
        for mine in one.when
        for theirs in other.when
    )


def _one_of(schema: KindSchema, key: str) -> bool:
    field = schema.field(key)
    return field is not None and field.type is FieldType.CHOICE
