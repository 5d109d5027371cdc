"""Forms: made, taken over, changed before and after they were used, ended; whom they ask when."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.catalogue import rows_of
from pcmt.apps.facts.models import Form, Recording, Source
from pcmt.apps.facts.operations import (
    FormText,
    Line,
    adopt_form,
    change_form,
    define_form,
    end_form,
    load_catalogue,
    text_of,
)
from pcmt.apps.facts.queries import forms_asking, periods, units_asked
from pcmt.apps.units.operations import NewUnit, create_units, set_members
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import Span
from tests.factories.world import NOW, TODAY, World

START = date(2026, 1, 1)
TEXT = FormText(
    title="Số liệu tháng",
    lines=(Line("cases_detected"), Line("addicts"), Line("addicts", "sex=female")),
    period="month",
    level="commune",
    valid_from=START,
)


@pytest.fixture
def place(land: World) -> World:
    load_catalogue()
    return land


def made(land: World, text: FormText = TEXT, root: str = "an_binh") -> Form:
    found = define_form(actor=land.office, at=NOW, root_id=land[root].pk, form=text)
    assert isinstance(found, Form), found
    return found


def refused(found: object) -> tuple[str, str]:
    assert isinstance(found, Refusal), found
    assert found.message
    return found.code, found.field


def test_a_form_is_what_was_said(place: World) -> None:
    form = made(place)
    assert text_of(form) == TEXT
    entry = Entry.objects.get(event="facts.form.defined")
    assert entry.after is not None
    assert entry.after["lines"][1:] == ["Số người nghiện ma túy", "Số người nghiện ma túy (Nữ)"]


WRONG: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"title": "  "}, ("title", "title")),
    ({"period": "day"}, ("period", "period")),
    ({"calendar": "lunar"}, ("calendar", "calendar")),
    ({"level": "nation"}, ("level", "level")),
    ({"lines": ()}, ("lines", "lines")),
    ({"lines": (Line("nonsense"),)}, ("unknown_element", "lines")),
    ({"lines": (Line("posts", "sex=male"),)}, ("unknown_part", "lines")),
    ({"lines": (Line("addicts", "sex=other"),)}, ("unknown_part", "lines")),
    ({"lines": (Line("posts"), Line("posts"))}, ("line_twice", "lines")),
]


def test_what_no_form_can_say(place: World) -> None:
    for change, why in WRONG:
        text = attrs.evolve(TEXT, **change)
        assert refused(define_form(actor=place.office, at=NOW, root_id=place["an_binh"].pk, form=text)) == why
    assert not Form.objects.exists()


def test_who_makes_forms_for_whom(place: World) -> None:
    for who, role, root, may in [
        ("police", "standing_office", "an_binh", True),
        ("police", "standing_office", "health", True),
        ("police", "standing_office", "binh_giang", False),
        ("dong_hoa_police", "standing_office", "dong_hoa", True),
        ("dong_hoa_police", "standing_office", "tay_hoa", False),
        ("an_binh", "administrator", "an_binh", True),
        ("an_binh", "leader", "an_binh", False),
        ("police", "officer", "police", False),
    ]:
        found = define_form(actor=place.actor(who, role), at=NOW, root_id=place[root].pk, form=TEXT)
        assert isinstance(found, Form) is may, (who, role, root)
        if not may:
            assert refused(found)[0] == "not_allowed"


def test_an_unused_form_is_changed_in_place(place: World) -> None:
    form = made(place)
    text = attrs.evolve(TEXT, title="Số liệu quý", period="quarter", lines=(Line("posts"),))
    found = change_form(actor=place.office, at=NOW, form_id=form.pk, version=1, form=text)
    assert isinstance(found, Form)
    assert (found.pk, found.version, text_of(found)) == (form.pk, 2, text)


def test_of_two_at_once_the_second_is_told(place: World) -> None:
    form = made(place)
    for title, fate in (("Một", None), ("Hai", "stale")):
        text = attrs.evolve(TEXT, title=title)
        found = change_form(actor=place.second, at=NOW, form_id=form.pk, version=1, form=text)
        assert (refused(found)[0] if isinstance(found, Refusal) else None) == fate
    assert refused(end_form(actor=place.office, at=NOW, form_id=form.pk, version=1, on=TODAY))[0] == "stale"


def test_a_used_form_ends_and_another_replaces_it(place: World) -> None:
    form = made(place)
    Recording.objects.create(at=NOW, source=Source.PERSON, form=form)
    text = attrs.evolve(TEXT, lines=(Line("posts"),))
    again = change_form(actor=place.office, at=NOW, form_id=form.pk, version=1, form=text)
    assert refused(again) == ("used", "valid_from")
    text = attrs.evolve(text, valid_from=date(2026, 4, 1))
    found = change_form(actor=place.office, at=NOW, form_id=form.pk, version=1, form=text)
    assert isinstance(found, Form)
    form.refresh_from_db()
    assert (found.replaces, text_of(found), found.valid_to) == (form, text, None)
    assert (form.valid_to, text_of(form)) == (text.valid_from, TEXT)
    days = [date(2026, 3, 31), date(2026, 4, 1)]
    assert [forms_asking(place.actor("dong_hoa", on=day)).get() for day in days] == [form, found]
    march, april = Span(date(2026, 2, 15), date(2026, 3, 15)), Span(date(2026, 3, 15), date(2026, 4, 15))
    assert march in periods(form, START, date(2026, 5, 1))
    assert april not in periods(form, START, date(2026, 5, 1))  # it ends with the form in use on its last day
    assert periods(found, START, date(2026, 4, 20)) == [april, Span(date(2026, 4, 15), date(2026, 5, 15))]


def test_an_ended_form_asks_no_more(place: World) -> None:
    form = made(place)
    assert refused(end_form(actor=place.office, at=NOW, form_id=form.pk, version=1, on=START)) == (
        "too_early", "valid_to",
    )  # fmt: skip
    ended = end_form(actor=place.office, at=NOW, form_id=form.pk, version=1, on=date(2026, 2, 15))
    assert isinstance(ended, Form)
    assert not forms_asking(place.actor("dong_hoa")).exists()
    text = attrs.evolve(TEXT, title="Khác", valid_from=TODAY)
    late = change_form(actor=place.office, at=NOW, form_id=form.pk, version=2, form=text)
    assert refused(late) == ("over", "valid_from")


def test_whom_forms_ask(place: World) -> None:
    row = NewUnit(key="g", name="Các sở", kind="group", level="province", parent=place["an_binh"].pk)
    group = create_units(actor=None, at=NOW, rows=[row])["g"]
    set_members(actor=None, at=NOW, group_id=group.pk, unit_ids=[place["health"].pk, place["finance"].pk])
    communes, itself = made(place), made(place, attrs.evolve(TEXT, level=""))
    agencies = made(place, attrs.evolve(TEXT, level="", group_id=group.pk))
    asked = units_asked((form, TODAY) for form in (communes, itself, agencies))
    assert {unit.name for unit in asked[communes.pk, TODAY]} == {"Xã Đông Hòa", "Phường Tây Hòa"}
    assert [unit.pk for unit in asked[itself.pk, TODAY]] == [place["an_binh"].pk]
    assert {unit.name for unit in asked[agencies.pk, TODAY]} == {"Sở Y tế", "Sở Tài chính"}
    for key, unit in place.units.items():  # asked the other way round it is the same, for what lies below too
        if key in ("dong_hoa", "tay_hoa", "health", "finance", "front", "binh_giang"):
            mine = set(forms_asking(place.actor(key)))
            assert mine == {form for form in (communes, itself, agencies) if unit in asked[form.pk, TODAY]}
    outside = attrs.evolve(TEXT, level="", group_id=group.pk)
    wrong = define_form(actor=None, at=NOW, root_id=place["binh_giang"].pk, form=outside)
    assert refused(wrong) == ("group", "group")
    both = attrs.evolve(outside, level="commune")
    assert refused(define_form(actor=None, at=NOW, root_id=place["an_binh"].pk, form=both))[0] == "level_or_group"


def test_the_forms_that_come_along_can_be_taken_over(place: World) -> None:
    form: object = None
    for code in (row["code"] for row in rows_of("forms")["form"]):
        form = adopt_form(actor=place.office, at=NOW, code=code, root_id=place["an_binh"].pk, valid_from=START)
        assert isinstance(form, Form), form
        assert form.lines.count() >= 9
    again = adopt_form(actor=place.office, at=NOW, code=code, root_id=place["an_binh"].pk, valid_from=START)
    assert refused(again) == ("known", "code")
    assert isinstance(form, Form)
    assert isinstance(again, Refusal)
    assert again.ref == form.pk


def test_a_form_of_the_table_asks_for_every_part(place: World) -> None:
    form = adopt_form(actor=None, at=NOW, code="MT-02/XA", root_id=place["an_binh"].pk, valid_from=START)
    assert isinstance(form, Form)
    lines = [str(line) for line in form.lines.select_related("element")]
    assert lines[:3] == ["addicts", "addicts sex=male", "addicts sex=female"]
    assert refused(adopt_form(actor=None, at=NOW, code="?", root_id=place["an_binh"].pk, valid_from=START))[0] == (
        "unknown_form"
    )
