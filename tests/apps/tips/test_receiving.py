"""How a tip comes in: to whom, sealed how, and what is not kept of its sender."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from rapidfuzz.distance import OSA

from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import Notice
from pcmt.apps.registers.models import Subject
from pcmt.apps.tips.models import Tip, TipFile, TipIdentity, TipMark, TipMessage, TipNamed, TipStep, TipTeam
from pcmt.apps.tips.operations.handling import answer_sender
from pcmt.apps.tips.operations.receiving import Receipt, receive, tell_new
from pcmt.apps.tips.operations.talking import write_again
from pcmt.apps.tips.places import file_place, identity_place, tip_place
from pcmt.apps.tips.queries.public import areas_called, bodies_to_name, own_tip
from pcmt.apps.tips.receipts import lists, new_nonce, receipt_from, typed, words_of
from pcmt.apps.tips.vault import hash_of_receipt, unseal, unseal_identity, unseal_picture
from pcmt.core.diagnostics import Refusal
from tests.factories.tips import photo
from tests.factories.world import NOW, TODAY, World

TOLD = "Đêm nào cũng có người lạ ra vào nhà kho cuối xóm"


@pytest.fixture
def teams(land: World) -> World:
    """The commune's police receive; what names them goes to the police of the province."""
    TipTeam.objects.create(area=land["dong_hoa"], body=land["dong_hoa_police"], above=land["police"])
    TipTeam.objects.create(area=land["an_binh"], body=land["police"], phone="0226 3 800 113")
    return land


def sent(land: World, **more: object) -> Receipt:
    given: dict[str, object] = {"area_id": land["dong_hoa"].pk, "topic": "selling", "words": TOLD, **more}
    made = receive(at=NOW, **given)  # type: ignore[arg-type]
    assert isinstance(made, Receipt), made
    return made


def test_a_tip_is_sealed_for_the_team_of_its_area(teams: World) -> None:
    who = {"name": "Vi Thị Bưởi", "phone": "0912 000 111"}
    made = sent(teams, identity=who, pictures=[photo()], details={"where": "Xóm 3"})
    tip = Tip.objects.get()
    assert (tip.team, tip.area, tip.received_on) == (teams["dong_hoa_police"], teams["dong_hoa"], TODAY)
    assert (tip.due_on, tip.receipt) == (date(2026, 3, 23), hash_of_receipt(made.words))  # the 22nd is a Sunday
    assert unseal(tip.sealed or b"", tip.key_id, tip_place(tip.number)) == {"words": TOLD, "where": "Xóm 3"}
    kept = TipIdentity.objects.get()
    assert unseal_identity(kept.sealed, kept.key_id, identity_place(tip.number)) == who
    picture = TipFile.objects.get()
    plain = unseal_picture(picture.sealed, picture.key_id, file_place(picture.key))
    assert plain.startswith(b"\xff\xd8\xff")
    assert b"Exif" not in plain


def test_the_sender_leaves_no_trace_but_the_day(teams: World) -> None:
    entries = Entry.objects.count()
    sent(teams)
    assert (Entry.objects.count(), Notice.objects.count()) == (entries, 0)
    assert (TipStep.objects.count(), TipMark.objects.count(), TipIdentity.objects.count()) == (0, 0, 0)
    assert Subject.objects.count() == 0  # a tip never opens a file of a person


def test_the_same_sending_is_one_tip_with_one_receipt(teams: World) -> None:
    nonce = new_nonce()
    first = sent(teams, nonce=nonce)
    assert sent(teams, nonce=nonce) == first
    assert (Tip.objects.count(), Tip.objects.filter(key=uuid4()).count()) == (1, 0)
    assert nonce not in str(Tip.objects.values())


@pytest.mark.parametrize(
    ("named", "team"),
    [
        ((), "dong_hoa_police"),
        (("dong_hoa_clinic",), "dong_hoa_police"),
        (("dong_hoa_police",), "police"),
        (("dong_hoa",), "police"),  # the commune itself, which its police serve
        (("dong_hoa_police", "front"), "police"),
    ],
)
def test_whom_it_names_does_not_get_it(teams: World, named: tuple[str, ...], team: str) -> None:
    sent(teams, named=[teams[each].pk for each in named])
    assert Tip.objects.get().team == teams[team]
    assert set(TipNamed.objects.values_list("unit", flat=True)) == {teams[each].pk for each in named}
    for key in ("dong_hoa_police", "police"):
        seen = Tip.objects.visible_to(teams.actor(key, "tip_officer")).exists()
        assert seen == (key == team and key not in named) or key == "police"


def test_it_goes_up_to_the_next_area_without_a_team_above(land: World) -> None:
    TipTeam.objects.create(area=land["dong_hoa"], body=land["dong_hoa_police"])
    TipTeam.objects.create(area=land["an_binh"], body=land["police"])
    sent(land, named=[land["dong_hoa_police"].pk])
    assert Tip.objects.get().team == land["police"]
    Tip.objects.all().delete()
    sent(land, area_id=land["tay_hoa"].pk)  # no team of its own
    assert Tip.objects.get().team == land["police"]


