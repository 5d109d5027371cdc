"""The demo as a whole: six plans at work, always something overdue, due soon and done; loading twice; starting over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.activities.models import Event
from pcmt.apps.plans.models import BodyMatch, Plan, Revision, SourceFile
from pcmt.apps.projects.models import Milestone, MoneySource, Review
from pcmt.apps.projects.queries.money import source_sums, unfunded_targets, whole_of
from pcmt.apps.projects.queries.proposals import proposals
from pcmt.apps.projects.tree import family
from pcmt.apps.reports.models import DutyOccurrence, Restatement, Submission, SubmissionEdition
from pcmt.apps.tasks.models import DueItem, DueState, Mode, ProgressNote
from pcmt.apps.units.models import GroupMember, Reorganisation, Unit, UnitImport
from pcmt.apps.units.national import national_history
from pcmt.apps.units.queries import history
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import Span
from pcmt.core.schemas import content_from, seal_of
from pcmt.core.units import check, history_of
from pcmt.demo import figures, registers, reorganisations, story, units
from pcmt.demo.loader import Loaded, load, reset
from pcmt.web.projects.campaigns import board_of

NOW = timezone.make_aware(datetime(2026, 11, 22, 10))
TODAY = NOW.date()
WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """The demo, loaded once for all tests of this file and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = load(NOW)
        yield found
        transaction.set_rollback(True)


def actor(username: str, on: date = TODAY) -> Actor:
    found = actor_of(User.objects.get(username=username), on)
    assert found is not None
    return found


def test_every_user_can_sign_in(loaded: Loaded) -> None:
    people = User.objects.exclude(email="")  # the others only wrote reports: nobody signs in as them
    assert len(loaded.users) == people.count()
    assert not any(user.has_usable_password() for user in User.objects.filter(email=""))
    roles = {"Cơ quan thường trực", "Lãnh đạo", "Cán bộ", "Cán bộ cấp xã", "Kiểm toán", "Quản trị"}
    roles |= {"Người giữ hồ sơ quản lý", "Cán bộ y tế", "Cán bộ tiếp nhận tin báo"}
    roles |= {"Người giữ danh tính người báo tin"}
    assert {each.role for each in loaded.users} == roles
    assert authenticate(username="thuongtruc", password=loaded.password)
    assert all(user.email.endswith(f"@{settings.DEMO_EMAIL_DOMAIN}") for user in people)


def test_the_half_year_report_goes_all_the_way(loaded: Loaded) -> None:
    """Some late, some missing, one returned, one corrected after it was consolidated; the whole is sent and signed."""
    assert loaded.plans
    whole = Submission.objects.get(number="1186")
    assert (whole.state, whole.unit.name, whole.about.name) == ("sent", "Công an tỉnh Nghệ An", "Tỉnh Nghệ An")
    below = Submission.objects.filter(duty__feeds=whole.duty)
    assert below.get(state="returned").unit.name == "Phường Cửa Lò"
    assert below.filter(editions__days_late__gt=0).exists()
    assert DutyOccurrence.objects.filter(duty__feeds=whole.duty, submission=None).count() >= 2
    assert whole.consolidations.count() == 2
    restated = Restatement.objects.get()
    assert restated.new == (restated.old or 0) + 2
    assert all(seal_of(content_from(each.content)) == each.seal for each in SubmissionEdition.objects.all())
    taken = whole.consolidations.order_by("-number")[0].parts.filter(counted=True)
    told = [content_from(part.edition.content).figures.get("cases_detected") for part in taken]
    said = content_from(whole.editions.get().content).figures["cases_detected"].value
    assert said == sum(each.value or 0 for each in told if each)


