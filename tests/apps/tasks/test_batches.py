"""Many due items in one step: foreseen, carried out, undone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.tasks.models import Batch, BatchState, DueItem, NoteEvent, ProgressNote, Task
from pcmt.apps.tasks.operations import (
    MOST_ROWS,
    Row,
    Saved,
    carry_out,
    check_batch,
    report_progress,
    save_rows,
    start_batch,
    undo_batch,
    withdraw_batch,
)
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import adopted
from tests.factories.world import NOW, TODAY, World
from tests.web.counting import statements

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def dues(land: World) -> list[DueItem]:
    """What both communes owe every month, the first four months."""
    adopted(land.office)
    found = DueItem.objects.filter(task__text__startswith="Họp dân", unit__isnull=False)
    return list(found.order_by("due_on", "pk")[:4])


def batch(answer: object) -> Batch:
    assert isinstance(answer, Batch), answer
    return answer


def refusal(answer: object) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def checked(actor: Actor, dues: list[DueItem], act: str = "percent", **given: Any) -> Batch:
    made = batch(start_batch(actor=actor, at=NOW, act=act, items=[(due.pk, due.version) for due in dues]))
    return batch(check_batch(actor=actor, at=NOW, batch_id=made.pk, given=given))


def done(actor: Actor, dues: list[DueItem], act: str = "percent", **given: Any) -> Batch:
    made = checked(actor, dues, act, **given)
    return batch(carry_out(actor=actor, at=NOW, batch_id=made.pk, seen=made.seen))


def values(dues: list[DueItem]) -> list[tuple[Any, ...]]:
    rows = DueItem.objects.in_bulk([due.pk for due in dues])
    fields = ("percent", "state", "done_on", "done_at", "due_on", "holder_id")
    return [tuple(getattr(rows[due.pk], name) for name in fields) for due in dues]


def test_nothing_is_done_before_it_was_seen(land: World, dues: list[DueItem]) -> None:
    before, notes, entries = values(dues), ProgressNote.objects.count(), Entry.objects.count()
    made = checked(land.office, dues, percent=40, note="họp xong hai thôn")
    assert made.counts == {"done": 4, "refused": 0, "same": 0}
    assert made.outcomes[0]["changes"] == {"percent": [0, 40], "note": ["", "họp xong hai thôn"]}
    assert (values(dues), ProgressNote.objects.count()) == (before, notes)
    told = Entry.objects.order_by("-pk")[: Entry.objects.count() - entries]
    assert [entry.event for entry in told] == ["tasks.batch.checked", "tasks.batch.begun"]
    assert made.state == BatchState.WAITING
    assert made.touched == []


def test_carried_out_in_one_step_and_undone(land: World, dues: list[DueItem]) -> None:
    before = values(dues)
    made = done(land.office, dues, "done", note="xong cả")
    assert [row[:3] for row in values(dues)] == [(100, "done", TODAY)] * 4
    assert Entry.objects.filter(event="tasks.due.done").count() == 4
    assert Entry.objects.filter(event="tasks.batch.done").get().after == {"dues": 4, "refused": 0, "file": ""}
    task = Task.objects.get(pk=dues[0].task_id)
    assert task.percent > 0
    back = batch(undo_batch(actor=land.office, at=NOW, batch_id=made.pk))
    assert values(dues) == before
    assert (back.state, back.counts["undone"]) == (BatchState.UNDONE, 4)
    assert ProgressNote.objects.filter(event=NoteEvent.UNDONE).count() == 4
    assert Entry.objects.filter(event="tasks.due.undone").count() == 4
    task.refresh_from_db()
    assert (task.percent, task.state) == (0, "open")
    assert refusal(undo_batch(actor=land.office, at=NOW, batch_id=made.pk)).code == "not_done"


def test_who_may_not_is_refused_row_by_row(land: World, dues: list[DueItem]) -> None:
    commune = land.actor("dong_hoa")
    made = checked(commune, dues, percent=30)
    mine = [due.unit_id == commune.unit_id for due in dues]
    assert [each["state"] for each in made.outcomes] == ["done" if own else "refused" for own in mine]
    assert True in mine
    assert False in mine
    assert all("Chỉ đơn vị được giao" in each["message"] for each in made.outcomes if each["state"] == "refused")
    carry_out(actor=commune, at=NOW, batch_id=made.pk, seen=made.seen)
    assert [DueItem.objects.get(pk=due.pk).percent for due in dues] == [30 if own else 0 for own in mine]


def test_what_changed_since_it_was_seen_is_shown_again(land: World, dues: list[DueItem]) -> None:
    made = checked(land.office, dues, percent=40)
    report_progress(actor=land.second, at=NOW, due_item_id=dues[1].pk, version=1, percent=70)
    answer = refusal(carry_out(actor=land.office, at=NOW, batch_id=made.pk, seen=made.seen))
    assert answer.code == "stale"
    assert DueItem.objects.get(pk=dues[0].pk).percent == 0
    made.refresh_from_db()
    assert made.counts == {"done": 3, "refused": 1, "same": 0}
    assert "vừa báo tiến độ" in made.outcomes[1]["message"]
    assert "minh" in made.outcomes[1]["message"]
    batch(carry_out(actor=land.office, at=NOW, batch_id=made.pk, seen=made.seen))
    assert [row[0] for row in values(dues)] == [40, 70, 40, 40]


def test_undoing_leaves_what_moved_on(land: World, dues: list[DueItem]) -> None:
    made = done(land.office, dues, percent=40)
    report_progress(actor=land.second, at=NOW, due_item_id=dues[1].pk, version=2, percent=70)
    back = batch(undo_batch(actor=land.office, at=NOW, batch_id=made.pk))
    assert [row[0] for row in values(dues)] == [0, 70, 0, 0]
    assert (back.counts["undone"], back.counts["stays"]) == (3, 1)
    assert [each["undone"] for each in back.outcomes] == [True, False, True, True]
    assert "minh" in back.outcomes[1]["stays"]


def test_undoing_is_refused_where_all_moved_on(land: World, dues: list[DueItem]) -> None:
    made = done(land.office, dues[:1], percent=40)
    report_progress(actor=land.second, at=NOW, due_item_id=dues[0].pk, version=2, percent=70)
    answer = refusal(undo_batch(actor=land.office, at=NOW, batch_id=made.pk))
    assert answer.code == "moved_on"
    assert "minh" in answer.message
    assert Batch.objects.get().state == BatchState.DONE


def test_nobody_else_sees_or_does_it(land: World, dues: list[DueItem]) -> None:
    made = checked(land.office, dues, percent=40)
    for other in (land.second, land.actor("police"), land.actor("police", "leader"), None):
        assert not Batch.objects.visible_to(other).exists()
    with pytest.raises(Batch.DoesNotExist):
        carry_out(actor=land.second, at=NOW, batch_id=made.pk, seen=made.seen)
    assert refusal(
        start_batch(actor=land.actor("police", "leader"), at=NOW, act="done", items=[(dues[0].pk, 1)])
    ).code == "not_allowed"  # fmt: skip


def test_what_makes_no_sense_is_refused(land: World, dues: list[DueItem]) -> None:
    start: dict[str, Any] = {"actor": land.office, "at": NOW}
    assert refusal(start_batch(**start, act="done", items=[])).code == "nothing"
    assert refusal(start_batch(**start, act="fly", items=[(dues[0].pk, 1)])).code == "act"
    many = [(number, 1) for number in range(MOST_ROWS + 1)]
    assert refusal(start_batch(**start, act="done", items=many)).code == "too_many"
    made = checked(land.office, dues, percent=101)
    assert made.counts["refused"] == 4
    assert refusal(carry_out(actor=land.office, at=NOW, batch_id=made.pk, seen=made.seen)).code == "nothing"
    batch(withdraw_batch(actor=land.office, at=NOW, batch_id=made.pk))
    assert refusal(carry_out(actor=land.office, at=NOW, batch_id=made.pk, seen=made.seen)).code == "over"


def test_rows_of_a_table_each_say_their_own(land: World, dues: list[DueItem]) -> None:
    rows = [
        Row(dues[0].pk, 1, {"percent": 20}),
        Row(dues[1].pk, 1, {"done_on": TODAY.isoformat(), "note": "xong"}),
        Row(dues[2].pk, 9, {"percent": 20}),
        Row(dues[3].pk, 1, {"percent": 101}),
    ]
    saved = save_rows(actor=land.office, at=NOW, rows=rows)
    assert isinstance(saved, Saved)
    assert [each["state"] for each in saved.outcomes] == ["done", "done", "refused", "refused"]
    assert saved.outcomes[3]["field"] == "percent"
    assert saved.batch is not None
    assert {row[:2] for row in values(dues)} == {(20, "open"), (100, "done"), (0, "open")}
    assert len(values(dues)) == 4
    none = save_rows(actor=land.office, at=NOW, rows=[rows[2]])
    assert isinstance(none, Saved)
    assert none.batch is None
    assert Batch.objects.count() == 1


PAST = TODAY - timedelta(days=10)


@pytest.mark.parametrize(
    ("who", "day", "note", "field"),
    [
        ("office", PAST, "nộp bản giấy đúng hạn", ""),
        ("office", PAST, "", "note"),
        ("office", TODAY + timedelta(days=1), "mai xong", "done_on"),
        ("office", date(2025, 12, 31), "trước khi có kế hoạch", "done_on"),
        ("body", PAST, "xong từ hôm nọ", "done_on"),
        ("body", TODAY, "", ""),
    ],
)
def test_a_done_day_that_has_passed(
    land: World, dues: list[DueItem], who: str, day: date, note: str, field: str
) -> None:
    """Only the standing office dates back, with a reason, never its own work, never before the item opened."""
    due = next(each for each in dues if each.unit_id == land["dong_hoa"].pk)
    DueItem.objects.filter(pk=due.pk).update(opens_on=None)
    actor = land.office if who == "office" else land.actor("dong_hoa")
    answer = report_progress(
        actor=actor, at=NOW, due_item_id=due.pk, version=due.version, done=True, done_on=day, note=note
    )
    if field:
        assert refusal(answer).field == field
        return
    assert isinstance(answer, DueItem)
    assert answer.done_on == day
    told = Entry.objects.get(event="tasks.due.done")
    assert told.after is not None
    assert told.after.get("done_on") == (PAST.isoformat() if day == PAST else None)
    again = report_progress(
        actor=actor, at=NOW, due_item_id=due.pk, version=due.version + 1, done=True, done_on=date(2026, 2, 1), note="x"
    )
    assert refusal(again).field == "done_on"


def test_nobody_dates_back_what_the_own_unit_owes(land: World, dues: list[DueItem]) -> None:
    DueItem.objects.filter(pk=dues[0].pk).update(unit=land["police"], opens_on=None)
    answer = report_progress(
        actor=land.office, at=NOW, due_item_id=dues[0].pk, version=1, done=True, done_on=PAST, note="xong rồi"
    )
    assert refusal(answer).field == "done_on"


def test_each_row_costs_the_same(land: World, dues: list[DueItem]) -> None:
    """Foreseeing and carrying out cost a fixed number of statements for each row, not more with more rows."""
    spent = []
    for count in (1, 2, 4):
        with statements() as queries:
            checked(land.office, dues[:count], percent=count)
        spent.append(len(queries))
    assert spent[2] - spent[1] == 2 * (spent[1] - spent[0])
    assert spent[1] - spent[0] <= 22, spent
