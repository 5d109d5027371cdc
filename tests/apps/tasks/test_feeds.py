"""Calendar feeds: what they tell, how that is written, what becomes of what is no longer theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ics
import pytest
import vobject
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from pcmt.apps.accounts.models import Actor, Grant, User
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Plan, PlanKind
from pcmt.apps.tasks.calendars import ALARMS, KEPT, TOLD, Event, written
from pcmt.apps.tasks.models import CalendarFeed, DueItem, DueState, FeedEntry
from pcmt.apps.tasks.operations import (
    make_feed,
    read_feed,
    remake_feed,
    rename_feed,
    report_progress,
    revoke_feed,
    touched,
)
from pcmt.apps.tasks.operations.feeding import MOST_FEEDS, Reading
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import adopted
from tests.factories.world import NOW, World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def plan(land: World, reader: None) -> Plan:
    return adopted(land.office).plan


def made(actor: Actor, name: str = "Lịch", **holds: int) -> tuple[CalendarFeed, str]:
    answer = make_feed(actor=actor, at=NOW, name=name, **holds)
    assert not isinstance(answer, Refusal), answer
    return answer


def of_unit(land: World, key: str = "health") -> str:
    return made(land.actor(key), unit_id=land[key].pk)[1]


def reading(secret: str, at: datetime = NOW) -> Reading:
    found = read_feed(secret=secret, at=at)
    assert found is not None
    return found


def text_of(secret: str, at: datetime = NOW) -> bytes:
    found = reading(secret, at)
    return written(found.feed.name, found.told)


def events(secret: str, at: datetime = NOW) -> dict[str, Any]:
    """The events by the first part of their UID, as icalendar parses them."""
    parsed = Calendar.from_ical(text_of(secret, at))
    return {str(each["UID"]).split("@")[0]: each for each in parsed.walk("VEVENT")}


def due_of(plan: Plan, words: str = "Lập danh sách") -> DueItem:
    return DueItem.objects.get(plan=plan, task__text__startswith=words)


def moved(due: DueItem, at: datetime, **changes: Any) -> None:
    DueItem.objects.filter(pk=due.pk).update(**changes, **touched(at))


# What a feed tells


def test_a_unit_reads_its_deadlines(land: World, plan: Plan) -> None:
    found = events(of_unit(land))
    due = due_of(plan)
    event = found[f"due-{due.pk}"]
    assert event["DTSTART"].dt == date(2026, 6, 14)
    assert event["DTEND"].dt == date(2026, 6, 15)
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert str(event["SUMMARY"]).startswith("Lập danh sách người cần hỗ trợ")
    assert "12/KH-UBND" in str(event["SUMMARY"])
    description = str(event["DESCRIPTION"])
    assert "Hạn: trước ngày 15/6/2026 = hết ngày 14/06/2026" in description
    assert "Kế hoạch: 12/KH-UBND ngày 05/01/2026" in description
    assert "Đơn vị: Sở Y tế" in description
    assert str(event["URL"]) == f"http://localhost:8000/nhiem-vu/{due.pk}/"
    assert str(event["STATUS"]) == "CONFIRMED"
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == list(ALARMS)
    own = DueItem.objects.filter(unit=land["health"], due_on__isnull=False)
    assert {key for key in found if key.startswith("due-")} == {f"due-{pk}" for pk in own.values_list("pk", flat=True)}
    # Without a day there is nothing to put into a calendar; a long plan shows on its last day.
    assert str(found[f"plan-{plan.pk}"]["SUMMARY"]) == "Ngày cuối của kế hoạch 12/KH-UBND"


def test_members_of_a_group_read_what_the_group_owes(land: World, plan: Plan) -> None:
    assert any("Họp dân" in str(each["SUMMARY"]) for each in events(of_unit(land, "dong_hoa")).values())


def test_mine_is_what_i_hold(land: World, plan: Plan) -> None:
    actor = land.actor("health")
    secret = made(actor)[1]
    assert events(secret) == {}
    due = due_of(plan)
    moved(due, NOW, holder_id=actor.user_id)
    assert f"due-{due.pk}" in events(secret, NOW + HOUR)


def test_of_a_plan_for_who_answers_for_it(land: World, plan: Plan) -> None:
    secret = made(land.office, plan_id=plan.pk)[1]
    dated = DueItem.objects.filter(plan=plan, due_on__isnull=False)
    found = events(secret)
    assert len([key for key in found if key.startswith("due-")]) == dated.count()
    assert str(found[f"due-{due_of(plan).pk}"]["SUMMARY"]).startswith("Sở Y tế: Lập danh sách")


def test_a_short_campaign_is_a_bar_over_its_days(land: World, plan: Plan) -> None:
    child = Plan.objects.create(
        kind=PlanKind.CAMPAIGN,
        title="Tháng hành động, phòng chống ma túy",
        owner=plan.owner,
        issuer=plan.issuer,
        parent=plan,
        window_from=date(2026, 6, 1),
        window_to=date(2026, 6, 30),
        state=plan.state,
        created_by=plan.created_by,
        created_at=NOW,
    )
    event = events(made(land.office, plan_id=plan.pk)[1])[f"plan-{child.pk}"]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 6, 1), date(2026, 7, 1))
    assert str(event["SUMMARY"]) == "Đợt cao điểm Tháng hành động, phòng chống ma túy"


def test_no_event_names_a_person(land: World, plan: Plan) -> None:
    """Neither who holds a task, nor the words that somebody gave to a part."""
    actor, due = land.actor("health"), due_of(plan)
    given = {"kind": due.kind, "plan": plan, "task": due.task, "start": 0, "end": 1, "due_on": date(2026, 5, 2)}
    DueItem.objects.create(
        **given,
        unit=land["health"],
        unit_name="",
        parent=due,
        given_by=land["health"],
        holder_id=actor.user_id,
        label="Xét nghiệm cho Nguyễn Văn Giả ở số 5 Trần Phú",
    )
    said = text_of(of_unit(land)).decode()
    unfolded = said.replace("\r\n ", "")
    assert "Nguyễn Văn Giả" not in unfolded
    assert actor.name not in unfolded
    assert "Phần việc: Lập danh sách" in unfolded


# Two other libraries read the same


def test_two_independent_libraries_read_every_field(land: World, plan: Plan) -> None:
    secret = of_unit(land)
    moved(due_of(plan), NOW, state=DueState.CANCELLED) if reading(secret) else None
    text = text_of(secret, NOW + HOUR).decode()
    ours = {str(each["UID"]): each for each in Calendar.from_ical(text).walk("VEVENT")}
    by_vobject = {each.uid.value: each for each in vobject.readOne(text).vevent_list}
    by_ics = {each.uid: each for each in ics.Calendar(text).events}
    assert ours.keys() == by_vobject.keys() == by_ics.keys()
    assert {str(each["STATUS"]) for each in ours.values()} == {"CONFIRMED", "CANCELLED"}
    for uid, event in ours.items():
        first, last = event["DTSTART"].dt, event["DTEND"].dt
        seen = by_vobject[uid]
        assert (seen.dtstart.value, seen.dtend.value) == (first, last)
        assert seen.summary.value == str(event["SUMMARY"])
        assert seen.description.value == str(event.get("DESCRIPTION", ""))
        assert seen.url.value == str(event["URL"])
        assert seen.status.value == str(event["STATUS"])
        assert int(seen.sequence.value) == event["SEQUENCE"]
        assert seen.dtstamp.value == event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt
        assert [alarm.trigger.value for alarm in seen.contents.get("valarm", [])] == [
            alarm["TRIGGER"].dt for alarm in event.walk("VALARM")
        ]
        other = by_ics[uid]
        assert (other.begin.date(), other.all_day) == (first, True)
        assert other.name == str(event["SUMMARY"])
        assert (other.description or "") == str(event.get("DESCRIPTION", ""))
        assert (other.url, other.status) == (str(event["URL"]), str(event["STATUS"]))
        assert len(other.alarms) == len(event.walk("VALARM"))


# What changes


def sequences(found: Mapping[str, Any]) -> dict[str, int]:
    return {key: each["SEQUENCE"] for key, each in found.items()}


def test_a_moved_deadline_moves_exactly_one_event(land: World, plan: Plan) -> None:
    secret, due = of_unit(land), due_of(plan)
    before, first = events(secret), reading(secret)
    moved(due, NOW + HOUR, due_on=date(2026, 6, 20))
    after, second = events(secret, NOW + 2 * HOUR), reading(secret, NOW + 2 * HOUR)
    changed = {key for key in after if after[key].to_ical() != before[key].to_ical()}
    assert changed == {f"due-{due.pk}"}
    one = after[f"due-{due.pk}"]
    assert one["DTSTART"].dt == date(2026, 6, 20)
    assert one["SEQUENCE"] > before[f"due-{due.pk}"]["SEQUENCE"]
    assert one["LAST-MODIFIED"].dt == NOW + HOUR
    assert "Hạn ban đầu: 14/06/2026" in str(one["DESCRIPTION"])
    assert first.tag != second.tag


def test_what_no_reader_sees_changes_nothing(land: World, plan: Plan) -> None:
    secret, due = of_unit(land), due_of(plan)
    text, tag = text_of(secret), reading(secret).tag
    moved(due, NOW + HOUR, acknowledged_at=NOW + HOUR)
    assert text_of(secret, NOW + 2 * HOUR) == text
    assert reading(secret, NOW + 2 * HOUR).tag == tag


def test_done_has_a_mark_and_no_alarm(land: World, plan: Plan) -> None:
    secret, due = of_unit(land), due_of(plan)
    before = events(secret)[f"due-{due.pk}"]
    report_progress(actor=land.actor("health"), at=NOW + HOUR, due_item_id=due.pk, version=due.version, done=True)
    after = events(secret, NOW + 2 * HOUR)[f"due-{due.pk}"]
    assert str(after["SUMMARY"]) == f"✓ {before['SUMMARY']}"
    assert after.walk("VALARM") == []
    assert (str(after["STATUS"]), after["SEQUENCE"]) == ("CONFIRMED", before["SEQUENCE"] + 1)
    # Long after its day it goes without a word: nothing was cancelled.
    later = datetime(2026, 6, 14, 3, tzinfo=UTC) + KEPT + 2 * DAY
    Grant.objects.update(valid_to=None)
    assert f"due-{due.pk}" not in events(secret, later)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"state": DueState.CANCELLED}, "Việc đã hủy."),
        ({"state": DueState.ENDED}, "Việc không còn trong kế hoạch."),
        ({"due_on": None}, "Việc không còn trong lịch này."),
        ({"unit": "finance"}, "Việc không còn trong lịch này."),
    ],
)
def test_what_is_gone_is_cancelled_for_a_while(land: World, plan: Plan, changes: dict[str, Any], why: str) -> None:
    secret, due = of_unit(land), due_of(plan)
    before = events(secret)[f"due-{due.pk}"]
    changes = {"unit_id": land["finance"].pk} if "unit" in changes else changes
    moved(due, NOW + HOUR, **changes)
    after = events(secret, NOW + 2 * HOUR)[f"due-{due.pk}"]
    assert str(after["STATUS"]) == "CANCELLED"
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTART"].dt == before["DTSTART"].dt
    assert str(after["SUMMARY"]) == f"Không còn: {before['SUMMARY']}"
    assert str(after["DESCRIPTION"]) == why
    assert after.walk("VALARM") == []
    # It is told as long as it takes every program to hear of it, then no more; the tag says so.
    last = reading(secret, NOW + 2 * HOUR + TOLD).tag
    assert f"due-{due.pk}" in events(secret, NOW + 2 * HOUR + TOLD)
    assert f"due-{due.pk}" not in events(secret, NOW + 3 * HOUR + TOLD)
    assert reading(secret, NOW + 3 * HOUR + TOLD).tag != last
    # And should it come back, its sequence goes on.
    moved(due, NOW + 4 * HOUR + TOLD, state=DueState.OPEN, due_on=date(2026, 6, 14), unit_id=land["health"].pk)
    back = events(secret, NOW + 5 * HOUR + TOLD)[f"due-{due.pk}"]
    assert (str(back["STATUS"]), back["SEQUENCE"]) == ("CONFIRMED", after["SEQUENCE"] + 1)


def test_what_the_owner_may_no_longer_see_is_cancelled_without_a_word_of_it(land: World, plan: Plan) -> None:
    secret, due = of_unit(land), due_of(plan)
    events(secret)
    Plan.objects.filter(pk=plan.pk).update(state="withdrawn")
    after = events(secret, NOW + HOUR)[f"due-{due.pk}"]
    assert (str(after["STATUS"]), str(after["SUMMARY"])) == ("CANCELLED", "Việc không còn trong lịch này")
    assert "Lập danh sách" not in after.to_ical().decode()
    assert "URL" not in after


def test_what_was_never_told_is_not_cancelled(land: World, plan: Plan) -> None:
    secret, due = of_unit(land), due_of(plan)
    moved(due, NOW, state=DueState.CANCELLED)
    assert f"due-{due.pk}" not in events(secret, NOW + HOUR)


# Whose it is


def test_the_rights_are_those_of_now(land: World, plan: Plan) -> None:
    secret, actor = of_unit(land), land.actor("health")
    reading(secret)
    Grant.objects.filter(user=actor.user_id).update(valid_to=(NOW + DAY).date())
    assert read_feed(secret=secret, at=NOW + 2 * DAY) is None
    # Another role elsewhere does not open what the unit owes.
    Grant.objects.create(user_id=actor.user_id, role="officer", unit=land["finance"])
    assert read_feed(secret=secret, at=NOW + 2 * DAY) is None
    Grant.objects.create(user_id=actor.user_id, role="officer", unit=land["health"])
    assert read_feed(secret=secret, at=NOW + 2 * DAY) is not None
    User.objects.filter(pk=actor.user_id).update(is_active=False)
    assert read_feed(secret=secret, at=NOW + 2 * DAY) is None


def test_who_looks_after_a_unit_may_have_its_calendar(land: World, plan: Plan) -> None:
    assert events(made(land.office, unit_id=land["health"].pk)[1])
    for stranger in (land.actor("finance"), land.actor("binh_giang_police", "standing_office")):
        answer = make_feed(actor=stranger, at=NOW, name="Của người khác", unit_id=land["health"].pk)
        assert isinstance(answer, Refusal), stranger
        assert answer.field == "unit"
    answer = make_feed(actor=land.actor("health"), at=NOW, name="Kế hoạch", plan_id=plan.pk)
    assert isinstance(answer, Refusal)
    assert answer.field == "plan"


def test_a_calendar_follows_its_unit(land: World, plan: Plan) -> None:
    """The unit ended, its people work at the heir: the same address goes on with what the heir owes."""
    from pcmt.apps.units.models import Succession, Unit

    secret, day = of_unit(land), (NOW + DAY).date()
    Unit.objects.filter(pk=land["health"].pk).update(valid_to=day)
    Succession.objects.create(old=land["health"], new=land["finance"], on=day, heir=True)
    assert read_feed(secret=secret, at=NOW + DAY) is None
    Grant.objects.filter(unit=land["health"]).update(unit=land["finance"])
    due = due_of(plan)
    moved(due, NOW + DAY, unit_id=land["finance"].pk)
    assert str(events(secret, NOW + 2 * DAY)[f"due-{due.pk}"]["STATUS"]) == "CONFIRMED"


def test_revoked_and_remade(land: World, plan: Plan) -> None:
    actor = land.actor("health")
    feed, first = made(actor, unit_id=land["health"].pk)
    reading(first)
    again = remake_feed(actor=actor, at=NOW, feed_id=feed.pk)
    assert not isinstance(again, Refusal)
    assert read_feed(secret=first, at=NOW) is None
    assert reading(again[1]).told
    assert not isinstance(revoke_feed(actor=actor, at=NOW, feed_id=feed.pk), Refusal)
    assert read_feed(secret=again[1], at=NOW) is None
    assert not FeedEntry.objects.exists()
    twice = revoke_feed(actor=actor, at=NOW, feed_id=feed.pk)
    assert isinstance(twice, Refusal)


def test_nobody_touches_the_feed_of_another(land: World, plan: Plan) -> None:
    feed = made(land.actor("health"))[0]
    other = land.actor("finance")
    assert not CalendarFeed.objects.visible_to(other).exists()
    for answer in (
        rename_feed(actor=other, at=NOW, feed_id=feed.pk, name="x"),
        remake_feed(actor=other, at=NOW, feed_id=feed.pk),
        revoke_feed(actor=other, at=NOW, feed_id=feed.pk),
    ):
        assert isinstance(answer, Refusal)


def test_secrets_are_kept_as_hashes_and_stand_in_no_log(land: World, plan: Plan) -> None:
    feed, secret = made(land.actor("health"), unit_id=land["health"].pk)
    assert len(bytes.fromhex(secret)) * 8 >= 128
    reading(secret)
    rename_feed(actor=land.actor("health"), at=NOW, feed_id=feed.pk, name="Tên khác")
    remake_feed(actor=land.actor("health"), at=NOW, feed_id=feed.pk)
    told = list(Entry.objects.filter(event__startswith="tasks.feed.").order_by("pk"))
    assert [entry.event for entry in told] == ["tasks.feed.made", "tasks.feed.renamed", "tasks.feed.remade"]
    assert all(secret not in repr(vars(entry)) for entry in told)
    assert all(secret not in repr(row) for row in CalendarFeed.objects.values())


def test_names_and_numbers(land: World, reader: None) -> None:
    actor = land.actor("health")
    assert made(actor, "  Việc   của tôi ")[0].name == "Việc của tôi"
    for name, code in (("", "name"), (" ", "name"), ("x" * 81, "too_long"), ("Việc của tôi", "twice")):
        answer = make_feed(actor=actor, at=NOW, name=name)
        assert isinstance(answer, Refusal)
        assert answer.code == code
    feeds = [made(actor, f"Lịch {number}")[0] for number in range(MOST_FEEDS - 1)]
    answer = make_feed(actor=actor, at=NOW, name="Một lịch nữa")
    assert isinstance(answer, Refusal)
    assert answer.code == "too_many"
    revoke_feed(actor=actor, at=NOW, feed_id=feeds[0].pk)
    made(actor, "Lịch 0")


def test_renaming_is_seen_by_calendars(land: World, plan: Plan) -> None:
    actor = land.actor("health")
    feed, secret = made(actor, "Trước", unit_id=land["health"].pk)
    tag = reading(secret).tag
    rename_feed(actor=actor, at=NOW + HOUR, feed_id=feed.pk, name="Sau, khác; hẳn")
    assert reading(secret, NOW + HOUR).tag != tag
    assert "X-WR-CALNAME:Sau\\, khác\\; hẳn\r\n" in text_of(secret, NOW + HOUR).decode()


# How it is written


def entry(at: datetime = NOW) -> FeedEntry:
    return FeedEntry(sequence=3, changed_at=at)


def one(words: str, more: str = "") -> bytes:
    day = date(2026, 2, 28)
    event = Event(
        key="due-1", first_on=day, last_on=day, summary=words, description=more, path="/nhiem-vu/1/", alarms=True
    )
    return written("Lịch", [(event, entry())])


PRINTABLE = st.text(
    st.one_of(
        st.sampled_from("ắặẵẻỡựỹđĐƯƠ,;:\\\"'=\n 😀👨‍👩‍👧–…“”\u0301\u0323"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    max_size=200,
)


@given(PRINTABLE, PRINTABLE)
@example("a" * 74 + "ộ", "ệ" * 200)
@example("😀" * 60, "dòng một\ndòng hai, ba; bốn \\n năm")
def test_any_text_comes_back_as_it_was(words: str, more: str) -> None:
    import unicodedata

    text = one(words, more)
    for line in text.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no fold inside a letter
        assert b"\n" not in line
    event = Calendar.from_ical(text).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == unicodedata.normalize("NFC", words)
    assert str(event.get("DESCRIPTION", "")) == unicodedata.normalize("NFC", more)
    assert vobject.readOne(text.decode()).vevent.summary.value == unicodedata.normalize("NFC", words)


def test_what_no_line_may_hold_is_left_out() -> None:
    event = Calendar.from_ical(one("một\x00hai\x07\r\nba\rbốn")).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == "mộthai\nba\nbốn"


def test_the_head_says_who_wrote_it_and_when_to_look_again() -> None:
    head = one("x").decode().split("BEGIN:VEVENT")[0].split("\r\n")
    assert {"VERSION:2.0", "METHOD:PUBLISH", "X-WR-TIMEZONE:Asia/Ho_Chi_Minh", "X-WR-CALNAME:Lịch"} <= set(head)
    assert {"REFRESH-INTERVAL;VALUE=DURATION:PT4H", "X-PUBLISHED-TTL:PT4H"} <= set(head)
    assert re.search(r"PRODID:-//PCMT//", "\n".join(head))


# How much it costs


def test_two_thousand_items_cost_a_fixed_number_of_statements(land: World, plan: Plan) -> None:
    secret, due = of_unit(land), due_of(plan)
    shared = {
        "kind": due.kind,
        "plan": plan,
        "task": due.task,
        "clause": due.clause,
        "unit": due.unit,
        "start": 0,
        "end": 1,
    }
    DueItem.objects.bulk_create(
        DueItem(**shared, unit_name="", label=f"Việc {number}", due_on=date(2026, 4, 1), original_due_on=day)
        for number in range(2000)
        for day in [date(2030, 4, 1) + number * DAY]
    )
    reading(secret)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(reading(secret, NOW + HOUR).told) > 2000
    assert len(queries) <= 9
