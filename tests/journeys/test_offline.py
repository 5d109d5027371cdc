"""A keeper takes today's list along, loses the connection, enters results, and sends them when it is back."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from pcmt.apps.accounts.models import Role
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.registers.models import Clock, ClockKind, DrugTest
from tests.factories.registers import spell, subject
from tests.journeys.conftest import Watched
from tests.journeys.world import AT, World, sure

SECRET = "ruộng bậc thang"
KEPT = """async () => {
  const told = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const base = await told(indexedDB.open("pcmt-device"));
  const rows = await told(base.transaction("kept").objectStore("kept").getAll());
  base.close();
  const texts = rows.map((row) => new TextDecoder().decode(row.data ?? row.check.data));
  return texts.join() + JSON.stringify(localStorage);
}"""
"""What lies in the browser, as text."""


def prepared(world: World) -> str:
    """A keeper and a person about whom a test is due today; the code."""
    keeper = sure(create_user(actor=None, at=AT, username="giu", full_name="Vi Thị Giữ", password=World.password))
    sure(grant_role(actor=None, at=AT, user_id=keeper.pk, role=Role.REGISTER_KEEPER, unit_id=world.office.pk))
    today = timezone.localdate()
    person = subject(world.town, since=today - timedelta(days=60))
    running = spell(person, on=today - timedelta(days=60), until=today + timedelta(days=304))
    Clock.objects.create(
        subject=person, spell=running, unit=world.town, kind=ClockKind.TEST, limit="plan.1", opened_at=AT,
        opens_on=today - timedelta(days=3), due_on=today + timedelta(days=3),
    )  # fmt: skip
    return str(person.code)


def test_work_without_a_connection(watch: Watched, world: World) -> None:
    code = prepared(world)
    page = watch.open(phone=True)
    watch.sign_in(page, "giu", "/ke-hoach/")
    page.goto("/ho-so/ngoai-tuyen/")
    page.get_by_role("button", name="Thực hiện việc đến hạn").click()
    page.wait_for_url("**/ho-so/ngoai-tuyen/")
    watch.axe(page)
    watch.fits(page)
    page.get_by_role("link", name="Mở trang ghi khi mất mạng").click()
    page.get_by_label("Mật khẩu của thiết bị (ít nhất 8 ký tự)").fill("ngắn")
    page.get_by_role("button", name="Tải danh sách").click()
    expect(page.locator("[data-part=said]")).to_contain_text("ít nhất 8 ký tự")
    page.get_by_label("Mật khẩu của thiết bị (ít nhất 8 ký tự)").fill(SECRET)
    page.get_by_label("Nhập lại").fill(SECRET)
    page.get_by_role("button", name="Tải danh sách").click()
    expect(page.get_by_text("Lò Văn Thử")).to_be_visible()
    watch.axe(page)
    watch.shot(page, "list", both=True, full=True)
    watch.fits(page)
    # Nothing that lies in the browser can be read.
    kept = page.evaluate(KEPT)
    assert code not in kept
    assert "Thử" not in kept
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    page.context.set_offline(True)
    page.reload()
    page.get_by_label("Mật khẩu của thiết bị", exact=True).fill("một câu khác hẳn")
    page.get_by_role("button", name="Mở", exact=True).click()
    expect(page.locator("[data-part=said]")).to_contain_text("Còn 4 lần thử")
    page.get_by_label("Mật khẩu của thiết bị", exact=True).fill(SECRET)
    page.get_by_role("button", name="Mở", exact=True).click()
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.get_by_text("Đã giữ trên thiết bị, chờ gửi")).to_be_visible()
    expect(page.locator("[data-count]")).to_have_text("1")
    assert not DrugTest.objects.exists()

    page.context.set_offline(False)
    expect(page.locator("[data-outcomes]")).to_contain_text("Đã ghi.")
    expect(page.locator("[data-count]")).to_have_text("0")
    assert DrugTest.objects.get().result == "negative"

    page.goto("/ho-so/ngoai-tuyen/")
    page.locator("form[data-leaves]").evaluate("(form) => form.requestSubmit()")
    page.wait_for_url("**/dang-nhap/")
    left = page.evaluate("indexedDB.databases().then((found) => found.map((one) => one.name))")
    assert "pcmt-device" not in left
