"""Pages of files: who sees which, what finds somebody, names stay closed, lists cost the same at any length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.audit.models import Entry
from pcmt.apps.registers.models import Clock, ClockKind, DrugTest, Episode, Pause, SpellState, Subject
from pcmt.apps.registers.operations.filing import write_identity
from pcmt.apps.registers.operations.visits import begin_visit
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.queries.files import file_of
from pcmt.core.law import Category
from pcmt.web.registers.drawing import picture_of
from pcmt.web.registers.opening import masked
from pcmt.web.templatetags.registers import hours_left
from tests.factories.registers import BLOCK, spell, subject
from tests.factories.world import NOW, TODAY, World
from tests.factories.world import world as make_world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land() -> World:
    return make_world()


def client_of(land: World, key: str = "dong_hoa_police", role: str = "register_keeper") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role).user_id))
    return client


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def named(name: str, number: int, year: int = 1990) -> PersonBlock:
    return PersonBlock(
        name=name, born_on=date(year, 5, 4), id_kind="cccd", id_number=f"0990900{number:05d}",
        phone=f"0900{number:06d}", present_address="Bản Mẫu 3",
    )  # fmt: skip


def somebody(
    land: World, key: str = "dong_hoa", *, category: Category = Category.ILLEGAL_USER, block: PersonBlock = BLOCK,
    days: int = 65, **more: Any,
) -> Subject:  # fmt: skip
    made = subject(land[key], block=block, **more)
    write_identity(made, block)
    spell(made, category, on=TODAY - timedelta(days=300), until=TODAY + timedelta(days=days))
    return made


def visited(land: World, key: str = "dong_hoa_police", role: str = "register_keeper") -> Client:
    begin_visit(actor=land.actor(key, role), at=NOW, purpose="due")
    return client_of(land, key, role)


def clock(
    of: Subject, kind: ClockKind, *, on: date, at: datetime | None = None, limit: str = "residence_check"
) -> Clock:
    return Clock.objects.create(
        subject=of, unit=of.unit, kind=kind, limit=limit, opened_at=NOW - timedelta(days=9),
        opens_on=min(on, TODAY - timedelta(days=9)), due_on=on, due_at=at,
    )  # fmt: skip


def drug_test(of: Subject, on: date, result: str = "negative") -> DrugTest:
    return DrugTest.objects.create(subject=of, unit=of.unit, on=on, ground="managed_user", result=result, made_at=NOW)


def codes(answer: Any) -> list[str]:
    return re.findall(r'class="file-code" href="/ho-so/(HS-[^/]+)/"', answer.content.decode())


def test_who_sees_which_files(land: World) -> None:
    here, there = somebody(land), somebody(land, "tay_hoa", block=named("Lò Thị Mẫu", 3))
    assert codes(client_of(land).get("/ho-so/")) == [here.code]
    everywhere = client_of(land, "police").get("/ho-so/")
    assert set(codes(everywhere)) == {here.code, there.code}
    assert "Phường Tây Hòa" in text(everywhere)
    assert codes(client_of(land, "binh_giang_police").get("/ho-so/")) == []
    for role, key in (("officer", "dong_hoa"), ("leader", "an_binh"), ("auditor", "an_binh")):
        client = client_of(land, key, role)
        assert [client.get(f"/ho-so/{path}").status_code for path in ("", "hom-nay/", "tim/")] == [403, 403, 403]
        assert "/ho-so/" not in client.get("/").content.decode().partition("<main")[0]


def test_no_difference_between_no_such_code_and_not_yours(land: World) -> None:
    theirs = somebody(land, "tay_hoa")
    for client in (
        client_of(land),
        client_of(land, "dong_hoa", "officer"),
        client_of(land, "dong_hoa_clinic", "health_officer"),
    ):
        unseen, unknown = client.get(f"/ho-so/{theirs.code}/"), client.get("/ho-so/HS-2222-2222/")
        assert unseen.status_code == unknown.status_code == 404
        plain = [re.sub(r"HS-....-....|[\w-]{40,}", "", answer.content.decode()) for answer in (unseen, unknown)]
        assert plain[0] == plain[1]
        assert client.post(f"/ho-so/{theirs.code}/hien/").status_code == 404


def test_a_merged_file_leads_to_the_one_that_goes_on(land: World) -> None:
    kept, old, foreign = somebody(land), subject(land["dong_hoa"]), somebody(land, "tay_hoa", block=named("Vi Mẫu", 2))
    Subject.objects.filter(pk=old.pk).update(merged_into=kept)
    assert client_of(land).get(f"/ho-so/{old.code}/").headers["Location"] == f"/ho-so/{kept.code}/"
    Subject.objects.filter(pk=old.pk).update(merged_into=foreign)
    assert client_of(land).get(f"/ho-so/{old.code}/").status_code == 404


def test_health_officers_see_treatment_and_nothing_else(land: World) -> None:
    user, treated = somebody(land), somebody(land, category=Category.IN_REHAB, block=named("Lữ Văn Mẫu", 8))
    spell(treated, Category.ILLEGAL_USER, on=date(2024, 1, 5), until=date(2025, 1, 4), ended_on=date(2025, 1, 5))
    drug_test(treated, TODAY - timedelta(days=9))
    clock(treated, ClockKind.RESIDENCE, on=TODAY)
    Episode.objects.create(
        subject=treated, unit=treated.unit, on=TODAY, kind="rehab", site_name="Trạm Mẫu", made_at=NOW
    )
    client = visited(land, "dong_hoa_clinic", "health_officer")
    assert codes(client.get("/ho-so/")) == [treated.code]
    assert client.get(f"/ho-so/{user.code}/").status_code == 404
    assert client.get("/ho-so/hom-nay/").status_code == 403
    page = text(client.get(f"/ho-so/{treated.code}/"))
    assert "Trạm Mẫu" in page
    assert "Âm tính" in page
    for hidden in (
        "Lữ Văn Mẫu",
        "Người sử dụng trái phép",
        "12/QĐ-CAX",
        "Trưởng Công an xã",
        "Kiểm tra cư trú",
        "mục đích để mở",
    ):
        assert hidden not in page, hidden
    found = client.post("/ho-so/tim/", {"so": "0990 900 00008"})
    assert codes(found) == [treated.code]
    assert "Lữ Văn Mẫu" not in text(found)
    assert codes(client.post("/ho-so/tim/", {"so": BLOCK.id_number})) == []
    assert codes(client.post("/ho-so/tim/", {"so": "0900000008"})) == [], "telephone numbers are not theirs to search"


def test_names_stay_closed_until_somebody_says_what_for(land: World) -> None:
    made = somebody(land)
    client = client_of(land)
    path = f"/ho-so/{made.code}/"
    for answer in (client.get("/ho-so/"), client.get(path), client.post(f"{path}hien/")):
        assert "Thử" not in text(answer)
        assert "0017" not in text(answer)
        assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/ho-so/tim/").status_code == 302
    client = visited(land)
    before = Entry.objects.count()
    assert "Lò Văn Thử" in text(client.get("/ho-so/"))
    assert "Lò Văn Thử" in text(client.get(path))
    assert "091090000017" not in text(client.get(path))
    assert masked("091090000017") in text(client.get(path))
    whole = text(client.post(f"{path}hien/"))
    assert "091090000017" in whole
    assert "0900000017" in whole
    assert "Bản Mẫu 3" in whole
    assert "091090000017" not in text(client.get(path)), "leaving the page masks again"
    events = list(Entry.objects.order_by("pk").values_list("event", flat=True))[before:]
    assert events == ["registers.list.read", *["registers.identity.read"] * 5]
    assert "Thử" not in client.get(path).content.decode().partition("</title>")[0]


def test_finding_a_person(land: World) -> None:
    one, two = somebody(land, block=named("Lò Văn Thử", 1)), somebody(land, block=named("Lò Thị Đặng", 2))
    somebody(land, "tay_hoa", block=named("Lò Văn Thử", 3))
    client = visited(land)
    for typed, wanted in (
        ({"ten": "lo thu"}, [one]), ({"ten": "THỬ"}, [one]), ({"ten": "Dang"}, [two]), ({"ten": "lò"}, [two, one]),
        ({"ten": "lò không"}, []), ({"so": "0990.900.00002"}, [two]), ({"so": "0900 000 001"}, [one]),
        ({"so": "099090000"}, []), ({"so": "0990900000003"}, []),
    ):  # fmt: skip
        answer = client.post("/ho-so/tim/", typed)
        assert codes(answer) == [each.code for each in wanted], typed
    assert "Lò Thị Đặng" in text(client.post("/ho-so/tim/", {"ten": "dang"}))
    empty = client.post("/ho-so/tim/", {"ten": " "})
    assert empty.status_code == 422
    assert "Gõ họ tên hoặc số giấy tờ." in text(empty)
    said = [str(each) for each in Entry.objects.filter(event="registers.search.read").values()]
    assert len(said) == 10
    assert not any("lo thu" in each or "09909000" in each for each in said)


def test_the_list_is_narrowed(land: World) -> None:
    one = somebody(land, block=named("Lò Mẫu", 1, 2010), days=6)
    two = somebody(land, sex="female", block=named("Lò Văn Mẫu", 2, 1970), category=Category.IN_REHAB)
    three = somebody(land, block=named("Lò Văn Mẫu Ba", 4, 1999), days=-3)
    gone = subject(land["dong_hoa"], block=named("Vi Mẫu", 3))
    spell(gone, on=date(2024, 1, 5), until=date(2025, 1, 4), ended_on=date(2025, 1, 5))
    two.spells.update(setting="home", state=SpellState.SUSPENDED)
    clock(one, ClockKind.STEP, on=TODAY, at=NOW - timedelta(hours=2), limit="notify_commune")
    clock(two, ClockKind.TEST, on=TODAY + timedelta(days=3), limit="plan.1")
    drug_test(three, date(2026, 1, 3), "positive")
    client = client_of(land)
    for words, wanted in (
        ("", [one, two, three]), ("dien=in_rehab", [two]), ("hinh_thuc=home", [two]), ("trang_thai=ended", [gone]),
        ("trang_thai=all", [one, two, gone, three]), ("het_han=7", [one, three]), ("het_han=0", [three]),
        ("qua_han=on", [one]), ("gioi=female", [two]), ("tuoi=12-17", [one]), ("tuoi=45-59", [two]),
        ("chua_18=on", [one]), ("tam_dinh_chi=on", [two]), ("xet_nghiem=due", [two]), ("xet_nghiem=positive", [three]),
        (f"ma={gone.code}", [gone]), ("dien=nonsense&het_han=x&trang=99999999999", [one, two, three]),
        ("xep=end", [three, one, two]), ("xep=new", [three, two, one]),
    ):  # fmt: skip
        found = codes(client.get(f"/ho-so/?{words}"))
        assert (found if words == "" or "xep" in words else sorted(found)) == (
            [each.code for each in wanted] if words == "" or "xep" in words else sorted(each.code for each in wanted)
        ), words
    page = text(client.get("/ho-so/"))
    assert "quá 2 giờ" in page
    assert "tạm đình chỉ" in page
    assert "dưới 18 tuổi" in page
    assert "quá 3 ngày" in page


def test_lists_and_pages_cost_the_same_at_any_length(land: World) -> None:
    first = somebody(land)
    client = visited(land)
    counts = []
    for more in (1, 24):
        for number in range(more):
            each = somebody(land, block=named(f"Lò Mẫu {number}", more * 100 + number))
            clock(each, ClockKind.TEST, on=TODAY, limit="plan.1")
            drug_test(each, TODAY - timedelta(days=number))
            drug_test(first, TODAY - timedelta(days=30 + more + number))
            if number < 10:
                on = TODAY - timedelta(days=2000 + more * 20 + number * 10)
                old = spell(first, Category.ADDICT, on=on, until=on, ended_on=on + timedelta(days=5))
                Pause.objects.create(
                    spell=old, kind="detention", from_on=on, to_on=on + timedelta(days=2), ground="x", made_at=NOW
                )
        client.get("/ho-so/"), client.get(f"/ho-so/{first.code}/")
        with statements() as listed:
            assert len(codes(client.get("/ho-so/"))) >= more
        with statements() as paged:
            answer = client.get(f"/ho-so/{first.code}/")
        counts.append((len(listed), len(paged)))
    assert counts[0] == counts[1], counts
    assert len(answer.content) < 150_000
    assert "Xem 13 lần trước đó" in text(answer)


def test_the_picture(land: World) -> None:
    made = somebody(land)
    Pause.objects.create(
        spell=made.spells.get(),
        kind="detention",
        from_on=TODAY - timedelta(days=40),
        ground="user.detained",
        made_at=NOW,
    )
    for days, result in ((200, "negative"), (100, "positive"), (50, "refused")):
        drug_test(made, TODAY - timedelta(days=days), result)
    taken_back = drug_test(made, TODAY - timedelta(days=20), "positive")
    DrugTest.objects.filter(pk=taken_back.pk).update(voided_at=NOW, voided_why="ghi nhầm người")
    actor = land.actor("dong_hoa_police", "register_keeper")
    file = file_of(actor, made.code, at=NOW)
    assert file is not None
    picture = picture_of(file, TODAY)
    assert picture is not None
    spells, tests = picture.lanes[:2]
    assert [band.look for band in spells.bands] == ["run", "term", "paused"]
    run, term, paused = (float(band.x[:-1]) for band in spells.bands)
    widths = [float(band.width[:-1]) for band in spells.bands]
    assert run < paused < term < 100
    assert abs(run + widths[0] - term) < 0.1, "what is left begins where what was ends"
    assert paused + widths[2] <= float(picture.today[:-1]) + 1
    assert [mark.shape for mark in tests.marks] == ["circle", "triangle", "square"], "what was taken back is not drawn"
    assert tests.under == "3 lần · 1 dương tính"
    page = text(client_of(land).get(f"/ho-so/{made.code}/"))
    assert "đã hủy: ghi nhầm người" in page
    assert "Bị tạm giữ, tạm giam" in page


def test_limits_in_words() -> None:
    for hours, words in ((5, "còn 5 giờ"), (-3, "quá 3 giờ"), (0.5, "còn 30 phút"), (-0.01, "quá 1 phút")):
        assert hours_left(NOW + timedelta(hours=hours), NOW) == words
    assert masked("091090000017") == "••••••••0017"
    assert masked("123") == "•••"
    assert masked("") == ""


def test_what_was_written_wrongly_is_taken_back_from_the_page(land: World) -> None:
    one = somebody(land, block=named("Lò Mẫu", 1))
    test = drug_test(one, date(2026, 1, 3), "positive")
    page = visited(land).get(f"/ho-so/{one.code}/").content.decode()
    assert f"/ho-so/{one.code}/cham-soc/huy/test/{test.pk}/" in page
