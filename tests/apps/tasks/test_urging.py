"""Urging letters: who gets one, what stands in it, what stays on record."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import docx
import pytest
from django.core.files.storage import default_storage

from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.letters import LetterWords, clause_words, usual_words, words_of
from pcmt.apps.tasks.models import DueItem, DueState, Extension, ExtensionState, Urging, UrgingItem
from pcmt.apps.tasks.operations import AT_ONCE, report_progress, sign_urging, urge, withdraw_urging, write_letters
from pcmt.apps.tasks.urging import UrgingFilter, register_of, to_urge, urged_before
from pcmt.core.diagnostics import Refusal
from pcmt.documents.output.official import Mark
from tests.factories.plans import adopted
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.usefixtures("reader")
WORDS = LetterWords(
    agency="Công an tỉnh An Bình",
    parent="Bộ Công an",
    symbol="CAT-PC04",
    place="An Bình",
    answer_by=date(2026, 3, 9),
    mark=Mark.DEPUTY,
    head="Giám đốc",
    post="Phó Giám đốc",
    recipients=("Như trên", "Ủy ban nhân dân tỉnh (để b/c)"),
)


@pytest.fixture
def plan(land: World) -> Plan:
    return adopted(land.office).plan


def chosen(land: World, **given: Any) -> list[int]:
    return [line.due.pk for letter in to_urge(land.office, TODAY, **given).letters for line in letter.lines]


def made(land: World, batch: UUID | None = None, **given: Any) -> list[Urging]:
    ids = chosen(land, **given)
    letters = urge(actor=land.office, at=NOW, batch=batch or uuid4(), item_ids=ids, words=WORDS)
    assert isinstance(letters, list), letters
    return letters


def opened(urging: Urging) -> Any:
    urging.refresh_from_db()
    assert urging.file is not None
    with default_storage.open(urging.file.path) as file:
        return docx.Document(io.BytesIO(file.read()))


def said(document: Any) -> str:
    words = [paragraph.text for paragraph in document.paragraphs]
    words += [" | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n".join(words)


def test_one_letter_for_each_body_that_is_late(land: World, plan: Plan) -> None:
    found = to_urge(land.office, TODAY)
    assert [(letter.unit.name, len(letter.lines), letter.late) for letter in found.letters] == [
        ("Phường Tây Hòa", 4, 4),
        ("Sở Y tế", 2, 2),
        ("Xã Đông Hòa", 4, 4),
    ]
    assert found.letters[1].lines[0].days_late == (TODAY - date(2026, 1, 14)).days
    only = to_urge(land.office, TODAY, unit_ids=[land["health"].pk, land["finance"].pk])
    assert [letter.unit.name for letter in only.letters] == ["Sở Y tế"]
    assert [unit.name for unit in only.left_out] == ["Sở Tài chính"]


def test_what_is_near_its_limit_is_taken_where_asked_for(land: World, plan: Plan) -> None:
    on = date(2026, 3, 10)
    late = to_urge(land.office, on, unit_ids=[land["health"].pk]).letters[0]
    both = to_urge(land.office, on, unit_ids=[land["health"].pk], soon=True).letters[0]
    assert (len(late.lines), len(both.lines), both.late) == (2, 3, 2)
    assert both.lines[-1].due.due_on == date(2026, 3, 14)


def test_who_was_only_asked_gets_a_courteous_letter_of_its_own(land: World, plan: Plan) -> None:
    assert land["front"] not in [letter.unit for letter in to_urge(land.office, TODAY).letters]
    letters = made(land, requested=True, unit_ids=[land["front"].pk, land["health"].pk])
    asked = next(letter for letter in letters if letter.requested)
    assert (asked.unit, asked.items.get().days_late) == (land["front"], 0)
    words = said(opened(asked))
    assert "trân trọng đề nghị quý cơ quan quan tâm phối hợp" in words
    assert "V/v đề nghị phối hợp thực hiện Kế hoạch số 12/KH-UBND" in words
    assert "quá hạn" not in words.lower()
    assert "đôn đốc" not in words.lower()
    told = Notice.objects.filter(reason=Reason.URGED, about_id=str(asked.pk)).values_list("title", flat=True)
    assert not [title for title in told if "đôn đốc" in title]


def test_the_letter_says_clause_limit_and_days(land: World, plan: Plan) -> None:
    letter = next(each for each in made(land) if each.unit == land["health"])
    document = opened(letter)
    words = said(document)
    for part in (
        "CÔNG AN TỈNH AN BÌNH",
        "BỘ CÔNG AN",
        "Số:      /CAT-PC04",
        "V/v đôn đốc thực hiện Kế hoạch số 12/KH-UBND",
        "Kính gửi: Sở Y tế",
        "Tính đến hết ngày 02/3/2026, Sở Y tế còn 02 việc đã quá thời hạn",
        "chậm nhất hết ngày 09/3/2026",
        "KT. GIÁM ĐỐC",
        "PHÓ GIÁM ĐỐC",
        "- Như trên;",
        "- Lưu: VT, PC04.",
    ):
        assert part in words, part
    table = document.tables[1]
    assert [cell.text for cell in table.rows[0].cells] == [
        "STT", "Nội dung công việc", "Mục trong kế hoạch", "Thời hạn", "Quá hạn (ngày)",
    ]  # fmt: skip
    first = [cell.text for cell in table.rows[1].cells]
    assert first[0] == "1"
    assert first[3:] == ["hết ngày 14/01/2026", "47"]
    assert document.paragraphs[-2].text.endswith("./.")


def test_people_of_the_body_are_told_and_it_is_logged(land: World, plan: Plan) -> None:
    nurse = land.actor("health", name="hoa")
    letters = made(land)
    notices = Notice.objects.filter(user_id=nurse.user_id, reason=Reason.URGED)
    letter = next(each for each in letters if each.unit == land["health"])
    assert [notice.address for notice in notices] == [f"/nhiem-vu/don-doc/{letter.pk}/"]
    assert Entry.objects.filter(event="tasks.urging.made").count() == len(letters)


def test_the_second_time_says_so(land: World, plan: Plan) -> None:
    first = made(land, unit_ids=[land["health"].pk])[0]
    again = made(land, unit_ids=[land["health"].pk])[0]
    assert [item.times for item in again.items.all()] == [2, 2]
    assert "Lần thứ 2; lần trước ngày 02/3/2026" in said(opened(again))
    assert "Đã đôn đốc" not in said(opened(first))
    ids = [item.due_item_id for item in again.items.all()]
    assert {before.times for before in urged_before(ids).values()} == {2}
    taken = withdraw_urging(actor=land.office, at=NOW, urging_id=again.pk, version=1, reason="Gửi nhầm")
    assert isinstance(taken, Urging)
    assert {before.times for before in urged_before(ids).values()} == {1}


def test_the_same_batch_is_made_once(land: World, plan: Plan) -> None:
    batch = uuid4()
    first = made(land, batch)
    second = made(land, batch)
    assert [letter.pk for letter in first] == [letter.pk for letter in second]
    assert Urging.objects.count() == len(first)


def test_what_was_settled_meanwhile_is_refused_by_name(land: World, plan: Plan) -> None:
    ids = chosen(land)
    due = DueItem.objects.filter(pk__in=ids, unit=land["health"]).order_by("due_on")[0]
    report_progress(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=due.version, done=True)
    refused = urge(actor=land.office, at=NOW, batch=uuid4(), item_ids=ids, words=WORDS)
    assert isinstance(refused, Refusal)
    assert refused.code == "stale"
    assert "Sở Y tế" in refused.message
    assert not Urging.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"agency": " "}, "agency"),
        ({"mark": "TM."}, "collective"),
        ({"mark": "TL.", "head": ""}, "head"),
        ({"mark": "PP."}, "mark"),
        ({"symbol": "12/CAT"}, "symbol"),
    ],
)
def test_words_that_make_no_letter(land: World, plan: Plan, changed: dict[str, str], field: str) -> None:
    words = words_of({**WORDS.stored(), **changed})
    refused = urge(actor=land.office, at=NOW, batch=uuid4(), item_ids=chosen(land), words=words)
    assert isinstance(refused, Refusal)
    assert refused.field == field


def test_only_the_office_that_keeps_the_plan_urges(land: World, plan: Plan) -> None:
    ids = chosen(land)
    for unit, role in (
        ("police", "leader"), ("police", "officer"), ("health", "standing_office"),
        ("dong_hoa_police", "standing_office"), ("binh_giang_police", "standing_office"),
    ):  # fmt: skip
        actor = land.actor(unit, role)
        assert not to_urge(actor, TODAY).letters, (unit, role)
        refused = urge(actor=actor, at=NOW, batch=uuid4(), item_ids=ids, words=WORDS)
        assert isinstance(refused, Refusal), (unit, role)
        assert refused.code == "not_allowed"


def test_who_sees_a_letter(land: World, plan: Plan) -> None:
    """To one's own unit, from one's own unit, or in the part of the tree one answers for."""
    letter = next(each for each in made(land) if each.unit == land["health"])
    sees = {
        ("police", "standing_office"): True,
        ("police", "officer"): True,
        ("police", "leader"): True,
        ("health", "officer"): True,
        ("health", "leader"): True,
        ("an_binh", "leader"): True,
        ("an_binh", "auditor"): True,
        ("finance", "officer"): False,
        ("finance", "leader"): False,
        ("dong_hoa", "leader"): False,
        ("an_binh", "officer"): False,
        ("dong_hoa_police", "standing_office"): False,
        ("binh_giang_police", "standing_office"): False,
        ("binh_giang", "leader"): False,
    }
    for (unit, role), expected in sees.items():
        actor = land.actor(unit, role)
        assert Urging.objects.visible_to(actor).filter(pk=letter.pk).exists() is expected, (unit, role)
        assert UrgingItem.objects.visible_to(actor).filter(urging=letter).exists() is expected, (unit, role)
    assert not Urging.objects.visible_to(None).exists()


def test_who_took_the_work_over_sees_the_letter(land: World, plan: Plan) -> None:
    letter = next(each for each in made(land) if each.unit == land["health"])
    DueItem.objects.filter(urgings__urging=letter).update(unit=land["finance"], origin_unit=land["health"])
    assert Urging.objects.visible_to(land.actor("finance")).filter(pk=letter.pk).exists()


def test_number_and_day_when_signed(land: World, plan: Plan) -> None:
    first, second, *_others = made(land)
    later = NOW + timedelta(days=2)
    told: dict[str, Any] = {"actor": land.office, "at": later, "number": "120", "symbol": "CAT-PC04"}
    signed = sign_urging(**told, urging_id=first.pk, version=1, signed_on=date(2026, 3, 3))
    assert isinstance(signed, Urging)
    assert (signed.designation, signed.version) == ("120/CAT-PC04", 2)
    for version, number, day, code in (
        (1, "121", date(2026, 3, 3), ""),
        (1, "120", date(2026, 3, 3), "same_number"),
        (1, "", date(2026, 3, 3), "number"),
        (1, "122", None, "day"),
        (1, "122", date(2026, 3, 5), "future"),
        (1, "122", date(2026, 3, 1), "early"),
        (7, "122", date(2026, 3, 3), "stale"),
    ):
        answer = sign_urging(**{**told, "number": number}, urging_id=second.pk, version=version, signed_on=day)
        if code:
            assert isinstance(answer, Refusal), code
            assert answer.code in (code, "stale"), (answer.code, code)
        else:
            assert isinstance(answer, Urging)
            second.refresh_from_db()
            Urging.objects.filter(pk=second.pk).update(number="", signed_on=None, version=1)
    refused = withdraw_urging(actor=land.office, at=later, urging_id=first.pk, version=2, reason="Thôi")
    assert isinstance(refused, Refusal)
    assert refused.code == "signed"
    elsewhere = sign_urging(**{**told, "actor": land.actor("health", "standing_office")}, urging_id=second.pk,
                            version=1, signed_on=date(2026, 3, 3))  # fmt: skip
    assert isinstance(elsewhere, Refusal)


def test_the_content_of_a_letter_stays(land: World, plan: Plan) -> None:
    letter = next(each for each in made(land) if each.unit == land["health"])
    before = said(opened(letter))
    sha = letter.file.sha256 if letter.file else ""
    DueItem.objects.filter(unit=land["health"]).update(label="khác", due_on=date(2027, 1, 1))
    assert write_letters(batch=letter.batch, at=NOW) == 0
    letter.refresh_from_db()
    assert letter.file is not None
    assert letter.file.sha256 == sha or not sha
    assert said(opened(letter)) == before
    assert [item.label for item in letter.items.all()] != ["khác", "khác"]


def test_many_letters_are_written_by_a_job(land: World, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcmt.apps.tasks.operations.urging.AT_ONCE", 1)
    assert AT_ONCE > 1
    letters = made(land)
    assert not Urging.objects.filter(file__isnull=True).exists(), "jobs run at once in tests"
    assert len(letters) == 3
    Urging.objects.filter(pk=letters[0].pk).update(file=None)
    assert write_letters(batch=letters[0].batch, at=NOW) == 1, "a second run writes what is missing, no more"


def test_what_waits_for_an_answer_is_marked(land: World, plan: Plan) -> None:
    due = DueItem.objects.filter(unit=land["health"], due_on__lt=TODAY).order_by("due_on")[0]
    DueItem.objects.filter(pk=due.pk).update(declined_at=NOW)
    actor = land.actor("health")
    Extension.objects.create(
        due_item=due, from_on=date(2026, 1, 14), wanted_on=date(2026, 4, 1), reason="Chờ thuốc", asked_at=NOW,
        asked_by_id=actor.user_id, asked_by_name=actor.name, unit=land["health"], state=ExtensionState.WAITING,
    )  # fmt: skip
    first, second = to_urge(land.office, TODAY, unit_ids=[land["health"].pk]).letters[0].lines
    assert (first.declined, first.asking) == (True, True)
    assert (second.declined, second.asking) == (False, False)


def test_nobody_is_urged_for_what_is_settled_or_handed_down(land: World, plan: Plan) -> None:
    dues = list(DueItem.objects.filter(unit=land["dong_hoa"], due_on__lt=TODAY).order_by("due_on"))
    DueItem.objects.filter(pk=dues[0].pk).update(state=DueState.SUSPENDED, suspended_on=TODAY)
    DueItem.objects.filter(pk=dues[1].pk).update(state=DueState.SUBMITTED, done_at=NOW, done_on=TODAY)
    DueItem.objects.filter(pk=dues[2].pk).update(parent=dues[3], given_by=land["dong_hoa"])
    letter = to_urge(land.office, TODAY, unit_ids=[land["dong_hoa"].pk]).letters[0]
    assert [line.due.pk for line in letter.lines] == [dues[3].pk]
    DueItem.objects.filter(pk=dues[3].pk).update(unit=None)
    none = to_urge(land.office, TODAY, plan_id=plan.pk)
    assert (none.nobody, land["dong_hoa"] in [each.unit for each in none.letters]) == (1, False)


def test_the_register_narrows(land: World, plan: Plan) -> None:
    letters = made(land)
    signed = letters[0]
    at = datetime(2026, 3, 4, 3, tzinfo=UTC)
    sign_urging(actor=land.office, at=at, urging_id=signed.pk, version=1, number="7", symbol="CAT", signed_on=TODAY)
    counts = {state: register_of(land.office, UrgingFilter(state=state)).count() for state in ("", "waiting", "signed")}
    assert counts == {"": 3, "waiting": 2, "signed": 1}
    assert register_of(land.office, UrgingFilter(unit_id=land["health"].pk)).get().total == 2  # type: ignore[attr-defined]
    assert not register_of(land.office, UrgingFilter(plan_id=plan.pk + 1)).exists()
    assert register_of(land.office, UrgingFilter(from_on=TODAY, to_on=TODAY)).count() == 3
    assert not register_of(land.office, UrgingFilter(to_on=TODAY - timedelta(days=1))).exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("II.1", "II.1"),
        ("II.1.-2", "II.1, gạch đầu dòng thứ 2"),
        ("II.1.-2.+1", "II.1, gạch đầu dòng thứ 2, dấu cộng thứ 1"),
        ("-3", "gạch đầu dòng thứ 3"),
        ("", ""),
    ],
)
def test_a_place_in_words(address: str, words: str) -> None:
    assert clause_words(address) == words


@pytest.mark.parametrize(
    ("unit", "agency", "parent", "place"),
    [
        ("police", "Công an tỉnh An Bình", "Bộ Công an", "An Bình"),
        ("dong_hoa_police", "Công an xã Đông Hòa", "Công an tỉnh An Bình", "Đông Hòa"),
        ("health", "Sở Y tế", "Ủy ban nhân dân tỉnh An Bình", "An Bình"),
        ("tay_hoa", "Ủy ban nhân dân phường Tây Hòa", "", "Tây Hòa"),
    ],
)
def test_the_letterhead_is_proposed(land: World, unit: str, agency: str, parent: str, place: str) -> None:
    words = usual_words(land[unit], TODAY)
    assert (words.agency, words.parent, words.place) == (agency, parent, place)