def test_plans_keep_their_true_numbers_and_dates(loaded: Loaded) -> None:
    plans = Plan.objects.filter(state="adopted", item=None).order_by("issued_on", "pk")
    assert loaded.plans == plans.count() == 6
    found = {(plan.designation, plan.issued_on, plan.issuer.name if plan.issuer else "") for plan in plans}
    assert {
        ("105/KH-UBND", date(2024, 5, 30), "Thị xã Cửa Lò"),
        ("3959/KH-UBND", date(2021, 11, 3), "Tỉnh Kon Tum"),
        ("/KH-UBND-CA", date(2024, 11, 20), "Xã Cẩm Tân"),
        ("", None, "Tỉnh Nghệ An"),
        ("318/KH-UBND", TODAY - timedelta(days=35), "Tỉnh Nghệ An"),
    } <= found


def test_every_owing_name_means_a_unit(loaded: Loaded) -> None:
    assert loaded.plans
    assert list(BodyMatch.objects.filter(unit=None, mentions__gt=0).values_list("name", flat=True)) == []
    assert not DueItem.objects.filter(unit=None).exclude(unit_name="").exists()


def test_an_old_plan_names_the_bodies_of_its_own_day(loaded: Loaded) -> None:
    assert loaded.plans
    named = Unit.objects.filter(named_in_plans__plan__number="3959")
    assert named.filter(name="Sở Lao động, Thương binh và Xã hội tỉnh Kon Tum").exists()
    assert not named.filter(name__endswith="tỉnh Quảng Ngãi").exists()


def test_the_plan_of_today_is_followed_through(loaded: Loaded) -> None:
    current = DueItem.objects.filter(plan__number="318")
    assert current.filter(state=DueState.SUBMITTED).exists()
    assert current.filter(parent__isnull=False, state=DueState.DONE).exists()
    assert current.filter(declined_at__isnull=False).exists()
    assert current.filter(extensions__state="approved", due_on__gt=F("original_due_on")).exists()
    assert current.filter(extensions__state="waiting").exists()
    assert current.filter(comments__isnull=False, holder__isnull=True).exists()
    back = current.get(label__startswith="Chủ trì khảo sát nhu cầu")
    assert [note.event for note in back.notes.order_by("pk")] == [
        *("acknowledged", "done", "returned", "done", "accepted")
    ]
    assert back.is_late(TODAY)


def test_there_is_always_something_overdue_due_soon_done_and_done_late(loaded: Loaded) -> None:
    assert loaded.plans
    current = DueItem.objects.filter(plan__number="318")
    assert current.overdue(TODAY).count() >= 3
    assert current.filter(state=DueState.OPEN, due_on__range=(TODAY, TODAY + WEEK)).count() >= 3
    done = current.filter(state=DueState.DONE)
    assert [due for due in done if not due.is_late(TODAY)]
    assert [due for due in done if due.is_late(TODAY)]
    assert current.filter(state=DueState.OPEN, due_on=None).exists()


def test_what_was_only_requested_is_past_its_day_but_not_late(loaded: Loaded) -> None:
    assert loaded.plans
    requested = DueItem.objects.filter(plan__number="318", mode=Mode.REQUESTED, state=DueState.OPEN, due_on__lt=TODAY)
    assert requested.exists()
    assert not requested.overdue(TODAY).exists()


def test_each_role_finds_its_own_work(loaded: Loaded) -> None:
    assert loaded.plans
    doctor, chair, office = actor("canbo"), actor("lanhdao"), actor("thuongtruc")
    assert DueItem.objects.visible_to(doctor).overdue(TODAY).filter(unit_id=doctor.unit_id).exists()
    for each in (chair, office):
        assert Plan.objects.visible_to(each).filter(number__in=["105", "318"]).count() == 2
        assert not Plan.objects.visible_to(each).filter(number="3959").exists()


def test_somebody_acts_as_head_and_somebody_by_delegation(loaded: Loaded) -> None:
    assert loaded.plans
    assert actor("quyen.noivu").mark == "Q."
    delegate, office = actor("thaythuongtruc"), actor("thuongtruc")
    assert (delegate.mark, delegate.role, delegate.unit_id) == ("TUQ.", office.role, office.unit_id)


@pytest.mark.parametrize(("username", "number"), [("thuongtruc.cualo", "105"), ("thuongtruc.quangngai", "3959")])
def test_who_took_over_sees_the_old_plan(loaded: Loaded, username: str, number: str) -> None:
    assert loaded.plans
    assert Plan.objects.visible_to(actor(username)).filter(number=number).exists()


