"""What is told stands once, is seen by its person only, and can be read, counted, switched off and tidied away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pcmt.apps.accounts.models import User
from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import KEPT_IN_BELL, Digest, Notice, Preference, Reason, Rhythm, Way
from pcmt.apps.notices.operations import choose, read_all, read_one, tidy
from pcmt.apps.notices.operations.telling import TITLE_CHARS
from pcmt.apps.notices.operations.tidying import KEPT_DAYS
from pcmt.apps.notices.queries import (
    MOST_COUNTED,
    ORDER,
    by_reason,
    muted_by,
    preference_of,
    reasons_among,
    told_about,
    unread_count,
)
from pcmt.core.diagnostics import Refusal
from tests.apps.notices.telling import DAY, told, with_mail
from tests.factories.world import NOW, World

USUAL = {"rhythm": Rhythm.DAILY, "hour": 7, "quiet_from": 21, "quiet_to": 6, "workdays_only": True}


def test_one_thing_is_told_once(land: World) -> None:
    hoa, an = with_mail(land), with_mail(land, "finance", "an")
    told(land, hoa, at=NOW)
    both = told(land, hoa, an, at=NOW + DAY)
    assert [(notice.user_id, notice.at) for notice in both] == [(hoa.user_id, NOW), (an.user_id, NOW + DAY)]


def test_a_long_title_is_cut_visibly(land: World) -> None:
    (notice,) = told(land, with_mail(land), at=NOW, title="x" * 400)
    assert len(notice.title) == TITLE_CHARS
    assert notice.title.endswith("x…")


def test_nobody_reads_what_others_were_told(land: World) -> None:
    hoa, an = with_mail(land), with_mail(land, "finance", "an")
    (notice,) = told(land, hoa, at=NOW)
    assert not Notice.objects.visible_to(an).exists()
    assert not Notice.objects.visible_to(None).exists()
    assert read_one(actor=an, at=NOW, notice_id=notice.pk) is None
    assert read_all(actor=an, at=NOW, up_to=notice.pk) == 0
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_notice_stays_read_since_it_was_first_read(land: World) -> None:
    hoa = with_mail(land)
    (notice,) = told(land, hoa, at=NOW)
    for at in (NOW, NOW + DAY):
        read = read_one(actor=hoa, at=at, notice_id=notice.pk)
        assert read is not None
        assert read.read_at == NOW


def test_all_that_was_on_the_page_is_read_and_no_more(land: World) -> None:
    hoa = with_mail(land)
    told(land, hoa, at=NOW, key="a", reason=Reason.SOON)
    (seen,) = told(land, hoa, at=NOW, key="b")
    told(land, hoa, at=NOW, key="c")
    assert read_all(actor=hoa, at=NOW, up_to=seen.pk, reason=Reason.ASSIGNED) == 1
    assert read_all(actor=hoa, at=NOW, up_to=seen.pk) == 1
    assert [notice.key for notice in Notice.objects.visible_to(hoa).unread()] == ["c"]


def test_the_bell_counts_to_a_hundred_and_leaves_out_what_was_switched_off(
    land: World, django_assert_num_queries: object
) -> None:
    hoa = with_mail(land)
    told(land, hoa, at=NOW, key="soon", reason=Reason.SOON)
    (urged,) = told(land, hoa, at=NOW, key="urged", reason=Reason.URGED)
    assert unread_count(hoa) == 2
    user = User.objects.get(pk=hoa.user_id)
    assert not isinstance(choose(actor=hoa, at=NOW, user=user, muted=[(Reason.SOON, Way.BELL)], **USUAL), Refusal)
    assert unread_count(hoa) == 1
    assert Notice.objects.visible_to(hoa).unread().count() == 2, "in the list everything stands"
    read_one(actor=hoa, at=NOW, notice_id=urged.pk)
    assert unread_count(hoa) == 0
    rows = [
        Notice(user_id=hoa.user_id, reason=Reason.ASSIGNED, key=f"k{n}", title="x", address="/", about="x.Y", at=NOW)
        for n in range(MOST_COUNTED + 7)
    ]
    Notice.objects.bulk_create(rows)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert unread_count(hoa) == MOST_COUNTED


def test_reasons_have_an_order(land: World) -> None:
    assert sorted(ORDER) == sorted(Reason)
    hoa = with_mail(land)
    for key, reason in (("1", Reason.ACCEPTED), ("2", Reason.OVERDUE), ("3", Reason.ASSIGNED), ("4", Reason.OVERDUE)):
        told(land, hoa, at=NOW + timedelta(minutes=int(key)), key=key, reason=reason)
    mine = Notice.objects.visible_to(hoa)
    assert [notice.key for notice in by_reason(mine)] == ["4", "2", "3", "1"]
    assert reasons_among(mine) == [(Reason.OVERDUE, 2), (Reason.ASSIGNED, 1), (Reason.ACCEPTED, 1)]


def test_the_record_says_how_many_were_told_and_why(land: World) -> None:
    hoa, an = with_mail(land), with_mail(land, "finance", "an")
    (first, _second) = told(land, hoa, an, at=NOW, key="a")
    told(land, an, at=NOW + DAY, key="b", reason=Reason.OVERDUE)
    Notice.objects.filter(pk=first.pk).update(mailed_at=NOW)
    record = told_about("units.Unit", land["health"].pk)
    assert [(each.at, each.reason, each.people, each.mailed) for each in record] == [
        (NOW + DAY, Reason.OVERDUE, 1, 0),
        (NOW, Reason.ASSIGNED, 2, 1),
    ]
    assert told_about("units.Unit", land["finance"].pk) == []


def test_old_notices_go_after_more_than_a_plan_year(land: World) -> None:
    hoa = with_mail(land)
    told(land, hoa, at=NOW, key="old")
    told(land, hoa, at=NOW + DAY, key="young")
    Digest.objects.create(user_id=hoa.user_id, email="x@example.vn", day=NOW, made_at=NOW)
    assert KEPT_DAYS > 366 + 31
    assert tidy(at=NOW + timedelta(days=KEPT_DAYS, hours=1)) == 1
    assert [notice.key for notice in Notice.objects.all()] == ["young"]
    assert not Digest.objects.exists()


class TestChoosing:
    @pytest.fixture
    def user(self, land: World) -> User:
        return User.objects.get(pk=with_mail(land).user_id)

    def test_without_a_row_the_defaults_hold(self, user: User) -> None:
        usual = preference_of(user.pk)
        assert {name: getattr(usual, name) for name in USUAL} == USUAL
        assert not Preference.objects.exists()

    def test_what_was_chosen_is_kept_and_told_to_the_log_once(self, user: User) -> None:
        chosen = USUAL | {"rhythm": Rhythm.WEEKLY, "hour": 8}
        off = {(Reason.SOON, Way.BELL), (Reason.SOON, Way.MAIL)}
        for at in (NOW, NOW + DAY):
            choose(actor=None, at=at, user=user, muted=off, **chosen)
        kept = preference_of(user.pk)
        assert {name: getattr(kept, name) for name in USUAL} == chosen
        assert muted_by(user.pk) == off
        entry = Entry.objects.get(event="notices.preference.changed")
        assert entry.after == {"rhythm": "weekly", "hour": 8, "not_in_bell": ["soon"], "not_in_mail": ["soon"]}
        choose(actor=None, at=NOW, user=user, muted=[(Reason.SOON, Way.MAIL)], **USUAL)
        assert muted_by(user.pk) == {(Reason.SOON, Way.MAIL)}

    @pytest.mark.parametrize("hour", [21, 23, 0, 5])
    def test_an_hour_in_the_quiet_ones_is_refused(self, user: User, hour: int) -> None:
        refused = choose(actor=None, at=NOW, user=user, muted=[], **USUAL | {"hour": hour})
        assert isinstance(refused, Refusal)
        assert refused.field == "hour"
        assert not Preference.objects.exists()

    @pytest.mark.parametrize("reason", sorted(KEPT_IN_BELL))
    def test_what_others_wait_for_always_counts(self, user: User, reason: Reason) -> None:
        assert isinstance(choose(actor=None, at=NOW, user=user, muted=[(reason, Way.BELL)], **USUAL), Refusal)
        assert not isinstance(choose(actor=None, at=NOW, user=user, muted=[(reason, Way.MAIL)], **USUAL), Refusal)
