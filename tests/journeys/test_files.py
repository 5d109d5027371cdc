"""A keeper's day in a browser: what for, the day, a file, masking, the way to its end; and a health officer's list."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Role
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.registers.models import Clock, ClockKind, DrugTest, Spell, Subject
from pcmt.apps.registers.operations.filing import write_identity
from pcmt.apps.units.models import Unit
from pcmt.core.law import Category
from tests.factories.registers import BLOCK, spell, subject
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import AT, World, sure


def worker(username: str, role: Role, unit: Unit) -> None:
    user = sure(create_user(actor=None, at=AT, username=username, full_name=username, password=World.password))
    sure(grant_role(actor=None, at=AT, user_id=user.pk, role=role, unit_id=unit.pk))


def lives(world: World) -> tuple[Subject, Spell]:
    """One person whose term is over and whose residence check is late, in home rehabilitation as well."""
    today = timezone.localdate()
    made = subject(world.town, since=today - timedelta(days=400))
    write_identity(made, BLOCK)
    over = spell(made, on=today - timedelta(days=366), until=today - timedelta(days=1))
    spell(made, Category.IN_REHAB, on=today - timedelta(days=90), until=today + timedelta(days=400), setting="home")
    for kind, days in ((ClockKind.RESIDENCE, -2), (ClockKind.TEST, 3)):
        limit = "residence_check" if kind == ClockKind.RESIDENCE else "plan.1"
        Clock.objects.create(
            subject=made, unit=world.town, spell=over, kind=kind, limit=limit, opened_at=timezone.now(),
            opens_on=today - timedelta(days=9), due_on=today + timedelta(days=days),
        )  # fmt: skip
    for months, result in ((1, "negative"), (4, "positive"), (7, "refused")):
        DrugTest.objects.create(
            subject=made, unit=world.town, on=today - timedelta(days=30 * months), ground="managed", result=result,
            made_at=timezone.now(),
        )  # fmt: skip
    return made, over


def checked(watch: Watched, page: Page, name: str) -> None:
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.shot(page, name, full=True)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def test_a_keeper_and_a_health_officer(watch: Watched, world: World) -> None:
    made, over = lives(world)
    worker("giuhoso", Role.REGISTER_KEEPER, world.office)
    worker("yte", Role.HEALTH_OFFICER, Unit.objects.get(name__startswith="Trạm Y tế"))
    page = watch.open()
    watch.sign_in(page, "giuhoso", to="/ho-so/hom-nay/")
    expect(page.get_by_text("quá 2 ngày").first).to_be_visible()
    expect(page.get_by_text(BLOCK.name)).to_have_count(0)
    page.get_by_role("link", name="Nêu mục đích").click()
    page.get_by_role("button", name="Thực hiện việc đến hạn").click()
    expect(page.get_by_text(BLOCK.name).first).to_be_visible()
    checked(watch, page, "day")
    page.goto("/ho-so/")
    checked(watch, page, "list")
    page.get_by_role("link", name=made.code).click()
    checked(watch, page, "file")
    page.get_by_role("button", name="Hiện đầy đủ nhân thân").click()
    expect(page.get_by_text(BLOCK.id_number)).to_be_visible()
    page.goto(f"/ho-so/{made.code}/")
    expect(page.get_by_text(BLOCK.id_number)).to_have_count(0)
    page.get_by_role("link", name="Kết thúc, dừng: Người sử dụng trái phép chất ma túy").click()
    expect(page).to_have_url(f"{watch.server.url}/ho-so/{made.code}/dien/{over.pk}/ket-thuc/")
    health = watch.open()
    watch.sign_in(health, "yte", to="/ho-so/")
    health.get_by_role("link", name=made.code).click()
    expect(health.get_by_role("heading", name="Điều trị")).to_be_visible()
    expect(health.get_by_text("Người sử dụng trái phép")).to_have_count(0)
    checked(watch, health, "health")
