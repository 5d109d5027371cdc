"""What changed between two days is what the log tells: each replayed from its own rows, for many stretches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.models import Fact
from pcmt.apps.facts.operations import undo_recording
from pcmt.apps.plans.models import Plan, Revision
from pcmt.apps.targets.models import StandingChange, Target
from pcmt.apps.tasks.areas import Area, area_of, plans_of
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations import reopen, report_progress
from pcmt.apps.tasks.since import Stretch, adopted, corrected, done, newly_overdue, sums_of, turns
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Verdict
from pcmt.core.periods import Span
from tests.factories.facts import entry, form, month, told
from tests.factories.plans import TEXT
from tests.factories.plans import adopted as adopted_revision
from tests.factories.world import World

pytestmark = pytest.mark.usefixtures("reader")
FIRST = date(2026, 6, 1)
YEAR = Span(date(2026, 1, 1), date(2027, 1, 1))


def at(day: int, hour: int = 3) -> datetime:
    return datetime(2026, 6, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


@pytest.fixture
def story(land: World) -> World:
    """Three weeks of June: verdicts that turn and turn back, numbers corrected and undone, work done and reopened."""
    adopted_revision(land.office, at=at(2))
    adopted_revision(land.office, TEXT + "\n\n", at=at(9), plan_id=None)
    targets = list(Target.objects.order_by("pk")[:2])
    turned(targets[0], land["an_binh"], (3, "", Verdict.ON_TRACK), (6, Verdict.ON_TRACK, Verdict.BEHIND))
    turned(targets[0], land["an_binh"], (8, Verdict.BEHIND, Verdict.ON_TRACK), (15, Verdict.ON_TRACK, Verdict.MET))
    turned(targets[1], land["dong_hoa"], (4, "", Verdict.UNDETERMINED), (12, Verdict.UNDETERMINED, Verdict.MISSED))
    turned(targets[1], land["binh_giang"], (7, "", Verdict.MISSED))
    _numbers(land)
    _work(land)
    return land


def turned(target: Target, unit: Unit, *steps: tuple[int, str, str]) -> None:
    for day, before, after in steps:
        StandingChange.objects.create(
            target=target, unit=unit, before=before, after=after, sentence=f"{after}.", on=at(day).date(), at=at(day)
        )


def _numbers(land: World) -> None:
    form(land)
    place, other = land["dong_hoa"], land["tay_hoa"]
    told(entry(place, "cases_detected", month(4), 5), entry(other, "cases_detected", month(4), 2), at=at(2))
    told(entry(place, "suspects_arrested", month(4), 9), at=at(3))
    told(entry(place, "cases_detected", month(4), 7), at=at(5), reason="đối chiếu hồ sơ")
    again = told(entry(place, "cases_detected", month(4), 5), at=at(8), reason="nhầm")
    told(entry(other, "cases_detected", month(4), None), at=at(11))
    told(entry(place, "suspects_arrested", month(4), None, applies=False), at=at(13))
    undone = undo_recording(actor=None, at=at(16), recording_id=again.pk, reason="số sau mới đúng")
    assert not hasattr(undone, "code"), undone
    told(entry(land["binh_giang"], "cases_detected", month(4), 1), at=at(3))
    told(entry(land["binh_giang"], "cases_detected", month(4), 3), at=at(6))


def _work(land: World) -> None:
    for number, item in enumerate(DueItem.objects.filter(unit__isnull=False, mode="assigned").order_by("pk")[:8]):
        day, key = 4 + number * 2, next(k for k, unit in land.units.items() if unit.pk == item.unit_id)
        actor = land.actor(key)
        answer = report_progress(actor=actor, at=at(day), due_item_id=item.pk, version=1, done=True)
        assert isinstance(answer, DueItem), answer
        if number % 3 == 1:
            office = land.office
            answer = reopen(actor=office, at=at(day + 1), due_item_id=item.pk, version=answer.version, reason="thiếu")
            assert isinstance(answer, DueItem), answer
        if number == 4:
            answer = report_progress(actor=actor, at=at(19), due_item_id=item.pk, version=answer.version, done=True)


STRETCHES = [(1, 20), (2, 5), (5, 8), (6, 8), (6, 14), (9, 9), (12, 16), (13, 20), (19, 20), (20, 20)]


def _asked(land: World) -> tuple[Any, Area, Any]:
    actor = land.actor("police", "standing_office", "lan", on=at(20).date())
    area = area_of(actor)
    assert area is not None
    return actor, area, plans_of(actor, area, YEAR)


def _stretch(first: int, last: int) -> Stretch:
    return Stretch(at(first).date(), at(last).date())


def test_turns_are_the_difference_of_two_states(story: World) -> None:
    _actor, area, plans = _asked(story)
    inside = set(area.units(at(20).date()).values_list("descendant_id", flat=True))

    def state(moment: datetime) -> dict[tuple[int, int], str]:
        rows = StandingChange.objects.filter(at__lt=moment, unit__in=inside).order_by("at", "pk")
        return {(row.target_id, row.unit_id): row.after for row in rows}

    seen = set()
    for first, last in STRETCHES:
        stretch = _stretch(first, last)
        before, after = state(stretch.start), state(stretch.end)
        expected = {key: (before.get(key, ""), each) for key, each in after.items() if before.get(key, "") != each}
        found = turns(area, plans, stretch, at(20).date())
        assert {(t.change.target_id, t.change.unit_id): (t.before, t.after) for t in found} == expected, (first, last)
        seen |= {each.way for each in found}
    assert seen == {"worse", "better", "other"}


def test_corrected_figures_are_the_difference_of_what_was_known(story: World) -> None:
    actor, area, _plans = _asked(story)
    inside = set(area.units(at(20).date()).values_list("descendant_id", flat=True))

    def known(moment: datetime) -> dict[Any, Any]:
        rows = Fact.objects.as_known(moment - timedelta(microseconds=1)).filter(unit__in=inside)
        return {(row.unit_id, row.element_id, row.start, row.breakdown): (row.value, row.applies) for row in rows}

    total = 0
    for first, last in STRETCHES:
        stretch = _stretch(first, last)
        before, after = known(stretch.start), known(stretch.end)
        expected = {key: (old, after.get(key)) for key, old in before.items() if after.get(key) != old}
        found = {
            (row.unit_id, row.element_id, row.start, row.breakdown): (
                (row.value, row.applies),
                None if row.new_id is None else (row.new_value, row.new_applies),
            )
            for row in corrected(actor, area, stretch)
        }
        assert found == expected, (first, last)
        total += len(found)
    assert total > 6


def test_done_work_and_new_plans_are_those_of_the_log(story: World) -> None:
    actor, area, plans = _asked(story)
    entries = list(Entry.objects.filter(event__in=("tasks.due.done", "tasks.due.reopened")).order_by("at", "pk"))
    texts = list(Entry.objects.filter(event="plans.revision.adopted"))
    for first, last in STRETCHES:
        stretch = _stretch(first, last)
        if last == 20:  # of a day gone by the program cannot know what was reopened since
            at_end = {each.object_id: each for each in entries}
            expected = {
                int(pk)
                for pk, each in at_end.items()
                if each.event == "tasks.due.done" and stretch.start <= each.at < stretch.end
            }
            assert set(done(actor, area, stretch).values_list("pk", flat=True)) == expected, (first, last)
        made = {int(each.object_id) for each in texts if stretch.start <= each.at < stretch.end}
        assert set(adopted(actor, area, stretch).values_list("pk", flat=True)) == made
        sums = sums_of(actor, area, plans, stretch)
        assert sums.plans == len(made)
        assert sums.done == done(actor, area, stretch).count()
    assert {each.number for each in Revision.objects.all()} == {1}


def test_newly_overdue_is_what_was_not_overdue_the_evening_before(story: World) -> None:
    actor, area, _plans = _asked(story)
    for first, last in STRETCHES:
        found = set(newly_overdue(actor, area, _stretch(first, last)).values_list("due_on", flat=True))
        assert all(at(first - 1).date() <= day < at(last).date() for day in found), (first, last)
    whole = newly_overdue(actor, area, _stretch(1, 20))
    late = DueItem.objects.overdue(at(20).date()).filter(due_on__gte=at(0).date())
    assert set(whole.values_list("pk", flat=True)) == set(late.values_list("pk", flat=True))
    assert whole.exists()


def test_an_area_is_that_of_the_actor(story: World) -> None:
    """A chair sees the province, its standing office too; a commune's leader the commune; others their own unit."""
    land = story
    expected = {
        ("an_binh", "leader"): ("an_binh", False),
        ("police", "standing_office"): ("an_binh", False),
        ("police", "leader"): ("police", False),
        ("dong_hoa", "leader"): ("dong_hoa", False),
        ("dong_hoa_police", "standing_office"): ("dong_hoa", False),
        ("health", "officer"): ("health", True),
        ("dong_hoa", "commune_officer"): ("dong_hoa", True),
    }
    for (unit, role), (top, alone) in expected.items():
        area = area_of(land.actor(unit, role))
        assert area is not None
        assert (area.unit, area.alone) == (land[top], alone), (unit, role)
    assert area_of(land.actor("dong_hoa", "leader"), land["tay_hoa"].pk) is None
    assert area_of(land.actor("an_binh", "leader"), land["binh_giang"].pk) is None
    inner = area_of(land.actor("an_binh", "leader"), land["tay_hoa"].pk)
    assert inner is not None
    assert (inner.unit, inner.whole, inner.places_level) == (land["tay_hoa"], False, "")


def test_plans_of_an_area_its_own_first(story: World) -> None:
    land = story
    chair, commune = land.actor("an_binh", "leader"), land.actor("dong_hoa", "leader")
    of = {name: area_of(actor) for name, actor in (("chair", chair), ("commune", commune))}
    assert of["chair"]
    assert of["commune"]
    assert {plan.rank for plan in plans_of(chair, of["chair"], YEAR)} == {0}
    assert {plan.rank for plan in plans_of(commune, of["commune"], YEAR)} == {1}
    before = Span(date(2024, 1, 1), date(2025, 1, 1))
    assert not plans_of(chair, of["chair"], before).exists()
    Plan.objects.update(window_from=None, window_to=None)
    assert plans_of(chair, of["chair"], YEAR).count() == 2
    assert not plans_of(chair, of["chair"], before).exists()
