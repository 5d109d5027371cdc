"""What was done is told where people look for it: in the lines of reports, and to leaders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.activities.models import Event
from pcmt.apps.activities.operations.counting import keep_since, recount
from pcmt.apps.activities.operations.events import void_event
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.reports.operations.opening import Refreshed, refresh_report
from pcmt.apps.units.models import Unit
from pcmt.core.schemas import CountRule, KindSchema, Line, Noun, Provenance, ReportSchema, Section, SectionKind
from tests.apps.activities.test_counting import counted_on, noon
from tests.apps.activities.test_counting_changes import target_of
from tests.apps.reports.writing_kit import COLUMNS, FEBRUARY, JANUARY, use, writer
from tests.factories.activities import BROADCAST, event, kind
from tests.factories.plans import adopted
from tests.factories.targets import Words
from tests.factories.world import TODAY, World

pytestmark = pytest.mark.django_db

OWN_KIND = KindSchema(
    code="speaker_van", noun=Noun.EVENT, label="Xe loa lưu động", group="Tuyên truyền", word="lượt",
    counts=(CountRule(element="broadcasts"),),
)  # fmt: skip
FORM = ReportSchema(
    code="done", title="Báo cáo việc đã làm",
    sections=(
        Section(
            key="numbers", title="Số liệu", kind=SectionKind.FIGURES, columns=COLUMNS,
            lines=(
                Line(key="told", label="Số lượt phát trên loa", unit_word="lượt", element="broadcasts"),
                Line(key="posts", label="Số tin, bài", unit_word="tin, bài", element="posts"),
            ),
        ),
    ),
)  # fmt: skip
REPORTING_YEAR = date(2025, 12, 15)


@pytest.fixture
def here(land: World) -> World:
    load_catalogue()
    return land


def does(here: World, *days: date) -> list[Event]:
    """A commune and its police do things, by a ready kind and by one of their own; the police begin."""
    unit = here["dong_hoa"]
    for schema in (BROADCAST, OWN_KIND):
        keep_since(unit.pk, kind(schema).kind_id, REPORTING_YEAR)
    bodies = (here["dong_hoa_police"], unit)
    schemas = (OWN_KIND, BROADCAST)
    return [event(bodies[at % 2], schemas[at % 2], on=day, area=unit) for at, day in enumerate(days)]


def test_a_report_opens_with_what_was_done(here: World, reader: None) -> None:
    adopted(here.office)
    use(FORM)
    made = does(here, date(2026, 1, 20), date(2026, 2, 14), date(2026, 1, 14), date(2026, 2, 15))
    counted_on(here, TODAY, since=REPORTING_YEAR)
    of = writer(here, period_to=FEBRUARY)
    line: Any = of.content.figures["told"]
    assert (line.value, line.counted, line.provenance) == (2, 2, Provenance.COUNTED)  # 15 January to 14 February
    assert (line.others["before"], line.others["year"], line.others["ago"]) == (1, 3, None)
    assert of.content.figures["posts"].value is None  # nobody keeps posts here: not told, and not zero
    # what turns out not to have been is gone from the report that is still written, and from the month alone
    actor = here.actor("dong_hoa_police")
    gone = void_event(actor=actor, at=noon(TODAY), event_id=made[0].pk, version=1, words="Ghi nhầm")
    assert isinstance(gone, Event), gone
    recount(at=noon(TODAY))
    found = refresh_report(actor=of.actor, at=noon(TODAY), submission_id=of.submission.pk)
    assert isinstance(found, Refreshed)
    assert [(each.line, each.was, each.now) for each in found.moved] == [("told", 2, 1)]
    assert writer(here, period_to=JANUARY).content.figures["told"].value == 1


def verdicts(unit: Unit, who: User) -> dict[str, int]:
    """What the screen of a leader counts of the targets of 2026."""
    client = Client()
    client.force_login(who)
    answer: Any = client.get("/man-hinh-lanh-dao/", {"don_vi": unit.pk, "nam": 2026})
    assert answer.status_code == 200
    return {str(word.word): count for word, count in answer.context["screen"].tally}


def test_the_screen_of_leaders_follows_what_is_done(here: World) -> None:
    said = {"kind": "count", "comparator": "gte", "value": 2, "unit": "lượt"}
    target_of(here, Words("Phát trên loa truyền thanh ít nhất 02 lượt", said))
    leader = User.objects.get(pk=here.actor("dong_hoa", "leader").user_id)
    before = verdicts(here["dong_hoa"], leader)
    does(here, date(2026, 2, 3), date(2026, 2, 4))
    counted_on(here, TODAY, since=REPORTING_YEAR)
    after = verdicts(here["dong_hoa"], leader)
    assert (before.get("Đạt", 0), after) == (0, {"Đạt": 1})
