"""The reading screen over HTTP: what each answer carries, what each role may, how much one page costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.plans.models import Item, ItemState, Plan, Revision, RevisionState
from pcmt.apps.plans.operations import start_reading
from pcmt.core.diagnostics import Refusal
from pcmt.demo.samples import plan_text
from tests.journeys.world import World, build
from tests.web.counting import statements

HTMX = {"HX-Request": "true"}


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def revision(world: World) -> Revision:
    actor = actor_of(world.users["lan"], timezone.localdate())
    assert actor is not None
    made = start_reading(actor=actor, at=timezone.now(), pasted=plan_text())
    assert not isinstance(made, Refusal), made
    return made


@pytest.fixture
def lan(client: Client, world: World) -> Client:
    client.force_login(world.users["lan"])
    return client


def someone(world: World, username: str) -> Client:
    client = Client()
    client.force_login(world.users[username])
    return client


def address(name: str, *args: Any) -> str:
    return reverse(f"reading:{name}", args=args)


def first(list_name: str = "targets") -> Item:
    return Item.objects.filter(list_name=list_name).earliest("start")


def cards_in(html: str) -> set[int]:
    return {int(found) for found in re.findall(r'<li class="item[^"]*" id="i(\d+)"', html)}


def test_an_action_answers_with_what_changed_and_no_more(lan: Client, revision: Revision) -> None:
    item = first()
    url = address("decide", revision.pk, item.pk) + f"?v={item.version}"
    html = lan.post(url, {"state": "accepted", "since": revision.version}, headers=HTMX).content.decode()
    assert cards_in(html) == {item.pk}
    assert 'id="since"' in html
    assert f'value="{revision.version + 1}"' in html
    assert 'id="summary" hx-swap-oob="true"' in html
    assert len(html) < 40_000


def test_without_htmx_the_screen_comes_back_at_the_item(lan: Client, revision: Revision) -> None:
    item = first()
    answer = lan.post(address("edit", revision.pk, item.pk), {"v": item.version, "kind": "nothing"})
    assert answer.status_code == 422
    answer = lan.post(address("decide", revision.pk, item.pk) + f"?v={item.version}", {"state": "rejected"})
    assert answer.status_code == 302
    assert Item.objects.get(pk=item.pk).state == ItemState.REJECTED


def test_nothing_new_is_nothing_sent(lan: Client, revision: Revision) -> None:
    answer = lan.get(address("changes", revision.pk), {"since": revision.version}, headers=HTMX)
    assert answer.status_code == 204
    assert answer.content == b""


def test_a_screen_left_behind_is_drawn_anew(lan: Client, revision: Revision) -> None:
    html = lan.get(address("changes", revision.pk), {"since": 0}, headers=HTMX).content.decode()
    assert cards_in(html) == set(Item.objects.values_list("pk", flat=True))


def test_a_stale_decision_is_told_and_not_written(lan: Client, world: World, revision: Revision) -> None:
    item = first()
    url = address("decide", revision.pk, item.pk) + f"?v={item.version}"
    someone(world, "minh").post(url, {"state": "rejected"})
    html = lan.post(url, {"state": "accepted", "since": 1}, headers=HTMX).content.decode()
    assert "Trần Quang Minh vừa bỏ" in html
    assert "Vẫn nhận" in html
    assert "Giữ như vậy" in html
    assert Item.objects.get(pk=item.pk).state == ItemState.REJECTED


def test_pressing_twice_is_no_conflict(lan: Client, revision: Revision) -> None:
    item = first()
    url = address("decide", revision.pk, item.pk) + f"?v={item.version}"
    for _press in range(2):
        html = lan.post(url, {"state": "accepted", "since": 1}, headers=HTMX).content.decode()
        assert "conflict" not in html


def test_a_whole_group_is_one_act(lan: Client, revision: Revision) -> None:
    head = first("assignments")
    tasks = [it for it in Item.objects.filter(list_name="tasks") if it.values.get("assignment_ref") == head.key]
    assert len(tasks) > 1
    lan.post(address("group", revision.pk, head.pk), {"since": 1}, headers=HTMX)
    accepted = set(Item.objects.filter(state=ItemState.ACCEPTED).values_list("pk", flat=True))
    assert accepted == {head.pk, *(task.pk for task in tasks)}
    lan.post(address("undo", revision.pk), {"since": 1}, headers=HTMX)
    assert not Item.objects.filter(state=ItemState.ACCEPTED).exists()


def test_the_count_before_accepting_is_what_is_accepted(lan: Client, revision: Revision) -> None:
    html = lan.get(address("screen", revision.pk)).content.decode()
    percent, count = re.findall(r"(\d+) % trở lên: nhận (\d+) mục", html)[0]
    told = Item.objects.filter(confidence__gte=int(percent) / 100).count()
    assert told == int(count)
    lan.post(address("confident", revision.pk), {"threshold": percent, "since": 1}, headers=HTMX)
    assert Item.objects.filter(state=ItemState.ACCEPTED).count() >= int(count)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "name", ["screen", "changes", "card", "decide", "edit", "group", "add", "confident", "undo", "header", "check"]
)
def test_who_does_not_see_the_plan_finds_nothing(world: World, revision: Revision, name: str, method: str) -> None:
    item = first("assignments")
    args = [revision.pk, item.pk] if name in {"card", "decide", "edit", "group"} else [revision.pk]
    answer = getattr(someone(world, "phuong"), method)(address(name, *args))
    assert answer.status_code in {404, 405}


def test_a_leader_reads_and_changes_nothing(world: World, revision: Revision) -> None:
    leader, item = someone(world, "lanhdao"), first()
    html = leader.get(address("screen", revision.pk)).content.decode()
    assert "data-review" in html
    assert 'data-key="a"' not in html
    leader.post(address("decide", revision.pk, item.pk) + "?v=1", {"state": "accepted"}, headers=HTMX)
    leader.post(address("confident", revision.pk), {"threshold": "50"}, headers=HTMX)
    assert leader.post(address("edit", revision.pk, item.pk), {}).status_code == 403
    assert leader.get(address("check", revision.pk)).status_code == 403
    assert not Item.objects.exclude(state=ItemState.PROPOSED).exists()


def test_an_item_of_another_revision_is_not_reached_through_this_one(
    lan: Client, world: World, revision: Revision
) -> None:
    actor = actor_of(world.users["lan"], timezone.localdate())
    assert actor is not None
    other = start_reading(actor=actor, at=timezone.now(), pasted=plan_text(), again=True)
    assert isinstance(other, Revision)
    foreign = Item.objects.filter(revision=other).earliest("pk")
    for name in ("decide", "edit", "card", "group"):
        url = address(name, revision.pk, foreign.pk)
        assert lan.post(url, {"state": "accepted"}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?list=targets",
        "?list=targets&start=5&end=2",
        "?list=x&start=1&end=9",
        "?list=targets&start=-1&end=9",
        "?list=targets&start=99999999&end=999999999",
    ],
)
def test_odd_selections_lead_back(lan: Client, revision: Revision, query: str) -> None:
    assert lan.get(address("add", revision.pk) + query).status_code == 302


def test_adoption_happens_once(lan: Client, revision: Revision) -> None:
    lan.post(reverse("reading:bodies", args=[revision.pk]), {"do": "confirm"})
    lan.post(reverse("reading:bodies", args=[revision.pk]), {"do": "create"})
    lan.post(address("confident", revision.pk), {"threshold": "50"})
    page = lan.get(address("check", revision.pk)).content.decode()
    fields = {
        "version": re.findall(r'name="version" value="(\d+)"', page)[0],
        "confirmed": re.findall(r'name="confirmed" value="(\w+)"', page),
    }
    assert lan.post(address("check", revision.pk), {"version": fields["version"]}).status_code == 409, "unconfirmed"
    assert lan.post(address("check", revision.pk), {**fields, "version": 1}).status_code == 409, "stale"
    plan = Plan.objects.get(parent=None)
    for _press in range(2):
        answer = lan.post(address("check", revision.pk), fields)
        assert answer.url == reverse("plan:overview", args=[plan.pk])  # type: ignore[attr-defined]
    assert Revision.objects.get().state == RevisionState.ADOPTED


@pytest.mark.parametrize("state", [RevisionState.WAITING, RevisionState.READING, RevisionState.FAILED])
def test_before_there_is_a_text_there_is_nothing_to_decide(lan: Client, revision: Revision, state: str) -> None:
    Revision.objects.update(state=state, message="Tệp hỏng. Lưu lại bằng Word rồi gửi.")
    page = lan.get(address("screen", revision.pk))
    assert page.status_code == 200
    polled = 'hx-trigger="every 1s"' in page.content.decode()
    assert polled == (state != RevisionState.FAILED)
    if state == RevisionState.FAILED:
        assert "Lưu lại bằng Word" in page.content.decode()
    assert lan.post(address("decide", revision.pk, first().pk), {"state": "accepted"}).status_code == 404


def test_progress_sends_the_browser_on(lan: Client, revision: Revision) -> None:
    answer = lan.get(address("progress", revision.pk), headers=HTMX)
    assert answer.headers["HX-Redirect"] == address("screen", revision.pk)


def test_the_screen_costs_few_queries_however_much_was_read(
    lan: Client, revision: Revision, django_assert_max_num_queries: Any
) -> None:
    copies = []
    for item in Item.objects.all():
        for _n in range(5):
            item.pk, item.key = None, f"{item.key}x"
            copies.append(Item(**{field.attname: getattr(item, field.attname) for field in Item._meta.concrete_fields}))
    Item.objects.bulk_create(copies)
    with statements(), django_assert_max_num_queries(22):
        lan.get(address("screen", revision.pk))
    item = first()
    with statements(), django_assert_max_num_queries(45):
        lan.post(
            address("decide", revision.pk, item.pk) + f"?v={item.version}", {"state": "accepted", "since": 1},
            headers=HTMX,
        )  # fmt: skip


def test_the_page_of_a_plan_stays_light(lan: Client, revision: Revision) -> None:
    assert len(lan.get(address("screen", revision.pk)).content) < 300_000
