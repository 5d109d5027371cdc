"""Figures counted from records, and what they fill."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.catalogue import breakdowns, shipped
from pcmt.apps.facts.models import CountedUnit, Fact, Reconciliation, ReconciliationState, Recording, Source
from pcmt.apps.facts.operations import Entry, keep_span, load_catalogue, record_facts, undo_recording
from pcmt.apps.facts.operations.reconciling import explain_difference
from pcmt.apps.facts.queries import figures, numbers
from pcmt.apps.registers.models import Clock, CountMark, DrugTest, Episode, Stay, StayWhy, Subject, Support
from pcmt.apps.registers.operations import counting
from pcmt.apps.registers.operations.counting import count_unit, mark, mark_all, recount
from pcmt.apps.registers.queries.counting import ELEMENTS, OPTIONS, end_option, identity
from pcmt.apps.reports.models import Submission
from pcmt.apps.reports.operations.opening import open_report
from pcmt.apps.reports.queries.checking import problems_of
from pcmt.apps.targets.models import Standing
from pcmt.apps.targets.operations import confirm_proposals
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category, Effect, Setting
from pcmt.core.measures import OverTime
from pcmt.core.measures.pieces import pieces
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind, Span
from pcmt.reference import law
from tests.apps.reports.writing_kit import FULL, JANUARY, occurrence, use
from tests.apps.units.reorganising import merger, planned
from tests.factories.facts import entry, form, told
from tests.factories.plans import adopted
from tests.factories.registers import spell, subject
from tests.factories.targets import Words, plan_in_force, put_in_force
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)


FEBRUARY = STATISTICAL.named(Kind.MONTH, 2026, 2)


@pytest.fixture
def here(land: World) -> World:
    load_catalogue()
    return land


def counted_on(here: World, day: date, *keys: str, since: date = date(2024, 1, 1)) -> None:
    """Count communes as the job does on a day."""
    mark([here[key].pk for key in keys or ("dong_hoa", "tay_hoa")], since, noon(day))
    recount(at=noon(day))


def asked(
    here: World, key: str, element: str, span: Span, on: date | None = None, known: datetime | None = None
) -> int | None:
    code, _, part = element.partition("|")
    ask = Ask(here[key].pk, code, span, part)
    value = figures([ask], on=on or span.last, known=known)[ask].figure.value
    return None if value is None else int(value)


def test_both_calendars_and_a_plans_own_period_are_made_of_the_same_pieces(here: World) -> None:
    own = Span(date(2025, 2, 10), date(2025, 3, 6))
    keep_span(span=own)
    first = subject(here["dong_hoa"], since=date(2025, 1, 6))
    spell(first, Category.ADDICT, on=date(2025, 1, 6), ground="addict.finding")
    for day in (
        date(2025, 1, 14),
        date(2025, 1, 15),
        date(2025, 2, 9),
        date(2025, 2, 10),
        date(2025, 3, 5),
        date(2025, 3, 6),
    ):
        DrugTest.objects.create(
            subject=first, unit=here["dong_hoa"], on=day, made_at=NOW, ground="managed", result="negative"
        )
    counted_on(here, date(2025, 4, 20))
    assert asked(here, "dong_hoa", "tests_taken", own) == 2
    for place in ("dong_hoa", "an_binh"):
        assert asked(here, place, "tests_taken", STATISTICAL.named(Kind.MONTH, 2025, 1)) == 2
        assert asked(here, place, "tests_taken", ADMINISTRATIVE.named(Kind.MONTH, 2025, 1)) == 1
        assert asked(here, place, "tests_taken", ADMINISTRATIVE.named(Kind.MONTH, 2025, 2)) == 3
        assert asked(here, place, "tests_taken", ADMINISTRATIVE.named(Kind.QUARTER, 2025, 1)) == 6
        assert asked(here, place, "tests_taken", STATISTICAL.named(Kind.QUARTER, 2025, 1)) == 6
        year = ADMINISTRATIVE.named(Kind.YEAR, 2025, 1)
        assert asked(here, place, "tests_taken", year, on=date(2025, 4, 20)) == 6
        assert asked(here, place, "addicts_with_file", year, on=date(2025, 4, 20)) == 1
        assert asked(here, place, "addicts_with_file|sex=male", STATISTICAL.named(Kind.MONTH, 2025, 3)) == 1
        assert asked(here, place, "addicts_with_file|sex=female", STATISTICAL.named(Kind.MONTH, 2025, 3)) == 0


def test_pieces_tile_any_years() -> None:
    spans = pieces(date(2023, 11, 3), date(2024, 3, 20), {date(2024, 2, 29), date(2024, 2, 1)})
    assert [(str(each.start), each.days) for each in spans] == [
        ("2023-11-01", 14), ("2023-11-15", 16), ("2023-12-01", 14), ("2023-12-15", 17), ("2024-01-01", 14),
        ("2024-01-15", 17), ("2024-02-01", 14), ("2024-02-15", 14), ("2024-02-29", 1), ("2024-03-01", 14),
        ("2024-03-15", 6),
    ]  # fmt: skip
    ended = pieces(date(2025, 7, 1), date(2025, 7, 20), ends=date(2025, 7, 9))
    assert ended == [Span(date(2025, 7, 1), date(2025, 7, 9))]


def test_what_is_counted_stands_in_the_catalogue() -> None:
    catalogue, parts = shipped(), breakdowns()
    for code, keys in ELEMENTS.items():
        element = catalogue.elements[code]
        assert set(keys) <= set(element.breakdowns), code
        assert element.over_time in (OverTime.SUM, OverTime.LAST), code
    for key, options in OPTIONS.items():
        assert set(options) <= set(parts[key].options), key


def test_every_ground_of_the_law_that_ends_a_status_has_its_option() -> None:
    ending = {each.code for each in law().grounds if each.effect in (Effect.ENDS, Effect.STOPS)}
    other = {code for code in ending if end_option(code) == "other"}
    assert {code.partition(".")[2] for code in other} == {"moved", "exempted", "category_over"}


def test_a_move_within_a_period_counts_once_in_the_commune_of_the_day(here: World) -> None:
    somebody = subject(here["dong_hoa"], since=date(2026, 1, 6))
    spell(somebody, Category.ADDICT, on=date(2026, 1, 6), ground="addict.finding")
    Stay.objects.filter(subject=somebody).update(to_on=date(2026, 2, 10))
    Stay.objects.create(subject=somebody, unit=here["tay_hoa"], from_on=date(2026, 2, 10), why=StayWhy.MOVED)
    Subject.objects.filter(pk=somebody.pk).update(unit=here["tay_hoa"])
    counted_on(here, date(2026, 2, 28))
    january = STATISTICAL.named(Kind.MONTH, 2026, 1)
    assert [asked(here, key, "managed", january) for key in ("dong_hoa", "tay_hoa", "an_binh")] == [1, None, 1]
    assert [asked(here, key, "managed", FEBRUARY) for key in ("dong_hoa", "tay_hoa", "an_binh")] == [0, 1, 1]
    for key, name in (("dong_hoa", "managed_moved_out"), ("tay_hoa", "managed_moved_in")):
        assert asked(here, key, name, FEBRUARY) == asked(here, key, f"{name}|category=addict", FEBRUARY) == 1
    assert asked(here, "an_binh", "addicts_file_opened", FEBRUARY) == 0


def test_communes_that_merge_in_the_middle_of_a_half_month(here: World) -> None:
    for key in ("dong_hoa", "tay_hoa"):
        somebody = subject(here[key], since=date(2026, 1, 6))
        spell(somebody, Category.ADDICT, on=date(2026, 1, 6), ground="addict.finding")
        for day in (date(2026, 3, 3), date(2026, 3, 12)):
            DrugTest.objects.create(
                subject=somebody, unit=here[key], on=day, made_at=NOW, ground="managed", result="negative"
            )  # fmt: skip
    counted_on(here, date(2026, 3, 5))
    planned(here, merger(here, on=date(2026, 3, 10)), on=date(2026, 3, 10))
    carry_out_reorganisations(at=noon(date(2026, 3, 10)))
    new = Unit.objects.get(name="Xã Đông Tây")
    for row in Stay.objects.filter(to_on__isnull=True):
        if row.unit_id == new.pk:
            continue  # followed by the registers themselves
        Stay.objects.filter(pk=row.pk).update(to_on=date(2026, 3, 10))
        Stay.objects.create(subject_id=row.subject_id, unit=new, from_on=date(2026, 3, 10), why=StayWhy.REORGANISED)
    mark([here["dong_hoa"].pk, here["tay_hoa"].pk, new.pk], date(2026, 3, 3), NOW)
    recount(at=noon(date(2026, 3, 31)))
    month = STATISTICAL.named(Kind.MONTH, 2026, 3)
    assert asked(here, "an_binh", "tests_taken", month) == 4
    assert asked(here, "an_binh", "addicts_with_file", month) == 2
    assert asked(here, "an_binh", "managed_moved_in", month) == 0
    told_by = Fact.objects.counting().filter(element__code="tests_taken", breakdown="", start__gte=month.start)
    assert {(row.unit.name, row.start.day, row.value) for row in told_by.select_related("unit")} >= {
        ("Xã Đông Hòa", 1, 1), ("Xã Đông Tây", 10, 2)
    }  # fmt: skip


def test_a_late_record_changes_old_figures_and_leaves_what_was_known(here: World) -> None:
    somebody = subject(here["dong_hoa"], since=date(2026, 1, 6))
    spell(somebody, Category.ADDICT, on=date(2026, 1, 6), ground="addict.finding")
    counted_on(here, date(2026, 3, 2))
    assert asked(here, "dong_hoa", "tests_taken", FEBRUARY) == 0
    told_before = Recording.objects.count()
    DrugTest.objects.create(
        subject=somebody, unit=here["dong_hoa"], on=date(2026, 2, 3), made_at=NOW, ground="managed", result="positive"
    )
    mark([here["dong_hoa"].pk], date(2026, 2, 3), noon(date(2026, 3, 9)))
    recount(at=noon(date(2026, 3, 9)))
    assert asked(here, "dong_hoa", "tests_taken", FEBRUARY) == 1
    assert asked(here, "dong_hoa", "tests_taken", FEBRUARY, known=noon(date(2026, 3, 5))) == 0
    assert Recording.objects.count() == told_before + 1
    mark([here["dong_hoa"].pk], date(2026, 1, 1), noon(date(2026, 3, 9)))
    recount(at=noon(date(2026, 3, 9)))
    assert Recording.objects.count() == told_before + 1, "what has not changed is not told again"


def test_the_running_half_month_is_told_up_to_its_last_change(here: World) -> None:
    somebody = subject(here["dong_hoa"], since=date(2026, 1, 6))
    counted_on(here, date(2026, 3, 2))
    month = STATISTICAL.named(Kind.MONTH, 2026, 3)
    assert asked(here, "dong_hoa", "addicts_with_file", month, on=date(2026, 3, 2)) is None
    spell(somebody, Category.ADDICT, on=date(2026, 3, 3), ground="addict.finding")
    counted_on(here, date(2026, 3, 3))
    rows = Fact.objects.counting().filter(unit=here["dong_hoa"], start__gte=month.start)
    assert {(row.end.day, row.value) for row in rows.filter(element__code="addicts_file_opened")} == {(4, 1)}
    counted_on(here, date(2026, 3, 7))
    assert asked(here, "dong_hoa", "addicts_with_file", month, on=date(2026, 3, 7)) == 1
    assert {row.end.day for row in rows.all()} == {4}, "nothing changed since"
    counted_on(here, date(2026, 3, 14))
    assert {row.end.day for row in rows.all()} == {15}
    assert not rows.filter(element__code="tests_taken").exclude(value=0).exists()
    assert rows.filter(element__code="tests_taken").count() == 1


def test_a_plans_period_that_is_kept_later_cuts_what_was_told(here: World) -> None:
    somebody = subject(here["dong_hoa"], since=date(2026, 1, 6))
    for day in (date(2026, 2, 4), date(2026, 2, 6)):
        DrugTest.objects.create(
            subject=somebody, unit=here["dong_hoa"], on=day, made_at=NOW, ground="managed", result="negative"
        )
    counted_on(here, date(2026, 2, 28))
    own = Span(date(2026, 2, 5), date(2026, 2, 20))
    keep_span(span=own)
    assert asked(here, "dong_hoa", "tests_taken", own) is None
    assert mark_all(at=noon(date(2026, 3, 1))) == 1
    assert recount(at=noon(date(2026, 3, 1))) == 1
    assert asked(here, "dong_hoa", "tests_taken", own) == 1
    assert asked(here, "an_binh", "tests_taken", FEBRUARY) == 2


def test_everything_done_for_somebody(here: World) -> None:
    unit = here["dong_hoa"]
    somebody = subject(unit, since=date(2026, 1, 6), sex="female")
    spell(somebody, Category.ADDICT, on=date(2026, 1, 6), ended_on=date(2026, 1, 20), ground="addict.finding",
          end_ground="addict.completed_rehab")  # fmt: skip
    spell(somebody, Category.IN_REHAB, on=date(2026, 1, 6), ended_on=date(2026, 1, 20), ground="rehab.home_intake",
          end_ground="rehab.completed", setting=Setting.HOME)  # fmt: skip
    after = spell(somebody, Category.POST_REHAB, on=date(2026, 1, 20), ground="post_rehab.decision")
    spell(somebody, Category.ON_SUBSTITUTION, on=date(2026, 2, 2), ground="substitution.registered",
          setting=Setting.METHADONE)  # fmt: skip
    common = {"subject": somebody, "unit": unit, "made_at": NOW}
    for kind, day, amount in (("loan", 3, 5_000_000), ("training", 4, None), ("job", 5, None), ("loan", 25, 1_000_000)):
        Support.objects.create(**common, on=date(2026, 2, day), kind=kind, amount=amount)
    Support.objects.create(**common, on=date(2026, 2, 9), kind="job", voided_at=NOW)
    for day, result in ((6, "negative"), (7, "refused"), (8, "positive")):
        DrugTest.objects.create(
            **common, on=date(2026, 2, day), ground="managed", result=result, substances=["heroin", "new stuff"]
        )
    for kind, day, outcome in (
        ("test", 6, "done"), ("test", 7, "refused"), ("test", 20, "missed"), ("test", 21, "void"),
        ("residence", 28, "done"), ("residence", 10, ""),
    ):  # fmt: skip
        Clock.objects.create(
            subject=somebody, spell=after, unit=unit, kind=kind, limit=f"x{day}", opened_at=NOW, outcome=outcome,
            opens_on=date(2026, 2, 1), due_on=date(2026, 2, day), state="done" if outcome else "open",
            done_at=NOW if outcome else None,
        )  # fmt: skip
    Episode.objects.create(**common, on=date(2026, 1, 6), kind="rehab", ended_on=date(2026, 2, 12), outcome="relapsed")
    counted_on(here, date(2026, 2, 28))
    wanted = {
        "managed": 1, "managed|category=post_rehab": 1, "managed|category=addict": 0, "managed|sex=female": 1,
        "managed_opened": 0, "managed_closed": 0, "in_treatment|kind_of_care=substitution": 1, "methadone_people": 1,
        "methadone_started": 1, "post_rehab_with_file": 1, "post_rehab_helped": 1,
        "post_rehab_helped|kind_of_help=loan": 1, "post_rehab_helped|kind_of_help=job": 1, "loans": 2,
        "loans_amount": 6_000_000, "people_trained": 1, "jobs": 1, "tests_taken": 2, "tests_positive": 1,
        "tests_refused": 1, "tests_due": 3, "tests_done": 1, "tests_missed": 2, "residence_checks_due": 2,
        "residence_checks_done": 1, "relapses": 1,
    }  # fmt: skip
    assert {name: asked(here, "an_binh", name, FEBRUARY) for name in wanted} == wanted
    january = STATISTICAL.named(Kind.MONTH, 2026, 1)
    wanted = {
        "managed": 1, "managed_opened": 1, "managed_opened|category=in_rehab": 1, "managed_closed": 0,
        "managed_closed|category=in_rehab": 1, "managed_closed|end_ground=completed": 2, "rehab_ended": 1,
        "addicts_in_rehab|kind_of_care=home": 1, "addicts_file_opened": 1, "addicts_file_closed": 1,
        "addicts_new|age=31_45": 1, "post_rehab_begun": 1,
    }  # fmt: skip
    assert {name: asked(here, "an_binh", name, january) for name in wanted} == wanted


def test_merged_files_are_one_person_and_nameless_ones_go_on_counting(here: World) -> None:
    first, second = (subject(here["dong_hoa"], since=date(2026, 1, day)) for day in (6, 8))
    for each in (first, second):
        spell(each, Category.ADDICT, on=date(2026, 1, 9), ground="addict.finding")
    Subject.objects.filter(pk=second.pk).update(merged_into=first)
    Subject.objects.filter(pk=first.pk).update(anonymised_at=NOW)
    counted_on(here, date(2026, 2, 28))
    assert asked(here, "an_binh", "addicts_with_file", FEBRUARY) == 1


def test_what_fails_waits_and_holds_up_nobody(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("dong_hoa", "tay_hoa"):
        spell(subject(here[key], since=date(2026, 1, 6)), Category.ADDICT, on=date(2026, 1, 6), ground="addict.finding")
    real = counting.lives_of

    def failing(unit_id: int, since: date) -> object:
        if unit_id == here["dong_hoa"].pk:
            raise RuntimeError("died")
        return real(unit_id, since)

    monkeypatch.setattr(counting, "lives_of", failing)
    counted_on(here, date(2026, 2, 28))
    assert list(CountMark.objects.values_list("unit_id", flat=True)) == [here["dong_hoa"].pk]
    assert asked(here, "an_binh", "addicts_with_file", FEBRUARY) == 1
    monkeypatch.undo()
    assert recount(at=noon(date(2026, 2, 28))) == 1
    assert asked(here, "an_binh", "addicts_with_file", FEBRUARY) == 2
    assert recount(at=noon(date(2026, 2, 28))) == 0


def test_statements_do_not_grow_with_people(here: World) -> None:
    counts = []
    for day in (6, 7):
        for _each in range(1 if day == 6 else 8):
            spell(subject(here["dong_hoa"], since=date(2026, 1, day)), Category.ADDICT, on=date(2026, 1, day),
                  ground="addict.finding")  # fmt: skip
        with CaptureQueriesContext(connection) as seen:
            count_unit(unit_id=here["dong_hoa"].pk, start=date(2026, 1, 1), at=noon(date(2026, 2, 28)))
        counts.append(len(seen))
    assert counts[1] <= counts[0]


# --- typed numbers beside counted ones


@pytest.fixture
def two_addicts(here: World) -> World:
    for day in (6, 7):
        spell(subject(here["dong_hoa"], since=date(2026, 1, day)), Category.ADDICT, on=date(2026, 1, day),
              ground="addict.finding")  # fmt: skip
    counted_on(here, date(2026, 2, 28))
    return here


def test_a_typed_number_stands_beside_the_counted_one_until_somebody_says_why(two_addicts: World) -> None:
    here = two_addicts
    writer, keeper = here.actor("dong_hoa", "commune_officer"), here.actor("dong_hoa_police", "register_keeper")
    made = told(entry(here["dong_hoa"], "addicts_with_file", FEBRUARY, 5), actor=writer, at=NOW)
    assert asked(here, "dong_hoa", "addicts_with_file", FEBRUARY) == 2
    assert asked(here, "an_binh", "addicts_with_file", FEBRUARY) == 2
    item = Reconciliation.objects.get()
    assert (item.fact.value, item.counted, item.fact.recording) == (5, 2, made)
    for actor, sees in ((writer, True), (keeper, True), (here.actor("tay_hoa", "commune_officer"), False)):
        assert Reconciliation.objects.visible_to(actor).exists() is sees

    known = {"item_id": item.pk, "at": NOW}
    for words, code in (("", "reason"), ("Ba người mới về", "gone")):
        stranger = here.actor("tay_hoa", "commune_officer")
        said = explain_difference(actor=stranger, version=item.version, reason=words, **known)
        assert isinstance(said, Refusal)
        assert said.code == code
    assert isinstance(explain_difference(actor=keeper, version=9, reason="x", **known), Refusal)
    assert isinstance(explain_difference(actor=keeper, version=1, reason="Ba người mới về", **known), Reconciliation)
    assert isinstance(explain_difference(actor=keeper, version=2, reason="Ba người mới về", **known), Refusal)

    # As long as nothing changes it stays said; another file makes it a question again, and the right number ends it.
    count_unit(unit_id=here["dong_hoa"].pk, start=date(2026, 1, 1), at=NOW)
    assert not Reconciliation.objects.waiting().exists()
    spell(
        subject(here["dong_hoa"], since=date(2026, 1, 9)), Category.ADDICT, on=date(2026, 1, 9), ground="addict.finding"
    )
    count_unit(unit_id=here["dong_hoa"].pk, start=date(2026, 1, 9), at=NOW)
    assert Reconciliation.objects.waiting().get().counted == 3
    told(entry(here["dong_hoa"], "addicts_with_file", FEBRUARY, 3), actor=writer, at=NOW)
    assert [row.state for row in Reconciliation.objects.order_by("pk")] == [
        ReconciliationState.EXPLAINED, ReconciliationState.AGREED
    ]  # fmt: skip


def test_a_typed_number_that_is_taken_back_ends_the_difference(two_addicts: World) -> None:
    here = two_addicts
    made = told(entry(here["dong_hoa"], "addicts_with_file", FEBRUARY, 5), at=NOW)
    undone = undo_recording(actor=None, at=NOW, recording_id=made.pk, reason="Nhầm")
    assert isinstance(undone, Recording)
    assert Reconciliation.objects.get().state == ReconciliationState.WITHDRAWN
    counted_by = Recording.objects.filter(source=Source.REGISTER).latest("pk")
    said = undo_recording(actor=here.office, at=NOW, recording_id=counted_by.pk, reason="Nhầm")
    assert isinstance(said, Refusal)
    assert said.code == "counted"


def test_the_grid_goes_on_from_what_was_typed(two_addicts: World) -> None:
    here = two_addicts
    asking = form(here, "addicts_with_file", calendar=STATISTICAL.code)
    lines = list(asking.lines.select_related("element"))
    told(entry(here["dong_hoa"], "addicts_with_file", FEBRUARY, 5), at=NOW)
    place = (here["dong_hoa"].pk, lines[0].element_id, "")
    shown = numbers(lines, [here["dong_hoa"].pk], [FEBRUARY], waiting=False)[place][FEBRUARY]
    assert (shown.value, shown.counts, shown.beside) == (5, False, True)
    again = Entry(here["dong_hoa"].pk, "addicts_with_file", FEBRUARY, shown.value, seen=shown.fact_id, note="Rà lại")
    assert isinstance(record_facts(actor=None, at=NOW, entries=[again]), Recording)


def test_numbers_typed_before_there_were_records_go_aside_in_the_name_of_who_told_them(here: World) -> None:
    writer = here.actor("dong_hoa", "commune_officer")
    early = STATISTICAL.named(Kind.MONTH, 2025, 12)
    for month, value in ((early, 9), (FEBRUARY, 5)):
        told(entry(here["dong_hoa"], "addicts_with_file", month, value), actor=writer, at=noon(TODAY))
    spell(
        subject(here["dong_hoa"], since=date(2026, 1, 6)), Category.ADDICT, on=date(2026, 1, 6), ground="addict.finding"
    )
    counted_on(here, date(2026, 3, 3))
    assert CountedUnit.objects.get().start == date(2026, 1, 1)
    assert asked(here, "an_binh", "addicts_with_file", early) == 9
    assert asked(here, "an_binh", "addicts_with_file", FEBRUARY) == 1
    assert asked(here, "an_binh", "addicts_with_file", FEBRUARY, known=noon(TODAY)) == 5
    item = Reconciliation.objects.get()
    assert (item.fact.value, item.counted, item.fact.recording.by_id) == (5, 1, writer.user_id)


# --- what the figures fill


def test_a_target_moves_when_a_file_is_opened(here: World) -> None:
    words = Words(
        "100% người nghiện ma túy phải được lập hồ sơ quản lý",
        {"kind": "coverage", "comparator": "gte", "value": 100, "unit": "percent"},
    )
    plan = plan_in_force(here.office, here["an_binh"])
    target = put_in_force(here.office, plan, [words], bodies={}, issued=date(2026, 1, 5))[0]
    confirm_proposals(actor=here.office, at=NOW, plan_id=plan.pk, seen={target.pk: 1})
    told(entry(here["dong_hoa"], "addicts", ADMINISTRATIVE.named(Kind.MONTH, 2026, 2), 2), at=NOW)
    sentences = []
    for day in (6, 7):
        spell(subject(here["dong_hoa"], since=date(2026, 1, day)), Category.ADDICT, on=date(2026, 1, day),
              ground="addict.finding")  # fmt: skip
        counted_on(here, TODAY)
        sentences.append(Standing.objects.get(target=target, unit=here["an_binh"]).sentence)
    assert "50%" in sentences[0], sentences
    assert "100%" in sentences[1], sentences


def test_a_report_is_filled_and_does_not_pass_over_a_difference(here: World, reader: None) -> None:
    adopted(here.office)
    use(FULL)
    spell(
        subject(here["dong_hoa"], since=date(2025, 12, 3)),
        Category.ADDICT,
        on=date(2025, 12, 3),
        ground="addict.finding",
    )
    counted_on(here, date(2026, 3, 2))
    actor = here.actor("dong_hoa", "commune_officer")
    made = open_report(actor=actor, at=NOW, occurrence_id=occurrence(here["dong_hoa"], JANUARY).pk)
    assert isinstance(made, Submission)
    assert made.figures.get(line="files").counted == 1
    span = Span(date(2025, 12, 15), date(2026, 1, 15))
    told(entry(here["dong_hoa"], "addicts_with_file", span, 4), actor=actor, at=NOW)
    found = {each.code: each for each in problems_of(made, on=TODAY)}
    assert found["unreconciled"].line == "files"
    assert "1 số đã nhập" in found["unreconciled"].message


# --- stock and flow


def test_the_check_names_the_file_to_who_may_see_it(here: World) -> None:
    good, bad = (subject(here["dong_hoa"], since=date(2026, 1, day)) for day in (6, 7))
    for each in (good, bad):
        spell(each, Category.ADDICT, on=date(2026, 1, 9), ground="addict.finding")
    keeper, officer = here.actor("dong_hoa_police", "register_keeper"), here.actor("dong_hoa", "commune_officer")
    month = Span(date(2026, 1, 15), date(2026, 2, 15))
    assert all(each.holds for each in identity(keeper, here["dong_hoa"].pk, month))
    Stay.objects.filter(subject=bad).update(to_on=date(2026, 1, 20))
    Stay.objects.create(subject=bad, unit=here["dong_hoa"], from_on=date(2026, 1, 18), why=StayWhy.MOVED)
    for actor, codes in ((keeper, (bad.code,)), (officer, ())):
        found = {each.category: each for each in identity(actor, here["dong_hoa"].pk, month)}
        assert (found["addict"].before, found["addict"].after) == (2, 2)
        assert (found["addict"].holds, found["addict"].breaking) == (False, codes)
        assert found["illegal_user"].holds
