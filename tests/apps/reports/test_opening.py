"""A report opens mostly filled: with counted figures, with what stood there last time, with sentences made of both."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from django.conf import settings

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import (
    Duty,
    DutyOccurrence,
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
    told(
        entry(ready["dong_hoa"], "cases_detected", month(1), 12),
        entry(ready["dong_hoa"], "addicts", month(1), None, applies=False),
    )
    of = writer(ready)
    rows = {row.line: row for row in of.submission.figures.all()}
    assert set(rows) == {"cases", "people", "files", "addicts", "odd"}
    cases, people, addicts, odd = rows["cases"], rows["people"], rows["addicts"], rows["odd"]
    assert (cases.value, cases.counted, cases.typed, cases.told, cases.expected) == (12, 12, False, 1, 1)
    assert (people.value, people.counted, people.applies, people.told, people.expected) == (None, None, True, 0, 1)
    assert (addicts.value, addicts.applies) == (None, False)  # what does not apply is no blank
    # A line whose element nobody knows is only typed.
    assert (odd.value, odd.counted, odd.told, odd.expected, odd.places) == (None, None, None, None, 2)
    save_figures(actor=of.actor, at=AT, submission_id=of.submission.pk, entries=[of.entry("odd", "1,5")])
    assert of.content.figures["odd"].value == Decimal("1.5")
    step = SubmissionStep.objects.get(submission=of.submission)
    assert (step.event, step.actor_name, step.unit_id) == (StepEvent.OPENED, of.actor.name, ready["dong_hoa"].pk)
    assert of.submission.about == ready["dong_hoa"]


def refused(land: World, place: DutyOccurrence, code: str, actor: Actor | None = None) -> None:
    answer = open_report(actor=actor or land.actor("dong_hoa", "commune_officer"), at=AT, occurrence_id=place.pk)
    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert not Submission.objects.filter(occurrence=place).exists()


def test_opened_once_by_who_writes_in_the_version_in_use(ready: World) -> None:
    place = occurrence(ready["dong_hoa"])
    for actor in (ready.actor("dong_hoa", "leader"), ready.actor("tay_hoa"), ready.actor("dong_hoa", "auditor")):
        refused(ready, place, "not_allowed", actor)
    for state, code in ((DueState.ENDED, "gone"), (DueState.CANCELLED, "gone"), (DueState.DONE, "done")):
        place.due_item.state, place.due_item.done_at, place.due_item.done_on = state, AT, ON
        place.due_item.save()
        refused(ready, place, code)
    place.due_item.state, place.due_item.done_at, place.due_item.done_on = DueState.OPEN, None, None
    place.due_item.save()
    first = writer(ready)
    old = first.submission.form_version
    ReportFormVersion.objects.filter(pk=old.pk).update(state=FormState.ENDED)
    again = writer(ready)
    assert (again.submission, again.submission.form_version) == (first.submission, old)
    assert SubmissionStep.objects.count() == 1
    refused(ready, occurrence(ready["dong_hoa"], FEBRUARY), "no_form")


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


def test_words_are_carried_on_and_their_numbers_told_anew(ready: World) -> None:
    told(
        entry(ready["dong_hoa"], "cases_detected", month(1), 12),
        entry(ready["dong_hoa"], "cases_detected", month(2), 7),
    )
    told(entry(ready["dong_hoa"], "cases_detected", month(1, 2025), 10))
    first = writer(ready)
    assert "Phát hiện 12 vụ, tăng 20% (10 vụ) so với cùng kỳ năm trước" in first.text("general")
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
    # What was recalled or returned is nothing to go on from.
    SubmissionEdition.objects.update(state="recalled")
    third = writer(ready, period_to=date(2026, 3, 14))
    assert third.submission.sections.get(key="general").carried_from is None
    assert "ổn định" not in third.text("general")


def test_refreshing_follows_the_facts_and_leaves_what_was_typed(ready: World) -> None:
    told(
        entry(ready["dong_hoa"], "cases_detected", month(1), 12),
        entry(ready["dong_hoa"], "suspects_arrested", month(1), 5),
    )
    of = writer(ready)
    save_figures(actor=of.actor, at=AT, submission_id=of.submission.pk, entries=[of.entry("people", "6")])
    later = AT + timedelta(hours=1)
    unit = ready["dong_hoa"]
    told(entry(unit, "cases_detected", month(1), 14), entry(unit, "suspects_arrested", month(1), 7), at=later)
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
    Submission.objects.update(state="waiting")
    answer = refresh_report(actor=of.actor, at=later, submission_id=of.submission.pk)
    assert isinstance(answer, Refusal)
    assert answer.code == "not_writable"


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
