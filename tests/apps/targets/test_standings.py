"""How targets stand is kept: judged anew with the figures, when people say something, and as time passes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.audit.models import Entry as LogEntry
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.targets.models import BaselineFigure, Edition, Measure, Standing, StandingChange, Target
from pcmt.apps.targets.operations import (
    Choice,
    confirm_measure,
    confirm_proposals,
    give_baseline,
    give_remark,
    refresh_standings,
    tell_offices,
)
from pcmt.apps.targets.queries import amendments, judge, load, way_of
from pcmt.core.diagnostics import Refusal
from tests.factories.facts import entry, month, told
from tests.factories.targets import Words, plan_in_force, put_in_force
from tests.factories.world import NOW, World

APRIL = datetime(2026, 4, 20, 3, 0, tzinfo=UTC)
LATE = datetime(2026, 12, 20, 3, 0, tzinfo=UTC)
COUNT = Words(
    "Bắt giữ ít nhất 10 vụ phạm tội về ma túy",
    {"kind": "count", "comparator": "gte", "value": 10, "unit": "vụ"},
    {"Xã Đông Hòa": 6, "Phường Tây Hòa": 4},
)
MODELS = Words(
    "Mỗi xã mở ít nhất 01 lớp tập huấn",
    {"kind": "count", "comparator": "gte", "value": 1, "unit": "lớp", "per": "mỗi xã", "scope": "mỗi xã"},
)
MILESTONE = Words("Được công nhận tỉnh không ma túy", {"kind": "milestone", "comparator": "none"})


def bodies(land: World) -> dict[str, object]:
    return {"Xã Đông Hòa": land["dong_hoa"], "Phường Tây Hòa": land["tay_hoa"]}


@pytest.fixture
def targets(land: World) -> list[Target]:
    load_catalogue()
    plan = plan_in_force(land.office, land["an_binh"])
    words = [COUNT, MODELS, MILESTONE]
    return put_in_force(land.office, plan, words, bodies=bodies(land), issued=date(2026, 1, 5))  # type: ignore[arg-type]


@pytest.fixture
def measured(land: World, targets: list[Target]) -> list[Target]:
    seen = {target.pk: 1 for target in targets}
    done = confirm_proposals(actor=land.office, at=NOW, plan_id=targets[0].plan_id, seen=seen)
    assert not isinstance(done, Refusal)
    assert done.refused == {}
    return targets


def verdicts(target: Target) -> dict[str, str]:
    return {row.unit.name: row.verdict for row in Standing.objects.filter(target=target).select_related("unit")}


def test_adoption_proposes_and_nothing_is_judged_before_a_person_confirms(targets: list[Target]) -> None:
    proposed = Measure.objects.select_related("indicator").order_by("target_id")
    codes = [each.indicator.code if each.indicator else None for each in proposed]
    assert codes == ["cases_detected", "trainings", None]
    assert [each.each for each in proposed] == ["", "commune", ""]
    assert {each.calendar for each in proposed} == {"administrative"}
    assert set(verdicts(targets[0]).values()) == {"undetermined"}
    assert "Công an tỉnh An Bình xác nhận" in Standing.objects.filter(target=targets[0])[0].sentence


def test_a_figure_changes_verdicts_at_once_and_says_through_what(land: World, measured: list[Target]) -> None:
    target = measured[0]
    made = told(entry(land["dong_hoa"], "cases_detected", month(1), 9), at=APRIL)
    assert verdicts(target)["Xã Đông Hòa"] == "met"
    assert verdicts(target)["Phường Tây Hòa"] == "undetermined"
    change = StandingChange.objects.filter(target=target, unit=land["dong_hoa"]).latest("pk")
    assert (change.before, change.after, change.cause) == ("undetermined", "met", "facts")
    assert change.recording_id == made.pk
    whole = Standing.objects.get(target=target, whole=True)
    assert (whole.verdict, whole.measured, whole.goal) == ("on_track", 9, 10)


def test_a_figure_of_one_commune_judges_no_other_and_makes_the_whole_anew(land: World, measured: list[Target]) -> None:
    target = measured[1]
    before = Standing.objects.get(target=target, unit=land["tay_hoa"]).judged_at
    told(entry(land["dong_hoa"], "trainings", month(1), 2), at=APRIL)
    assert verdicts(target) == {
        "Tỉnh An Bình": "undetermined", "Xã Đông Hòa": "met", "Phường Tây Hòa": "undetermined",
    }  # fmt: skip
    assert Standing.objects.get(target=target, unit=land["tay_hoa"]).judged_at == before
    whole = Standing.objects.get(target=target, whole=True)
    assert whole.sentence == "Chưa xác định: 1/2 đơn vị đạt; 1 chưa xác định. Cần chú ý: Phường Tây Hòa."
    told(entry(land["tay_hoa"], "trainings", month(1), 1), at=APRIL)
    assert verdicts(target)["Tỉnh An Bình"] == "met"


def test_what_a_figure_costs_does_not_grow_with_the_plans(land: World, measured: list[Target]) -> None:
    def cost(number: int, amount: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            told(entry(land["dong_hoa"], "cases_detected", month(number), amount), at=APRIL)
        return len(seen)

    cost(1, 1)
    before = cost(2, 1)
    for number in range(4):
        plan = plan_in_force(land.office, land["binh_giang"], number=str(number + 7))
        others = put_in_force(land.office, plan, [COUNT, COUNT], bodies={}, issued=date(2026, 1, 5))
        Measure.objects.filter(target__in=others).update(confirmed_at=NOW)
    assert cost(3, 1) <= before


def test_the_number_of_statements_does_not_grow_with_targets(land: World, measured: list[Target]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            judge(Target.objects.all(), on=date(2026, 4, 20))
        return len(seen)

    before = cost()
    plan = plan_in_force(land.office, land["an_binh"], number="2")
    more = put_in_force(land.office, plan, [COUNT, MODELS] * 5, bodies=bodies(land), issued=date(2026, 1, 5))  # type: ignore[arg-type]
    Measure.objects.filter(target__in=more).update(confirmed_at=NOW)
    assert cost() <= before


def test_time_alone_changes_verdicts_and_the_office_is_told_once(land: World, measured: list[Target]) -> None:
    told(entry(land["dong_hoa"], "cases_detected", month(1), 3), entry(land["tay_hoa"], "cases_detected", month(1), 0))
    told(*(entry(land["dong_hoa"], "cases_detected", month(number), 0) for number in (2,)), at=APRIL)
    assert refresh_standings(at=LATE) == len(measured)
    change = StandingChange.objects.filter(target=measured[0], whole=True).latest("pk")
    assert change.cause == "time"
    told(*(entry(land[name], "cases_detected", month(number), 0)
           for name in ("dong_hoa", "tay_hoa") for number in range(2, 13)), at=LATE)  # fmt: skip
    assert Standing.objects.get(target=measured[0], whole=True).verdict == "missed"
    assert tell_offices(at=LATE) == 1
    assert tell_offices(at=LATE) == 0
    notice = Notice.objects.get(reason=Reason.VERDICT, user_id=land.office.user_id)
    assert notice.title == "Mới chuyển sang chậm hoặc không đạt: 1 chỉ tiêu không đạt (1/KH-UBND)"
    assert notice.address == f"/ke-hoach/{measured[0].plan_id}/chi-tieu/"


def test_a_round_goes_on_where_it_was_broken_off(measured: list[Target], monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmt.apps.targets.operations import standing

    monkeypatch.setattr(standing, "CHUNK", 1)
    real, calls = standing.stand, []

    def broken(ids: list[int], *, at: datetime, cause: str) -> int:
        calls.append(list(ids))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(ids, at=at, cause=cause)

    monkeypatch.setattr(standing, "stand", broken)
    with pytest.raises(KeyboardInterrupt):
        refresh_standings(at=APRIL)
    assert refresh_standings(at=APRIL) == 2
    assert refresh_standings(at=APRIL) == 0
    assert [ids[0] for ids in calls] == [measured[0].pk, measured[1].pk, measured[1].pk, measured[2].pk]


def test_a_plan_that_is_over_keeps_its_verdicts(land: World, measured: list[Target]) -> None:
    told(entry(land["dong_hoa"], "cases_detected", month(1), 9), at=APRIL)
    Plan.objects.update(state=PlanState.CLOSED)
    told(entry(land["dong_hoa"], "cases_detected", month(1), 1), at=APRIL)
    assert refresh_standings(at=LATE) == 0
    assert Standing.objects.get(target=measured[0], whole=True).measured == 9


def test_an_amendment_keeps_what_was_asked_before(land: World, measured: list[Target]) -> None:
    plan = measured[0].plan
    more = Words(COUNT.text.replace("10", "12"), {**COUNT.values, "value": 12}, COUNT.shares)
    put_in_force(land.office, plan, [more, MODELS], bodies=bodies(land), issued=date(2026, 4, 1), at=APRIL)  # type: ignore[arg-type]
    editions = Edition.objects.filter(target=measured[0]).order_by("revision__number")
    assert [(each.since, each.values["value"]) for each in editions] == [(None, 10), (date(2026, 4, 1), 12)]
    assert Edition.objects.filter(target=measured[1]).count() == 1
    assert [str(each.strength.kind) for each in amendments(load([measured[0]])[0])] == ["stronger"]
    found = {on: judge([Target.objects.get(pk=measured[0].pk)], on=on)[0].spec.value for on in
             (date(2026, 3, 31), date(2026, 4, 1))}  # fmt: skip
    assert list(found.values()) == [10, 12]
    assert Measure.objects.get(target=measured[0]).confirmed_at == NOW


def test_two_people_confirm_at_once(land: World, targets: list[Target]) -> None:
    choice = Choice("suspects_arrested")
    first = confirm_measure(actor=land.office, at=NOW, target_id=targets[0].pk, version=1, choice=choice)
    assert isinstance(first, Measure)
    second = confirm_measure(
        actor=land.second, at=NOW, target_id=targets[0].pk, version=1, choice=Choice("cases_detected")
    )
    assert isinstance(second, Refusal)
    assert second.code == "stale"
    entry_of = LogEntry.objects.filter(event="targets.measure.confirmed").get()
    assert entry_of.after is not None
    assert entry_of.after["indicator"].startswith("Số người phạm tội")


@pytest.mark.parametrize(
    ("at", "choice", "code"),
    [
        (0, Choice("households_pledged_share"), "needs_count"),
        (0, Choice(None), "no_indicator"),
        (0, Choice("nothing_of_the_kind"), "no_indicator"),
        (0, Choice("cases_detected", each="hamlet"), "no_units"),
        (0, Choice("cases_detected", breakdown="sex=female"), "breakdown"),
        (0, Choice("cases_detected", calendar="lunar"), "calendar"),
        (2, Choice("cases_detected"), "by_person"),
    ],
)
def test_what_no_measure_can_be(land: World, targets: list[Target], at: int, choice: Choice, code: str) -> None:
    done = confirm_measure(actor=land.office, at=NOW, target_id=targets[at].pk, version=1, choice=choice)
    assert isinstance(done, Refusal)
    assert done.code == code


def test_only_the_office_that_keeps_the_plan_says_so(land: World, targets: list[Target]) -> None:
    for actor in (land.actor("dong_hoa", "commune_officer"), land.actor("an_binh", "leader"),
                  land.actor("binh_giang_police", "standing_office")):  # fmt: skip
        done = confirm_measure(actor=actor, at=NOW, target_id=targets[0].pk, version=1, choice=Choice("models"))
        assert isinstance(done, Refusal)
        assert done.code == "not_allowed"
        assert isinstance(
            give_remark(actor=actor, at=NOW, target_id=targets[2].pk, unit_id=land["an_binh"].pk, reached=True,
                        on=date(2026, 2, 1), words="", seen=0), Refusal)  # fmt: skip


def test_a_remark_is_of_its_day(land: World, measured: list[Target]) -> None:
    made = give_remark(
        actor=land.office, at=APRIL, target_id=measured[2].pk, unit_id=land["an_binh"].pk, reached=True,
        on=date(2026, 4, 10), words="", seen=0,
    )  # fmt: skip
    assert not isinstance(made, Refusal), made
    assert verdicts(measured[2]) == {"Tỉnh An Bình": "met"}
    assert judge([measured[2]], on=date(2026, 4, 9))[0].judgement.verdict == "not_due"
    assert judge([measured[2]], on=date(2026, 4, 20), known=NOW)[0].judgement.verdict == "not_due"


def test_a_target_without_a_baseline_takes_none(land: World, measured: list[Target]) -> None:
    done = give_baseline(
        actor=land.office, at=APRIL, target_id=measured[0].pk, unit_id=land["an_binh"].pk, value=Decimal(4),
        so_far=None, source="Báo cáo", seen=0,
    )  # fmt: skip
    assert isinstance(done, Refusal)
    assert done.code == "no_baseline"
    assert not BaselineFigure.objects.exists()


def test_the_way_and_the_verdicts_month_by_month(land: World, measured: list[Target]) -> None:
    told(*(entry(land["dong_hoa"], "cases_detected", month(number), 1) for number in (1, 2, 3)), at=APRIL)
    told(*(entry(land["tay_hoa"], "cases_detected", month(number), 0) for number in (1, 2, 3)), at=APRIL)
    target, seat = measured[0], land["an_binh"].pk
    window = judge([target], on=date(2026, 4, 20))[0].window
    assert window is not None
    stops = way_of(target, seat, window, on=date(2026, 4, 20))
    assert [each.judgement.measured for each in stops] == [1, 2, 3]
    assert [str(each.judgement.verdict) for each in stops] == ["on_track", "on_track", "on_track"]
    expected = [each.judgement.expected or 0 for each in stops]
    assert expected == sorted(expected)
    assert way_of(target, land["binh_giang"].pk, window, on=date(2026, 4, 20)) == []


def test_a_day_later_is_another_verdict_of_the_same_figures(land: World, measured: list[Target]) -> None:
    told(entry(land["dong_hoa"], "trainings", month(1), 1), entry(land["tay_hoa"], "trainings", month(1), 0), at=APRIL)
    end = date(2026, 12, 14)
    whole = [judge([measured[1]], on=day)[0].judgement.verdict for day in (end, end + timedelta(days=1))]
    assert "missed" not in whole[:1]
