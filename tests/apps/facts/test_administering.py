"""Administrators add, version and end what is in the catalogue; versions leave no gap and never overlap."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.apps.accounts.models import Role
from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.catalogue import catalogue, last_known
from pcmt.apps.facts.models import Element, ElementVersion, Form, FormLine, Indicator, IndicatorVersion
from pcmt.apps.facts.operations import (
    Adding,
    ElementText,
    FormText,
    IndicatorText,
    Line,
    add_element,
    add_indicator,
    define_form,
    end_element,
    end_indicator,
    load_catalogue,
    version_element,
    version_indicator,
)
from pcmt.apps.facts.operations.administering import _place
from pcmt.apps.facts.policies import can_keep_catalogue, can_keep_forms
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW, World

JULY = date(2026, 7, 1)
TEXT = ElementText(name="Số chó nghiệp vụ", unit_word="con", source="KH 12/2026")
ADDING = Adding(nature="stock", over_time="last", over_units="sum")


@pytest.fixture
def chief(land: World) -> Any:
    load_catalogue()
    return land.actor("an_binh", "administrator")


def refused(found: object) -> tuple[str, str]:
    assert isinstance(found, Refusal), found
    assert found.message
    return found.code, found.field


def test_an_element_is_added_with_a_code_of_its_own(chief: Any) -> None:
    row = add_element(actor=chief, at=NOW, text=TEXT, adding=ADDING)
    assert isinstance(row, Element)
    assert row.code == "local_so_cho_nghiep_vu"
    assert list(catalogue(JULY).elements)[-1] == row.code
    assert Entry.objects.get(event="facts.element.added").after["unit_word"] == "con"  # type: ignore[index]
    twin = attrs.evolve(TEXT, name="SỐ CHÓ  NGHIỆP VỤ")
    assert refused(add_element(actor=chief, at=NOW, text=twin, adding=ADDING)) == ("name_taken", "name")


WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"name": " "}, {}, "name"),
    ({"unit_word": ""}, {}, "unit_word"),
    ({"source": ""}, {}, "source"),
    ({"breakdowns": ("colour",)}, {}, "breakdowns"),
    ({}, {"nature": "wave"}, "nature"),
    ({}, {"over_time": "sum"}, "over_time"),  # stocks of several months are never added up
    ({}, {"nature": "flow", "over_time": "last"}, "over_time"),
    ({}, {"over_units": "max"}, "over_units"),
    ({}, {"places": 5}, "places"),
]


def test_what_no_element_can_be(chief: Any) -> None:
    for text, adding, why in WRONG:
        found = add_element(actor=chief, at=NOW, text=attrs.evolve(TEXT, **text), adding=attrs.evolve(ADDING, **adding))
        assert refused(found)[1] == why


def test_only_administrators_keep_the_catalogue(chief: Any, land: World) -> None:
    for actor in (land.office, land.actor("an_binh", "leader"), land.actor("health")):
        assert refused(add_element(actor=actor, at=NOW, text=TEXT, adding=ADDING))[0] == "not_allowed"
        text = IndicatorText(name="Mới", counted=("posts",), source="KH")
        assert refused(add_indicator(actor=actor, at=NOW, text=text))[0] == "not_allowed"
        assert refused(end_element(actor=actor, at=NOW, code="posts", version=1, on=JULY))[0] == "not_allowed"


def test_everybody_signed_in_reads_the_catalogue_and_the_forms(chief: Any, land: World) -> None:
    """It names no person and holds no figure; who changes it is another matter."""
    text = FormText(title="Biểu tin bài", lines=(Line("posts"),), period="month", valid_from=date(2026, 1, 1))
    define_form(actor=None, at=NOW, root_id=land["an_binh"].pk, form=text)
    for model in (Element, ElementVersion, Indicator, IndicatorVersion, Form, FormLine):
        manager: Any = model._default_manager
        assert manager.count() > 0
        assert not manager.visible_to(None).exists()
        for role in Role.values:
            assert manager.visible_to(land.actor("binh_giang", role)).count() == manager.count()
    keepers = {role for role in Role.values if can_keep_catalogue(land.actor("an_binh", role))}
    assert keepers == {Role.ADMINISTRATOR}
    formers = {role for role in Role.values if can_keep_forms(land.actor("an_binh", role))}
    assert formers == {Role.ADMINISTRATOR, Role.STANDING_OFFICE}


def test_the_catalogue_before_and_after_a_version(chief: Any) -> None:
    text = ElementText(name="Bài đăng", unit_word="tin, bài", breakdowns=("audience",), source="KH 12/2026")
    row = version_element(actor=chief, at=NOW, code="posts", version=1, text=text, valid_from=JULY)
    assert isinstance(row, Element)
    assert row.version == 2
    before, after = (catalogue(day).elements["posts"] for day in (JULY - timedelta(1), JULY))
    assert (before.name, before.breakdowns) == ("Số tin, bài trên mạng xã hội, trang thông tin", ())
    assert (after.name, after.breakdowns) == ("Bài đăng", ("audience",))
    assert catalogue().elements["posts"] == after
    for day, told in ((JULY - timedelta(1), before), (JULY, after)):
        assert last_known((), day, elements=["posts", "leads_received"]).elements["posts"] == told
    entry = Entry.objects.get(event="facts.element.versioned")
    assert (entry.before["name"], entry.after["name"]) == (before.name, "Bài đăng")  # type: ignore[index]
    again = version_element(actor=chief, at=NOW, code="posts", version=2, text=text, valid_from=JULY)
    assert refused(again)[0] == "unchanged"
    right = attrs.evolve(text, name="Số bài đăng")
    assert isinstance(
        version_element(actor=chief, at=NOW, code="posts", version=2, text=right, valid_from=JULY), Element
    )
    assert ElementVersion.objects.filter(element__code="posts").count() == 2  # put right, not another one


def test_of_two_administrators_the_second_is_told(chief: Any, land: World) -> None:
    other = land.actor("binh_giang", "administrator")
    text = ElementText(name="Bài đăng", unit_word="tin, bài", source="KH")
    assert isinstance(
        version_element(actor=chief, at=NOW, code="posts", version=1, text=text, valid_from=JULY), Element
    )
    text = attrs.evolve(text, name="Tin bài")
    late = version_element(actor=other, at=NOW, code="posts", version=1, text=text, valid_from=JULY)
    assert refused(late)[0] == "stale"
    assert refused(end_element(actor=other, at=NOW, code="posts", version=1, on=JULY))[0] == "stale"


def test_an_element_in_use_is_not_ended(chief: Any, land: World) -> None:
    text = FormText(title="Biểu tin bài", lines=(Line("posts"),), period="month", valid_from=date(2026, 1, 1))
    define_form(actor=None, at=NOW, root_id=land["an_binh"].pk, form=text)
    found = end_element(actor=chief, at=NOW, code="posts", version=1, on=JULY)
    assert refused(found)[0] == "in_use"
    assert isinstance(found, Refusal)
    assert {problem.code for problem in found.problems} == {"indicator", "form"}


def test_ending_and_taking_up_again(chief: Any) -> None:
    row = add_element(actor=chief, at=NOW, text=TEXT, adding=ADDING)
    assert isinstance(row, Element)
    ended = end_element(actor=chief, at=NOW, code=row.code, version=1, on=JULY)
    assert isinstance(ended, Element)
    assert row.code not in catalogue(JULY).elements
    assert row.code in catalogue(JULY - timedelta(1)).elements
    assert last_known((), JULY, elements=[row.code]).elements[row.code].name == TEXT.name  # it ended: its last words
    assert refused(end_element(actor=chief, at=NOW, code=row.code, version=2, on=JULY))[0] == "over"
    later = JULY + timedelta(30)
    gap = version_element(actor=chief, at=NOW, code=row.code, version=2, text=TEXT, valid_from=later)
    assert refused(gap) == ("gap", "valid_from")
    again = version_element(actor=chief, at=NOW, code=row.code, version=2, text=TEXT, valid_from=JULY)
    assert isinstance(again, Element)
    assert row.code in catalogue(later).elements


def test_what_is_ended_before_its_last_version_began_is_refused(chief: Any) -> None:
    version_element(actor=chief, at=NOW, code="posts", version=1, text=TEXT, valid_from=JULY)
    assert refused(end_element(actor=chief, at=NOW, code="posts", version=2, on=JULY))[0] == "too_early"


def test_unlike_numbers_are_not_added_up(chief: Any) -> None:
    text = IndicatorText(name="Vụ và người", counted=("cases_detected", "suspects_arrested"), source="KH")
    assert refused(add_indicator(actor=chief, at=NOW, text=text)) == ("unlike_elements", "counted")
    text = IndicatorText(name="Tỷ lệ lạ", counted=("posts",), whole=("addicts", "addicts_new"), source="KH")
    assert refused(add_indicator(actor=chief, at=NOW, text=text))[0] == "unlike_elements"
    assert not Indicator.objects.filter(code__startswith="local_").exists()
    words = ElementText(name="Người nghiện", unit_word="hộ", source="KH")
    found = version_element(actor=chief, at=NOW, code="addicts", version=1, text=words, valid_from=JULY)
    assert refused(found) == ("unlike_elements", "unit_word")


def test_an_indicator_is_added_found_by_its_words_and_ended(chief: Any) -> None:
    text = IndicatorText(
        name="Số chốt kiểm soát", counted=("models",), words=(("chốt kiểm soát",),), source="KH 12/2026"
    )
    row = add_indicator(actor=chief, at=NOW, text=text, valid_from=JULY)
    assert isinstance(row, Indicator)
    assert catalogue(JULY).bind("Lập 05 chốt kiểm soát")[0].indicator.code == row.code
    assert not catalogue(JULY - timedelta(1)).bind("Lập 05 chốt kiểm soát")
    twin = attrs.evolve(text, name="Khác")
    assert refused(add_indicator(actor=chief, at=NOW, text=twin, valid_from=JULY)) == ("same_words", "words")
    share = attrs.evolve(text, whole=("communes",))
    assert isinstance(
        version_indicator(actor=chief, at=NOW, code=row.code, version=1, text=share, valid_from=date(2027, 1, 1)),
        Indicator,
    )
    ended = end_indicator(actor=chief, at=NOW, code=row.code, version=2, on=date(2028, 1, 1))
    assert isinstance(ended, Indicator)
    assert row.code not in catalogue(date(2028, 1, 1)).indicators
    gone = last_known([row.code], date(2028, 1, 1))
    assert gone.indicators[row.code].whole == ("communes",)
    assert set(gone.elements) == {"models", "communes"}
    for wrong, why in (
        (attrs.evolve(text, counted=("nonsense",), words=()), "unknown_element"),
        (attrs.evolve(text, counted=()), "counted"),
        (attrs.evolve(text, words=(("  ",),)), "words"),
    ):
        assert (
            refused(add_indicator(actor=chief, at=NOW, text=attrs.evolve(wrong, name="X"), valid_from=JULY))[0] == why
        )


@attrs.frozen
class Window:
    """A version that is not in a database."""

    valid_from: date | None
    valid_to: date | None


DAYS = st.integers(1, 40).map(lambda n: date(2026, 1, 1) + timedelta(n))


@given(st.one_of(st.none(), DAYS), st.lists(st.tuples(st.booleans(), DAYS), max_size=12))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_versions_follow_one_another_without_gap_or_overlap(first: date | None, acts: list[tuple[bool, date]]) -> None:
    """Whatever is versioned and ended in whatever order, each day has at most one version and no hole lies between."""
    windows = [Window(first, None)]
    for ends, day in acts:
        if ends:
            last = windows[-1]
            if (last.valid_from or date.min) < day and (last.valid_to is None or last.valid_to > day):
                windows[-1] = attrs.evolve(last, valid_to=day)
            continue
        place = _place(windows, day)
        if isinstance(place, Refusal):
            assert windows[-1].valid_to is not None
            assert day > windows[-1].valid_to
            continue
        held, until = place
        if held and held.valid_from == day:
            continue
        if held:
            windows[windows.index(held)] = attrs.evolve(held, valid_to=day)
        windows.append(Window(day, until))
        windows.sort(key=lambda each: each.valid_from or date.min)
    assert all(each.valid_to == after.valid_from for each, after in pairwise(windows))
    assert all((each.valid_from or date.min) < (each.valid_to or date.max) for each in windows)
