"""Four views of the same due items: list, board, calendar, line of time."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from pcmt.apps.tasks.models import DueItem
from tests.web.counting import statements
from tests.web.plenty import plenty
from tests.web.province import Province

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
MOST_BYTES = 300_000
FULL = "?trang_thai=tat-ca&cot=don-vi&cot=nguoi&cot=ky&cot=tien-do&cot=han&cot=van-ban&cot=doi"
VIEWS = {
    "/nhiem-vu/?trang_thai=tat-ca": 0,
    f"/nhiem-vu/{FULL}": 0,
    "/nhiem-vu/?nhom=ngay": 0,
    "/nhiem-vu/?nhom=ke-hoach": 0,
    "/nhiem-vu/?nhom=nguoi": 0,
    "/nhiem-vu/?nhom=muc": 0,
    "/nhiem-vu/?nhom=khong&xep=moi": 0,
    "/nhiem-vu/bang/?kieu=viec": 0,
    "/nhiem-vu/bang/?kieu=don-vi": 0,
    "/nhiem-vu/lich/?thang=": 0,
    f"/nhiem-vu/lich/?tuan={TODAY:%Y-%m-%d}": 0,
    "/nhiem-vu/dong-thoi-gian/?nhom=": 0,
    "/nhiem-vu/dong-thoi-gian/?nhom=muc": 0,
}


def signed_in(province: Province, username: str) -> Client:
    client = Client()
    client.force_login(province.users[username])
    client.get("/")
    return client


def test_cost() -> None:
    for tasks in (200, 2000):
        with transaction.atomic():
            began = time.time()
            province = plenty(TODAY, tasks=tasks)
            print("built", tasks, time.time() - began, DueItem.objects.count())
            client = signed_in(province, "leader")
            for address in VIEWS:
                client.get(address)
                began = time.time()
                with statements() as seen:
                    answer = client.get(address)
                print(address, answer.status_code, len(seen), len(answer.content), round(time.time() - began, 2))
                if tasks == 2000:
                    for each in sorted(seen.captured_queries, key=lambda e: -float(e["time"]))[:2]:
                        print("   ", each["time"], each["sql"][:200])
            transaction.set_rollback(True)
