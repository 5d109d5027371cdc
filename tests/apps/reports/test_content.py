"""What a report says: numbers beside numbers, targets, tasks; and what is said against it before it is sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.plans.models import PlanEvent
from pcmt.apps.reports.models import Duty, DutyOccurrence, FormState, ReportFormVersion, SectionComment, Submission
from pcmt.apps.reports.operations.discussing import comment_section
from pcmt.apps.reports.operations.opening import open_report, refresh_report
from pcmt.apps.reports.operations.writing import FigureEntry, save_figures, save_section
from pcmt.apps.reports.queries.checking import Problem, problems_of
from pcmt.apps.reports.queries.content import content_of, told_of
from pcmt.apps.reports.queries.numbers import boundary_of, spans_of
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations import ask_extension, report_progress
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core.periods import Span
from pcmt.core.schemas import ColumnKind, Line, Provenance, content_data, content_from, schema_data
from tests.apps.reports.writing_kit import AT, FEBRUARY, FULL, LINES, ON, Writer, use, writer
from tests.apps.units.reorganising import merger, planned
from tests.factories import facts
from tests.factories.facts import entry, month, told
from tests.factories.plans import adopted
from tests.factories.world import World


@pytest.fixture
def ready(land: World, reader: None) -> World:
    adopted(land.office)
    use(FULL)
    facts.form(land)
    return land


def fill(land: World, key: str = "dong_hoa") -> None:
    """Three months of a commune, and one of the year before."""
    unit = land[key]
    told(
        *facts.series(unit, "cases_detected", [12, 6, 9]), *facts.series(unit, "suspects_arrested", [15, 8, 9]),
        *facts.series(unit, "addicts_with_file", [40, 42, 45]), *facts.series(unit, "addicts", [50, 56, 60]),
        entry(unit, "cases_detected", month(2, 2025), 5), entry(unit, "suspects_arrested", month(2, 2025), 0),
        entry(unit, "addicts_with_file", month(2, 2025), 20), entry(unit, "addicts", month(2, 2025), 40),
    )  # fmt: skip


def codes(found: list[Problem], *, blocks: bool | None = None) -> list[tuple[str, str]]:
    return [(each.code, each.line or each.section) for each in found if blocks is None or each.blocks is blocks]


def check(of: Writer, on: date = ON) -> list[Problem]:
    return problems_of(of.fresh, on=on)


# --- which days a column asks of


def report(first: date | None, last: date | None, calendar: str = "", ended: date | None = None) -> Submission:
    return Submission(duty=Duty(calendar=calendar), about=Unit(valid_to=ended), period_from=first, period_to=last)


def days(span: Span) -> tuple[date, date]:
    return span.start, span.last


@pytest.mark.parametrize(
    ("period", "calendar", "before", "ago", "year"),
    [
        ((2026, 1, 15, 2026, 2, 14), "", (2025, 12, 15, 2026, 1, 14), (2025, 1, 15, 2025, 2, 14), (2025, 12, 15)),
        ((2026, 2, 1, 2026, 2, 28), "", (2026, 1, 1, 2026, 1, 31), (2025, 2, 1, 2025, 2, 28), (2026, 1, 1)),
        ((2024, 2, 1, 2024, 2, 29), "", (2024, 1, 1, 2024, 1, 31), (2023, 2, 1, 2023, 2, 28), (2024, 1, 1)),
        ((2025, 2, 1, 2025, 2, 28), "", (2025, 1, 1, 2025, 1, 31), (2024, 2, 1, 2024, 2, 29), (2025, 1, 1)),
        ((2024, 1, 1, 2024, 6, 30), "", (2023, 7, 1, 2023, 12, 31), (2023, 1, 1, 2023, 6, 30), (2024, 1, 1)),
        ((2025, 12, 15, 2026, 6, 14), "", (2025, 6, 15, 2025, 12, 14), (2024, 12, 15, 2025, 6, 14), (2025, 12, 15)),
        ((2025, 12, 15, 2026, 9, 14), "", (2024, 12, 15, 2025, 9, 14), (2024, 12, 15, 2025, 9, 14), (2025, 12, 15)),
        ((2026, 3, 2, 2026, 3, 8), "", (2026, 2, 23, 2026, 3, 1), (2025, 3, 3, 2025, 3, 9), (2025, 12, 15)),
        ((2026, 3, 2, 2026, 3, 8), "statistical", (2026, 2, 23, 2026, 3, 1), (2025, 3, 3, 2025, 3, 9), (2026, 1, 1)),
        # An action month of its own days, over the border of a reporting year: the year holds all of it.
        ((2025, 12, 10, 2026, 1, 9), "", (2025, 11, 9, 2025, 12, 9), (2024, 12, 10, 2025, 1, 9), (2025, 12, 10)),
    ],
)
def test_days_of_the_columns(
    period: tuple[int, ...], calendar: str, before: tuple[int, ...], ago: tuple[int, ...], year: tuple[int, ...]
) -> None:
    first, last = date(*period[:3]), date(*period[3:])
    spans = spans_of(report(first, last, calendar))
    assert days(spans[ColumnKind.THIS]) == (first, last)
    assert days(spans[ColumnKind.PREVIOUS]) == (date(*before[:3]), date(*before[3:]))
    assert days(spans[ColumnKind.YEAR_AGO]) == (date(*ago[:3]), date(*ago[3:]))
    assert days(spans[ColumnKind.CUMULATIVE]) == (date(*year), last)


def test_a_report_without_a_period_and_a_unit_that_ended() -> None:
    assert spans_of(report(None, None)) == {}
    assert boundary_of(report(None, None), ON) is None
    of = (date(2026, 1, 15), date(2026, 2, 14))
    assert boundary_of(report(*of), ON) == date(2026, 2, 14)
    assert boundary_of(report(*of), date(2026, 1, 20)) == date(2026, 1, 20)
    assert boundary_of(report(*of, ended=date(2026, 2, 1)), ON) == date(2026, 1, 31)


# --- figures


def test_numbers_beside_numbers(ready: World) -> None:
    fill(ready)
    of = writer(ready, period_to=FEBRUARY)
    found: Any = of.content.figures
    assert "head" not in found
    cases, people = found["cases"], found["people"]
    assert (cases.value, cases.provenance, cases.counted, cases.told, cases.expected) == (
        6,
        Provenance.COUNTED,
        6,
        1,
        1,
    )
    assert cases.others == {
        "before": 12, "ago": 5, "year": 18, "change": 1, "percent": Decimal("20.0"), "goal": None,
    }  # fmt: skip
    assert people.others["percent"] is None  # from nothing there is no percent
    assert (found["all"].value, found["all"].others["year"], found["all"].provenance) == (14, 41, Provenance.COMPUTED)
    share = found["share"]
    assert (share.value, share.others["ago"], share.others["change"]) == (75, 50, 25)
    assert share.others["percent"] is None  # of percents there are points
    assert share.others["before"] == 80
    assert found["odd"].provenance is Provenance.NONE
    # A stock is not added up over the year, and neither is what it makes.
    assert (found["files"].others["year"], share.others["year"]) == (42, 75)

    # What a person typed goes into every number made of it: sums, shares, the year so far, change and percent.
    entries = [of.entry("cases", "8", reason="r"), of.entry("files", "28", reason="r"), of.entry("people", "")]
    save_figures(actor=of.actor, at=AT, submission_id=of.submission.pk, entries=entries)
    found = of.content.figures
    assert (found["cases"].provenance, found["cases"].counted) == (Provenance.TYPED, 6)
    assert (found["cases"].others["year"], found["cases"].others["percent"]) == (20, Decimal("60.0"))
    assert (found["share"].value, found["files"].others["year"]) == (50, 28)
    assert (found["people"].value, found["people"].others["year"]) == (None, None)
    assert found["all"].value is None  # a sum of what is not there is not there

    # What does not apply adds nothing, and is no blank.
    save_figures(actor=of.actor, at=AT, submission_id=of.submission.pk, entries=[of.entry("people", "x")])
    found = of.content.figures
    assert (found["all"].value, found["people"].applies) == (8, False)
    assert content_from(content_data(of.content)) == of.content


def test_an_area_is_that_of_the_last_day_of_the_period(ready: World) -> None:
    """Two communes become one within February: its report tells of both, also for the months before."""
    for key, number in (("dong_hoa", 12), ("tay_hoa", 3)):
        told(
            entry(ready[key], "cases_detected", month(1), number), entry(ready[key], "addicts", month(1), number),
            entry(ready[key], "cases_detected", month(2, 2025), number + 1),
        )  # fmt: skip
    on = date(2026, 2, 1)
    planned(ready, merger(ready, on), on=on, at=datetime(2026, 1, 20, 3, tzinfo=UTC))
    carry_out_reorganisations(at=datetime(2026, 2, 1, 3, tzinfo=UTC))
    new = Unit.objects.get(name="Xã Đông Tây")
    told(entry(new, "cases_detected", month(2), 9), at=datetime(2026, 2, 20, 3, tzinfo=UTC))
    place = DutyOccurrence.objects.filter(
        unit=new, period_to=FEBRUARY, due_item__merged_into=None, due_item__state="open"
    ).get()
    actor = attrs.evolve(ready.actor("dong_hoa", "commune_officer"), unit_id=new.pk, on=ON)
    made = open_report(actor=actor, at=AT, occurrence_id=place.pk)
    assert isinstance(made, Submission), made
    found: Any = content_of(made, on=ON).figures["cases"]
    assert (found.value, found.others["before"], found.others["ago"], found.others["year"]) == (9, 15, 17, 24)
    merged = DutyOccurrence.objects.filter(period_to=FEBRUARY, due_item__merged_into__isnull=False).first()
    assert merged is not None
    assert not DutyOccurrence.objects.filter(pk=merged.pk, submission__isnull=False).exists()


# --- lists and sentences


def test_targets_and_tasks_of_the_body(ready: World) -> None:
    due = DueItem.objects.filter(kind="task", unit=ready["dong_hoa"]).order_by("due_on")[0]
    report_progress(
        actor=ready.actor("dong_hoa"), at=AT, due_item_id=due.pk, version=due.version, done=True, done_on=ON
    )
    PlanEvent.objects.create(
        plan=due.plan, key="x", words="Lễ phát động", on=date(2026, 1, 20), said_at=AT, said_by_id=ready.office.user_id,
        said_by_name="Lan",
    )  # fmt: skip
    march = writer(ready, period_to=date(2026, 3, 14))
    found = told_of(march.submission, on=ON)
    tasks = {row.cells[2]: row.cells[3] for row in found.content.lists["tasks"]}
    assert list(tasks.values()).count("Đã hoàn thành") == 1
    assert any(words.startswith("Quá hạn") for words in tasks.values())
    assert all(row.address.startswith("/nhiem-vu/") for row in found.content.lists["tasks"])
    assert found.events == ()
    text = march.text("general")
    assert "nhiệm vụ được giao" in text
    assert "Quá hạn: “" in text
    assert march.text("next").startswith("Tập trung thực hiện 1 nhiệm vụ đến hạn trong kỳ tới: “Họp dân mỗi tháng”")
    february = told_of(writer(ready, period_to=FEBRUARY).submission, on=ON)
    assert [each.words for each in february.events] == ["Lễ phát động"]


def test_who_was_only_asked_is_not_overdue(ready: World) -> None:
    duty = Duty.objects.filter(reporters__unit=ready["health"]).get()
    DutyOccurrence.objects.filter(duty=duty, unit=ready["health"]).update(unit=ready["front"])
    place = DutyOccurrence.objects.filter(unit=ready["front"]).order_by("period_to")[1]
    made = open_report(actor=ready.actor("front"), at=AT, occurrence_id=place.pk)
    assert isinstance(made, Submission)
    (row,) = content_of(made, on=ON).lists["tasks"]
    assert row.cells[3] == "Đề nghị phối hợp, chưa có kết quả"
    assert "quá hạn" not in made.sections.get(key="general").text.lower()


def test_an_office_tells_of_the_tasks_of_all(ready: World) -> None:
    duty = Duty.objects.get(reporters__unit=ready["police"])
    place = duty.occurrences.get()
    place.period_from, place.period_to = date(2025, 12, 15), date(2026, 3, 14)
    place.save()
    made = open_report(actor=ready.office, at=AT, occurrence_id=place.pk)
    assert isinstance(made, Submission)
    said = content_of(made, on=ON)
    words = {row.cells[0]: row.cells[3] for row in said.lists["tasks"]}
    # Two communes owe the monthly meeting; how often does not make them more.
    assert words["Họp dân mỗi tháng"] == "0/2 đơn vị đã hoàn thành, 2 đơn vị quá hạn"
    assert not any("quá hạn" in words[row] for row in words if row.startswith("Vận động"))
    targets = said.lists["targets"]
    assert len(targets) == Target.objects.filter(plan=duty.plan).count()
    assert all(len(row.cells) == 5 and row.address.startswith("/chi-tieu/") for row in targets)


def test_the_number_of_statements_does_not_grow(ready: World) -> None:
    fill(ready)
    of = writer(ready, period_to=FEBRUARY)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            found = Submission.objects.get(pk=of.submission.pk)
            problems_of(found, on=ON, told=told_of(found, on=ON))
        return len(seen)

    few = count()
    more = (
        Line(key=f"more{number}", label=f"Dòng {number}", unit_word="vụ", element=code)
        for number, code in enumerate(["cases_border", "cases_organised", "cases_cyber", "cases_solved", "users_fined"])
    )
    sections = tuple(
        attrs.evolve(each, lines=(*LINES, *more)) if each.key == "numbers" else each for each in FULL.sections
    )
    version = of.submission.form_version
    ReportFormVersion.objects.filter(pk=version.pk).update(body=schema_data(attrs.evolve(FULL, sections=sections)))
    told(*facts.series(ready["dong_hoa"], "cases_border", [1, 2, 3]))
    for number in range(4):
        comment_section(
            actor=of.actor, at=AT + timedelta(hours=number), submission_id=of.submission.pk, section="next",
            words=f"Góp ý {number}",
        )  # fmt: skip
    assert count() == few
    assert few <= 60


# --- the check before sending


def test_what_stands_against_sending(ready: World) -> None:
    fill(ready)
    of = writer(ready, period_to=FEBRUARY)
    args: dict[str, Any] = {"actor": of.actor, "at": AT, "submission_id": of.submission.pk}
    # People were nobody a year ago, files have doubled: both are beyond the band and not explained.
    assert codes(check(of), blocks=True) == [("band", "people"), ("band", "files")]
    assert codes(check(of), blocks=False) == [("blank", "odd")]

    save_section(key="general", text="", seen=of.version("general"), **args)
    entries = [
        of.entry("people", "9", explanation="Án nhiều bị can"), of.entry("files", explanation="Rà soát lại"),
        of.entry("addicts", "", reason="Đang rà soát"), of.entry("odd", "1"), of.entry("cases", "x"),
    ]  # fmt: skip
    save_figures(entries=entries, **args)
    assert codes(check(of), blocks=True) == [("empty", "general"), ("differs", "cases"), ("differs", "people")]
    assert codes(check(of), blocks=False) == [("blank", "addicts")]

    save_figures(entries=[of.entry("cases", "6"), of.entry("people", "", reason="r")], **args)
    assert ("sum_open", "all") in codes(check(of))


def test_numbers_in_the_text_that_no_longer_hold(ready: World) -> None:
    fill(ready)
    of = writer(ready, period_to=FEBRUARY)
    told(entry(ready["dong_hoa"], "cases_detected", month(2), 7))
    # Until the numbers are brought up to date the text says what the table says.
    assert codes(check(of), blocks=False) == [("moved", "cases"), ("blank", "odd")]
    refresh_report(actor=of.actor, at=AT, submission_id=of.submission.pk)
    (stale,) = [each for each in check(of) if each.code == "stale_numbers"]
    assert stale.section == "general"
    assert stale.stale is not None
    assert ("6", "7") in stale.stale.wrong
    assert "Phát hiện 7 vụ, tăng 40% (5 vụ)" in stale.stale.proposal
    assert not stale.blocks


def test_what_should_be_looked_at(ready: World) -> None:
    fill(ready)
    of = writer(ready, period_to=FEBRUARY)
    args: dict[str, Any] = {"actor": of.actor, "at": AT, "submission_id": of.submission.pk}
    comment_section(section="next", words="Viết thêm", **args)
    comment_section(section="", words="Xem lại cả báo cáo", **args)
    due = DueItem.objects.get(occurrence=of.submission.occurrence)
    DueItem.objects.filter(pk=due.pk).update(due_on=ON)
    wanted = ON + timedelta(days=5)
    args |= {"due_item_id": due.pk, "version": due.version}
    del args["submission_id"]
    ask_extension(wanted_on=wanted, reason="Thiếu số", **args)
    old = of.submission.form_version
    ReportFormVersion.objects.filter(pk=old.pk).update(state=FormState.ENDED)
    ReportFormVersion.objects.create(form=old.form, number=2, body=old.body, state=FormState.IN_USE, made_at=AT)
    Submission.objects.update(nothing=True)
    found = check(of, on=date(2026, 2, 10))
    assert {each.code for each in found} >= {
        "comments",
        "extension",
        "form_replaced",
        "not_over",
        "nothing_but_figures",
    }
    assert [each.section for each in found if each.code == "comments"] == ["", "next"]
    assert next(each.code for each in found if each.blocks) == "nothing_but_figures"
    SectionComment.objects.update(settled_at=AT)
    assert "comments" not in {each.code for each in check(of)}


def test_parts_that_do_not_make_their_whole(ready: World) -> None:
    lines = (
        Line(key="cases", label="Số vụ", unit_word="vụ", element="cases_detected"),
        Line(key="border", label="Biên giới", unit_word="vụ", element="cases_border"),
        Line(key="total", label="Tổng", unit_word="người", element="suspects_arrested", sum_of=("cases", "border")),
    )
    use(attrs.evolve(FULL, code="parts", sections=(attrs.evolve(FULL.sections[1], lines=lines, band=None),)))
    of = writer(ready, period_to=FEBRUARY)
    entries = [of.entry("cases", "3"), of.entry("border", "5"), of.entry("total", "9")]
    save_figures(actor=of.actor, at=AT, submission_id=of.submission.pk, entries=entries)
    assert set(codes(check(of))) >= {("part_exceeds", "border"), ("sum", "total")}
    save_figures(
        actor=of.actor, at=AT, submission_id=of.submission.pk,
        entries=[of.entry("cases", "5"), FigureEntry(line="total", seen=of.seen("total"), number="10")],
    )  # fmt: skip
    assert codes(check(of)) == []
