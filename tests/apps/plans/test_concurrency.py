"""Two people at the same moment, on real connections. PostgreSQL only: there the rows are really locked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import close_old_connections, connections

from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Item, Plan, Revision, SourceFile
from pcmt.apps.plans.operations import Adopted, adopt, decide_item, need_acceptance, perform_reading, start_reading
from pcmt.apps.tasks.models import DueItem, Task
from pcmt.apps.tasks.operations import accept, report_progress, send_back
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import ALL_CODES, TEXT, adopted, item, reviewed, sent
from tests.factories.world import NOW, World, world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reader"),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="rows are locked on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]


@pytest.fixture
def there(transactional_db: None) -> World:
    return world()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What the acts answer when they start at the same moment, each on a connection of its own."""
    gate = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(index: int) -> None:
        try:
            gate.wait(timeout=20)
            answers[index] = acts[index]()
        except BaseException as error:  # noqa: BLE001 - told to the test, which fails on it
            answers[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    close_old_connections()
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return answers


def test_two_adopt_at_once(there: World) -> None:
    revision = reviewed(there.office)
    actors = (there.office, there.second)
    answers = at_once(
        *(
            lambda actor=actor: adopt(  # type: ignore[misc]
                actor=actor, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES
            )
            for actor in actors
        )
    )
    assert all(isinstance(answer, Adopted) for answer in answers), answers
    assert sorted(answer.already for answer in answers) == [False, True]
    assert Task.objects.count() == 5
    assert Entry.objects.filter(event="plans.revision.adopted").count() == 1


def test_two_decide_on_one_item(there: World) -> None:
    """One accepts, the other sends back: the second is told what the first did, and one thing holds."""
    plan = adopted(there.office).plan
    need_acceptance(actor=there.office, at=NOW, plan_id=plan.pk, needed=True)
    due = DueItem.objects.get(task__text__startswith="Lập danh sách")
    done = report_progress(actor=there.actor("health"), at=NOW, due_item_id=due.pk, version=1, done=True)
    assert isinstance(done, DueItem)
    said: dict[str, Any] = {"at": NOW, "due_item_id": due.pk, "version": done.version}
    first, second = there.office, there.second
    answers = at_once(
        lambda: accept(actor=first, **said), lambda: send_back(actor=second, reason="Thiếu hai xã", **said)
    )
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True]
    assert next(answer.code for answer in answers if isinstance(answer, Refusal)) == "stale"
    due.refresh_from_db()
    assert due.state == ("done" if isinstance(answers[0], DueItem) else "open")
    assert due.notes.count() == 2


def test_two_reviewers_on_one_item(there: World) -> None:
    revision = sent(there.office)
    row = item(revision, "targets")
    office, second = there.office, there.second
    answers = at_once(
        lambda: decide_item(actor=office, at=NOW, item_id=row.pk, version=1, state="accepted"),
        lambda: decide_item(actor=second, at=NOW, item_id=row.pk, version=1, state="rejected"),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Item", "Refusal"]
    refused = next(answer for answer in answers if isinstance(answer, Refusal))
    assert refused.code == "stale"
    assert Item.objects.get(pk=row.pk).version == 2


def test_two_reviewers_on_two_items_lose_nothing(there: World) -> None:
    revision = sent(there.office)
    rows = list(Item.objects.filter(revision=revision)[:8])
    actors = [there.office, there.second]
    at_once(
        *(
            lambda row=row, actor=actors[index % 2]: decide_item(  # type: ignore[misc]
                actor=actor, at=NOW, item_id=row.pk, version=row.version, state="rejected"
            )
            for index, row in enumerate(rows)
        )
    )
    assert Item.objects.filter(revision=revision, state="rejected").count() == 8
    assert Revision.objects.get(pk=revision.pk).version == 9


def test_adopting_while_another_reviews(there: World) -> None:
    revision = reviewed(there.office)
    row = item(revision, "targets")
    office, second = there.office, there.second
    answers = at_once(
        lambda: adopt(actor=office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES),
        lambda: decide_item(actor=second, at=NOW, item_id=row.pk, version=row.version, state="rejected"),
    )
    done, decided = answers
    if isinstance(done, Adopted):
        assert isinstance(decided, Refusal)
        assert decided.code == "adopted"
    else:
        assert done.code == "stale"
        assert isinstance(decided, Item)


def test_two_workers_read_one_revision(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmt.apps.plans import queue

    monkeypatch.setitem(queue._enqueue, "reading", lambda revision_id: "later")
    revision = start_reading(actor=there.office, at=NOW, pasted=TEXT)
    assert isinstance(revision, Revision)
    at_once(*[lambda: perform_reading(revision_id=revision.pk, at=NOW)] * 2)
    revision.refresh_from_db()
    assert revision.state == "review"
    keys = list(Item.objects.filter(revision=revision).values_list("list_name", "key"))
    assert len(keys) == len(set(keys))


def test_one_file_from_two_people(there: World) -> None:
    office, second = there.office, there.second
    answers = at_once(
        lambda: start_reading(actor=office, at=NOW, name="a.txt", data=TEXT.encode(), again=True),
        lambda: start_reading(actor=second, at=NOW, name="b.txt", data=TEXT.encode(), again=True),
    )
    assert all(isinstance(answer, Revision) for answer in answers), answers
    assert SourceFile.objects.count() == 1
    assert Plan.objects.count() == 2


def test_done_by_two_at_once(there: World) -> None:
    adopted(there.office)
    task = Task.objects.get(text__startswith="Cấp kinh phí")
    first, second = task.due_items.order_by("pk")
    assert first.unit is not None
    office = there.office
    at_once(
        lambda: report_progress(actor=office, at=NOW, due_item_id=first.pk, version=1, done=True),
        lambda: report_progress(actor=office, at=NOW, due_item_id=second.pk, version=1, done=True),
    )
    task.refresh_from_db()
    assert (task.state, task.percent) == ("done", 100)
    assert set(DueItem.objects.filter(task=task).values_list("state", flat=True)) == {"done"}
