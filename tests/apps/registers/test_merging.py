"""Two files of one person become one by two people, with the history of both."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.registers.matching import ALIKE, alike, id_form, phone_form
from pcmt.apps.registers.models import Clock, Identity, MergeCase, NameKey, Paper, Spell, Stay, Subject
from pcmt.apps.registers.operations.filing import change_identity, open_file
from pcmt.apps.registers.operations.merging import decide_merge, overlaps, propose_merge, refuse_pair
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.queries.duplicates import block_of, candidates, suspects
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category
from tests.factories.lives import at_noon, decided, file, keeper, signed
from tests.factories.registers import BLOCK
from tests.factories.world import World, world

ON = date(2026, 7, 10)
LATER = date(2026, 9, 1)
TWIN = attrs.evolve(BLOCK, name="Lo Van Thu", id_number="", phone="", born_on=None, birthplace="", schooling="9/12")


@pytest.fixture
def here(db: None) -> World:
    return world()


@pytest.fixture
def actor(here: World) -> Actor:
    return keeper(here)


def second(here: World) -> Actor:
    return here.actor("dong_hoa_police", "register_keeper", "second", on=LATER)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Lò Văn Thử", "Lo Van Thu", True),
        ("Đặng Thị Hòa", "DANG THI HOÀ", True),
        ("Nguyễn Văn Nam", "Ng. V. Nam", True),
        ("Nguyễn Văn Nam", "Nam Nguyễn Văn", True),
        ("Nguyễn Văn Nam", "Nguyễn Văn Namm", True),
        ("Nguyễn Văn Nam", "Trần Văn Nam", False),
        ("Vàng A Páo", "Vàng A Dơ", False),
        ("Nguyễn Văn Nam", "Nguyễn Thị Lan", False),
        ("", "Nguyễn Thị Lan", False),
    ],
)
def test_names_are_alike_however_they_are_written(one: str, other: str, same: bool) -> None:
    assert (alike(one, other) >= ALIKE) is same, alike(one, other)


def test_numbers_have_one_form() -> None:
    assert id_form(" 91 090 000 017") == id_form("091090000017") == "091090000017"
    assert phone_form("+84 900 000 017") == phone_form("0900.000.017") == "0900000017"


def test_the_same_number_is_found_anywhere_but_named_only_in_reach(here: World, actor: Actor) -> None:
    file(here, actor)
    elsewhere = keeper(here, "tay_hoa_police")
    found = candidates(elsewhere, BLOCK, sex="male", birth_year=1990)
    assert found.elsewhere
    assert not found.rows
    answer = open_file(
        actor=elsewhere, at=at_noon(ON), unit_id=here["tay_hoa"].pk, block=BLOCK, sex="male", birth_year=1990,
        start=decided(Category.ILLEGAL_USER), sure=True,
    )  # fmt: skip
    assert isinstance(answer, Refusal)
    assert answer.code == "elsewhere"
    assert "HS-" not in answer.message
    assert "Đông Hòa" not in answer.message
    assert not candidates(elsewhere, TWIN, sex="male", birth_year=1990)
    above = candidates(keeper(here, "police"), BLOCK, sex="male", birth_year=1990)
    assert [each.grounds for each in above.rows] == [("id", "name_date", "phone")]


def test_a_likely_duplicate_is_shown_before_a_file_is_opened(here: World, actor: Actor) -> None:
    subject = file(here, actor)
    common = {
        "actor": actor, "at": at_noon(LATER), "unit_id": here["dong_hoa"].pk, "sex": "male", "birth_year": 1990,
        "start": decided(Category.ILLEGAL_USER, LATER),
    }  # fmt: skip
    asked = open_file(block=TWIN, **common)  # type: ignore[arg-type]
    assert isinstance(asked, Refusal)
    assert asked.code == "duplicate"
    assert [each.code for each in asked.problems] == [subject.code]
    assert TWIN.name not in str(asked)
    certain = open_file(block=BLOCK, sure=True, **common)  # type: ignore[arg-type]
    assert isinstance(certain, Refusal)
    assert certain.field == "id_number"
    made = open_file(block=TWIN, sure=True, **common)  # type: ignore[arg-type]
    assert isinstance(made, Subject)
    again = open_file(block=TWIN, sure=True, **common)  # type: ignore[arg-type]
    assert again == made
    assert Subject.objects.count() == 2


def test_the_queue_loses_what_was_looked_at(here: World, actor: Actor) -> None:
    one, other = file(here, actor), file(here, actor, block=TWIN, sure=True)
    found = suspects(actor, here["dong_hoa"].pk)
    assert [(each.one.code, each.other.code) for each in found] == [(one.code, other.code)]
    assert isinstance(refuse_pair(actor=actor, at=at_noon(ON), one_code=one.code, other_code=other.code), MergeCase)
    assert suspects(actor, here["dong_hoa"].pk) == []


def test_two_people_join_two_files_with_the_history_of_both(here: World, actor: Actor) -> None:
    keep = file(here, actor, on=LATER)
    drop = file(here, actor, Category.RELEASED_PRISONER, block=TWIN, sure=True)
    case = propose_merge(actor=actor, at=at_noon(LATER), keep_code=keep.code, drop_code=drop.code)
    assert isinstance(case, MergeCase)
    assert case.grounds == ["name_year"]
    alone = decide_merge(actor=actor, at=at_noon(LATER), case_id=case.pk, version=case.version, agree=True)
    assert isinstance(alone, Refusal)
    assert alone.code == "second"
    done = decide_merge(actor=second(here), at=at_noon(LATER), case_id=case.pk, version=case.version, agree=True)
    assert isinstance(done, MergeCase), done
    keep.refresh_from_db(), drop.refresh_from_db()
    assert drop.merged_into == keep
    assert sorted(keep.spells.values_list("category", flat=True)) == ["illegal_user", "released_prisoner"]
    stays = Stay.objects.filter(subject=keep).order_by("from_on").values_list("from_on", "to_on")
    assert list(stays) == [(ON, LATER), (LATER, None)]
    assert not Stay.objects.filter(subject=drop, to_on__isnull=True).exists()
    assert not Identity.objects.filter(subject=drop).exists()
    assert not NameKey.objects.filter(subject=drop).exists()
    assert not Clock.objects.filter(subject=drop).exists()
    assert not Paper.objects.filter(subject=drop).exists()
    block = block_of(Subject.objects.select_related("identity").get(pk=keep.pk))
    assert block is not None
    assert (block.name, block.other_names, block.schooling) == ("Lò Văn Thử", "Lo Van Thu", "9/12")
    entry = Entry.objects.get(event="registers.merge.agreed")
    assert BLOCK.name not in str(vars(entry))
    assert TWIN.name not in str(vars(entry))
    twice = decide_merge(actor=second(here), at=at_noon(LATER), case_id=case.pk, version=1, agree=True)
    assert isinstance(twice, MergeCase | Refusal)


def test_the_same_status_in_both_has_to_be_chosen_by_a_record(here: World, actor: Actor) -> None:
    keep = file(here, actor)
    drop = file(here, actor, block=TWIN, sure=True)
    case = propose_merge(actor=actor, at=at_noon(LATER), keep_code=keep.code, drop_code=drop.code)
    assert isinstance(case, MergeCase)
    common = {"actor": second(here), "at": at_noon(LATER), "case_id": case.pk, "version": case.version, "agree": True}
    asked = decide_merge(**common)  # type: ignore[arg-type]
    assert isinstance(asked, Refusal)
    assert asked.code == "overlap"
    (one, other), *_rest = overlaps(keep, drop)
    bare = decide_merge(**common, holds=[one.pk])  # type: ignore[arg-type]
    assert isinstance(bare, Refusal)
    assert bare.field == "signed_on"
    both = decide_merge(**common, holds=[one.pk, other.pk], paper=signed(LATER))  # type: ignore[arg-type]
    assert isinstance(both, Refusal)
    assert both.code == "overlap"
    done = decide_merge(**common, holds=[one.pk], paper=signed(LATER, title="Biên bản"))  # type: ignore[arg-type]
    assert isinstance(done, MergeCase), done
    other.refresh_from_db()
    assert (other.subject, other.state, other.starts_on, other.ended_on) == (keep, "ended", ON, ON)
    assert Spell.objects.filter(subject=keep).exclude(state="ended").get() == one


def test_files_of_two_communes_are_joined_only_by_who_reaches_both(here: World, actor: Actor) -> None:
    mine = file(here, actor)
    theirs = file(here, keeper(here, "tay_hoa_police"), block=TWIN, unit="tay_hoa")
    answer = propose_merge(actor=actor, at=at_noon(ON), keep_code=mine.code, drop_code=theirs.code)
    assert isinstance(answer, Refusal)
    assert answer.code == "reach"
    above = keeper(here, "police")
    assert isinstance(propose_merge(actor=above, at=at_noon(ON), keep_code=mine.code, drop_code=theirs.code), MergeCase)


def test_the_log_of_a_changed_identity_keeps_fields_not_words(here: World, actor: Actor) -> None:
    subject = file(here, actor)
    subject.refresh_from_db()
    new = attrs.evolve(BLOCK, name="Lò Văn Khác", phone="0911111111")
    common = {"actor": actor, "at": at_noon(ON), "code": subject.code, "sex": "male", "birth_year": 1990}
    done = change_identity(block=new, version=subject.version, **common)  # type: ignore[arg-type]
    assert isinstance(done, Subject), done
    entry = Entry.objects.get(event="registers.identity.changed")
    assert entry.after == {"fields": ["name", "phone"]}
    late = change_identity(block=BLOCK, version=subject.version - 1, **common)  # type: ignore[arg-type]
    assert isinstance(late, Refusal)
    assert late.code == "stale"
    same = change_identity(block=new, version=1, **common)  # type: ignore[arg-type]
    assert isinstance(same, Subject)
    other = file(here, actor, block=PersonBlock(name="Hoàng Thị Mới", id_number="091090000099"), sex="female")
    taken = change_identity(
        actor=actor, at=at_noon(ON), code=other.code, version=other.version, sex="female", birth_year=1990,
        block=PersonBlock(name="Hoàng Thị Mới", id_number=BLOCK.id_number),
    )  # fmt: skip
    assert isinstance(taken, Refusal)
    assert taken.field == "id_number"
