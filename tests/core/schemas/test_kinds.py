"""What an entry says comes back as it was shown; what is wrong with a kind is named."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.core.measures import breakdowns_from, catalogue_from
from pcmt.core.schemas import (
    CountOf,
    CountRule,
    FieldType,
    KindField,
    Noun,
    Option,
    State,
    When,
    asks_for_person,
    kind_changes,
    kind_problems,
    kind_summary,
    read_value,
    shown,
)
from pcmt.reference import kinds, table

ELEMENTS = catalogue_from(table("indicators", "elements"), table("indicators", "indicators"))
PARTS = breakdowns_from(table("indicators", "breakdowns"))

HOT_SPOT = kinds()["hot_spot"].schema
SESSION = kinds()["school_session"].schema


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.tuples(st.just(FieldType.WHOLE), st.integers(0, 10**14)),
        st.tuples(st.just(FieldType.MONEY), st.integers(0, 10**14)),
        st.tuples(
            st.just(FieldType.DECIMAL), st.decimals(0, 10**9, places=3).map(lambda n: format(n.normalize(), "f"))
        ),
        st.tuples(st.just(FieldType.YES_NO), st.booleans()),
        st.tuples(st.just(FieldType.DAY), st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)),
        st.tuples(st.just(FieldType.TIME), st.times().map(lambda t: time(t.hour, t.minute).strftime("%H:%M"))),
        st.tuples(st.just(FieldType.TEXT), st.text("ăâđê 0,.:", min_size=1).map(str.strip).filter(bool)),
    )
)
def test_what_is_shown_is_read_again_as_it_is_kept(told: tuple[FieldType, object]) -> None:
    kind, value = told
    field = KindField(key="x", label="X", type=kind, places=3)
    read = read_value(field, shown(field, value))
    if kind is FieldType.DECIMAL:
        assert Decimal(str(read)) == Decimal(str(value))
    else:
        assert read == value


FIELD = SESSION.fields[0]
NOWHERE = When(field="audience", options=("z",))
BEGUN = CountRule(element="hot_spots", of=CountOf.BEGUN, states=("open",))


@pytest.mark.parametrize(
    ("code", "schema"),
    [
        ("no_label", attrs.evolve(SESSION, label=" ")),
        ("field_twice", attrs.evolve(SESSION, fields=(FIELD, attrs.evolve(FIELD, label="Khác")))),
        ("label_twice", attrs.evolve(SESSION, fields=(FIELD, attrs.evolve(FIELD, key="khac")))),
        ("title_unknown", attrs.evolve(SESSION, title="{nobody}")),
        ("personal", attrs.evolve(SESSION, fields=(*SESSION.fields, attrs.evolve(FIELD, key="n", label="Số CCCD")))),
        ("no_options", attrs.evolve(SESSION, fields=(KindField(key="n", label="N", type=FieldType.CHOICE),))),
        ("bad_limits", attrs.evolve(SESSION, fields=(attrs.evolve(FIELD, least=9, most=1),))),
        ("needs_no_place", attrs.evolve(SESSION, with_places=(), counts=())),
        ("unknown_element", attrs.evolve(SESSION, counts=(CountRule(element="nothing"),))),
        ("sum_no_number", attrs.evolve(SESSION, counts=(CountRule(element="posts", of=CountOf.FIELD, field="topic"),))),
        ("rule_twice", attrs.evolve(SESSION, counts=(*SESSION.counts, CountRule(element="school_sessions")))),
        ("split_foreign", attrs.evolve(SESSION, counts=(CountRule(element="posts", split="audience", split_by="x"),))),
        ("when_option", attrs.evolve(SESSION, counts=(CountRule(element="posts", when=(NOWHERE,)),))),
        ("no_first", attrs.evolve(HOT_SPOT, states=tuple(attrs.evolve(each, first=False) for each in HOT_SPOT.states))),
        ("unreachable", attrs.evolve(HOT_SPOT, states=(*HOT_SPOT.states, State(key="z", label="Z", after=("z",))))),
        ("begun_stock", attrs.evolve(HOT_SPOT, counts=(BEGUN,))),
        ("wrong_of", attrs.evolve(HOT_SPOT, counts=(CountRule(element="hot_spots"),))),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(code: str, schema: object) -> None:
    found = {each.code: each for each in kind_problems(schema, ELEMENTS, PARTS)}  # type: ignore[arg-type]
    assert found[code].blocking, found
    assert found[code].message


def test_a_split_names_parts_that_there_are() -> None:
    field = attrs.evolve(SESSION.fields[1], options=(Option(key="a", label="Một", part="nobody"),))
    changed = attrs.evolve(SESSION, fields=(SESSION.fields[0], field, *SESSION.fields[2:]))
    assert "split_part" in {each.code for each in kind_problems(changed, ELEMENTS, PARTS)}


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (CountRule(element="places_reached", of=CountOf.AREA, split="=commune", split_by="kind_of_place"), None),
        (CountRule(element="places_reached", of=CountOf.AREA, split="=sea", split_by="kind_of_place"), "split_unknown"),
        (CountRule(element="places_reached", of=CountOf.AREA, split="=commune", split_by="audience"), "split_foreign"),
        (CountRule(element="places_reached", of=CountOf.AREA, field="people"), "area_plain"),
        (CountRule(element="broadcasts", of=CountOf.AREA), "standing_flow"),
    ],
)
def test_a_commune_is_counted_as_one(rule: CountRule, problem: str | None) -> None:
    found = {each.code for each in kind_problems(attrs.evolve(SESSION, counts=(rule,)), ELEMENTS, PARTS)}
    assert found & {"split_unknown", "split_foreign", "area_plain", "standing_flow"} == ({problem} - {None})


@pytest.mark.parametrize(
    "label", ["Họ và tên", "Tên chủ cơ sở", "Năm sinh", "Số điện thoại", "Số CCCD của người vi phạm"]
)
def test_labels_that_ask_for_a_person(label: str) -> None:
    assert asks_for_person(label)


@pytest.mark.parametrize("label", ["Tên chủ đề", "Số nam sinh tham gia", "Tên tin, bài", "Số người bị đánh giá"])
def test_labels_that_ask_for_nobody(label: str) -> None:
    assert not asks_for_person(label)


def test_a_changed_type_is_advice_and_the_changes_are_told() -> None:
    changed = attrs.evolve(
        SESSION, fields=(attrs.evolve(FIELD, type=FieldType.TEXT, sums=False), *SESSION.fields[1:]), counts=()
    )
    found = {each.code: each for each in kind_problems(changed, ELEMENTS, PARTS, SESSION)}
    assert not found["type_changed"].blocking
    assert kind_summary(kind_changes(SESSION, changed)) == "Bỏ 6 cách đếm; sửa 2 chi tiết"
    turned = attrs.evolve(SESSION, fields=(*SESSION.fields[1:2], FIELD, *SESSION.fields[2:]))
    assert kind_summary(kind_changes(SESSION, turned)) == "Chuyển chỗ 2 trường"
    assert kind_changes(SESSION, SESSION) == ()
    assert SESSION.noun is Noun.EVENT
