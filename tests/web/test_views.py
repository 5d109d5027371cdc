"""Four views of the same due items: list, board, calendar, line of time; a hundred bodies and 2,000 tasks stay fast."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from pcmt.apps.tasks.models import DueItem, DueState, Mode
from pcmt.apps.tasks.series import Mark, Occurrence, Series
from pcmt.apps.units.models import Unit
from pcmt.web.tasks.forms import COLUMNS
from pcmt.web.tasks.stages import STAGES
from pcmt.web.tasks.strip import MOST_MARKS, strip_of
from tests.web.counting import statements
from tests.web.plenty import plenty
from tests.web.province import Province

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
MOST_BYTES = 300_000
EVERY_COLUMN = "&".join(f"cot={name}" for name, _label in COLUMNS)

COST = {
    "/nhiem-vu/?trang_thai=tat-ca": 15,
    f"/nhiem-vu/?trang_thai=tat-ca&nhom=muc&{EVERY_COLUMN}": 15,
    "/nhiem-vu/?nhom=ngay": 15,
    "/nhiem-vu/?nhom=nguoi&xep=-tien-do": 15,
    "/nhiem-vu/bang/?kieu=viec": 11,
    "/nhiem-vu/bang/?kieu=don-vi": 12,
    "/nhiem-vu/lich/?nhom=": 12,
    f"/nhiem-vu/lich/?tuan={TODAY:%Y-%m-%d}": 12,
    "/nhiem-vu/dong-thoi-gian/?nhom=": 15,
    "/nhiem-vu/dong-thoi-gian/?nhom=muc": 15,
}
"""How many SQL statements a view takes, the five or so of every page included."""


def signed_in(province: Province, username: str = "leader") -> Client:
    client = Client()
    client.force_login(province.users[username])
    client.get("/tim/")
    return client


def cost(tasks: int) -> dict[str, int]:
    """Statements of each view in a province of so many tasks, which is gone afterwards."""
    found = {}
    with transaction.atomic():
        province = plenty(TODAY, tasks=tasks)
        client = signed_in(province)
        for address in COST:
            with statements() as seen:
                answer = client.get(address)
            assert answer.status_code == 200, address
            assert len(answer.content) < MOST_BYTES, address
            found[address] = len(seen)
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("tasks", [200, 2000])
def test_a_view_costs_the_same_however_many_tasks_there_are(tasks: int) -> None:
    assert cost(tasks) == COST


@pytest.fixture
def province() -> Province:
    return plenty(TODAY, tasks=80, bodies=36)


def follow(client: Client, address: str) -> Any:
    return client.get(unescape(address)).context


def test_every_item_is_in_one_column_and_counts_lead_to_lists_of_that_length(province: Province) -> None:
    client = signed_in(province, "office")
    board = client.get("/nhiem-vu/bang/?kieu=viec").context["board"]
    binding = DueItem.objects.owed().exclude(mode=Mode.REQUESTED)
    within = [pk for stage in STAGES.values() for pk in binding.filter(stage.rule(TODAY)).values_list("pk", flat=True)]
    assert sorted(within) == sorted(binding.values_list("pk", flat=True))
    assert board.total + board.to_come == binding.count()
    assert all(column.total for column in board.columns)
    for column in board.columns:
        listed = follow(client, column.url)
        assert listed["totals"].total == column.total, column.label
        assert listed["totals"].overdue == column.overdue, column.label
        assert column.more == max(0, column.total - 10)
    assert follow(client, board.to_come_url)["totals"].total == board.to_come
    assert follow(client, board.requested_url)["totals"].total == board.requested


def test_columns_tell_what_each_item_says_of_itself(province: Province) -> None:
    columns = signed_in(province, "office").get("/nhiem-vu/bang/?kieu=viec").context["board"].columns
    untouched, begun, waiting, back, in_time, late = ([*column.items] for column in columns)
    assert all(item.acknowledged_at is None and item.percent == 0 for item in untouched)
    assert all(item.acknowledged_at or item.percent for item in begun)
    assert {item.state for item in waiting} == {DueState.SUBMITTED}
    assert all(item.returned_at or item.state == DueState.SUSPENDED for item in back)
    assert all(item.due_on is None or item.done_on <= item.due_on for item in in_time)
    assert all(item.done_on > item.due_on for item in late)


def test_bodies_as_rows_add_up_to_the_board_and_leaders_see_them_first(province: Province) -> None:
    client = signed_in(province, "leader")
    bodies = client.get("/nhiem-vu/bang/").context["bodies"]
    board = client.get("/nhiem-vu/bang/?kieu=viec").context["board"]
    assert "board" in signed_in(province, "office").get("/nhiem-vu/bang/").context
    columns = [sum(row.cells[place].value for row in bodies.rows) for place in range(len(STAGES) + 2)]
    assert columns == [cell.value for cell in bodies.sums]
    assert columns[: len(board.columns)] == [column.total for column in board.columns]
    health = next(row for row in bodies.rows if row.name == "Sở Y tế")
    for cell in health.cells:
        assert not cell.value or follow(client, cell.url)["totals"].total == cell.value


def test_tabs_keep_the_filter(province: Province) -> None:
    client = signed_in(province, "office")
    health = Unit.objects.get(name="Sở Y tế")
    html = client.get(f"/nhiem-vu/?don_vi={health.pk}&q=danh+sach&cot=nguoi&cot=han").content.decode()
    tabs = re.findall(r'<li><a href="([^"]*)"', html[html.index('class="tabs"') : html.index('class="tallies"')])
    assert len(tabs) == 4
    for address in map(unescape, tabs):
        for word in (f"don_vi={health.pk}", "q=danh+sach", "cot=nguoi&cot=han"):
            assert word in address, address
        assert f'value="{health.pk}" selected' in client.get(address).content.decode()


@pytest.mark.parametrize("order", ["ke-hoach", "nguoi", "muc"])
def test_sums_of_a_group_count_the_whole_list(province: Province, order: str) -> None:
    context = signed_in(province, "office").get(f"/nhiem-vu/?trang_thai=tat-ca&tach=on&nhom={order}").context
    whole = context["page"].paginator.object_list
    fields = {"ke-hoach": ("plan_id",), "nguoi": ("holder_id",), "muc": ("plan_id", "clause_id")}[order]
    for group in context["listing"].groups:
        item = group.items[0]
        assert group.sums.total == whole.filter(**{name: getattr(item, name) for name in fields}).count(), group.name


def test_by_person_and_by_clause(province: Province) -> None:
    client = signed_in(province, "office")
    officer = province.users["officer"]
    held = DueItem.objects.filter(holder=officer, state=DueState.OPEN).exclude(mode=Mode.REQUESTED)
    assert held.exists()
    found = client.get(f"/nhiem-vu/?nguoi={officer.pk}").context
    assert found["totals"].total == held.count()
    assert officer.full_name in [value for _label, value in found["form"].words]
    below = client.get("/nhiem-vu/?trang_thai=tat-ca&muc=ii.1&tach=on").context["page"].paginator.object_list
    addresses = set(below.values_list("clause__address", flat=True))
    assert addresses
    assert all(address == "II.1" or address.startswith("II.1.") for address in addresses)


def test_order_and_columns_are_chosen(province: Province) -> None:
    client = signed_in(province, "office")
    answer = client.get("/nhiem-vu/?nhom=khong&xep=-tien-do&cot=nguoi&cot=tien-do&tach=on")
    shown = [item.percent for item in answer.context["page"].object_list]
    assert shown == sorted(shown, reverse=True)
    assert [head.name for head in answer.context["listing"].columns] == ["nguoi", "tien-do"]
    assert 'aria-sort="descending"' in answer.content.decode()
    labels = client.get("/nhiem-vu/?nhom=khong&xep=viec&tach=on").context["page"].object_list
    assert [item.search_key for item in labels] == sorted(item.search_key for item in labels)
    assert client.get("/nhiem-vu/?nhom=gì&xep=kia&cot=lạ").status_code == 200


def test_recurring_work_of_a_body_is_one_line_with_its_sum(province: Province) -> None:
    client = signed_in(province, "office")
    folded = client.get("/nhiem-vu/?trang_thai=tat-ca&loai=viec").context
    apart = client.get("/nhiem-vu/?trang_thai=tat-ca&loai=viec&tach=on").context
    assert folded["page"].paginator.count < apart["page"].paginator.count == folded["totals"].total
    weekly = DueItem.objects.filter(limit_text="hằng tuần").order_by("task", "due_on")
    task_id = weekly[0].task_id
    windows = list(weekly.filter(task=task_id))
    come = [item for item in windows if item.due_on < TODAY or item.state == DueState.DONE]
    done = [item for item in come if item.state == DueState.DONE]
    html = client.get(f"/nhiem-vu/viec/{task_id}/").content.decode()
    words = f"{len(done)}/{len(come)} tuần"
    assert words in html
    lines = client.get(f"/nhiem-vu/?trang_thai=tat-ca&don_vi={windows[0].unit_id}&rieng=on")
    mine = [item for item in lines.context["page"].object_list if item.task_id == task_id]
    assert len(mine) == 1
    assert mine[0] == next(item for item in windows if item.state != DueState.DONE)
    assert words in lines.content.decode()


def test_parts_name_what_they_are_a_part_of(province: Province) -> None:
    part = DueItem.objects.filter(parent__isnull=False).order_by("pk")[0]
    html = signed_in(province, "office").get(f"/nhiem-vu/?don_vi={part.unit_id}&rieng=on&q=phan+cua").content.decode()
    assert f"phần của: {part.parent.label[:40]}" in unescape(html)


def test_before_the_fifteenth_stands_on_the_fourteenth(province: Province) -> None:
    client = signed_in(province, "office")
    sheet = client.get(f"/nhiem-vu/lich/?loai=bao-cao&thang={TODAY.year}-03").context["sheet"]
    days = {day.on: day for week in sheet.weeks for day in week}
    dues = DueItem.objects.filter(kind="report", due_on=date(TODAY.year, 3, 14))
    assert days[date(TODAY.year, 3, 14)].sums.total == dues.count() > 0
    assert days[date(TODAY.year, 3, 15)].sums is None
    assert follow(client, days[date(TODAY.year, 3, 14)].url)["totals"].total == dues.count()
    assert len(sheet.weeks) in (5, 6)
    assert all(len(week) == 7 and week[0].on.weekday() == 0 for week in sheet.weeks)


def test_weekends_and_holidays_are_marked(province: Province) -> None:
    client = signed_in(province, "office")
    sheet = client.get("/nhiem-vu/lich/?thang=2026-04").context["sheet"]
    days = {day.on: day for week in sheet.weeks for day in week}
    assert days[date(2026, 4, 30)].off
    assert days[date(2026, 4, 30)].words
    assert days[date(2026, 4, 25)].off
    assert not days[date(2026, 4, 29)].off
    assert "30" in client.get("/nhiem-vu/lich/?thang=2026-04").content.decode()


def test_months_and_weeks_lead_on_and_nonsense_shows_today(province: Province) -> None:
    client = signed_in(province, "office")
    now = client.get("/nhiem-vu/lich/").context["sheet"]
    assert follow(client, follow(client, now.after_url)["sheet"].before_url)["sheet"].title == now.title
    week = follow(client, now.week_url)["sheet"]
    assert week.of_week
    assert TODAY in [day.on for day in week.weeks[0]]
    assert follow(client, week.month_url)["sheet"].title == now.title
    assert follow(client, follow(client, week.after_url)["sheet"].before_url)["sheet"].title == week.title
    for query in ("thang=2026-13", "thang=hôm+qua", "tuan=9999-12-31", "thang=0001-01", "tuan="):
        assert client.get(f"/nhiem-vu/lich/?{query}").context["sheet"].title == now.title, query
    undated = DueItem.objects.filter(due_on__isnull=True, state=DueState.OPEN).exclude(mode=Mode.REQUESTED).count()
    assert now.undated == undated == follow(client, now.undated_url)["totals"].total


def test_an_extension_shows_where_the_limit_was(province: Province) -> None:
    client = signed_in(province, "office")
    later = DueItem.objects.filter(due_on__gt=TODAY, original_due_on__lt=TODAY).order_by("pk")[0]
    query = f"don_vi={later.unit_id}&rieng=on&q={later.label[-8:].strip(' ()')}"
    answer = client.get(f"/nhiem-vu/dong-thoi-gian/?{query}")
    lines = [line for _group, lines in answer.context["timeline"].groups for line in lines if line.item == later]
    assert [bar.state for bar in lines[0].bars] == ["open", "more"]
    assert lines[0].bars[1].x > lines[0].bars[0].x
    assert lines[0].original is not None
    assert "hạn ban đầu" in answer.content.decode()


def test_a_date_far_off_does_not_press_the_line_of_time_together(province: Province) -> None:
    client = signed_in(province, "office")
    item = DueItem.objects.filter(due_on__gt=TODAY, parent__isnull=True, mode=Mode.ASSIGNED).order_by("pk")[0]
    DueItem.objects.filter(pk=item.pk).update(due_on=date(TODAY.year + 80, 1, 1))
    drawn = client.get("/nhiem-vu/dong-thoi-gian/").context["timeline"]
    assert drawn.far
    assert drawn.today_x is not None


def test_an_empty_view_says_what_will_be_there(province: Province) -> None:
    client = signed_in(province, "office")
    for view in ("", "bang/", "dong-thoi-gian/"):
        assert "Không có việc nào khớp" in client.get(f"/nhiem-vu/{view}?q=khong+co+viec+nay").content.decode(), view


def test_a_strip_shows_the_windows_around_today() -> None:
    first = date(2026, 1, 4)
    marks = [Mark.DONE] * 28 + [Mark.LATE, Mark.MISSED] + [Mark.OPEN] + [Mark.COMING] * 29
    series = Series(
        tuple(Occurrence(n, first + timedelta(weeks=n), mark) for n, mark in enumerate(marks)), freq="WEEKLY"
    )
    on = first + timedelta(weeks=30)
    strip = strip_of(series, on)
    assert strip.words == "29/30 tuần"
    assert strip.cut
    assert sum(path.count("M") for kind, path in strip.paths if kind == "done") < MOST_MARKS
    assert {"missed", "open", "coming", "late"} <= {kind for kind, _path in strip.paths}
    assert "1 quá hạn chưa xong" in strip.story
    early = strip_of(Series(series.occurrences[31:], freq=""), on)
    assert early.words == "chưa tới kỳ nào"
