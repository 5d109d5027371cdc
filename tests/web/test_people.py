"""The pages of administration: who gets them, what they list, what they do, and what they keep to themselves."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcmt.apps.accounts.models import Grant, Invitation, Role, User
from pcmt.apps.accounts.operations import create_user, delegate_grant, grant_role, invite, stop_user
from pcmt.apps.audit.models import Entry
from tests.factories.sheets import workbook
from tests.factories.world import World, world

DAY = timedelta(days=1)


@pytest.fixture
def land(db: None) -> World:
    return world()


def made(username: str, name: str, role: str, land: World, unit: str, **more: Any) -> User:
    at = timezone.now()
    user = create_user(actor=None, at=at, username=username, full_name=name, email=f"{username}@example.vn")
    assert isinstance(user, User)
    grant = grant_role(actor=None, at=at, user_id=user.pk, role=role, unit_id=land[unit].pk, **more)
    assert isinstance(grant, Grant), grant
    return user


@pytest.fixture
def keeper(land: World, client: Client, settings: Any) -> User:
    """The province's administrator, signed in; the second factor is another test's matter."""
    settings.SECOND_FACTOR_ROLES = ()
    user = made("quantri", "Lương Thế Anh", Role.ADMINISTRATOR, land, "police")
    client.force_login(user)
    return user


@pytest.fixture
def hoa(land: World) -> User:
    return made("hoa", "Trần Thị Hòa", Role.OFFICER, land, "health")


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [
        (Role.ADMINISTRATOR, "police", 200),
        (Role.STANDING_OFFICE, "police", 200),
        (Role.LEADER, "an_binh", 200),
        (Role.AUDITOR, "an_binh", 200),
        (Role.REVIEWER, "an_binh", 403),
        (Role.OFFICER, "health", 403),
        (Role.COMMUNE_OFFICER, "dong_hoa", 403),
    ],
)
def test_who_gets_the_list(land: World, client: Client, settings: Any, role: str, unit: str, status: int) -> None:
    settings.SECOND_FACTOR_ROLES = ()
    client.force_login(made("ai", "Ai Đó", role, land, unit))
    assert client.get(reverse("people:list")).status_code == status
    entry = 'href="/quan-tri/nguoi-dung/"' in text(client.get(reverse("tasks:owed")))
    assert entry is (role in {Role.ADMINISTRATOR, Role.STANDING_OFFICE})


def test_the_list_narrows_and_sorts(land: World, client: Client, keeper: User, hoa: User) -> None:
    today = timezone.localdate()
    made("an", "Lê Văn An", Role.LEADER, land, "dong_hoa", valid_from=today, valid_to=today + 10 * DAY)
    made("xa", "Ngô Văn Xa", Role.OFFICER, land, "binh_giang")
    stopped = made("dung", "Võ Thị Dung", Role.OFFICER, land, "health")
    stop_user(actor=None, at=timezone.now(), user_id=stopped.pk, reason="nghỉ")
    User.objects.filter(pk=hoa.pk).update(joined_at=timezone.now() - 200 * DAY)

    def names(**query: str) -> list[str]:
        page = client.get(reverse("people:list"), query)
        return [line.user.username for line in page.context["lines"]]

    assert names() == ["an", "quantri", "dung", "hoa"]  # by given name: An, Anh, Dung, Hòa
    assert names(q="hoa") == ["hoa"]
    assert names(q="le an") == ["an"]
    assert names(don_vi="Xã Đông Hòa") == ["an"]
    assert names(vai_tro="officer") == ["dung", "hoa"]
    assert names(trang_thai="da-ngung") == ["dung"]
    assert names(trang_thai="lau-khong-vao") == ["hoa"]
    assert names(sap_het="on") == ["an"]
    assert names(xep="het-han")[0] == "an"
    assert "Xa" not in text(client.get(reverse("people:list")))


def test_states_of_accounts(land: World, client: Client, keeper: User) -> None:
    at = timezone.now()
    create_user(actor=None, at=at, username="moi", full_name="Người Mới", password="mot-mat-khau-dai-1")
    made_ = invite(
        actor=None,
        at=at,
        full_name="Được Mời",
        email="duoc.moi@example.vn",
        username="duoc.moi",
        role="officer",
        unit_id=land["health"].pk,
    )
    assert isinstance(made_, Invitation)
    states = {line.user.username: line.state for line in client.get(reverse("people:list")).context["lines"]}
    assert states["moi"] == "Chờ giao vai trò"
    assert states["duoc.moi"] == "Đã mời, chưa nhận"
    page = text(client.get(reverse("people:person", args=[made_.user_id])))
    assert "Lời mời chưa nhận" in page
    client.post(reverse("people:invite-revoke", args=[made_.pk]))
    assert not User.objects.get(username="duoc.moi").is_active


def test_foreign_people_and_roles_are_not_there(land: World, client: Client, keeper: User) -> None:
    foreign = made("xa", "Ngô Văn Xa", Role.OFFICER, land, "binh_giang")
    grant = foreign.grants.get()
    for name, pk in [
        ("person", foreign.pk),
        ("change", foreign.pk),
        ("give", foreign.pk),
        ("hand-over", foreign.pk),
        ("stop", foreign.pk),
        ("end", grant.pk),
        ("extend", grant.pk),
        ("withdraw", grant.pk),
        ("delegate", grant.pk),
    ]:
        assert client.get(reverse(f"people:{name}", args=[pk])).status_code == 404, name
    assert client.post(reverse("people:contact", args=[foreign.pk]), {"purpose": "x"}).status_code == 404


def test_the_own_account_is_not_changed_here(land: World, client: Client, keeper: User) -> None:
    grant = keeper.grants.get()
    for name, pk in [("change", keeper.pk), ("give", keeper.pk), ("stop", keeper.pk), ("end", grant.pk)]:
        assert client.get(reverse(f"people:{name}", args=[pk])).status_code == 403, name


def test_contact_data_are_read_for_a_purpose(land: World, client: Client, keeper: User, hoa: User) -> None:
    address = reverse("people:person", args=[hoa.pk])
    assert "hoa@example.vn" not in text(client.get(address))
    refused = client.post(reverse("people:contact", args=[hoa.pk]), {"purpose": " "})
    assert refused.status_code == 422
    assert "hoa@example.vn" not in text(refused)
    shown = client.post(reverse("people:contact", args=[hoa.pk]), {"purpose": "Mời họp giao ban"})
    assert "hoa@example.vn" in text(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert Entry.objects.get(event="accounts.user.read").reason == "Mời họp giao ban"


def test_a_leader_sees_roles_but_no_sign_ins_and_no_contact(land: World, client: Client, hoa: User) -> None:
    client.force_login(made("chutich", "Phan Đình Hưng", Role.LEADER, land, "an_binh"))
    page = text(client.get(reverse("people:person", args=[hoa.pk])))
    assert "Sở Y tế" in page
    for hidden in ("Các lần đăng nhập", "Thư điện tử", "Giao vai trò</a>", "Ngừng tài khoản"):
        assert hidden not in page
    assert client.get(reverse("people:give", args=[hoa.pk])).status_code == 403
    assert client.get(reverse("people:list-xlsx")).status_code == 403
    assert client.post(reverse("people:contact", args=[hoa.pk]), {"purpose": "x"}).status_code == 404


def test_a_role_is_given_and_what_is_wrong_is_said_at_the_field(
    land: World, client: Client, keeper: User, hoa: User
) -> None:
    address = reverse("people:give", args=[hoa.pk])
    given = {"role": "leader", "unit": "trạm y tế xã đông hòa", "kind": "ordinary", "valid_from": "01/01/2026"}
    wrong = client.post(address, {**given, "unit": "Công an", "kind": "acting", "valid_from": "32/1/2026"})
    assert wrong.status_code == 422
    errors = wrong.context["form"].errors
    assert set(errors) == {"unit", "valid_from"}
    assert "Ghi rõ đơn vị nào" in errors["unit"][0]
    untitled = client.post(address, {**given, "role": "officer", "kind": "acting", "ground": "QĐ 1"})
    assert untitled.status_code == 422
    assert 'value="QĐ 1"' in text(untitled)
    foreign = client.post(address, {**given, "unit": "Công an tỉnh Bình Giang"})
    assert "Không có đơn vị này trong phạm vi" in text(foreign)
    done = client.post(address, {**given, "last_day": "31/12/2027"})
    assert done.status_code == 302
    grant = hoa.grants.get(role="leader")
    assert (grant.unit, str(grant.valid_to)) == (land["dong_hoa_clinic"], "2028-01-01")


def test_a_post_is_handed_over_on_the_page(land: World, client: Client, keeper: User, hoa: User) -> None:
    mai = made("mai", "Đặng Thị Mai", Role.OFFICER, land, "dong_hoa_clinic")
    tomorrow = timezone.localdate() + DAY
    form = client.get(reverse("people:hand-over", args=[hoa.pk]))
    assert "đang mở của đơn vị" in text(form)
    done = client.post(
        reverse("people:hand-over", args=[hoa.pk]),
        {
            "grants": [str(hoa.grants.get().pk)],
            "user": "Đặng Thị Mai",
            "on": tomorrow.strftime("%d/%m/%Y"),
            "kind": "ordinary",
        },
    )
    assert done.status_code == 302, done.context["form"].errors
    assert hoa.grants.get().valid_to == tomorrow
    assert mai.grants.filter(unit=land["health"], valid_from=tomorrow, handed_from=hoa.grants.get()).exists()


def test_somebody_without_a_role_reads_the_own_history_and_nothing_else(land: World, client: Client, hoa: User) -> None:
    client.force_login(hoa)
    client.get(reverse("tasks:owed"))
    Grant.objects.filter(user=hoa).update(valid_to=timezone.localdate())
    mine = client.get(reverse("roles:mine"))
    assert mine.status_code == 200
    assert "Hôm nay bạn không giữ vai trò nào" in text(mine)
    assert client.get(reverse("tasks:owed")).status_code == 403


def test_the_holder_delegates_and_takes_it_back(land: World, client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ()
    lan = made("lan", "Nguyễn Thị Lan", Role.STANDING_OFFICE, land, "police")
    toan = made("toan", "Trịnh Quốc Toàn", Role.OFFICER, land, "police")
    client.force_login(lan)
    source = lan.grants.get()
    today = timezone.localdate()
    values = {
        "user": "toan",
        "unit": "Công an tỉnh An Bình",
        "valid_from": today.strftime("%d/%m/%Y"),
        "last_day": (today + 5 * DAY).strftime("%d/%m/%Y"),
    }
    assert client.post(reverse("people:delegate", args=[source.pk]), values).status_code == 422  # no paper
    assert client.post(reverse("people:delegate", args=[source.pk]), {**values, "ground": "GUQ 5"}).status_code == 302
    grant = toan.grants.get(kind="delegation")
    assert (grant.valid_to, grant.given_by) == (today + 6 * DAY, lan)
    client.force_login(toan)
    assert client.get(reverse("people:delegate", args=[grant.pk])).status_code == 403
    client.force_login(lan)
    ended = client.post(
        reverse("people:end", args=[grant.pk]),
        {"last_day": today.strftime("%d/%m/%Y"), "version": "1", "reason": "về sớm"},
    )
    assert ended.status_code == 302
    grant.refresh_from_db()
    assert grant.valid_to == today + DAY


def test_two_administrators_at_once(land: World, client: Client, keeper: User, hoa: User) -> None:
    grant = hoa.grants.get()
    Grant.objects.filter(pk=grant.pk).update(version=2)
    day = (timezone.localdate() + DAY).strftime("%d/%m/%Y")
    answer = client.post(reverse("people:end", args=[grant.pk]), {"last_day": day, "version": "1"})
    assert answer.status_code == 409
    assert day in text(answer)


def test_switching_is_recorded_and_said(land: World, client: Client, hoa: User) -> None:
    second = grant_role(actor=None, at=timezone.now(), user_id=hoa.pk, role="officer", unit_id=land["finance"].pk)
    assert isinstance(second, Grant)
    client.force_login(hoa)  # begins at Sở Tài chính, the first in the order of units
    first = hoa.grants.get(unit=land["health"])
    page = client.post(reverse("grant"), {"grant": first.pk, "next": reverse("roles:mine")}, follow=True)
    assert "Đang làm việc với vai trò Cán bộ, Sở Y tế." in text(page)
    assert Entry.objects.filter(event="accounts.grant.chosen", grant_id=first.pk).count() == 1


# ---- inviting


HEAD = ["Họ và tên", "Thư điện tử", "Tên đăng nhập", "Chức vụ", "Vai trò", "Đơn vị", "Từ ngày", "Đến hết ngày"]


def sheet(*rows: list[str]) -> SimpleUploadedFile:
    return SimpleUploadedFile("moi.xlsx", workbook([["Danh sách"], HEAD, *rows]))


def test_one_is_invited(land: World, client: Client, keeper: User) -> None:
    values = {
        "full_name": "Nguyễn Thị Lan",
        "email": "lan@example.vn",
        "role": "standing_office",
        "unit": "Công an tỉnh An Bình",
        "valid_from": "01/03/2026",
    }
    assert client.post(reverse("people:invite"), {**values, "email": "lan"}).status_code == 422
    assert client.post(reverse("people:invite"), values).status_code == 302
    user = User.objects.get(username="lan.nt")
    assert user.grants.get().given_by == keeper
    second = client.post(reverse("people:invite"), {**values, "email": "lan2@example.vn"})
    assert second.status_code == 302
    assert User.objects.filter(username="lan.nt2").exists()


def test_many_are_invited_after_a_look(land: World, client: Client, keeper: User, hoa: User) -> None:
    file = sheet(
        ["Lê Thị Thu", "thu@example.vn", "", "Chuyên viên", "Cán bộ", "Sở Tài chính", "", "31/12/2027"],
        ["Trần Thị Hòa", "hoa@example.vn", "", "", "Lãnh đạo", "Sở Y tế", "", ""],
        ["Trần Thị Hòa", "HOA@example.vn", "hoa", "", "Cán bộ", "Sở Y tế", "", ""],
        ["Võ Sai", "khong-phai-thu", "", "", "Vua", "Sở Không Có", "31/2/2026", ""],
        ["Phạm Nơi Khác", "pnk@example.vn", "", "", "Cán bộ", "Công an tỉnh Bình Giang", "", ""],
    )
    page = client.post(reverse("people:invite-many"), {"file": file})
    assert page.status_code == 200, text(page)
    reading = page.context["reading"]
    assert [row.state for row in reading.rows] == ["new", "changed", "wrong", "wrong", "wrong"]
    assert [each.cell for each in reading.rows[3].troubles] == ["B6", "E6", "F6", "G6"]
    assert "Trùng thư điện tử với dòng 4" in text(page)
    assert not User.objects.filter(email="thu@example.vn").exists()
    rows = page.context["rows"]

    marked = client.post(reverse("people:invite-many"), {"rows": rows, "do": "marked"})
    book = openpyxl.load_workbook(io.BytesIO(marked.content))
    cells = book.worksheets[0]
    assert cells["I2"].value == "PCMT đọc được"
    assert "F6:" in cells["I6"].value
    assert cells["F6"].comment is not None

    done = client.post(reverse("people:invite-many"), {"rows": rows, "do": "invite"})
    assert "Đã mời 1 người, giao thêm vai trò cho 1 người." in text(done)
    thu = User.objects.get(email="thu@example.vn")
    assert (thu.username, thu.post) == ("thu.lt", "Chuyên viên")
    assert str(thu.grants.get().valid_to) == "2028-01-01"
    assert hoa.grants.filter(role="leader").exists()
    again = client.post(reverse("people:invite-many"), {"rows": rows})
    assert [row.state for row in again.context["reading"].rows][:2] == ["same", "same"]


def test_sealed_rows_serve_only_who_sent_the_sheet(land: World, client: Client, keeper: User) -> None:
    file = sheet(["Lê Thị Thu", "thu@example.vn", "", "", "Cán bộ", "Sở Tài chính", "", ""])
    rows = client.post(reverse("people:invite-many"), {"file": file}).context["rows"]
    other = made("hai", "Người Hai", Role.ADMINISTRATOR, land, "an_binh")
    client.force_login(other)
    for stolen in (rows, rows[:-2], "x"):
        answer = client.post(reverse("people:invite-many"), {"rows": stolen, "do": "invite"})
        assert answer.status_code == 302
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (workbook([["A", "B"], ["1", "2"]]), "Không thấy hàng tiêu đề"),
        (workbook([HEAD]), "chưa có dòng nào"),
        (b"not a sheet", "Excel"),
    ],
)
def test_sheets_that_cannot_be_read(land: World, client: Client, keeper: User, content: bytes, words: str) -> None:
    answer = client.post(reverse("people:invite-many"), {"file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code == 422
    assert words in text(answer)


def test_the_empty_form_reads_as_a_sheet_without_rows(land: World, client: Client, keeper: User) -> None:
    form = client.get(reverse("people:invite-form")).content
    answer = client.post(reverse("people:invite-many"), {"file": SimpleUploadedFile("x.xlsx", form)})
    assert "chưa có dòng nào" in text(answer)


def test_the_list_as_a_sheet_holds_the_view_and_no_addresses(
    land: World, client: Client, keeper: User, hoa: User
) -> None:
    answer = client.get(reverse("people:list-xlsx"), {"q": "hoa"})
    cells = [
        str(cell.value)
        for row in openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows()
        for cell in row
        if cell.value
    ]
    assert "Trần Thị Hòa" in cells
    assert "Lương Thế Anh" not in cells
    assert not any("@" in cell for cell in cells)
    assert Entry.objects.filter(event="accounts.list.exported").exists()


def test_suggestions_stay_inside(land: World, client: Client, keeper: User, hoa: User) -> None:
    made("xa", "Ngô Văn Xa", Role.OFFICER, land, "binh_giang")
    units = text(client.get(reverse("people:units"), {"q": "cong an dong hoa"}))
    assert "Công an xã Đông Hòa, Xã Đông Hòa" in units
    assert "Bình Giang" not in text(client.get(reverse("people:units"), {"q": "binh giang"}))
    assert "Trần Thị Hòa (hoa)" in text(client.get(reverse("people:names"), {"q": "tran hoa"}))
    assert "Xa" not in text(client.get(reverse("people:names"), {"q": "ngo"}))


def test_delegations_die_with_their_source_on_the_page(land: World, client: Client, keeper: User) -> None:
    at, today = timezone.now(), timezone.localdate()
    lan = made("lan", "Nguyễn Thị Lan", Role.STANDING_OFFICE, land, "police")
    toan = made("toan", "Trịnh Quốc Toàn", Role.OFFICER, land, "police")
    source = lan.grants.get()
    delegate_grant(
        actor=None,
        at=at,
        grant_id=source.pk,
        user_id=toan.pk,
        valid_from=today,
        valid_to=today + 20 * DAY,
        ground="GUQ 5",
    )
    warned = text(client.get(reverse("people:end", args=[source.pk])))
    assert "Ủy quyền cho Trịnh Quốc Toàn cũng kết thúc" in warned
    client.post(
        reverse("people:end", args=[source.pk]),
        {"last_day": (today - DAY).strftime("%d/%m/%Y"), "version": source.version},
    )
    page = text(client.get(reverse("people:person", args=[toan.pk])))
    assert "đã rút lại" in page or "đã hết" in page
