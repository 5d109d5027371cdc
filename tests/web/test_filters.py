"""Saved filters: keeping, opening with one, sharing with one's unit; nobody else changes them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pcmt.apps.accounts.models import Grant, Role, SavedFilter, User
from pcmt.apps.accounts.operations import MOST_FILTERS, change_filter, remove_filter, save_filter
from pcmt.apps.audit.models import Entry
from pcmt.core.diagnostics import Refusal
from pcmt.web.filters.saved import kept_words
from tests.factories.world import NOW, World
from tests.factories.world import world as build

pytestmark = pytest.mark.django_db

LATE = "nhom=ngay&trang_thai=qua-han"


@pytest.fixture
def land() -> World:
    return build()


def client_of(land: World, name: str, key: str = "health", role: str = "officer") -> Client:
    actor = land.actor(key, role, name, on=timezone.localdate())
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def saved(client: Client, name: str = "Quá hạn", query: str = LATE, **more: Any) -> SavedFilter:
    answer = client.post("/bo-loc/luu/", {"page": "tasks", "query": query, "name": name, "next": "/nhiem-vu/", **more})
    assert answer.status_code == 302, answer.content.decode()
    return SavedFilter.objects.get(name=name)


def test_saved_under_a_name_it_opens_in_every_view(land: World) -> None:
    hoa = client_of(land, "hoa")
    kept = saved(hoa, query="trang=7&trang_thai=qua-han&la=1&q=&nhom=ngay&cot=han&cot=ky")
    assert kept.query == "cot=han&cot=ky&nhom=ngay&trang_thai=qua-han"
    for view in ("", "bang/", "lich/", "dong-thoi-gian/"):
        html = hoa.get(f"/nhiem-vu/{view}?nhom=").content.decode()
        assert f'href="/nhiem-vu/{view}?cot=han&amp;cot=ky&amp;nhom=ngay&amp;trang_thai=qua-han"' in html
    here = hoa.get(f"/nhiem-vu/?{kept.query}").content.decode()
    assert 'aria-current="true">Quá hạn<' in here
    assert not Entry.objects.filter(event__startswith="accounts.filter").exists()


def test_the_list_opens_with_the_default_and_can_be_seen_without(land: World) -> None:
    hoa = client_of(land, "hoa")
    first, second = saved(hoa), saved(hoa, "Của tôi", "loai=viec")
    for each in (first, second):
        form = {"version": each.version, "name": each.name, "default": "on"}
        assert hoa.post(f"/bo-loc/{each.pk}/", form).status_code == 302
    assert list(SavedFilter.objects.filter(is_default=True)) == [second]
    answer = hoa.get("/nhiem-vu/lich/")
    assert (answer.status_code, answer["Location"]) == (302, "/nhiem-vu/lich/?loai=viec")
    assert hoa.get("/nhiem-vu/?bo_loc=1").status_code == 200
    assert hoa.get("/ke-hoach/").status_code == 200
    assert client_of(land, "mai").get("/nhiem-vu/").status_code == 200


def test_plans_take_part(land: World) -> None:
    hoa = client_of(land, "hoa")
    form = {"page": "plans", "query": "q=ma+tuy&state=adopted&trang_thai=x", "name": "Ma túy", "next": "/ke-hoach/"}
    assert hoa.post("/bo-loc/luu/", form).status_code == 302
    assert SavedFilter.objects.get().query == "q=ma+tuy&state=adopted"
    assert "Ma túy" in hoa.get("/ke-hoach/").content.decode()
    assert "Ma túy" not in hoa.get("/nhiem-vu/").content.decode()


def test_shared_is_used_by_colleagues_and_changed_by_none_of_them(land: World) -> None:
    hoa, mai, far = client_of(land, "hoa"), client_of(land, "mai"), client_of(land, "tam", "finance")
    kept = saved(hoa, shared="on")
    assert Entry.objects.get(event="accounts.filter.shared").object_label == "Quá hạn"
    assert "Quá hạn</a>" in mai.get("/bo-loc/").content.decode()
    assert "của hoa" in mai.get("/nhiem-vu/").content.decode()
    assert "Quá hạn</a>" not in far.get("/bo-loc/").content.decode()
    for other in (mai, far):
        assert other.get(f"/bo-loc/{kept.pk}/").status_code == 404
        assert other.post(f"/bo-loc/{kept.pk}/", {"version": 1, "name": "Khác"}).status_code == 404
        assert other.post(f"/bo-loc/{kept.pk}/xoa/").status_code == 404
    actor = land.actor("health", name="mai")
    refused = [
        change_filter(actor=actor, at=NOW, filter_id=kept.pk, version=1, name="Khác", shared=True, default=False),
        remove_filter(actor=actor, at=NOW, filter_id=kept.pk),
    ]
    assert [answer.code for answer in refused if isinstance(answer, Refusal)] == ["gone", "gone"]
    assert hoa.post(f"/bo-loc/{kept.pk}/", {"version": 1, "name": "Quá hạn"}).status_code == 302
    assert Entry.objects.filter(event="accounts.filter.unshared").count() == 1
    assert "của hoa" not in mai.get("/nhiem-vu/").content.decode()


def test_a_filter_shared_in_another_role_stays_with_that_unit(land: World) -> None:
    hoa = client_of(land, "hoa")
    kept = saved(hoa, shared="on")
    user = User.objects.get(username="hoa")
    Grant.objects.create(user=user, role=Role.OFFICER, unit=land["finance"])
    elsewhere = land.actor("finance", name="hoa")
    change_filter(actor=elsewhere, at=NOW, filter_id=kept.pk, version=1, name="Tên mới", shared=True, default=False)
    kept.refresh_from_db()
    assert (kept.name, kept.shared_with) == ("Tên mới", land["health"])


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "  "}, "Đặt tên cho bộ lọc"),
        ({"name": "x" * 81}, "80"),
        ({"name": "Đã có"}, "Bạn đã có bộ lọc tên “Đã có”"),
        ({"name": "Trống", "query": "trang=2"}, "Danh sách đang không lọc gì"),
        ({"name": "Dài", "query": "q=" + "a" * 1200}, "dài quá"),
    ],
)
def test_mistakes_are_said_and_nothing_typed_is_lost(land: World, form: dict[str, str], words: str) -> None:
    hoa = client_of(land, "hoa")
    saved(hoa, "Đã có")
    answer = hoa.post("/bo-loc/luu/", {"page": "tasks", "query": LATE, "next": "/nhiem-vu/?nhom=ngay", **form})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "<title>Lỗi:" in html
    assert f'value="{form["name"].strip()[:80]}' in html or not form["name"].strip()
    assert 'href="/nhiem-vu/?nhom=ngay"' in html
    assert SavedFilter.objects.count() == 1
    assert hoa.post("/bo-loc/luu/", {"page": "la", "query": LATE, "name": "X"}).status_code == 422


def test_two_windows_do_not_overwrite_each_other(land: World) -> None:
    hoa = client_of(land, "hoa")
    kept = saved(hoa)
    assert hoa.post(f"/bo-loc/{kept.pk}/", {"version": 1, "name": "Trước"}).status_code == 302
    answer = hoa.post(f"/bo-loc/{kept.pk}/", {"version": 1, "name": "Sau"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "nay tên là “Trước”" in html
    assert 'value="Sau"' in html
    assert 'name="version" value="2"' in html
    assert hoa.post(f"/bo-loc/{kept.pk}/xoa/").status_code == 302
    assert hoa.post(f"/bo-loc/{kept.pk}/xoa/").status_code == 404
    assert not SavedFilter.objects.exists()


def test_fifty_are_enough(land: World) -> None:
    actor = land.actor("health", name="hoa")
    rows = [
        SavedFilter(user_id=actor.user_id, page="tasks", name=f"{number}", query=LATE, made_at=NOW)
        for number in range(MOST_FILTERS)
    ]
    SavedFilter.objects.bulk_create(rows)
    answer = save_filter(actor=actor, at=NOW, page="tasks", name="Một nữa", query=LATE)
    assert isinstance(answer, Refusal)
    assert answer.code == "too_many"
    other = save_filter(actor=land.actor("health", name="mai"), at=NOW, page="tasks", name="Một", query=LATE)
    assert isinstance(other, SavedFilter)


def test_words_of_other_pages_and_order_make_no_difference() -> None:
    assert kept_words("tasks", "nhom=ngay&trang=3&trang_thai=qua-han&csrf=1") == LATE
    assert kept_words("tasks", "trang_thai=qua-han&nhom=ngay") == LATE
    assert kept_words("tasks", "q=%20&bo_loc=1") == ""
