"""A keeper's day in a browser: what for, the day, a file, masking, the way to its end; and a health officer's list."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Role, User
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.registers.models import Clock, ClockKind, DrugTest, Spell, Subject
from pcmt.apps.registers.operations.counting import mark, recount
from pcmt.apps.registers.operations.filing import write_identity
from pcmt.apps.registers.operations.reading import open_identity
from pcmt.apps.registers.operations.visits import begin_visit
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


def figures_of(world: World) -> None:
    """Seven people of the ward, counted: sums that may be shown, and parts that may not."""
    load_catalogue()
    today = timezone.localdate()
    for number in range(7):
        made = subject(world.town, since=today - timedelta(days=100), sex="female" if number < 2 else "male")
        spell(made, on=today - timedelta(days=100), until=today + timedelta(days=264))
    mark([world.town.pk], today - timedelta(days=100), timezone.now())
    recount(at=timezone.now())


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
    page.locator(f'a[href$="/dien/{over.pk}/ket-thuc/"]').last.click()
    expect(page).to_have_url(f"{watch.server.url}/ho-so/{made.code}/dien/{over.pk}/ket-thuc/")
    health = watch.open()
    watch.sign_in(health, "yte", to="/ho-so/")
    health.get_by_role("link", name=made.code).click()
    expect(health.get_by_role("heading", name="Điều trị")).to_be_visible()
    expect(health.get_by_text("Người sử dụng trái phép")).to_have_count(0)
    checked(watch, health, "health")


def test_a_leader_and_an_auditor_meet_nobody_s_name(watch: Watched, world: World) -> None:
    """Sums for the one, who looked at what for the other; neither is shown who somebody is."""
    made, _over = lives(world)
    figures_of(world)
    worker("giuhoso", Role.REGISTER_KEEPER, world.office)
    worker("thanhtra", Role.AUDITOR, world.town)
    now = timezone.now()
    keeper = sure(actor_of(User.objects.get(username="giuhoso"), timezone.localdate()))
    visit = sure(begin_visit(actor=keeper, at=now, purpose="due"))
    sure(open_identity(actor=keeper, at=now, visit=visit, subject=made))
    page = watch.open()
    watch.sign_in(page, "lanhdao", to="/thong-ke-ho-so/")
    expect(page.get_by_role("heading", name="Thống kê hồ sơ quản lý")).to_be_visible()
    expect(page.get_by_text("ẩn", exact=True).first).to_be_visible()
    checked(watch, page, "totals")
    assert page.goto("/ho-so/").status == 403  # type: ignore[union-attr]
    assert page.goto(f"/ho-so/{made.code}/").status == 404  # type: ignore[union-attr]
    auditor = watch.open()
    watch.sign_in(auditor, "thanhtra", to="/bao-ve-ho-so/")
    expect(auditor.get_by_text("Thực hiện việc đến hạn").first).to_be_visible()
    checked(watch, auditor, "guard")
    auditor.goto(f"/bao-ve-ho-so/{made.code}/")
    checked(watch, auditor, "readings")
    for one in (page, auditor):
        assert BLOCK.name not in one.content()
        assert BLOCK.id_number not in one.content()
