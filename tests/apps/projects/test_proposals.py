"""What a text says of its projects is proposed with its words, and confirmed by the office: all of it, or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from django.core.exceptions import PermissionDenied

from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import MoneyLine, ProjectSheet
from pcmt.apps.projects.operations.proposing import Confirmed, confirm_proposals
from pcmt.apps.projects.queries.proposals import proposals
from pcmt.core.diagnostics import Refusal
from tests.factories import plans
from tests.factories.plans import adopted
from tests.factories.world import NOW, World

FAR = "Dự án 1: “Ngăn chặn từ xa”, theo hướng dẫn của Bộ Công an, tổng kinh phí 12,5 tỷ đồng do Công an tỉnh chủ trì"
CARE = "Dự án 2: “Cai nghiện” đến hết ngày 30/6/2026 do Sở Y tế"
FIRST, LAST = date(2026, 1, 5), date(2026, 12, 31)
TEXT = plans.TEXT + f"IV. DỰ ÁN\n1. {FAR}\n2. {CARE}\n"


def read(text: str, *, name: str = "") -> dict[str, Any]:
    found = plans.draft(text)
    found.add(
        "projects", "“Ngăn chặn từ xa”", number=1, title="Ngăn chặn từ xa", owner="Công an tỉnh",
        guided_by="Bộ Công an", sub_projects=[{"number": 1, "title": "Mua thiết bị", "owner": None}],
    )  # fmt: skip
    found.add("projects", "“Cai nghiện”", number=2, title="Cai nghiện", owner="Sở Y tế", sub_projects=[])
    return found.reading


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcmt.core.reading.read", read)


def confirmed(land: World, plan: Plan, **more: Any) -> int | Refusal:
    rows = [
        Confirmed(each.plan.pk, each.ministry, each.first or FIRST, each.last or LAST, each.money)
        for each in proposals(plan.pk)
        if each.plan.title in more.get("titles", (each.plan.title,))
    ]  # fmt: skip
    rows = [attrs.evolve(row, last=more.get("last", row.last)) for row in rows]
    return confirm_proposals(actor=more.get("actor", land.office), at=NOW, plan_id=plan.pk, rows=rows)


def test_each_points_to_its_words(land: World) -> None:
    plan = adopted(land.office, TEXT).plan
    found = {each.plan.title: each for each in proposals(plan.pk)}
    assert list(found) == ["Ngăn chặn từ xa", "Mua thiết bị", "Cai nghiện"]
    far, care = found["Ngăn chặn từ xa"], found["Cai nghiện"]
    assert (far.ministry, far.money, far.money_words) == ("Bộ Công an", 12_500_000_000, "tổng kinh phí 12,5 tỷ đồng")
    assert [words for words, marked in far.pieces if marked] == ["Bộ Công an", "tổng kinh phí 12,5 tỷ đồng"]
    assert "".join(words for words, _marked in far.pieces) in FAR
    assert (care.last, care.money, care.ministry) == (date(2026, 6, 30), None, "")
    assert [words for words, marked in care.pieces if marked] == ["đến hết ngày 30/6/2026"]


def test_what_was_confirmed_stands_and_is_not_proposed_again(land: World) -> None:
    plan = adopted(land.office, TEXT).plan
    assert confirmed(land, plan, titles=("Ngăn chặn từ xa", "Cai nghiện")) == 2
    assert [each.plan.title for each in proposals(plan.pk)] == ["Mua thiết bị"]
    assert ProjectSheet.objects.get(plan__title="Ngăn chặn từ xa").ministry == "Bộ Công an"
    line = MoneyLine.objects.get()
    assert (line.estimate, line.source, line.words) == (
        12_500_000_000, None, "Theo văn bản: tổng kinh phí 12,5 tỷ đồng",
    )  # fmt: skip
    # The window that people gave goes on in an amendment; that of who got none follows the plan.
    adopted(land.office, TEXT.replace("do Sở Y tế", "do ngành y tế"), plan_id=plan.pk)
    assert Plan.objects.get(title="Cai nghiện").window_to == date(2026, 6, 30)
    assert [each.plan.title for each in proposals(plan.pk)] == ["Mua thiết bị"]


def test_one_wrong_row_writes_nothing(land: World) -> None:
    plan = adopted(land.office, TEXT).plan
    refused = confirmed(land, plan, last=date(2031, 1, 1))
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.ref) == ("outside", Plan.objects.get(title="Ngăn chặn từ xa").pk)
    assert not ProjectSheet.objects.exists()
    assert not MoneyLine.objects.exists()
    nothing = confirm_proposals(actor=land.office, at=NOW, plan_id=plan.pk, rows=[])
    assert isinstance(nothing, Refusal)
    assert nothing.code == "none"


def test_only_the_office_confirms(land: World) -> None:
    plan = adopted(land.office, TEXT).plan
    with pytest.raises(PermissionDenied):
        confirmed(land, plan, actor=land.actor("health"))
    assert not ProjectSheet.objects.exists()
