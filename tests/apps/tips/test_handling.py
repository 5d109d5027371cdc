"""Acts of officers: clocks, outcomes, joined tips, hands; two people at once; nothing of a tip in the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.operations import stop_user
from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.tips.clocks import COMPLEX, EXTENSION, due_on, last_day
from pcmt.apps.tips.models import IdentityAsk, StepWhat, Tip, TipMessage, TipStep
from pcmt.apps.tips.operations import handling, identities, moving
from pcmt.apps.tips.operations.reading import open_tip
from pcmt.apps.tips.operations.receiving import tell_new
from pcmt.apps.tips.operations.reminding import free_left, remind
from pcmt.apps.tips.queries.tips import TipFilter, tip_counts, tips_listed
from pcmt.apps.tips.values import TipState
from pcmt.core.diagnostics import Refusal
from tests.factories.tip_rows import ANSWER, SENDER, WORDS, noon, officer, teams, tip
from tests.factories.world import NOW, TODAY, World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> World:
    return teams(world())


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


@pytest.mark.parametrize(
    ("received", "plain", "complex_", "extended"),
    [
        (date(2026, 3, 2), date(2026, 3, 23), date(2026, 5, 4), date(2026, 7, 6)),  # 22/3 and 2/5 and 4/7 are off
        (date(2028, 2, 9), date(2028, 2, 29), date(2028, 4, 10), date(2028, 6, 12)),  # ends on Feb 29; 9/4 a Sunday
        (date(2027, 12, 31), date(2028, 1, 20), date(2028, 2, 29), date(2028, 5, 3)),  # no 31/2; 29/4-2/5 are off
        (date(2026, 1, 26), date(2026, 2, 23), date(2026, 3, 26), date(2026, 5, 26)),  # 15/2 lies in the Tết days off
        (date(2026, 12, 30), date(2027, 1, 19), date(2027, 3, 1), date(2027, 5, 4)),  # 28/2 a Sunday; 1/5 and after off
    ],
)
def test_the_last_day_of_each_limit(received: date, plain: date, complex_: date, extended: date) -> None:
    assert due_on(received) == plain
    assert last_day(COMPLEX, received) == complex_
    assert last_day(EXTENSION, complex_) == extended


def test_from_hand_to_outcome(land: World) -> None:
    mine = officer(land, "dong_hoa_police")
    made = tip(land["dong_hoa"], land["dong_hoa_police"], message=True)
    base: dict[str, Any] = {"actor": mine, "at": NOW, "tip_id": made.pk}
    assert isinstance(handling.take_tip(**base, version=1), Tip)
    assert code(handling.begin_tip(**base, version=1)) == "stale"
    assert isinstance(handling.begin_tip(**base, version=2), Tip)
    key = uuid4()
    said = handling.answer_sender(**base, key=key, words=" Chúng tôi đang xác minh. ")
    assert isinstance(said, TipMessage)
    assert handling.answer_sender(**base, key=key, words="lần nữa") == said
    opened = open_tip(actor=mine, at=NOW, tip_id=made.pk)
    assert not isinstance(opened, Refusal)
    assert opened.told["words"] == WORDS
    assert sorted(opened.messages.values()) == [ANSWER, "Chúng tôi đang xác minh."]
    assert not TipMessage.objects.filter(by=None, read=False).exists()
    late = handling.settle_tip(**base, version=3, outcome="confirmed", on=date(2026, 3, 1), words="xong")
    assert code(late) == "on"
    assert code(handling.settle_tip(**base, version=3, outcome="", on=TODAY, words="xong")) == "outcome"
    done = handling.settle_tip(**base, version=3, outcome="confirmed", on=TODAY, words="Đã bắt quả tang")
    assert isinstance(done, Tip)
    assert (done.state, done.closed_on, done.closed_in) == (TipState.SETTLED, TODAY, land["dong_hoa"])
    assert done.purge_on == date(2031, 3, 2)
    assert code(handling.take_tip(**base, version=4)) == "closed"
    again = handling.reopen_tip(**base, version=4, reason="có tình tiết mới")
    assert isinstance(again, Tip)
    assert (again.state, again.closed_on, again.purge_on, again.original_due_on) == (
        TipState.VERIFYING, None, None, due_on(TODAY),
    )  # fmt: skip
    steps = TipStep.objects.filter(tip=made).values_list("what", flat=True)
    assert list(steps) == [StepWhat.TAKEN, StepWhat.VERIFYING, StepWhat.SETTLED, StepWhat.REOPENED]
    log = "".join(
        f"{row.object_label}{row.before}{row.after}{row.reason}"
        for row in Entry.objects.filter(event__startswith="tips.")
    )
    assert made.number in log
    for words in (WORDS, ANSWER, "Đã bắt quả tang", "tình tiết", "đang xác minh"):
        assert words not in log
    assert Entry.objects.filter(event="tips.tip.read").count() == 1


def test_complex_and_extended_once(land: World) -> None:
    mine = officer(land, "dong_hoa_police")
    made = tip(land["dong_hoa"], land["dong_hoa_police"])
    base: dict[str, Any] = {"actor": mine, "at": NOW, "tip_id": made.pk}
    extend = {"paper": "12/QĐ-VKS", "reason": "phải giám định"}
    assert code(handling.extend_tip(**base, version=1, until=None, **extend)) == "plain"
    assert code(handling.call_complex(**base, version=1, reason=" ")) == "empty"
    late: dict[str, Any] = {"actor": mine, "at": noon(date(2026, 3, 24)), "tip_id": made.pk}
    assert code(handling.call_complex(**late, version=1, reason="nhiều nơi")) == "late"
    done = handling.call_complex(**base, version=1, reason="nhiều nơi")
    assert isinstance(done, Tip)
    assert (done.due_on, done.original_due_on) == (date(2026, 5, 4), date(2026, 3, 23))
    assert code(handling.call_complex(**base, version=2, reason="nữa")) == "twice"
    too_far = handling.extend_tip(**base, version=2, until=date(2026, 7, 7), **extend)
    assert code(too_far) == "until"
    assert isinstance(handling.extend_tip(**base, version=2, until=date(2026, 6, 1), **extend), Tip)
    made.refresh_from_db()
    assert made.due_on == date(2026, 6, 1)
    assert code(handling.extend_tip(**base, version=3, until=None, **extend)) == "twice"


def test_notices_and_letters_tell_numbers_and_days_alone(land: World) -> None:
    """Whatever happens to a tip: whoever reads a notice or its letter learns no word of it, nor whom it names."""
    mine, other = officer(land, "dong_hoa_police", name="an"), officer(land, "dong_hoa_police", name="binh")
    keeper = land.actor("dong_hoa", "custodian", "giu")
    made = tip(land["dong_hoa"], land["dong_hoa_police"], identity=True, message=True)
    base: dict[str, Any] = {"actor": mine, "at": NOW, "tip_id": made.pk}

    def version() -> int:
        made.refresh_from_db()
        return made.version

    tell_new(at=NOW + timedelta(days=1))
    handling.begin_tip(**base, version=version(), words="nghi ngờ")
    moving.hand_over_tip(**base, version=version(), to_user_id=other.user_id)
    ask = identities.ask_identity(**base, reason="cần lấy lời khai")
    assert isinstance(ask, IdentityAsk)
    identities.decide_ask(actor=keeper, at=NOW, ask_id=ask.pk, version=1, release=False, words="chưa cần")
    for day in (18, 22, 25):
        remind(at=noon(date(2026, 3, day)))
    moving.name_body(**base, version=version(), unit_id=land["dong_hoa_police"].pk)
    moving.name_body(
        actor=officer(land, "police"), at=NOW, tip_id=made.pk, version=version(), unit_id=land["police"].pk
    )  # fmt: skip
    told = [f"{row.title} {row.address}" for row in Notice.objects.all()]
    assert len(told) >= 8
    named = {*Notice.objects.values_list("reason", flat=True)}
    assert {Reason.ASSIGNED, Reason.SOON, Reason.OVERDUE, Reason.ESCALATED, Reason.SUBMITTED, Reason.DECIDED} <= named
    for words in (WORDS, ANSWER, "Ngõ 12", "nghi ngờ", "lời khai", "chưa cần", "Mua bán", "selling", SENDER):
        assert not [each for each in told if words in each], words
    assert not [each for each in told if "Công an" in each and "quá hạn" not in each and "mới" not in each]


def test_joined_tips_close_with_the_one_they_go_with(land: World) -> None:
    mine = officer(land, "dong_hoa_police")
    main, other = (tip(land["dong_hoa"], land["dong_hoa_police"]) for _each in range(2))
    joined = handling.join_tips(actor=mine, at=NOW, tip_id=other.pk, version=1, into_number=main.number.lower())
    assert isinstance(joined, Tip)
    assert code(handling.take_tip(actor=mine, at=NOW, tip_id=other.pk, version=2)) == "joined"
    back = handling.join_tips(actor=mine, at=NOW, tip_id=main.pk, version=1, into_number=other.number)
    assert code(back) == "into"
    assert [each.pk for each in tips_listed(mine, TipFilter())] == [main.pk]
    settled = handling.settle_tip(
        actor=mine, at=NOW, tip_id=main.pk, version=1, outcome="partly", on=TODAY, words="xong"
    )
    assert isinstance(settled, Tip)
    other.refresh_from_db()
    assert (other.state, other.outcome, other.closed_on) == (TipState.SETTLED, "partly", TODAY)
    third = tip(land["dong_hoa"], land["dong_hoa_police"])
    handling.join_tips(actor=mine, at=NOW, tip_id=third.pk, version=1, into_number=other.number)
    third.refresh_from_db()
    assert (third.same_as, third.state) == (main, TipState.SETTLED)


def test_passing_on_needs_a_body_and_a_paper(land: World) -> None:
    mine = officer(land, "dong_hoa_police")
    made = tip(land["dong_hoa"], land["dong_hoa_police"], receipt=False)
    base: dict[str, Any] = {"actor": mine, "at": NOW, "tip_id": made.pk, "version": 1, "on": TODAY}
    nobody = handling.pass_on_tip(**base, to_unit_id=None, to_name=" ", paper="3/CV")
    assert code(nobody) == "to"
    assert code(handling.pass_on_tip(**base, to_unit_id=None, to_name="Hải quan", paper="")) == "empty"
    own = handling.pass_on_tip(**base, to_unit_id=land["dong_hoa_police"].pk, to_name="", paper="3/CV")
    assert code(own) == "to"
    assert isinstance(handling.pass_on_tip(**base, to_unit_id=None, to_name="Hải quan", paper="3/CV"), Tip)
    unheard = handling.answer_sender(actor=mine, at=NOW, tip_id=made.pk, key=uuid4(), words="xin chào")
    assert code(unheard) == "no_receipt"


ACTS: list[Callable[[dict[str, Any]], Any]] = [
    lambda base: handling.take_tip(**base),
    lambda base: handling.note_tip(**base, words="x"),
    lambda base: handling.keep_tip(**base, reason="x"),
    lambda base: moving.hand_over_tip(**base, to_user_id=1),
    lambda base: moving.move_tip(**base, to_unit_id=1, reason="x"),
    lambda base: moving.name_body(**base, unit_id=1),
]


@pytest.mark.parametrize("act", ACTS)
def test_other_hands_find_nothing(land: World, act: Callable[[dict[str, Any]], Any]) -> None:
    made = tip(land["dong_hoa"], land["dong_hoa_police"])
    base = {"at": NOW, "tip_id": made.pk, "version": 1}
    assert code(act({**base, "actor": officer(land, "tay_hoa_police")})) == "gone"
    with pytest.raises(PermissionDenied):
        act({**base, "actor": land.actor("dong_hoa_police", "officer")})


def test_all_tips_of_who_leaves_go_to_a_colleague(land: World) -> None:
    mine = officer(land, "dong_hoa_police", name="an")
    other = officer(land, "dong_hoa_police", name="binh")
    made = [tip(land["dong_hoa"], land["dong_hoa_police"]) for _each in range(2)]
    closed = tip(land["dong_hoa"], land["dong_hoa_police"], state="settled", closed_on=TODAY)
    Tip.objects.update(held_by=mine.user_id)
    base: dict[str, Any] = {
        "actor": other,
        "at": NOW,
        "from_user_id": mine.user_id,
        "unit_id": land["dong_hoa_police"].pk,
    }
    stranger = officer(land, "tay_hoa_police")
    assert code(moving.hand_over_tips(**base, to_user_id=stranger.user_id)) == "to_user"
    done = moving.hand_over_tips(**base, to_user_id=other.user_id)
    assert not isinstance(done, Refusal)
    assert [each.pk for each in done] == [each.pk for each in made]
    assert tip_counts(other).mine == 2
    closed.refresh_from_db()
    assert closed.held_by_id == mine.user_id
    assert code(moving.hand_over_tips(**base, to_user_id=other.user_id)) == "none"


def test_who_is_stopped_leaves_no_tip_unseen(land: World) -> None:
    mine, other = officer(land, "dong_hoa_police", name="an"), officer(land, "dong_hoa_police", name="binh")
    made = tip(land["dong_hoa"], land["dong_hoa_police"], held_by_id=mine.user_id)
    assert free_left(at=NOW) == 0
    assert isinstance(stop_user(actor=None, at=NOW, user_id=mine.user_id, reason="nghỉ"), User)
    assert free_left(at=NOW) == 1
    assert free_left(at=NOW) == 0
    made.refresh_from_db()
    assert made.held_by is None
    told = Notice.objects.get(user=other.user_id)
    assert made.number in told.title


def test_reminders_are_told_once_each_and_go_up_as_a_count(land: World) -> None:
    mine, above = officer(land, "dong_hoa_police"), officer(land, "police")
    made = tip(land["dong_hoa"], land["dong_hoa_police"], held_by_id=mine.user_id)  # due on 23 March
    hidden = tip(land["dong_hoa"], land["dong_hoa_police"], named=[land["police"]])
    titles = []
    for day in (17, 18, 18, 20, 22, 23, 24, 25):
        remind(at=noon(date(2026, 3, day)))
        titles.append(Notice.objects.filter(user=mine.user_id, about_id=str(made.pk)).count())
    assert titles == [0, 1, 1, 1, 2, 2, 3, 3]
    up = Notice.objects.get(user=above.user_id)
    assert (up.reason, up.title) == (Reason.ESCALATED, "Công an xã Đông Hòa: 1 tin báo quá hạn giải quyết")
    assert not Notice.objects.filter(title__contains=hidden.number, user=above.user_id).exists()
