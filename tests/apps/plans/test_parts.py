"""Projects and campaigns inside a plan become child plans."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.operations import edit_header, start_reading
from pcmt.core.diagnostics import Refusal
from tests.factories import plans
from tests.factories.plans import adopted
from tests.factories.world import NOW, World

TEXT = (
    plans.TEXT
    + "IV. DỰ ÁN\n1. “Ngăn chặn từ xa” do Công an tỉnh chủ trì\n2. “Cai nghiện” do Sở Y tế\nV. Đợt cao điểm tháng sáu\n"
)


def read(text: str, *, name: str = "") -> dict[str, Any]:
    found = plans.draft(text)
    far = found.add(
        "projects",
        "“Ngăn chặn từ xa”",
        number=1,
        title="Ngăn chặn từ xa",
        owner="Công an tỉnh",
        sub_projects=[
            {
                "number": 1,
                "title": "Mua thiết bị",
                "owner": None,
                "sub_projects": [{"title": "Xe", "sub_projects": []}],
            },
            {"number": 2, "title": "Tập huấn", "owner": "Sở Y tế", "sub_projects": []},
        ],
    )
    if "Cai nghiện" in text:
        found.add("projects", "“Cai nghiện”", number=2, title="Cai nghiện", owner="Sở Y tế", sub_projects=[])
    found.add("deadlines", "tháng sáu", relation="by", date="2026-09-30", binds={"type": "project", "ref": far})
    found.add(
        "campaign_windows", "Đợt cao điểm tháng sáu", name="Đợt cao điểm", **{"from": "2026-06-01", "to": "2026-06-30"}
    )
    return found.reading


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcmt.core.reading.read", read)


def test_projects_with_their_sub_projects(land: World) -> None:
    plan = adopted(land.office, TEXT).plan
    far = Plan.objects.get(title="Ngăn chặn từ xa")
    assert (far.kind, far.parent, far.number, far.lead, far.lead_name) == (
        "project",
        plan,
        "1",
        land["police"],
        "Công an tỉnh",
    )
    assert (far.state, far.owner, far.issuer) == ("adopted", plan.owner, land["an_binh"])
    assert (far.window_from, far.window_to) == (date(2026, 1, 5), date(2026, 9, 30))
    subs = {sub.title: sub for sub in Plan.objects.filter(parent=far)}
    assert set(subs) == {"Mua thiết bị", "Tập huấn"}
    assert subs["Tập huấn"].lead == land["health"]
    assert subs["Mua thiết bị"].lead == land["police"]
    assert Plan.objects.get(title="Xe").parent == subs["Mua thiết bị"]
    assert list(Plan.objects.filter(parent=plan).order_by("order").values_list("title", flat=True)) == [
        "Ngăn chặn từ xa",
        "Cai nghiện",
        "Đợt cao điểm",
    ]
    assert Plan.objects.visible_to(land.actor("health")).filter(title="Xe").exists()
    assert not Plan.objects.visible_to(land.actor("binh_giang_police")).filter(title="Xe").exists()


def test_a_campaign_has_its_own_window(land: World) -> None:
    plan = adopted(land.office, TEXT).plan
    campaign = Plan.objects.get(kind="campaign")
    assert (campaign.parent, campaign.window_from, campaign.window_to) == (plan, date(2026, 6, 1), date(2026, 6, 30))


def test_a_plan_that_is_the_campaign_has_no_other_inside(land: World) -> None:
    revision = plans.reviewed(land.office, TEXT)
    edit_header(
        actor=land.office,
        at=NOW,
        revision_id=revision.pk,
        version=1,
        changes={"kind": "campaign", "window_from": "2026-06-01", "window_to": "2026-06-30"},
    )
    revision.refresh_from_db()
    from pcmt.apps.plans.operations import Adopted, adopt

    done = adopt(
        actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=plans.ALL_CODES
    )
    assert isinstance(done, Adopted)
    assert list(Plan.objects.filter(kind="campaign")) == [revision.plan]


def test_projects_go_on_in_an_amendment(land: World) -> None:
    first = adopted(land.office, TEXT)
    rows = dict(Plan.objects.values_list("title", "pk"))
    adopted(land.office, TEXT.replace("2. “Cai nghiện” do Sở Y tế\n", ""), plan_id=first.plan_id)
    assert dict(Plan.objects.values_list("title", "pk")) == rows
    states = dict(Plan.objects.values_list("title", "state"))
    assert states["Cai nghiện"] == "closed"
    assert states["Xe"] == "adopted"


def test_a_child_plan_takes_no_document_of_its_own(land: World) -> None:
    adopted(land.office, TEXT)
    child = Plan.objects.get(title="Cai nghiện")
    refused = start_reading(actor=land.office, at=NOW, pasted="x", plan_id=child.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == "child"
