"""Packets out and in: what leaves, who takes in what, nothing written over, the same again changes nothing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.models import Cell, Fact, Indicator, Source
from pcmt.apps.facts.operations import Entry as Number
from pcmt.apps.facts.operations import load_catalogue, record_facts
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import Duty, DutyOccurrence, Origin, ReportForm, SubmissionFigure, SubmissionSection
from pcmt.apps.reports.operations import put_form_in_use
from pcmt.apps.reports.operations.exchanging import Outcome, State, import_packets
from pcmt.apps.reports.operations.regimes import LevelText, RegimeText, define_regime
from pcmt.apps.reports.queries.exchanging import Asked, packets_of
from pcmt.apps.reports.queries.forms import draft_of
from pcmt.apps.targets.models import Measure, Target
from pcmt.apps.tasks.models import DueItem
from pcmt.core.periods import Span
from pcmt.core.schemas import schema_data
from pcmt.documents.packets import Packet, Packets, read_packets, write_zip
from pcmt.reference import qcvn125
from tests.factories.plans import adopted
from tests.factories.reports import SCHEMA, occurrence_of, opened, report_form, sent
from tests.factories.world import NOW, World

ALL = tuple(qcvn125().types)
SPAN = Span(date(2026, 1, 1), date(2026, 2, 1))
OTHER = ("forms", "outlines", "regimes", "kpi_data")


@pytest.fixture
def plan(land: World, reader: None) -> Plan:
    load_catalogue(at=NOW)
    return adopted(land.office).plan


def asked(*names: str, **facts: Any) -> Asked:
    return Asked(names=names or ALL, first=date(2026, 1, 1), last=date(2026, 12, 31), **facts)


def out(actor: Actor, *names: str) -> dict[str, Packet]:
    """Packets as another system gets them: through a file."""
    data = write_zip(packets_of(actor, NOW, asked(*names)), "xml")
    found = read_packets("x.zip", data)
    assert isinstance(found, Packets)
    assert found.faults == ()
    return {each.name: each for each in found.packets}


def taken(actor: Actor, *packets: Packet, dry: bool = False, at: datetime = NOW) -> list[Outcome]:
    return import_packets(actor=actor, at=at, packets=packets, dry=dry)


def states(found: list[Outcome]) -> set[str]:
    return {each.state.value for each in found}


def number(land: World, key: str, value: int) -> None:
    told = record_facts(
        actor=None, at=NOW, entries=[Number(land[key].pk, "cases_detected", SPAN, Decimal(value))], source=Source.PERSON
    )
    assert not isinstance(told, tuple)


def test_all_packets_leave_with_what_was_sent_alone(land: World, plan: Plan) -> None:
    sent(opened(land["dong_hoa"]), "accepted", cases=7, people=None)
    opened(land["tay_hoa"])
    found = out(land.office)
    assert list(found) == list(ALL)
    (report,) = found["figures"].rows
    assert report["report"]["body"] == {"code": None, "name": "Xã Đông Hòa", "area": "91"}
    assert {line["key"]: line["value"] for line in report["lines"]} == {"cases": Decimal(7), "people": None}
    (listed,) = found["figure_lists"].rows
    assert (listed["element"], listed["value"]) == ("cases_detected", Decimal(7))
    assert [text["text"] for text in found["sent_outlines"].rows[0]["texts"]] == ["Tình hình ổn định."]
    assert [row["state"] for row in found["statuses"].rows] == ["accepted"]
    assert {row["code"] for row in found["indicators"].rows} >= {"cases_detected"}
    text = repr(found)
    for person in ("Nguyễn Văn An", "lan", "minh"):
        assert f"'{person}'" not in text, "nothing of persons"


def test_what_was_sent_back_leaves_as_a_status_alone(land: World, plan: Plan) -> None:
    sent(opened(land["dong_hoa"]), "returned", cases=7)
    found = out(land.office, "figures", "statuses", "figure_lists", "sent_outlines")
    assert [len(found[name].rows) for name in ("figures", "figure_lists", "sent_outlines", "statuses")] == [0, 0, 0, 1]


def test_everybody_gets_what_they_see(land: World, plan: Plan) -> None:
    sent(opened(land["dong_hoa"]), "accepted", cases=7)
    sent(opened(land["tay_hoa"]), "accepted", cases=1)
    own = out(land.actor("dong_hoa", "commune_officer"), "figures")
    assert [row["report"]["body"]["name"] for row in own["figures"].rows] == ["Xã Đông Hòa"]
    foreign = out(land.actor("binh_giang_police", "standing_office"), "figures", "regimes", "statuses", "kpi_data")
    assert [len(each.rows) for each in foreign.values()] == [0, 0, 0, 0]


def measured(plan: Plan) -> None:
    target = Target.objects.filter(plan=plan).order_by("order")[0]
    indicator = Indicator.objects.get(code="cases_detected")
    Measure.objects.update_or_create(
        target=target, defaults={"indicator": indicator, "unit": plan.owner, "confirmed_at": NOW}
    )


def test_numbers_are_told_where_none_stands(land: World, plan: Plan) -> None:
    measured(plan)
    number(land, "dong_hoa", 3)
    number(land, "tay_hoa", 4)
    packet = out(land.office, "kpi_data")["kpi_data"]
    assert [row["value"] for row in packet.rows] == [Decimal(4), Decimal(3)], "in official order"
    assert states(taken(land.office, packet)) == {"same"}
    changed = attrs.evolve(packet, rows=tuple({**row, "value": Decimal(9)} for row in packet.rows))
    (first, _second) = taken(land.office, changed)
    assert (first.state, "giữ số đang có" in first.message) == (State.KEPT, True)
    fresh = attrs.evolve(
        packet, rows=tuple({**row, "first": date(2026, 2, 1), "last": date(2026, 2, 28)} for row in packet.rows)
    )
    officer = land.actor("dong_hoa", "commune_officer")
    found = taken(officer, fresh)
    assert sorted(each.state.value for each in found) == ["new", "refused"], "only numbers of the own unit"
    told = Fact.objects.get(unit=land["dong_hoa"], start=date(2026, 2, 1))
    assert (told.value, told.recording.source) == (3, Source.IMPORT)
    assert sorted(each.state.value for each in taken(officer, fresh)) == ["refused", "same"]


def test_unknown_codes_units_and_wrong_rows_are_named(land: World, plan: Plan) -> None:
    row = {
        "element": "cases_detected", "breakdown": None, "unit": {"code": None, "name": "Xã Đông Hòa", "area": None},
        "first": SPAN.start, "last": SPAN.last, "value": Decimal(2), "applies": True, "note": None,
    }  # fmt: skip
    rows = (
        {**row, "element": "khong_co"},
        {**row, "unit": {"code": None, "name": "Xã Không Có", "area": None}},
        {**row, "last": date(2025, 1, 1)},
        {**row, "value": Decimal("2.5")},
        {**row, "breakdown": "sex=khac"},
        {**row, "first": date(2027, 1, 1), "last": date(2027, 1, 31)},
        row,
        row,
    )
    found = taken(land.office, Packet("kpi_data", rows))
    by_place = {each.place: each.state.value for each in found}
    assert [by_place[str(place)] for place in range(1, 9)] == [*["unknown"] * 2, *["refused"] * 6]
    assert "khong_co" in found[0].message


def test_looking_first_changes_nothing(land: World, plan: Plan) -> None:
    measured(plan)
    number(land, "dong_hoa", 3)
    packets = out(land.office, *OTHER)
    days = {"first": date(2026, 2, 1), "last": date(2026, 2, 28)}
    fresh = attrs.evolve(packets["kpi_data"], rows=tuple({**row, **days} for row in packets["kpi_data"].rows))
    before = Entry.objects.count(), Fact.objects.count()
    assert states(taken(land.office, fresh, dry=True)) == {"new"}
    assert (Entry.objects.count(), Fact.objects.count()) == before


def regime(land: World, plan: Plan, form: ReportForm | None = None) -> Duty:
    text = RegimeText(
        title="Báo cáo tuần tra",
        what="Kết quả tuần tra",
        period="monthly",
        reporter_ids=(land["dong_hoa"].pk, land["tay_hoa"].pk),
        levels=(
            LevelText(recipient_id=land["police"].pk, day=18, guidance="Gửi đủ"),
            LevelText(recipient_id=land["an_binh"].pk, day=25),
        ),
        form_id=form.pk if form else None,
    )
    made = define_regime(actor=land.office, at=NOW, plan_id=plan.pk, regime=text)
    assert isinstance(made, Duty), made
    return made


def test_regimes_of_offices_are_proposed_over_all_levels(land: World, plan: Plan) -> None:
    form = report_form().form
    regime(land, plan, form)
    packet = out(land.office, "regimes")["regimes"]
    assert states(taken(land.office, packet)) == {"same"}
    others = attrs.evolve(packet, rows=tuple({**row, "title": f"{row['title']} 2"} for row in packet.rows))
    assert states(taken(land.actor("an_binh", "leader"), others, dry=True)) == {"refused", "unknown"}
    found = taken(land.office, others)
    assert states(found) == {"new", "unknown"}, "those of the plan come with its text"
    lower = Duty.objects.get(title="Báo cáo tuần tra 2", recipient=land["police"])
    assert lower.feeds
    assert (lower.feeds.recipient, lower.origin, lower.form) == (land["an_binh"], Origin.OFFICE, form)
    assert sorted(lower.reporters.values_list("unit__name", flat=True)) == ["Phường Tây Hòa", "Xã Đông Hòa"]
    again = out(land.office, "regimes")["regimes"]
    copies = [row for row in again.rows if row["title"].endswith(" 2")]
    assert copies == [row for row in others.rows if row["origin"] == "office"], "there and back again"
    changed = attrs.evolve(others, rows=tuple({**row, "day": 20} for row in others.rows if row["origin"] == "office"))
    assert states(taken(land.office, changed)) == {"kept"}


def test_forms_become_drafts_of_the_own_office(land: World, plan: Plan) -> None:
    report_form()
    packets = out(land.office, "forms", "outlines")
    assert states(taken(land.office, *packets.values())) == {"same"}
    named = {
        name: attrs.evolve(
            packet, rows=tuple({**row, "code": f"x-{row['code']}", "title": "Mẫu nhận về"} for row in packet.rows)
        )
        for name, packet in packets.items()
    }
    refused = taken(land.actor("health"), *named.values())
    assert states(refused) == {"refused"}
    assert states(taken(land.office, *named.values())) == {"new"}
    form = ReportForm.objects.get(title="Mẫu nhận về")
    draft = draft_of(form)
    assert draft
    wanted = schema_data(attrs.evolve(SCHEMA, code=form.code, title="Mẫu nhận về"))
    assert draft.body == wanted, "sections, lines and columns are all there"
    assert states(taken(land.office, *named.values())) == {"same"}
    assert states(taken(land.office, named["forms"])) == {"refused"}, "tables alone are no form"
    used = put_form_in_use(actor=land.office, at=NOW, form_id=form.pk, draft_id=draft.pk, version=draft.version)
    assert not hasattr(used, "code")
    back = out(land.office, "outlines")["outlines"]
    assert [row["sections"] for row in back.rows if row["title"] == "Mẫu nhận về"] == [
        row["sections"] for row in named["outlines"].rows
    ]


def test_figures_and_texts_go_into_the_own_draft(land: World, plan: Plan) -> None:
    source = opened(land["dong_hoa"])
    sent(source, "accepted", cases=7, people=2)
    packets = out(land.office, "figures", "sent_outlines")

    def aimed(packet: Packet) -> Packet:
        """At the report of the other commune."""
        body = {"code": None, "name": "Phường Tây Hòa", "area": "91"}
        rows = tuple({**row, "report": {**row["report"], "body": body, "about": body}} for row in packet.rows)
        return attrs.evolve(packet, rows=rows)

    target = opened(land["tay_hoa"])
    officer = land.actor("tay_hoa", "commune_officer")
    assert states(taken(land.office, *(aimed(each) for each in packets.values()))) == {"refused"}, "not theirs to write"
    found = taken(officer, *(aimed(each) for each in packets.values()))
    assert states(found) == {"new"}, found
    values = dict(SubmissionFigure.objects.filter(submission=target).values_list("line", "value"))
    assert (values["cases"], values["people"]) == (7, 2)
    assert SubmissionSection.objects.get(submission=target, key="general").text == "Tình hình ổn định."
    assert states(taken(officer, *(aimed(each) for each in packets.values()))) == {"same"}
    SubmissionFigure.objects.filter(submission=target, line="cases").update(value=5)
    SubmissionSection.objects.filter(submission=target, key="general").update(text="Khác")
    assert states(taken(officer, *(aimed(each) for each in packets.values()))) == {"same", "kept"}
    assert SubmissionFigure.objects.get(submission=target, line="cases").value == 5
    lost = attrs.evolve(
        packets["figures"],
        rows=tuple({**row, "report": {**row["report"], "regime": "Không có"}} for row in packets["figures"].rows),
    )
    assert states(taken(officer, lost)) == {"unknown"}
    assert occurrence_of(land["tay_hoa"]).submission == target


def test_lists_are_compared_and_not_written(land: World, plan: Plan) -> None:
    packets = out(land.office, "indicators", "indicator_breakdowns", "kpi_sets", "periods", "statuses")
    found = taken(land.office, *packets.values())
    assert states(found) == {"same"}
    kpi = packets["kpi_sets"]
    other = attrs.evolve(kpi, rows=({**kpi.rows[0], "unit_word": "khác"}, {**kpi.rows[0], "text": "Chỉ tiêu lạ"}))
    assert [each.state.value for each in taken(land.office, other)] == ["kept", "unknown"]
    assert Entry.objects.filter(event="reports.packets.imported").count() == 2


def emptied() -> None:
    """Take away what the office asked for and every number, as if nobody had."""
    office = Duty.objects.filter(origin=Origin.OFFICE)
    occurrences = DutyOccurrence.objects.filter(duty__in=office)
    items = list(occurrences.values_list("due_item_id", flat=True))
    occurrences.delete()
    DueItem.objects.filter(pk__in=items).delete()
    office.update(feeds=None)
    office.delete()
    for rows in (Cell.objects.all(), Fact.objects.all()):
        rows._raw_delete("default")


def test_out_and_into_an_empty_system(land: World, plan: Plan) -> None:
    """What another installation with the same units, plan and catalogue takes in, it gives out again alike."""
    measured(plan)
    number(land, "dong_hoa", 3)
    regime(land, plan, report_form().form)
    before = out(land.office, "regimes", "kpi_data")
    emptied()
    assert out(land.office, "kpi_data")["kpi_data"].rows == ()
    assert states(taken(land.office, *before.values())) == {"new", "same"}
    after = out(land.office, "regimes", "kpi_data")
    assert {name: packet.rows for name, packet in after.items()} == {
        name: packet.rows for name, packet in before.items()
    }