def test_everything_happened_on_days_of_the_story(loaded: Loaded) -> None:
    assert loaded.plans
    assert not ProgressNote.objects.filter(at__gt=NOW).exists()
    assert not Revision.objects.filter(adopted_at__gt=NOW).exists()
    first = Revision.objects.get(plan__number="105")
    assert first.adopted_at is not None
    assert timezone.localdate(first.adopted_at) == date(2024, 5, 31)


def test_the_files_to_upload_are_in_the_data_folder(loaded: Loaded) -> None:
    assert {path.suffix for path in loaded.samples} == {".txt", ".docx"}
    assert all(path.parent == settings.PCMT_DATA / "demo" and path.is_file() for path in loaded.samples)


def test_loading_again_changes_nothing(loaded: Loaded) -> None:
    before = (User.objects.count(), Unit.objects.count(), DueItem.objects.count(), ProgressNote.objects.count())
    again = load(NOW + timedelta(days=1))
    assert again.already
    assert again.users == loaded.users
    assert before == (User.objects.count(), Unit.objects.count(), DueItem.objects.count(), ProgressNote.objects.count())


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story of one plan in few provinces, without figures and files of people, so that it can be told twice."""
    told = story.plans
    whole = national_history()
    provinces = ("40", "38", "51", "62")
    kept = {"VN"} | {
        key
        for day in (date(2024, 1, 1), date(2025, 1, 1), TODAY)
        for tree in [whole.tree(day)]
        for province in provinces
        if province in tree.parents
        for key in tree.under(province)
    }
    some = history_of(
        [unit for key, unit in whole.units.items() if key in kept],
        [each for each in whole.successions if {each.old, each.new} <= kept],
    )
    monkeypatch.setattr(units, "national_history", lambda: some)
    monkeypatch.setattr(reorganisations, "happen", lambda *_given: None)
    monkeypatch.setattr(reorganisations, "plan", lambda *_given: None)
    monkeypatch.setattr(story, "plans", lambda: told()[-1:])
    monkeypatch.setattr(figures, "tell", lambda *_given: 0)
    monkeypatch.setattr(registers, "tell", lambda *_given: 0)
    monkeypatch.setattr(settings, "DEMO_COMMUNES", 1)
    monkeypatch.setattr(settings, "DEMO_REPORTING", 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("short")
def test_reset_leaves_a_real_installation_alone_and_loads_a_demo_anew() -> None:
    load(NOW)
    kept = SourceFile.objects.earliest("pk")
    Plan.objects.update(title="đổi tên")
    somebody = User.objects.create(username="that.su", full_name="Người Thật", joined_at=NOW)
    refused = reset(NOW)
    assert isinstance(refused, Refusal)
    assert "that.su" in refused.message
    assert Plan.objects.filter(number="318", title="đổi tên").exists(), "a real installation is left alone"
    somebody.delete()
    again = reset(NOW)
    assert isinstance(again, Loaded)
    assert not again.already
    assert again.plans == 1
    assert not Plan.objects.filter(title="đổi tên").exists()
    assert SourceFile.objects.earliest("pk").sha256 == kept.sha256
    assert (settings.MEDIA_ROOT / SourceFile.objects.earliest("pk").path).is_file()


@pytest.mark.parametrize("on", [date(2026, 1, 2), date(2028, 2, 29), date(2027, 12, 31)])
def test_the_plan_of_today_is_well_formed_on_any_day(on: date) -> None:
    text = story.text_of(story.plans()[-1], on)
    assert "{" not in text
    assert f"Số: 318/KH-UBND\n\nNghệ An, ngày {(on - timedelta(days=35)).day:02} tháng" in text


def test_the_story_names_texts_that_exist() -> None:
    """That its units exist is seen by loading it."""
    for entry in story.plans():
        assert Path(story.HERE / f"texts/{entry['text']}.txt").is_file()


def test_the_commune_reported_every_month(loaded: Loaded) -> None:
    assert loaded.plans
    monthly = DueItem.objects.filter(plan__symbol="KH-UBND-CA", kind="report", unit__name="Công an xã Cẩm Tân")
    days = set(monthly.values_list("due_on", flat=True))
    assert {date(2024, 12, 14), date(2025, 2, 14), date(2025, 12, 14)} <= days
    assert not monthly.filter(state=DueState.OPEN).exists()


def test_names_in_plans_mean_what_they_always_meant(loaded: Loaded) -> None:
    """With 3,321 communes and their bodies around, every name is matched as before; the file was looked through."""
    assert loaded.plans
    members = dict(GroupMember.objects.values_list("group").annotate(Count("pk")))
    found = [
        (
            body.revision.plan.title[:20].strip(),
            body.name,
            body.unit.name if body.unit else "—",
            str(members.get(body.unit_id, 0)) if body.unit and body.unit.kind == "group" else "—",
        )
        for body in BodyMatch.objects.select_related("unit", "revision__plan").order_by("revision_id", "pk")
    ]
    lines = (Path(__file__).parent / "matches.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert found == [tuple(line.split("\t")) for line in lines]


def test_reorganisations_lie_behind_and_ahead(loaded: Loaded) -> None:
    assert loaded.plans
    behind = Reorganisation.objects.filter(state="carried_out")
    ahead = Reorganisation.objects.filter(state="planned", on__gt=TODAY)
    assert {each.kind for each in behind} == {"merger", "division", "transfer"}
    assert {each.kind for each in ahead} == {"merger", "transfer"}
    assert behind.count() + ahead.count() == Reorganisation.objects.count()
    merged = Unit.objects.get(name="Xã Mường Lống Thượng")
    assert merged.valid_from == TODAY + timedelta(days=40)
    assert Unit.objects.get(name="Công an xã Mường Lống Thượng").valid_from == merged.valid_from
    assert ahead.get(kind="transfer").due_item_ids
    assert check(history()) == ()


def test_hamlets_came_in_as_lists(loaded: Loaded) -> None:
    assert loaded.plans
    assert set(UnitImport.objects.values_list("state", flat=True)) == {"done"}
    standing = Unit.objects.as_of(TODAY).filter(level="hamlet", links_up__parent__name="Phường Cửa Lò").distinct()
    # Eighteen came in, three became one, one was divided.
    assert standing.count() == 17


def test_the_programme_has_money_that_runs_through_its_projects(loaded: Loaded) -> None:
    assert loaded.plans
    plan = Plan.objects.get(number="3959")
    sums = whole_of(plan.pk)
    assert sums.estimate > sums.allocated > sums.disbursed > sums.settled > 0
    assert sums.unfunded > 0
    assert all(each.left >= 0 for each in source_sums(MoneySource.objects.all()).values())
    assert MoneySource.objects.filter(of__isnull=False).exists()
    assert 0 < len(proposals(plan.pk)) < len(family(plan.pk)) - 1
    late = [row for row in Milestone.objects.all() if row.days_late(TODAY)]
    assert {row.done_on is None for row in late} == {True, False}
    assert set(Review.objects.filter(plan=plan).values_list("kind", "outcome")) == {("mid", "adjust"), ("final", "")}
    assert unfunded_targets(family(plan.pk))


def test_campaigns_have_stages_and_days(loaded: Loaded) -> None:
    assert loaded.plans
    current, june = Plan.objects.get(number="318"), Plan.objects.get(number="105")
    assert current.stages.filter(from_on__lte=TODAY, to_on__gte=TODAY).count() == 1
    target = june.targets.get()
    assert (target.value, sorted(target.allocations.values_list("value", flat=True))) == (10, [1, 2, 7])
    who = actor("thuongtruc.cualo")
    board = board_of(who, june, Span(date(2024, 6, 1), date(2024, 7, 1)))
    assert {row.label: row.total for row in board.rows} == {
        "Phát thanh trên loa": 9,
        "Mít tinh, lễ ra quân, diễu hành": 3,
    }
    assert Event.objects.filter(plan=june).count() == board.total
