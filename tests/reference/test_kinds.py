"""The ready kinds of `data/kinds`: sound, counted, asking nobody's name."""

from __future__ import annotations

import pytest

from pcmt.apps.facts.catalogue import breakdowns, shipped
from pcmt.core.schemas import NUMBERS, CountOf, FieldType, Noun, asks_for_person, kind_data, kind_from, kind_problems
from pcmt.reference import kinds

EVENTS = """broadcast social_post printed_matter mobile_propaganda school_session risk_group_session
individual_outreach rally pledge_round peak_raid case_report mobile_trial rehab_hearing patrol conference training
cooperation_meeting premises_inspection precursor_inspection pharmacy_inspection model_set_up commendation equipment
cleared_spot destroyed_crop""".split()
PLACES = """hot_spot hot_cluster key_route crop_plot premises tip_box dispensing_point community_model mobile_team
school industrial_park""".split()
CODES = sorted(EVENTS + PLACES)


def test_every_ready_kind_is_there_by_its_code():
    found = {code: ready.schema.noun for code, ready in kinds().items()}
    assert found == {**dict.fromkeys(EVENTS, Noun.EVENT), **dict.fromkeys(PLACES, Noun.PLACE)}


@pytest.mark.parametrize("code", CODES)
def test_a_ready_kind_is_sound(code):
    schema = kinds()[code].schema
    assert kind_from(kind_data(schema)) == schema
    assert [each.message for each in kind_problems(schema, shipped(), breakdowns()) if each.blocking] == []
    assert {each.code for each in kind_problems(schema, shipped(), breakdowns())} <= {"inside_shown", "counts_nothing"}
    assert schema.source
    assert schema.word
    assert 1 <= len(schema.quick_fields) <= 4  # half a minute on a phone
    assert set(schema.with_places) <= set(PLACES)
    for field in schema.fields:
        assert field.unit_word or field.type not in NUMBERS, field.key
        assert not asks_for_person(field.label)


def test_what_counts_nothing_itself_is_counted_by_its_place():
    silent = {code for code, ready in kinds().items() if not ready.schema.counts}
    assert silent == {"cleared_spot", "destroyed_crop"}
    for code in silent:
        counted = [rule for kind in kinds()[code].schema.with_places for rule in kinds()[kind].schema.counts]
        assert any(rule.of is CountOf.BEGUN for rule in counted)


def test_people_are_numbers_only():
    """No field of a ready kind is a free line about people: texts name things, numbers count people."""
    for code in ("peak_raid", "rehab_hearing", "mobile_trial"):
        assert all(each.type not in {FieldType.TEXT, FieldType.LINES} for each in kinds()[code].schema.fields), code


def test_stock_and_flow_of_hot_spots_fit_each_other():
    """What comes in, less what is cleared, is what stands: over every move that the states allow."""
    for code in ("hot_spot", "hot_cluster"):
        schema = kinds()[code].schema
        rules = {rule.element: set(rule.states) for rule in schema.counts}
        standing, cleared = rules["hot_spots"], rules["hot_spots_cleared"]
        assert rules["hot_spots_found"] == standing
        assert standing | cleared == {state.key for state in schema.states}
        assert not standing & cleared
