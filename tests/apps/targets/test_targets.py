"""What a target of the reading becomes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pcmt.apps.plans.operations import edit_item
from pcmt.apps.targets.models import Allocation, Target
from tests.factories import plans
from tests.factories.plans import adopted
from tests.factories.world import NOW, World


def only(
    land: World, monkeypatch: pytest.MonkeyPatch, *, deadline: dict[str, Any] | None = None, **facts: Any
) -> Target:
    """The target that these facts become."""

    def read(text: str, *, name: str = "") -> dict[str, Any]:
        found = plans.draft(text)
        found.reading["targets"], found.reading["allocations"] = [], []
        ref = found.add("targets", "Bắt giữ ít nhất 10 vụ", **facts)
        if deadline:
            found.add("deadlines", "trong năm", **deadline, binds={"type": "target", "ref": ref})
        return found.reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    adopted(land.office)
    return Target.objects.get()


@pytest.mark.parametrize(
    ("facts", "shape", "phrase"),
    [
        ({"kind": "coverage", "comparator": "gte", "value": 80, "unit": "percent"}, "share", "≥ 80%"),
        ({"kind": "count", "comparator": "lte", "value": 3, "unit": "vụ"}, "ceiling", "không quá 03 vụ"),
        ({"kind": "zero_incidence", "comparator": "none"}, "zero", "không để phát sinh"),
        ({"kind": "milestone", "comparator": "none"}, "milestone", "đạt được"),
        ({"kind": "condition", "comparator": "none"}, "qualitative", "đánh giá bằng nhận xét"),
        (
            {"kind": "count", "comparator": "range", "value": 5, "value_max": 7, "unit": "lớp"},
            "level",
            "từ 05 - 07 lớp",
        ),
        ({"kind": "unheard of", "comparator": "none"}, "qualitative", "đánh giá bằng nhận xét"),
    ],
)
def test_shapes(land: World, monkeypatch: pytest.MonkeyPatch, facts: dict[str, Any], shape: str, phrase: str) -> None:
    target = only(land, monkeypatch, **facts)
    assert target.shape == shape
    assert target.phrase.replace(" – ", " - ").replace(" đến ", " - ") == phrase
    assert (target.window_from, target.window_to) == (date(2026, 1, 5), date(2026, 12, 31))


def test_everything_that_is_written_is_kept(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    target = only(
        land,
        monkeypatch,
        kind="change",
        comparator="gte",
        value=7.5,
        unit="percent",
        direction="increase",
        measure="số vụ",
        scope="xã biên giới",
        per="xã",
        baseline={"kind": "year", "year": 2020, "text": "so với năm 2020"},
        frequency={"n": 2, "per": "week", "every": 1, "implied": False},
        assessed="yearly",
        period={"from": "2026-02-01", "to": "2026-03-31"},
    )
    assert (target.shape, target.value, target.direction) == ("change", Decimal("7.5"), "increase")
    assert (target.baseline_kind, target.baseline_year, target.baseline_text) == ("year", 2020, "so với năm 2020")
    assert (target.frequency_n, target.frequency_per, target.frequency_every) == (2, "week", 1)
    assert (target.assessed, target.scope, target.per) == ("yearly", "xã biên giới", "xã")
    assert (target.window_from, target.window_to) == (date(2026, 2, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("deadline", "window"),
    [
        ({"relation": "before", "date": "2026-06-15"}, (date(2026, 1, 5), date(2026, 6, 14))),
        ({"relation": "within", "from": "2026-02-01", "to": "2026-02-28"}, (date(2026, 2, 1), date(2026, 2, 28))),
        ({"relation": "by", "date": "2025-01-01"}, (date(2026, 1, 5), date(2026, 12, 31))),
    ],
)
def test_a_deadline_gives_the_window(
    land: World, monkeypatch: pytest.MonkeyPatch, deadline: dict[str, Any], window: tuple[date, date]
) -> None:
    target = only(land, monkeypatch, deadline=deadline, kind="count", comparator="gte", value=1)
    assert (target.window_from, target.window_to) == window


@pytest.mark.usefixtures("reader")
def test_an_edit_decides(land: World) -> None:
    revision = plans.sent(land.office)
    row = plans.item(revision, "targets", "80%")
    edit_item(actor=land.office, at=NOW, item_id=row.pk, version=1, edits={"value": 90, "measure": "hộ gia đình"})
    from pcmt.apps.plans.operations import accept_confident, adopt, create_bodies

    accept_confident(actor=land.office, at=NOW, revision_id=revision.pk, threshold=0)
    create_bodies(actor=land.office, at=NOW, revision_id=revision.pk)
    revision.refresh_from_db()
    adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=plans.ALL_CODES)
    target = Target.objects.get(shape="share")
    assert (target.value, target.measure) == (90, "hộ gia đình")


@pytest.mark.usefixtures("reader")
def test_a_target_without_its_parts_has_no_allocation(land: World) -> None:
    revision = plans.reviewed(land.office)
    from pcmt.apps.plans.operations import adopt, decide_item

    row = plans.item(revision, "targets", "10 vụ")
    decide_item(actor=land.office, at=NOW, item_id=row.pk, version=row.version, state="rejected")
    revision.refresh_from_db()
    adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=plans.ALL_CODES)
    assert not Allocation.objects.exists()
    assert Target.objects.count() == 1
