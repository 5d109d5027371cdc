"""What a stolen database tells, keys that change, glass that is broken, files that end, people who ask."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import Notice
from pcmt.apps.registers.models import (
    BreakGlass,
    Clock,
    ClockKind,
    DataRequest,
    DrugTest,
    Identity,
    NameKey,
    Paper,
    Pledge,
    Reading,
    RegisterExport,
    Spell,
    Subject,
    TeamMember,
    Visit,
)
from pcmt.apps.registers.operations import keeping, keys, requests
from pcmt.apps.registers.operations.glass import break_glass, close_glass, review_glass
from pcmt.apps.registers.operations.own_file import OwnFile, own_file
from pcmt.apps.registers.operations.reading import open_identity
from pcmt.apps.registers.operations.visits import begin_visit
from pcmt.apps.registers.queries.access import guarded
from pcmt.apps.registers.vault import Unsealable, seal, unseal
from pcmt.core.diagnostics import Refusal
from tests.factories.guarding import NEEDLES, SECRET, done, dump, leaks, life
from tests.factories.lives import ON, at_noon, file, keeper
from tests.factories.registers import spell, subject
from tests.factories.world import World

pytestmark = pytest.mark.django_db
AT = at_noon(ON)
REASON = "Người này đang cấp cứu, bệnh viện cần biết thuốc đang dùng"


@pytest.fixture
def actor(land: World) -> Actor:
    return keeper(land)


def test_a_dump_names_nobody(land: World, actor: Actor) -> None:
    person = life(land, actor)
    held = dump()
    assert person.code.encode() in held  # the dump is one
    assert leaks(held) == []


def test_the_search_of_a_dump_finds_what_is_there(land: World) -> None:
    """Otherwise the test above would prove nothing: each piece is found, in a text and in JSON."""
    person = subject(land["dong_hoa"])
    paper = Paper.objects.create(subject=person, title="Phiếu", issuer_name=" ".join(NEEDLES)[:300], made_at=AT)
    assert set(leaks(dump())) >= set(NEEDLES[:8])
    paper.delete()
    DrugTest.objects.create(subject=person, unit=land["dong_hoa"], on=ON, made_at=AT, substances=list(NEEDLES))
    assert set(leaks(dump())) == set(NEEDLES)


def fresh() -> bytes:
    return os.urandom(32)


@pytest.fixture
def turned(land: World, actor: Actor, settings: Any) -> Iterator[Subject]:
    """A life sealed with an old key, while a new one has come."""
    old = dict(settings.REGISTER_KEYS)
    person = life(land, actor)
    settings.REGISTER_KEYS = {"new": fresh(), **old}
    return person


def test_after_a_rotation_the_old_key_can_go(turned: Subject, settings: Any, actor: Actor) -> None:
    assert set(keys.keys_in_use()) == {"local"}
    turn = keys.rotate(at=AT)
    assert turn.done == turn.seen > 3
    assert not turn.broken
    assert set(keys.keys_in_use()) == {"new"}
    settings.REGISTER_KEYS = {"new": settings.REGISTER_KEYS["new"]}
    assert not keys.check().broken
    visit = done(begin_visit(actor=actor, at=AT, purpose="request"))
    assert open_identity(actor=actor, at=AT, visit=visit, subject=turned) == SECRET
    assert keys.rotate(at=AT).done == 0  # nothing is left


def test_who_writes_during_a_rotation_is_not_overwritten(turned: Subject, monkeypatch: Any) -> None:
    """Between reading and writing of a row somebody else seals it: two rotations, or a changed identity."""
    real = keys.seal
    newer = seal({"name": "Khác"}, f"registers.Identity:{turned.code}")

    def slow(value: Any, place: str) -> Any:
        if place.startswith("registers.Identity"):
            Identity.objects.filter(subject=turned).update(sealed=newer.data, key_id=newer.key_id)
        return real(value, place)

    monkeypatch.setattr(keys, "seal", slow)
    keys.rotate(at=AT)
    row = Identity.objects.get(subject=turned)
    assert unseal(row.sealed, row.key_id, f"registers.Identity:{turned.code}") == {"name": "Khác"}
    assert not keys.check().broken


def test_a_run_that_was_stopped_goes_on(turned: Subject, monkeypatch: Any) -> None:
    real, calls = keys.seal, []

    def stops(value: Any, place: str) -> Any:
        calls.append(place)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(value, place)

    monkeypatch.setattr(keys, "seal", stops)
    with pytest.raises(KeyboardInterrupt):
        keys.rotate(at=AT)
    monkeypatch.setattr(keys, "seal", real)
    assert set(keys.keys_in_use()) == {"new", "local"}
    keys.rotate(at=AT)
    assert set(keys.keys_in_use()) == {"new"}


def test_the_check_names_rows_that_do_not_open(turned: Subject, capsys: Any, settings: Any) -> None:
    row = Identity.objects.get(subject=turned)
    Identity.objects.filter(pk=row.pk).update(sealed=bytes(row.sealed)[:-1] + b"\x00")
    with pytest.raises(SystemExit):
        call_command("registers", "check")
    told = capsys.readouterr().out
    assert f"registers.Identity {row.pk}" in told
    assert not leaks(told)
    call = keys.rotate(at=AT)
    assert call.broken == (("registers.Identity", row.pk),)
    settings.REGISTER_KEYS = {"new": settings.REGISTER_KEYS["new"]}
    with pytest.raises(Unsealable):
        unseal(row.sealed, row.key_id, f"registers.Identity:{turned.code}")


def test_reindexing_finds_people_under_the_new_key(land: World, actor: Actor, settings: Any) -> None:
    person = file(land, actor, block=SECRET, sex="female")
    before = (Identity.objects.get().id_index, set(NameKey.objects.values_list("index", flat=True)))
    settings.REGISTER_INDEX_KEY = fresh()
    assert keys.reindex(at=AT).done == 1
    after = (Identity.objects.get().id_index, set(NameKey.objects.values_list("index", flat=True)))
    assert before[0] != after[0]
    assert not before[1] & after[1]
    assert len(before[1]) == len(after[1])
    leader = land.actor("an_binh", "leader", on=ON)
    assert done(break_glass(actor=leader, at=AT, sought="091 191 004 728", reason=REASON)).subject == person
    assert keys.reindex(at=AT).done == 0


# -- broken glass


def test_glass_opens_one_file_for_one_day(land: World, actor: Actor) -> None:
    one, other = file(land, actor, block=SECRET, sex="female"), subject(land["dong_hoa"])
    leader = land.actor("an_binh", "leader", on=ON)
    row = done(break_glass(actor=leader, at=AT, sought=one.code.lower(), reason=REASON))
    visit = done(begin_visit(actor=leader, at=AT, purpose="treatment"))
    assert open_identity(actor=leader, at=AT, visit=visit, subject=one) == SECRET
    with pytest.raises(PermissionDenied):
        open_identity(actor=leader, at=AT, visit=visit, subject=other)
    tomorrow = land.actor("an_binh", "leader", on=ON + timedelta(days=1))
    assert not Subject.objects.visible_to(tomorrow).exists()
    assert list(Subject.objects.visible_to(leader)) == [one]
    assert done(break_glass(actor=leader, at=AT, sought=one.code, reason=REASON)) == row  # the same day: the same act
    done(close_glass(actor=leader, at=AT, glass_id=row.pk))
    assert not Subject.objects.visible_to(leader).exists()
    told = set(Notice.objects.filter(key=f"glass:{row.pk}").values_list("user_id", flat=True))
    assert actor.user_id in told
    assert leader.user_id not in told


def test_the_keepers_of_commune_and_province_are_told_and_no_others(land: World, actor: Actor) -> None:
    one = file(land, actor, block=SECRET, sex="female")
    above, beside = keeper(land, "police"), keeper(land, "tay_hoa_police")
    done(break_glass(actor=beside, at=AT, sought=SECRET.id_number, reason=REASON))
    assert set(Notice.objects.values_list("user_id", flat=True)) == {actor.user_id, above.user_id}
    assert one.code in Notice.objects.all()[0].title


@pytest.mark.parametrize(
    ("unit", "role", "sought", "reason", "code"),
    [
        ("an_binh", "leader", "091191004729", REASON, "unknown"),
        ("binh_giang", "leader", "091191004728", REASON, "unknown"),  # another province: as if it were not there
        ("an_binh", "leader", "", REASON, "unknown"),
        ("an_binh", "leader", "091191004728", "khẩn cấp", "short"),
        ("an_binh", "leader", "091191004728", "Cần tìm nhà của quang thi xuyen ngay bây giờ", "name"),
        ("an_binh", "leader", "091191004728", "Người có số 091191004728 cần cấp cứu ngay", "number"),
        ("dong_hoa_police", "register_keeper", "091191004728", REASON, "seen"),
    ],
)
def test_glass_does_not_break(
    land: World, actor: Actor, unit: str, role: str, sought: str, reason: str, code: str
) -> None:
    file(land, actor, block=SECRET, sex="female")
    answer = break_glass(actor=land.actor(unit, role, on=ON), at=AT, sought=sought, reason=reason)
    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("role", ["officer", "commune_officer", "reviewer", "auditor", "administrator"])
def test_who_never_breaks_glass(land: World, role: str) -> None:
    with pytest.raises(PermissionDenied):
        break_glass(actor=land.actor("an_binh", role, on=ON), at=AT, sought="x", reason=REASON)


def test_nobody_finds_out_by_trying(land: World) -> None:
    leader = land.actor("an_binh", "leader", on=ON)
    answers = [break_glass(actor=leader, at=AT, sought=f"0910900000{n:02}", reason=REASON) for n in range(11)]
    assert [each.code for each in answers if isinstance(each, Refusal)] == ["unknown"] * 10 + ["often"]
    assert Entry.objects.filter(event="registers.glass.missed").count() == 10


def test_another_keeper_reviews(land: World, actor: Actor) -> None:
    file(land, actor, block=SECRET, sex="female")
    beside = keeper(land, "tay_hoa_police")
    row = done(break_glass(actor=beside, at=AT, sought=SECRET.id_number, reason=REASON))
    given: dict[str, Any] = {"at": AT, "glass_id": row.pk, "version": row.version, "words": ""}
    for stranger in (beside, land.actor("an_binh", "leader", on=ON), keeper(land, "binh_giang_police")):
        with pytest.raises(PermissionDenied):
            review_glass(actor=stranger, verdict="justified", **given)
    empty = review_glass(actor=actor, verdict="unjustified", **given)
    assert isinstance(empty, Refusal)
    assert empty.field == "words"
    done(review_glass(actor=actor, verdict="justified", **given))
    row.refresh_from_db()
    assert (row.verdict, row.reviewed_by_id, row.closed_at) == ("justified", actor.user_id, AT)
    again = review_glass(actor=keeper(land, "police"), verdict="justified", **given)
    assert isinstance(again, Refusal)
    assert again.code == "stale"
    assert Notice.objects.filter(user_id=beside.user_id, key=f"glass:{row.pk}:reviewed").exists()


# -- keeping


def ended_life(land: World, actor: Actor, ended: date = date(2021, 5, 3)) -> Subject:
    person = life(land, actor)
    person.teams.update(spell=None)
    Spell.objects.filter(subject=person).delete()
    spell(person, on=date(2020, 5, 4), ended_on=ended)
    for row in person.holds.all():
        done(keeping.release_hold(actor=actor, at=AT, hold_id=row.pk))
    BreakGlass.objects.update(verdict="justified", reviewed_at=AT, reviewed_by=actor.user_id)
    return person


def test_after_its_time_a_file_counts_on_without_a_name(land: World, actor: Actor) -> None:
    person = ended_life(land, actor)
    assert keeping.set_clocks(at=AT) == 1
    person.refresh_from_db()
    assert person.erase_on == date(2026, 5, 3)  # 60 months
    assert keeping.erase_due(at=AT) == 1
    person.refresh_from_db()
    assert person.anonymised_at == AT
    assert not Identity.objects.exists()
    assert not NameKey.objects.exists()
    for model in (TeamMember, Pledge):
        assert [bytes(each.sealed) for each in model.objects.all()] == [b""]
    assert not DataRequest.objects.exclude(sealed=None).exists()
    assert set(Paper.objects.values_list("number", flat=True)) == {""}
    assert (DrugTest.objects.count(), Spell.objects.count(), person.stays.count()) == (1, 1, 1)
    visit = done(begin_visit(actor=actor, at=AT, purpose="request"))
    answer = open_identity(actor=actor, at=AT, visit=visit, subject=person)
    assert isinstance(answer, Refusal)
    assert answer.code == "nameless"
    assert keeping.erase_due(at=AT) == 0


@pytest.mark.parametrize("why", ["hold", "running", "later", "glass"])
def test_what_keeps_a_file(land: World, actor: Actor, why: str) -> None:
    person = ended_life(land, actor, date(2021, 8, 1) if why == "later" else date(2021, 5, 3))
    if why == "hold":
        done(keeping.hold_file(actor=actor, at=AT, code=person.code, basis="13/CV-VKS", from_on=ON))
    elif why == "running":
        spell(person, on=ON)
    elif why == "glass":
        BreakGlass.objects.update(verdict="", reviewed_at=None, reviewed_by=None)
    assert keeping.erase_due(at=AT) == 0
    assert Identity.objects.exists()


def test_a_new_status_takes_the_clock_off(land: World, actor: Actor) -> None:
    person = ended_life(land, actor)
    keeping.set_clocks(at=AT)
    spell(person, on=ON)
    assert keeping.set_clocks(at=AT) == 1
    person.refresh_from_db()
    assert person.erase_on is None
    assert keeping.set_clocks(at=AT) == 0


def test_old_visits_go_with_their_readings(land: World, actor: Actor) -> None:
    life(land, actor)
    Visit.objects.update(until=AT - timedelta(days=24 * 31 + 10))
    keeping.erase_due(at=AT)
    assert not Visit.objects.exists()
    assert not Reading.objects.exists()
    assert Entry.objects.filter(event="registers.identity.read").exists()  # the log has its own time


# -- what people ask


def asked(actor: Actor, person: Subject, kind: str, on: date = ON) -> DataRequest:
    return done(  # type: ignore[no-any-return]
        requests.receive(actor=actor, at=AT, key=uuid4(), code=person.code, kind=kind, received_on=on, words="")
    )


@pytest.mark.parametrize(
    ("kind", "finish"),
    [("see", 10), ("correct", 10), ("restrict", 15), ("object", 15), ("erase", 20)],
)
def test_limits_by_kind(land: World, actor: Actor, kind: str, finish: int) -> None:
    """Received on a Friday: confirmed within two working days, Tuesday."""
    row = asked(actor, file(land, actor), kind)
    assert ON.weekday() == 4
    assert row.answer_by == ON + timedelta(days=4)
    assert row.finish_by == ON + timedelta(days=finish)
    due = Clock.objects.filter(kind=ClockKind.REQUEST).values_list("limit", "due_on")
    assert dict(due) == {"answer_request": row.answer_by, f"finish_{kind}": row.finish_by}


def test_a_request_takes_its_way(land: World, actor: Actor) -> None:
    person = file(land, actor)
    row = asked(actor, person, "restrict")
    given: dict[str, Any] = {"actor": actor, "at": AT, "request_id": row.pk}
    row = done(requests.answer(version=row.version, on=ON, **given))
    far = requests.extend(version=row.version, to=row.finish_by + timedelta(days=16), words="Chờ xác minh", **given)
    assert isinstance(far, Refusal)
    assert far.code == "far"
    row = done(requests.extend(version=row.version, to=row.finish_by + timedelta(days=15), words="Chờ", **given))
    twice = requests.extend(version=row.version, to=row.finish_by + timedelta(days=5), words="Chờ", **given)
    assert isinstance(twice, Refusal)
    assert twice.code == "once"
    stale = requests.finish(version=1, done=True, words="", **given)
    assert isinstance(stale, Refusal)
    assert stale.code == "stale"
    row = done(requests.finish(version=row.version, done=True, words="Đã hạn chế", **given))
    assert requests.words_of(row) == {"extended": "Chờ", "finished": "Đã hạn chế"}
    person.refresh_from_db()
    assert person.restricted
    visit = done(begin_visit(actor=actor, at=AT, purpose="due"))
    answer = open_identity(actor=actor, at=AT, visit=visit, subject=person)
    assert isinstance(answer, Refusal)
    assert answer.code == "restricted"
    done(keeping.lift_restriction(actor=actor, at=AT, code=person.code))
    person.refresh_from_db()
    assert not isinstance(open_identity(actor=actor, at=AT, visit=visit, subject=person), Refusal)


def test_two_requests_of_one_day_settle_each_their_own_clock(land: World, actor: Actor) -> None:
    person = file(land, actor)
    first = asked(actor, person, "see")
    later = AT + timedelta(minutes=5)
    second = done(
        requests.receive(actor=actor, at=later, key=uuid4(), code=person.code, kind="see", received_on=ON, words="")
    )
    done(requests.finish(actor=actor, at=later, request_id=first.pk, version=1, done=True, words=""))
    open_now = Clock.objects.filter(kind=ClockKind.REQUEST).running()
    assert {each.opened_at for each in open_now} == {second.made_at}


def test_the_same_key_is_one_request(land: World, actor: Actor) -> None:
    person, key = file(land, actor), uuid4()
    given: dict[str, Any] = {
        "actor": actor, "at": AT, "key": key, "code": person.code, "kind": "see", "received_on": ON, "words": "",
    }  # fmt: skip
    assert done(requests.receive(**given)) == done(requests.receive(**given))
    assert Clock.objects.filter(kind=ClockKind.REQUEST).count() == 2


def test_erasing_on_request_waits_for_the_law(land: World, actor: Actor) -> None:
    person = file(land, actor)
    row = asked(actor, person, "erase")
    given: dict[str, Any] = {"actor": actor, "at": AT, "request_id": row.pk, "version": row.version, "words": "Luật"}
    kept = requests.finish(done=True, **given)
    assert isinstance(kept, Refusal)
    assert kept.code == "kept"
    Spell.objects.filter(subject=person).delete()
    spell(person, on=date(2026, 7, 1), ended_on=ON)
    done(requests.finish(done=True, **given))
    person.refresh_from_db()
    assert person.anonymised_at == AT
    assert not Identity.objects.exists()


def test_the_own_page_has_everything_and_officers_by_role(land: World, actor: Actor) -> None:
    person = life(land, actor)
    wrong = own_file(actor=actor, at=AT, visit=Visit.objects.latest("pk"), code=person.code)
    assert isinstance(wrong, Refusal)
    assert wrong.code == "purpose"
    visit = done(begin_visit(actor=actor, at=AT, purpose="request"))
    made = own_file(actor=actor, at=AT, visit=visit, code=person.code)
    assert isinstance(made, OwnFile)
    said = {words for _label, words in made.person}
    assert {SECRET.name, SECRET.id_number, SECRET.phone} <= said
    assert {part.title for part in made.parts} >= {"Diện quản lý", "Xét nghiệm", "Kiểm tra cư trú", "Văn bản"}
    assert len(made.reads) == 2  # the visit before, and this one
    assert RegisterExport.objects.get().mark == made.mark
    assert own_file(actor=keeper(land, "tay_hoa_police"), at=AT, visit=visit, code=person.code) is None


def test_who_sees_who_read(land: World, actor: Actor) -> None:
    person = life(land, actor)
    mine = guarded(actor, person.code)
    assert mine is not None
    assert mine.keeps
    assert len(mine.reads) == 1
    assert len(mine.requests) == 1
    auditor = guarded(land.actor("an_binh", "auditor", on=ON), person.code)
    assert auditor is not None
    assert auditor.subject is None
    assert not auditor.requests
    assert len(auditor.reads) == 1
    assert guarded(land.actor("an_binh", "leader", on=ON), person.code) is None
    assert guarded(keeper(land, "tay_hoa_police"), person.code) is None


def test_keys_of_settings(monkeypatch: Any, tmp_path: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured

    kept = import_module("pcmt.config.settings.keys")
    one, two = (base64.urlsafe_b64encode(fresh()).decode() for _each in range(2))
    monkeypatch.setenv("PCMT_REGISTER_KEYS", f"b:{two}, a:{one}")
    assert list(kept.keys("PCMT_REGISTER_KEYS", "register_key")) == ["b", "a"]
    path = tmp_path / "keys"
    path.write_text(f"c:{one}\n")
    monkeypatch.setenv("PCMT_REGISTER_KEYS_FILE", str(path))
    assert list(kept.keys("PCMT_REGISTER_KEYS", "register_key")) == ["c"]
    path.write_text(f"c:{one},c:{two}")
    with pytest.raises(ImproperlyConfigured):
        kept.keys("PCMT_REGISTER_KEYS", "register_key")
    monkeypatch.setenv("PCMT_REGISTER_KEYS_FILE", "")
    monkeypatch.setenv("PCMT_REGISTER_KEYS", "")
    monkeypatch.setattr(kept, "HTTPS", True)
    with pytest.raises(ImproperlyConfigured, match="PCMT_REGISTER_KEYS"):
        kept.keys("PCMT_REGISTER_KEYS", "register_key")
