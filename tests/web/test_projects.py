"""Pages of campaigns, programmes and money: what they show, who writes, what is answered to a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import Milestone, MoneyEntry, MoneyLine, MoneySource, MoneyYear, Review
from pcmt.apps.projects.operations import keeping
from pcmt.apps.projects.queries.proposals import proposals
from tests.factories import plans
from tests.factories.activities import event
from tests.factories.money import enter, line, programme, project, source
from tests.factories.targets import Words, put_in_force
from tests.factories.world import NOW, TODAY, World
from tests.factories.world import world as make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land() -> World:
    return make_world()


def client_of(land: World, key: str = "police", role: str = "standing_office", name: str = "lan") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role, name).user_id))
    return client


def html(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return str(answer.content.decode())


def test_a_programme_tells_its_tree_with_money_and_what_is_late(land: World) -> None:
    whole = programme(land)
    first = project(land, whole, "Dự án 1. Nâng cao năng lực")
    inner = project(land, first, "Tiểu dự án 1.1. Trang bị phương tiện", lead="")
    project(land, whole, "Dự án 2. Cai nghiện", lead="health")
    mine = source(land.office, whole, 9_000_000_000)
    row = line(land.office, inner, mine, 2_000_000_000)
    line(land.office, first, None, 700, words="Khảo sát")
    enter(land.office, row, "allocation", 1_500_000_000)
    enter(land.office, row, "disbursement", 600_000_000)
    client = client_of(land)
    told = {"version": 0, "title": "Nghiệm thu phần mềm", "due_on": "20/2/2026"}
    assert client.post(f"/chuong-trinh/{inner.pk}/moc/", told).status_code == 302
    late = html(client.get(f"/chuong-trinh/{whole.pk}/"))
    assert "hạn 20/02/2026, quá 10 ngày" in late
    assert late.index("Dự án 1. Nâng cao") < late.index("Tiểu dự án 1.1.") < late.index("Dự án 2.")
    assert "Dự toán 2.000.000.000 · cấp 1.500.000.000 · giải ngân 600.000.000 · quyết toán 0" in late
    assert "40 %" in late
    assert "Khảo sát" in late
    stone = Milestone.objects.get()
    told |= {"version": stone.version, "done_on": "2/3/2026"}
    assert "Ghi căn cứ cho thấy mốc đã đạt." in html(
        client.post(f"/chuong-trinh/{inner.pk}/moc/?moc={stone.pk}", told), 422
    )  # fmt: skip
    told["words"] = "Biên bản 12/BB"
    client.post(f"/chuong-trinh/{inner.pk}/moc/?moc={stone.pk}", told)
    assert "đạt 02/03/2026, muộn 10 ngày" in html(client.get(f"/chuong-trinh/{whole.pk}/"))
    held = {
        "version": 0,
        "kind": "mid",
        "due_on": "1/3/2026",
        "held_on": "2/3/2026",
        "conclusions": "Đạt",
        "outcome": "",
    }
    assert "Chọn quyết định" in html(client.post(f"/chuong-trinh/{whole.pk}/so-ket/", held), 422)
    client.post(f"/chuong-trinh/{whole.pk}/so-ket/", held | {"outcome": "adjust"})
    assert Review.objects.get().outcome == "adjust"


def test_money_is_written_on_its_pages(land: World) -> None:
    whole = programme(land)
    client = client_of(land)
    base = f"/kinh-phi/{whole.pk}/"
    assert "Chưa có nguồn nào" in html(client.get(base))
    said: dict[str, Any] = {"version": 0, "name": "Ngân sách tỉnh", "kind": "local", "year_from": 2026, "year_to": 2026}
    assert "Ghi số đồng nguyên." in html(client.post(f"{base}nguon/", said | {"amount": "1,5"}), 422)
    assert client.post(f"{base}nguon/", said | {"amount": "1.000.000"}).status_code == 302
    mine = MoneySource.objects.get()
    new = {
        "version": 0,
        "key": str(uuid4()),
        "year": 2026,
        "words": "Tập huấn",
        "estimate": "900000",
        "source": mine.pk,
    }
    client.post(f"{base}khoan/", new)
    row = MoneyLine.objects.get()
    act = {"key": str(uuid4()), "what": "allocation", "on": "2/2/2026", "amount": "1.000.001", "paper": "QĐ 1"}
    wrong = html(client.post(f"{base}but-toan/?khoan={row.pk}", act), 422)
    assert "Vượt nguồn “Ngân sách tỉnh” 1 đồng" in wrong
    assert 'value="1.000.001"' in wrong
    assert client.post(f"{base}but-toan/?khoan={row.pk}", act | {"amount": "800.000"}).status_code == 302
    assert "200.000" in html(client.get(f"{base}nguon/?nguon={mine.pk}"))
    entry = MoneyEntry.objects.get()
    client.post(f"{base}huy/", {"what": "entry", "id": entry.pk, "why": "Nhầm khoản"})
    shown = html(client.get(f"{base}khoan/?khoan={row.pk}"))
    assert "<del>800.000</del>" in shown
    assert "Nhầm khoản" in shown
    client.post(f"{base}nam/", {"act": "close", "year": 2026})
    assert "đã khóa" in html(client.get(f"{base}?nam=2026"))
    client.post(f"{base}nam/", {"act": "open", "year": 2026, "why": "Điều chỉnh"})
    assert MoneyYear.objects.get().why == "Điều chỉnh"
    assert client.get(f"{base}kinh-phi.xlsx").content[:2] == b"PK"
    assert client.post(f"{base}nhap/", {}).status_code == 422
    client.post(f"{base}huy/", {"what": "line", "id": row.pk, "version": row.version, "why": "Trùng"})
    assert not MoneyLine.objects.standing().exists()


def test_who_sees_and_who_writes(land: World) -> None:
    whole = programme(land)
    named = client_of(land, "health", "officer", "nga")
    assert html(named.get(f"/kinh-phi/{whole.pk}/")).count("Thêm nguồn") == 0
    for address in ("nguon/", "khoan/", "nhap/"):
        assert named.get(f"/kinh-phi/{whole.pk}/{address}").status_code == 403, address
    for address in ("thong-tin/", "moc/", "so-ket/"):
        assert named.get(f"/chuong-trinh/{whole.pk}/{address}").status_code == 403, address
    assert named.get("/cao-diem/moi/").status_code == 403
    outside = client_of(land, "binh_giang_police", "standing_office", "hoa")
    for address in (f"/kinh-phi/{whole.pk}/", f"/chuong-trinh/{whole.pk}/", f"/cao-diem/{whole.pk}/"):
        assert outside.get(address).status_code == 404, address


TOTAL = Words(
    "Phát hiện, bắt giữ ít nhất 10 vụ trong đợt.",
    {"kind": "count", "comparator": "gte", "value": 10, "unit": "vụ", "measure": "vụ phát hiện, bắt giữ"},
    {"Công an xã Đông Hòa": 7, "Công an phường Tây Hòa": 2, "Sở Y tế": 1},
)


def test_a_campaign_is_opened_by_hand_and_shows_its_board(land: World) -> None:
    client = client_of(land)
    said = {
        "kind": "campaign", "title": "Tháng cao điểm", "first": "15/2/2026", "last": "15/3/2026",
        "bodies": [land["dong_hoa"].pk, land["tay_hoa"].pk],
    }  # fmt: skip
    assert "Ngày cuối trước ngày đầu." in html(client.post("/cao-diem/moi/", said | {"last": "1/2/2026"}), 422)
    answers = [client.post("/cao-diem/moi/", said) for _time in range(2)]
    plan = Plan.objects.get(kind="campaign")
    assert [answer["Location"] for answer in answers] == [f"/cao-diem/{plan.pk}/"] * 2
    stages = {"version": 0, "stages": "Ra quân; 15/2/2026; 20/2/2026\nCao điểm; 21/2/2026; 10/3/2026"}
    client.post(f"/chuong-trinh/{plan.pk}/thong-tin/", stages)
    bodies = {"Công an xã Đông Hòa": "dong_hoa_police", "Công an phường Tây Hòa": "tay_hoa_police", "Sở Y tế": "health"}
    put_in_force(land.office, plan, [TOTAL], bodies={name: land[key] for name, key in bodies.items()})
    event(land["dong_hoa_police"], area=land["dong_hoa"], on=date(2026, 2, 28))
    event(land["dong_hoa_police"], area=land["dong_hoa"], on=date(2026, 1, 28))
    page = html(client.get(f"/cao-diem/{plan.pk}/"))
    assert "ngày 16/29" in page
    assert page.index("Ra quân") < page.index("Cao điểm</strong>")
    for words in ("7 vụ", "2 vụ", "1 vụ", "10 vụ", "Công an phường Tây Hòa", "Phát thanh trên loa"):
        assert words in page, words
    assert page.count("<strong>1</strong>") == 1
    assert client.post(f"/cao-diem/{plan.pk}/bao-cao/").status_code == 302
    assert plan.duties.get().occurrences.exists()
    assert "Báo cáo kết quả Tháng cao điểm" in html(client.get(f"/cao-diem/{plan.pk}/"))


def test_a_stage_outside_the_window_is_refused(land: World) -> None:
    whole = programme(land)
    text = keeping.StageText("Sau cùng", date(2028, 12, 1), date(2029, 1, 1))
    said: dict[str, Any] = {"actor": land.office, "at": NOW, "plan_id": whole.pk, "version": 0, "owner_id": None}
    answer: Any = keeping.keep_sheet(stages=[text], **said)
    assert answer.code == "stage"
    assert keeping.keep_sheet(**said).version == 1  # type: ignore[union-attr]
    assert keeping.keep_sheet(**said).code == "stale"  # type: ignore[union-attr]
    assert TODAY.year == 2026


FAR = "Dự án 1: “Ngăn chặn từ xa” theo hướng dẫn của Bộ Công an, tổng kinh phí 12,5 tỷ đồng"


def test_projects_of_a_text_are_confirmed_on_one_page(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str, *, name: str = "") -> dict[str, Any]:
        found = plans.draft(text)
        found.add(
            "projects", "“Ngăn chặn từ xa”", number=1, title="Ngăn chặn từ xa", owner="Công an tỉnh",
            guided_by="Bộ Công an", sub_projects=[{"number": 1, "title": "Mua thiết bị", "owner": None}],
        )  # fmt: skip
        return found.reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    plan = plans.adopted(land.office, f"{plans.TEXT}IV. DỰ ÁN\n1. {FAR}\n").plan
    client = client_of(land)
    assert "Văn bản nêu 2 dự án chưa xác nhận" in html(client.get(f"/chuong-trinh/{plan.pk}/"))
    url = f"/chuong-trinh/{plan.pk}/tu-van-ban/"
    page = html(client.get(url))
    for words in ("<mark>Bộ Công an</mark>", "<mark>tổng kinh phí 12,5 tỷ đồng</mark>", 'value="12.500.000.000"'):
        assert words in page, words
    far, inner = Plan.objects.get(title="Ngăn chặn từ xa"), Plan.objects.get(title="Mua thiết bị")
    mark = f"du-an-{far.pk}"
    typed = {f"{mark}-take": "on", f"{mark}-ministry": "Bộ Công an", f"{mark}-first": "1/2/2026"}
    wrong = html(client.post(url, typed | {f"{mark}-last": "31/2/2026", f"{mark}-estimate": "9,5"}), 422)
    assert 'value="31/2/2026"' in wrong
    assert "Ghi số đồng nguyên." in wrong
    outside = html(client.post(url, typed | {f"{mark}-last": "31/12/2030"}), 422)
    assert "Thời gian phải nằm trong thời gian của kế hoạch" in outside
    assert client.post(url, typed | {f"{mark}-last": "30/6/2026", f"{mark}-estimate": "9.500"}).status_code == 302
    far.refresh_from_db()
    assert (far.window_from, far.window_to) == (date(2026, 2, 1), date(2026, 6, 30))
    assert MoneyLine.objects.get().estimate == 9_500
    assert [each.plan for each in proposals(plan.pk)] == [inner]
    assert client_of(land, "health", "officer", "hoa").get(url).status_code == 403


def test_of_many_targets_without_money_the_rest_is_counted(land: World) -> None:
    whole = programme(land)
    wanted = {"kind": "count", "comparator": "gte", "value": 10, "unit": "vụ", "measure": "việc"}
    put_in_force(land.office, whole, [Words(f"ít nhất 10 vụ {n}", wanted) for n in range(43)], bodies={})
    page = html(client_of(land).get(f"/chuong-trinh/{whole.pk}/"))
    assert "Chỉ tiêu chưa có kinh phí: 43" in page
    assert "và 3 chỉ tiêu khác" in page
