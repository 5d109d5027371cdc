"""Regimes of the standing office: laid out ahead, changed, ended; what follows when bodies change; ad hoc requests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import Notice
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import Duty, DutyOccurrence, Origin
from pcmt.apps.reports.operations.occurring import lay_out_all
from pcmt.apps.reports.operations.regimes import (
    ChangeText,
    RequestText,
    change_regime,
    define_regime,
    end_regime,
    report_incident,
    request_report,
    set_feeds,
    set_form,
)
from pcmt.apps.reports.queries.regimes import Want, lacking, ladder_of, regime_of
from pcmt.apps.reports.regimes import LevelText, RegimeText
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.tasks.operations import extend
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import set_members
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import adopted, agency, draft
from tests.factories.reports import report_form
from tests.factories.world import NOW, TODAY, World

DAY = timedelta(days=1)


@pytest.fixture
def plan(land: World, reader: Any) -> Plan:
    """The sample plan, 05/01 to 31/12/2026, adopted on 02/3/2026."""
    return adopted(land.office).plan


def group(_land: World) -> Unit:
    """The group that adoption made."""
    return Unit.objects.get(kind="group", name="UBND các xã, phường")


def text(land: World, **more: Any) -> RegimeText:
    """Communes to the police by the 18th, these to the committee by the 22nd, every month."""
    values: dict[str, Any] = {
        "title": "Báo cáo tháng về ma túy",
        "what": "Số vụ, số người",
        "period": "monthly",
        "reporter_ids": (group(land).pk,),
        "levels": (
            LevelText(recipient_id=land["police"].pk, day=18, guidance="Nhập số trước, viết sau."),
            LevelText(recipient_id=land["an_binh"].pk, day=22, relation="by"),
        ),
    }
    return RegimeText(**(values | more))


def defined(land: World, plan: Plan, **more: Any) -> Duty:
    made = define_regime(actor=land.office, at=NOW, plan_id=plan.pk, regime=text(land, **more))
    assert isinstance(made, Duty), made
    return Duty.objects.get(pk=made.pk)


def days(duty: Duty, unit: Unit | None = None) -> list[date | None]:
    rows = DueItem.objects.filter(occurrence__duty=duty).exclude(state="ended")
    rows = rows.filter(unit=unit) if unit else rows
    return list(rows.order_by("due_on").values_list("due_on", flat=True).distinct())


def refused(answer: Any, code: str) -> Refusal:
    assert isinstance(answer, Refusal), answer
    assert answer.code == code
    return answer


def test_a_regime_of_two_levels(land: World, plan: Plan) -> None:
    low = defined(land, plan)
    high = low.feeds
    assert high is not None
    assert (low.origin, low.recipient, high.recipient) == (Origin.OFFICE, land["police"], land["an_binh"])
    assert [row.unit for row in high.reporters.all()] == [land["police"]]
    assert low.guidance == {"commune": "Nhập số trước, viết sau."}
    # Before the 18th: the 17th; a Sunday (17/5) moves on to Monday, and the police have their own day after that.
    assert days(low, land["dong_hoa"])[:3] == [date(2026, 3, 17), date(2026, 4, 17), date(2026, 5, 18)]
    assert days(high)[:2] == [date(2026, 3, 23), date(2026, 4, 22)]
    assert len(days(low)) == 10  # closing on the 14th of March to December
    moved = DueItem.objects.get(occurrence__duty=low, unit=land["dong_hoa"], due_on=date(2026, 5, 18))
    assert moved.limit_text == "trước ngày 18 hằng tháng (lẽ ra hết ngày 17/5/2026, gặp ngày nghỉ)"
    assert (moved.occurrence.period_from, moved.occurrence.period_to) == (date(2026, 4, 15), date(2026, 5, 14))
    assert [each.duty for each in ladder_of(low, date(2026, 5, 14), TODAY)] == [low, high]
    assert Entry.objects.filter(event="reports.duty.defined").count() == 2


def test_bodies_are_told_once_each(land: World, plan: Plan) -> None:
    officer = land.actor("dong_hoa", "commune_officer")
    defined(land, plan)
    told = Notice.objects.filter(user=officer.user_id, title__startswith="Được giao báo cáo")
    assert [each.title for each in told] == [
        "Được giao báo cáo: Báo cáo tháng về ma túy (12/KH-UBND), hạn gần nhất hết ngày 17/3/2026"
    ]


def test_laying_out_again_changes_nothing(land: World, plan: Plan) -> None:
    duty = defined(land, plan)
    before = list(DueItem.objects.filter(occurrence__duty=duty).order_by("pk").values())
    assert lay_out_all(at=NOW + 5 * DAY) == 0
    assert list(DueItem.objects.filter(occurrence__duty=duty).order_by("pk").values()) == before


def test_a_commune_that_is_born_owes_the_next_periods(land: World, plan: Plan) -> None:
    duty = defined(land, plan)
    later = NOW + 40 * DAY  # 11 April: the March report is over
    unit = Unit.objects.create(
        name="Xã Mới", search_key="xa moi", sort_key="xa moi", kind="administrative", level="commune",
        valid_from=date(2026, 4, 1),
    )  # fmt: skip
    members = [land["dong_hoa"].pk, land["tay_hoa"].pk, unit.pk]
    assert not isinstance(set_members(actor=None, at=later, group_id=group(land).pk, unit_ids=members), Refusal)
    lay_out_all(at=later)
    assert days(duty, unit)[0] == date(2026, 4, 17)
    assert len(days(duty, land["dong_hoa"])) == len(days(duty, unit)) + 1
    # It leaves again: what is not due yet ends, nothing else.
    set_members(actor=None, at=later + 10 * DAY, group_id=group(land).pk, unit_ids=members[:2])
    lay_out_all(at=later + 10 * DAY)
    assert days(duty, unit) == [date(2026, 4, 17)]
    assert len(days(duty, land["dong_hoa"])) == 10


def change(duty: Duty, **more: Any) -> ChangeText:
    values: dict[str, Any] = {
        "title": duty.title, "form_id": duty.form_id, "feeds_id": duty.feeds_id, "method": duty.method,
        "via": duty.via, "guidance": duty.guidance,
    }  # fmt: skip
    return ChangeText(**(values | more))


def test_a_new_limit_moves_what_is_not_done(land: World, plan: Plan) -> None:
    duty = defined(land, plan)
    rows = {due.due_on: due for due in DueItem.objects.filter(occurrence__duty=duty, unit=land["dong_hoa"])}
    done, given = rows[date(2026, 4, 17)], rows[date(2026, 6, 17)]
    DueItem.objects.filter(pk=done.pk).update(state=DueState.DONE, done_at=NOW, done_on=TODAY)
    more = extend(
        actor=land.office, at=NOW, due_item_id=given.pk, version=given.version, until=date(2026, 6, 30), reason="Lũ"
    )
    assert not isinstance(more, Refusal)
    new = change(duty, level=LevelText(recipient_id=land["police"].pk, after=2))
    at = NOW + 20 * DAY  # 22 March: that of March is late
    answer = change_regime(actor=land.office, at=at, duty_id=duty.pk, version=duty.version, text=new)
    assert isinstance(answer, Duty), answer
    assert days(duty, land["dong_hoa"])[:4] == [
        date(2026, 3, 17),  # late stays late
        date(2026, 4, 17),  # done keeps its limit
        date(2026, 5, 18),
        date(2026, 6, 16),  # more time was asked for against another limit
    ]
    again = DueItem.objects.get(pk=given.pk)
    assert (again.original_due_on, again.limit_text) == (
        date(2026, 6, 17),
        "trong 02 ngày làm việc kể từ ngày chốt số liệu",
    )
    refused(change_regime(actor=land.office, at=at, duty_id=duty.pk, version=duty.version, text=new), "stale")


def test_the_same_limit_leaves_an_extension(land: World, plan: Plan) -> None:
    duty = defined(land, plan)
    given = DueItem.objects.get(occurrence__duty=duty, unit=land["dong_hoa"], due_on=date(2026, 6, 17))
    extend(actor=land.office, at=NOW, due_item_id=given.pk, version=1, until=date(2026, 6, 30), reason="Lũ")
    lay_out_all(at=NOW + DAY)
    given.refresh_from_db()
    assert given.due_on == date(2026, 6, 30)


def test_a_sentence_of_the_plan_stands(land: World, plan: Plan) -> None:
    duty = Duty.objects.get(plan=plan, period="monthly")
    before = (duty.due, duty.recipient_id, days(duty))
    version = report_form()
    new = change(
        duty, title="Báo cáo tháng", form_id=version.form_id, guidance={"commune": "Gửi sớm"}, what="khác",
        level=LevelText(recipient_id=land["an_binh"].pk, day=3), reporter_ids=(land["finance"].pk,),
    )  # fmt: skip
    answer = change_regime(actor=land.office, at=NOW, duty_id=duty.pk, version=duty.version, text=new)
    assert isinstance(answer, Duty)
    duty.refresh_from_db()
    assert (duty.due, duty.recipient_id, days(duty)) == before
    assert (duty.title, duty.form_id, duty.what) == ("Báo cáo tháng", version.form_id, "")
    assert {row.name for row in duty.reporters.all()} == {"Sở Y tế", "UBND các xã, phường"}
    refused(end_regime(actor=land.office, at=NOW, duty_id=duty.pk, version=duty.version, reason="x"), "of_plan")


def test_a_regime_ends(land: World, plan: Plan) -> None:
    duty = defined(land, plan)
    at = NOW + 20 * DAY
    refused(end_regime(actor=land.office, at=at, duty_id=duty.pk, version=1, reason=" "), "reason")
    answer = end_regime(actor=land.office, at=at, duty_id=duty.pk, version=1, reason="Gộp báo cáo", whole=True)
    assert isinstance(answer, Duty)
    assert days(duty, land["dong_hoa"]) == [date(2026, 3, 17)]  # still owed
    assert set(Duty.objects.filter(origin=Origin.OFFICE).values_list("state", flat=True)) == {"ended"}
    assert lay_out_all(at=at + DAY) == 0
    refused(end_regime(actor=land.office, at=at, duty_id=duty.pk, version=2, reason="lại"), "ended")


def test_one_level_of_a_regime_ends(land: World, plan: Plan) -> None:
    low = defined(land, plan)
    assert low.feeds is not None
    end_regime(actor=land.office, at=NOW, duty_id=low.feeds.pk, version=1, reason="Không cần nữa")
    low.refresh_from_db()
    assert (low.feeds_id, low.state) == (None, "active")


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "no title": ({"title": "  "}, "title", "title"),
    "no body": ({"reporter_ids": ()}, "units", "reporters"),
    "no period": ({"period": "once"}, "period", "period"),
    "no calendar": ({"calendar": "lunar"}, "calendar", "calendar"),
    "no level": ({"levels": ()}, "levels", "recipient_1"),
    "no recipient": ({"levels": (LevelText(day=18),)}, "recipient", "recipient_1"),
    "over before it begins": ({"since": date(2027, 1, 1)}, "no_period", "since"),
    "form nobody has": ({"form_id": 99}, "form", "form"),
}


def test_what_is_no_regime(land: World, plan: Plan) -> None:
    for values, code, field in WRONG.values():
        answer = define_regime(actor=land.office, at=NOW, plan_id=plan.pk, regime=text(land, **values))
        assert refused(answer, code).field == field
    assert not Duty.objects.filter(origin=Origin.OFFICE).exists()


def test_levels_that_make_no_ladder(land: World, plan: Plan) -> None:
    police, province = land["police"].pk, land["an_binh"].pk
    for levels, period, code in (
        ((LevelText(recipient_id=police, day=10),), "monthly", "before_cut_off"),
        ((LevelText(recipient_id=police, day=22), LevelText(recipient_id=province, day=18)), "monthly", "below"),
        ((LevelText(recipient_id=police, day=18), LevelText(recipient_id=police, day=22)), "monthly", "circle"),
        ((LevelText(recipient_id=police, day=18),), "weekly", "limit"),
        ((LevelText(recipient_id=police, day=32),), "monthly", "limit"),
    ):
        answer = define_regime(
            actor=land.office, at=NOW, plan_id=plan.pk, regime=text(land, levels=levels, period=period)
        )
        refused(answer, code)


def test_a_body_outside_is_not_asked(land: World, plan: Plan) -> None:
    other = (land["binh_giang_police"].pk,)
    refused(define_regime(actor=land.office, at=NOW, plan_id=plan.pk, regime=text(land, reporter_ids=other)), "units")


def test_weeks_and_days_off(land: World, plan: Plan) -> None:
    level = LevelText(recipient_id=land["police"].pk, after=1)
    duty = defined(land, plan, period="weekly", levels=(level,), since=date(2026, 4, 20))
    # The week to Sunday 26 April: Monday the 27th is the day of the Hùng kings moved from a Sunday.
    assert days(duty)[:2] == [date(2026, 4, 28), date(2026, 5, 4)]


def test_who_is_recipient_does_not_report_to_itself(land: World, plan: Plan) -> None:
    ids = (land["police"].pk, land["health"].pk)
    duty = defined(land, plan, reporter_ids=ids, levels=(LevelText(recipient_id=land["police"].pk, day=18),))
    assert set(DueItem.objects.filter(occurrence__duty=duty).values_list("unit__name", flat=True)) == {"Sở Y tế"}


ASK = RequestText(title="Tình hình cơ sở lưu trú", what="Số cơ sở, số vi phạm", unit_ids=(), due_on=date(2026, 3, 10))


def asked(land: World, plan: Plan, **more: Any) -> Duty | Refusal:
    values: dict[str, Any] = {"unit_ids": (group(land).pk, land["health"].pk), **more}
    return request_report(actor=land.office, at=NOW, plan_id=plan.pk, request=attrs.evolve(ASK, **values))


def test_a_request_is_owed_at_once(land: World, plan: Plan) -> None:
    officer = land.actor("dong_hoa", "commune_officer")
    duty = asked(land, plan, hour="16 giờ")
    assert isinstance(duty, Duty)
    rows = DutyOccurrence.objects.filter(duty=duty).select_related("due_item")
    assert {row.unit for row in rows} == {land["dong_hoa"], land["tay_hoa"], land["health"]}
    assert {(row.period_from, row.period_to) for row in rows} == {(date(2026, 1, 5), TODAY)}
    due = rows[0].due_item
    assert (due.due_on, due.limit_text) == (date(2026, 3, 10), "trước 16 giờ ngày 10/3/2026")
    assert duty.recipient == land["police"]
    assert Notice.objects.filter(user=officer.user_id, title__contains="Tình hình cơ sở lưu trú").count() == 1
    # The button pressed twice.
    again = asked(land, plan, hour="16 giờ")
    assert again == duty
    assert Duty.objects.filter(origin=Origin.OFFICE).count() == 1


NO_REQUEST: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "title"),
    ({"what": " "}, "what"),
    ({"unit_ids": ()}, "units"),
    ({"due_on": None}, "due_on"),
    ({"due_on": TODAY - DAY}, "due_on"),
    ({"cutoff": date(2026, 3, 11)}, "cutoff"),
    ({"first": date(2026, 3, 9), "cutoff": date(2026, 3, 8)}, "first"),
    ({"kind": "periodic"}, "kind"),
    ({"recipient_id": 0}, "recipient"),
]


def test_what_is_no_request(land: World, plan: Plan) -> None:
    for values, field in NO_REQUEST:
        answer = asked(land, plan, **values)
        assert isinstance(answer, Refusal), values
        assert answer.field == field
    assert not Duty.objects.filter(origin=Origin.OFFICE).exists()


WHO = [
    ("police", "standing_office", True),
    ("police", "leader", False),
    ("police", "officer", False),
    ("health", "standing_office", False),
    ("dong_hoa_police", "standing_office", False),
    ("binh_giang_police", "standing_office", False),
    ("an_binh", "administrator", False),
]


def test_who_says_what_is_reported(land: World, plan: Plan) -> None:
    duty = defined(land, plan)
    high = duty.feeds_id or 0
    request = attrs.evolve(ASK, unit_ids=(land["health"].pk,))
    for unit, role, may in sorted(WHO, key=lambda each: each[2]):  # who may comes last, and changes it
        actor: Actor = land.actor(unit, role)
        answers: list[Any] = [
            define_regime(actor=actor, at=NOW, plan_id=plan.pk, regime=text(land)),
            request_report(actor=actor, at=NOW, plan_id=plan.pk, request=request),
            set_form(actor=actor, at=NOW, duty_id=duty.pk, version=duty.version, form_id=report_form().form_id),
            set_feeds(actor=actor, at=NOW, duty_id=high, version=1, feeds_id=None),
            change_regime(actor=actor, at=NOW, duty_id=high, version=1, text=change(duty, feeds_id=None)),
            end_regime(actor=actor, at=NOW, duty_id=high, version=2, reason="x"),
        ]
        said = [isinstance(each, Refusal) and each.code == "not_allowed" for each in answers]
        assert said == [not may] * 6, (unit, role)


def test_reports_never_go_in_a_circle(land: World, plan: Plan) -> None:
    low = defined(land, plan)
    assert low.feeds is not None
    answer = set_feeds(actor=land.office, at=NOW, duty_id=low.feeds.pk, version=1, feeds_id=low.pk)
    refused(answer, "circle")
    assert [each.pk for each in regime_of(low.feeds).chain] == [low.pk, low.feeds.pk]


def test_what_a_regime_of_the_plan_lacks(land: World, plan: Plan) -> None:
    duty = Duty.objects.get(plan=plan, period="monthly")
    assert (duty.title, duty.calendar) == ("Báo cáo định kỳ hằng tháng", "administrative")
    assert {gap.want for gap in lacking(duty) if gap.blocks} == {Want.FORM}
    version = report_form()
    set_form(actor=land.office, at=NOW, duty_id=duty.pk, version=duty.version, form_id=version.form_id)
    assert not [gap for gap in lacking(Duty.objects.get(pk=duty.pk)) if gap.blocks]


def test_the_plan_that_says_who_gathers_is_linked(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(words: str, *, name: str = "") -> dict[str, Any]:
        found = draft(words)
        rule = {"relation": "before", "precision": "recurring", "rule": "FREQ=MONTHLY;BYMONTHDAY=20"}
        found.add(
            "reporting_duties", "Công an tỉnh báo cáo UBND tỉnh", reporter=[agency("Công an tỉnh")],
            recipient=[agency("UBND tỉnh")], kind="periodic", period="monthly", due=rule,
        )  # fmt: skip
        return found.reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    adopted(land.office)
    lower = Duty.objects.get(reporters__name="Sở Y tế")
    assert lower.feeds is not None
    assert (lower.feeds.period, lower.feeds.recipient) == ("monthly", land["an_binh"])
    assert Duty.objects.exclude(pk=lower.pk).exclude(feeds=None).count() == 0


def test_something_happened(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(words: str, *, name: str = "") -> dict[str, Any]:
        found = draft(words)
        event = {"relation": "within", "precision": "event", "event": "trong 03 ngày làm việc kể từ khi xảy ra"}
        found.add(
            "reporting_duties", "Công an tỉnh báo cáo UBND tỉnh", reporter=[agency("Sở Y tế")],
            recipient=[agency("Công an tỉnh")], kind="ad_hoc", period="ad_hoc", due=event,
        )  # fmt: skip
        return found.reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    adopted(land.office)
    duty = Duty.objects.get(period="ad_hoc")
    officer = land.actor("health", "officer")

    def happened(actor: Actor, day: date | None) -> Any:
        return report_incident(actor=actor, at=NOW, duty_id=duty.pk, happened=day)

    made = happened(officer, date(2026, 2, 27))
    assert made.due_item.due_on == date(2026, 3, 4)  # a Friday, and three working days
    assert happened(officer, date(2026, 2, 27)) == made
    DueItem.objects.filter(pk=made.due_item_id).update(state=DueState.DONE, done_at=NOW, done_on=TODAY)
    second = happened(officer, date(2026, 2, 27))
    assert (second.period_to, second.pk == made.pk) == (None, False)
    refused(happened(officer, TODAY + DAY), "happened")
    refused(happened(land.actor("finance", "officer"), TODAY), "not_allowed")
    refused(happened(land.actor("health", "leader"), TODAY), "not_allowed")


def test_who_held_a_chain_up(land: World, plan: Plan) -> None:
    low = defined(land, plan)
    high = low.feeds
    assert high is not None
    period = date(2026, 4, 14)

    def sent(duty: Duty, key: str, day: date) -> None:
        rows = DueItem.objects.filter(occurrence__duty=duty, occurrence__period_to=period, unit=land[key])
        rows.update(state=DueState.DONE, done_at=NOW, done_on=day)

    sent(low, "dong_hoa", date(2026, 4, 16))
    on = date(2026, 4, 21)
    levels = ladder_of(low, period, on)
    assert [level.held_up for level in levels] == [True, False]
    assert [row.occurrence.unit for row in levels[0].overdue] == [land["tay_hoa"]]
    sent(low, "tay_hoa", date(2026, 4, 21))
    sent(high, "police", date(2026, 4, 23))
    levels = ladder_of(high, period, date(2026, 5, 1))
    # The police had less than its own days, since a commune was late.
    assert [level.held_up for level in levels] == [True, False]
    assert [(row.occurrence.unit, row.days_late) for row in levels[0].late] == [(land["tay_hoa"], 4)]
    assert levels[1].late[0].days_late == 1