def test_what_cannot_be_taken_is_said(teams: World) -> None:
    def refused(**more: object) -> str:
        given: dict[str, object] = {"area_id": teams["dong_hoa"].pk, "topic": "selling", "words": TOLD, **more}
        answer = receive(at=NOW, **given)  # type: ignore[arg-type]
        assert isinstance(answer, Refusal)
        return f"{answer.field}:{answer.code}"

    assert refused(words="  ") == "words:empty"
    assert refused(words="a" * 8001) == "words:long"
    assert refused(topic="x") == "topic:topic"
    assert refused(area_id=teams["binh_giang"].pk) == "area:no_team"
    assert refused(area_id=teams["police"].pk) == "area:area"
    assert refused(pictures=[b"%PDF-1.7"]) == "pictures:unsupported"
    assert refused(pictures=[b"\xff\xd8\xff broken"]) == "pictures:damaged"
    assert refused(pictures=[photo()] * 6) == "pictures:too_many"
    assert refused(identity={"name": "a" * 201}) == "name:long"
    assert Tip.objects.count() == 0


def test_officers_type_in_what_came_another_way(teams: World) -> None:
    officer, key = teams.actor("dong_hoa_police", "tip_officer"), uuid4()
    made = sent(teams, channel="box", actor=officer, key=key, with_receipt=False)
    assert sent(teams, channel="box", actor=officer, key=key, with_receipt=False).tip_id == made.tip_id
    tip = Tip.objects.get()
    assert (made.words, tip.receipt, tip.channel) == ("", None, "box")
    assert TipStep.objects.get().by_id == officer.user_id
    entry = Entry.objects.get(event="tips.tip.received")
    assert TOLD not in str(vars(entry))
    elsewhere = receive(
        at=NOW, area_id=teams["tay_hoa"].pk, topic="selling", words=TOLD, channel="phone", actor=officer
    )
    assert isinstance(elsewhere, Refusal)
    with pytest.raises(PermissionDenied):
        sent(teams, channel="phone", actor=teams.actor("dong_hoa_police", "officer", "khac"))


def test_two_speak_through_the_receipt(teams: World) -> None:
    made = sent(teams)
    officer = teams.actor("dong_hoa_police", "tip_officer")
    answer_sender(actor=officer, at=NOW, tip_id=made.tip_id, key=uuid4(), words="Có biển số xe không?")
    entries, nonce = Entry.objects.count(), new_nonce()
    for _twice in range(2):
        write_again(at=NOW, receipt=made.words, nonce=nonce, words="Xe máy màu đỏ", pictures=[photo()])
    own = own_tip(made.words)
    assert own is not None
    assert [(each.mine, each.words, each.pictures) for each in own.messages] == [
        (False, "Có biển số xe không?", 0),
        (True, "Xe máy màu đỏ", 1),
    ]
    assert Entry.objects.count() == entries
    assert "đỏ" not in str(TipMessage.objects.values())
    other = receipt_from(new_nonce())
    assert own_tip(other) is own_tip("") is None
    for receipt in ("", other):
        answer = write_again(at=NOW, receipt=receipt, nonce=new_nonce(), words="a")
        assert isinstance(answer, Refusal)
        assert answer.code == "gone"


def test_the_team_is_told_by_count_in_the_morning(teams: World) -> None:
    officer = teams.actor("dong_hoa_police", "tip_officer")
    sent(teams)
    sent(teams)
    for days in (0, 1, 1, 2):
        tell_new(at=NOW + timedelta(days=days))
    notice = Notice.objects.get()
    assert notice.user_id == officer.user_id
    assert "2 tin báo mới" in notice.title


def test_receipts_stand_slips_of_the_pen() -> None:
    things, looks = lists()
    assert len(set(things)) * len(set(looks)) == 2048
    for known in (things, looks):
        assert [(a, b) for a in known for b in known if a < b and OSA.distance(a, b) < 2] == []
    receipt = receipt_from(new_nonce())
    assert len(words_of(receipt)) == 8
    said = ["chim xanh", "buom vang", "trang den", "thuyen tim", "duong hong", "vuon nau", "rung xam", "suoi cao"]
    right = " ".join(said)
    assert typed(", ".join(f"{at}. {word}" for at, word in enumerate(said, 1))).receipt == right
    assert (
        typed("Chim Xanh-bướm vàng; trăng đen; thuyềm tím; đường hồng; vườn nâu; rừng xám; suôi cao").receipt == right
    )
    strange = typed(right.replace("buom", "quyen"))
    assert (strange.receipt, strange.strange) == ("", [(3, "quyen")])
    assert typed("chim xanh").count == 2
    assert typed("").receipt == typed("x " * 5000).receipt == ""


def test_places_and_bodies_are_found_without_an_account(teams: World) -> None:
    today = timezone.localdate(NOW)
    assert [(each.name, each.inside) for each in areas_called("dong hoa", today)] == [("Xã Đông Hòa", "Tỉnh An Bình")]
    assert areas_called("a", today) == []
    names = [unit.name for unit in bodies_to_name(teams["dong_hoa"].pk, today)]
    assert names[:3] == ["Xã Đông Hòa", "Công an xã Đông Hòa", "Trạm Y tế xã Đông Hòa"]
    assert "Công an tỉnh An Bình" in names
