"""A report opens mostly filled: with counted figures, with what stood there last time, with sentences made of both."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from django.conf import settings

from pcmt.apps.reports.models import (
    Duty,
    FormState,
    ReportFormVersion,
    StepEvent,
    Submission,
    SubmissionEdition,
    SubmissionStep,
)
from pcmt.apps.reports.operations.opening import Refreshed, open_report, refresh_report
from pcmt.apps.reports.operations.writing import save_figures, save_section
from pcmt.apps.tasks.models import DueState
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import content_data, seal_of
from tests.apps.plans.test_concurrency import at_once
from tests.apps.reports.writing_kit import AT, FEBRUARY, FULL, JANUARY, ON, Writer, occurrence, use, writer
from tests.factories import facts
from tests.factories.facts import entry, month, told
from tests.factories.plans import adopted
from tests.factories.world import World, world


@pytest.fixture
def ready(land: World, reader: None) -> World:
    """The sample plan in force, its reports asked for by the full form, communes asked for numbers every month."""
    adopted(land.office)
    use(FULL)
    facts.form(land)
    return land


def sent(of: Writer) -> SubmissionEdition:
    """What stands in the report, sent and accepted."""
    said = of.content
    return SubmissionEdition.objects.create(
        submission=of.submission, number=1, form_version=of.submission.form_version, content=content_data(said),
        seal=seal_of(said), cutoff=said.cutoff, known_at=AT, sent_at=AT, sent_by_name="An", state="accepted",
        settled_at=AT,
    )  # fmt: skip


def test_figures_are_there_with_who_told_them(ready: World) -> None:
    told(entry(ready["dong_hoa"], "cases_detected", month(1), 12))
    of = writer(ready)
    cases, people = of.submission.figures.get(line="cases"), of.submission.figures.get(line="people")
    assert (cases.value, cases.counted, cases.typed, cases.told, cases.expected) == (12, 12, False, 1, 1)
    assert (people.value, people.counted, people.applies, people.told, people.expected) == (None, None, True, 0, 1)
    assert set(of.submission.figures.values_list("line", flat=True)) == {
        "cases", "people", "files", "addicts", "odd",
    }  # fmt: skip
    step = SubmissionStep.objects.get(submission=of.submission)
    assert (step.event, step.actor_name, step.unit_id) == (StepEvent.OPENED, of.actor.name, ready["dong_hoa"].pk)
    assert of.submission.about == ready["dong_hoa"]


def test_what_does_not_apply_is_no_blank(ready: World) -> None:
    told(entry(ready["dong_hoa"], "cases_detected", month(1), None, applies=False))
    row = writer(ready).submission.figures.get(line="cases")
    assert (row.value, row.applies) == (None, False)


def test_a_line_whose_element_nobody_knows_is_only_typed(ready: World) -> None:
    of = writer(ready)
    row = of.submission.figures.get(line="odd")
    assert (row.value, row.counted, row.told, row.expected, row.places) == (None, None, None, None, 2)
    save_figures(actor=of.actor, at=AT, submission_id=of.submission.pk, entries=[of.entry("odd", "1,5")])
    assert of.content.figures["odd"].value == Decimal("1.5")


def test_opened_again_it_is_the_same_report(ready: World) -> None:
    first, second = writer(ready), writer(ready)
    assert first.submission == second.submission
    assert SubmissionStep.objects.count() == 1


def test_who_may_not_open(ready: World) -> None:
    place = occurrence(ready["dong_hoa"])
    for actor in (ready.actor("dong_hoa", "leader"), ready.actor("tay_hoa"), ready.actor("dong_hoa", "auditor")):
        refused = open_report(actor=actor, at=AT, occurrence_id=place.pk)
        assert isinstance(refused, Refusal)
        assert refused.code == "not_allowed"
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("state", "code"), [(DueState.ENDED, "gone"), (DueState.CANCELLED, "gone"), (DueState.DONE, "done")]
)
def test_what_is_not_owed_is_not_opened(ready: World, state: str, code: str) -> None:
    place = occurrence(ready["dong_hoa"])
    place.due_item.state, place.due_item.done_at, place.due_item.done_on = state, AT, ON
    place.due_item.save()
    refused = open_report(actor=ready.actor("dong_hoa", "commune_officer"), at=AT, occurrence_id=place.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_the_version_in_use_is_pinned(ready: World) -> None:
    of = writer(ready)
    old = of.submission.form_version
    ReportFormVersion.objects.filter(pk=old.pk).update(state=FormState.ENDED)
    assert writer(ready).submission.form_version == old
    place = occurrence(ready["tay_hoa"])
    refused = open_report(actor=ready.actor("tay_hoa", "commune_officer"), at=AT, occurrence_id=place.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == "no_form"


def test_an_office_that_keeps_the_plan_tells_of_its_area(ready: World) -> None:
    told(
        entry(ready["dong_hoa"], "cases_detected", month(1), 12), entry(ready["tay_hoa"], "cases_detected", month(1), 3)
    )
    duty = Duty.objects.get(reporters__unit=ready["police"])
    place = duty.occurrences.get()
    place.period_from, place.period_to = date(2025, 12, 15), JANUARY
    place.save()
    made = open_report(actor=ready.office, at=AT, occurrence_id=place.pk)
    assert isinstance(made, Submission)
    assert made.about == ready["an_binh"]
    row = made.figures.get(line="cases")
    assert (row.value, row.told, row.expected) == (15, 2, 2)


def test_a_body_into_whose_report_others_go_tells_of_its_area(ready: World) -> None:
    upper = Duty.objects.get(reporters__unit=ready["health"])
    Duty.objects.exclude(pk=upper.pk).update(feeds=upper)
    place = upper.occurrences.filter(unit=ready["health"]).order_by("period_to")[0]
    made = open_report(actor=ready.actor("health"), at=AT, occurrence_id=place.pk)
    assert isinstance(made, Submission)
    assert made.about == ready["an_binh"]


def test_sections_are_drafted_the_first_time(ready: World) -> None:
    told(
        entry(ready["dong_hoa"], "cases_detected", month(1), 12),
        entry(ready["dong_hoa"], "cases_detected", month(1, 2025), 10),
    )
    text = writer(ready).text("general")
    assert "Phát hiện 12 vụ, tăng 20% (10 vụ) so với cùng kỳ năm trước; số người bị bắt: chưa có số liệu" in text
    assert "chưa có số liệu" in text


def test_words_are_carried_on_and_their_numbers_told_anew(ready: World) -> None:
    told(
        entry(ready["dong_hoa"], "cases_detected", month(1), 12),
        entry(ready["dong_hoa"], "cases_detected", month(2), 7),
    )
    first = writer(ready)
    text = f"{first.text('general')}\nĐịa bàn giữ ổn định."
    save_section(actor=first.actor, at=AT, submission_id=first.submission.pk, key="general", text=text, seen=1)
    edition = sent(first)
    second = writer(ready, period_to=FEBRUARY)
    row = second.submission.sections.get(key="general")
    assert row.carried_from == edition
    assert row.text.endswith("\nĐịa bàn giữ ổn định.")
    assert "Phát hiện 7 vụ" in row.text
    assert "12 vụ" not in row.text
    assert second.submission.sections.get(key="next").carried_from is None


def test_what_was_recalled_or_returned_is_not_carried(ready: World) -> None:
    first = writer(ready)
    save_section(actor=first.actor, at=AT, submission_id=first.submission.pk, key="next", text="Tiếp tục.", seen=1)
    sent(first)
    SubmissionEdition.objects.update(state="recalled")
    assert writer(ready, period_to=FEBRUARY).text("next") == ""


def test_refreshing_follows_the_facts_and_leaves_what_was_typed(ready: World) -> None:
    told(
        entry(ready["dong_hoa"], "cases_detected", month(1), 12),
        entry(ready["dong_hoa"], "suspects_arrested", month(1), 5),
    )
    of = writer(ready)
    save_figures(actor=of.actor, at=AT, submission_id=of.submission.pk, entries=[of.entry("people", "6")])
    later = AT + timedelta(hours=1)
    told(
        entry(ready["dong_hoa"], "cases_detected", month(1), 14), entry(ready["dong_hoa"], "suspects_arrested", month(1), 7),
        at=later,
    )  # fmt: skip
    found = refresh_report(actor=of.actor, at=later, submission_id=of.submission.pk)
    assert isinstance(found, Refreshed)
    assert [(each.line, each.was, each.now, each.typed) for each in found.moved] == [
        ("cases", Decimal(12), Decimal(14), False), ("people", Decimal(5), Decimal(7), True),
    ]  # fmt: skip
    cases, people = of.submission.figures.get(line="cases"), of.submission.figures.get(line="people")
    assert (cases.value, cases.counted, cases.version) == (14, 14, 2)
    assert (people.value, people.counted) == (6, 7)
    assert of.fresh.known_at == later
    again = refresh_report(actor=of.actor, at=later, submission_id=of.submission.pk)
    assert isinstance(again, Refreshed)
    assert again.moved == ()


def test_a_report_on_its_way_is_not_refreshed(ready: World) -> None:
    of = writer(ready)
    Submission.objects.update(state="waiting")
    refused = refresh_report(actor=of.actor, at=AT, submission_id=of.submission.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == "not_writable"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="rows are locked on PostgreSQL only"
)
def test_two_people_open_one_report(transactional_db: None, reader: None) -> None:
    land = world()
    adopted(land.office)
    use(FULL)
    facts.form(land)
    place = occurrence(land["dong_hoa"])
    people = [land.actor("dong_hoa", "commune_officer", name) for name in ("binh", "chi")]
    answers = at_once(
        *(lambda actor=actor: open_report(actor=actor, at=AT, occurrence_id=place.pk) for actor in people)  # type: ignore[misc]
    )
    assert answers[0].pk == answers[1].pk
    assert SubmissionStep.objects.count() == 1


def test_a_period_that_the_body_is_not_told_of(ready: World) -> None:
    """A report without a period has its texts; there is nothing to count."""
    place = occurrence(ready["dong_hoa"])
    place.period_from = place.period_to = None
    place.save()
    made = open_report(actor=ready.actor("dong_hoa", "commune_officer"), at=AT, occurrence_id=place.pk)
    assert isinstance(made, Submission)
    assert made.figures.get(line="cases").counted is None
    assert attrs.asdict(Writer(ready.actor("dong_hoa", "commune_officer"), made).content)["first"] is None
