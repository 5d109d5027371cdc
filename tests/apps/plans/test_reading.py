"""Sending in and reading: what is kept, what is refused in words, what survives a death."""

from __future__ import annotations

import hashlib
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.storage import default_storage

from pcmt.apps.audit.models import Entry
from pcmt.apps.jobs import operations as jobs
from pcmt.apps.plans import operations, queue
from pcmt.apps.plans.models import BodyMatch, Clause, Item, Plan, Revision, SourceFile
from pcmt.apps.plans.operations import perform_reading, read_again, start_reading, tend_readings, withdraw_upload
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Unreadable
from tests.documents.samples import picture
from tests.factories.plans import TEXT, adopted, reviewed, sent
from tests.factories.world import NOW, World


def is_kept(data: bytes) -> bool:
    """Whether these bytes stand in the storage of files."""
    sha256 = hashlib.sha256(data).hexdigest()
    return default_storage.exists(f"{sha256[:2]}/{sha256[2:]}")


@pytest.mark.usefixtures("reader")
def test_a_file_becomes_clauses_items_and_bodies(land: World) -> None:
    data = TEXT.encode()
    revision = start_reading(actor=land.office, at=NOW, name="C:\\ke hoach\\12 KH.txt", data=data)
    assert isinstance(revision, Revision)
    assert (revision.state, revision.progress, revision.number, revision.version) == ("review", 100, 1, 1)
    assert revision.text == TEXT
    assert revision.source is not None
    assert (revision.source.name, revision.source.size, revision.source.media_type) == (
        "12 KH.txt",
        len(data),
        "text/plain",
    )
    with default_storage.open(revision.source.path) as kept:
        assert kept.read() == data
    plan = revision.plan
    assert (plan.state, plan.title, plan.number, plan.owner) == (
        "draft",
        "Làm sạch địa bàn năm 2026",
        "12",
        land["police"],
    )
    for row in Item.objects.filter(revision=revision):
        assert revision.text[row.start : row.end] == row.text
        assert row.state == "proposed"
        assert row.clause is not None
        assert {"id", "span", "line", "text", "confidence"}.isdisjoint(row.facts)
    clause = Clause.objects.get(revision=revision, address="II.1.-2")
    assert clause.parent is not None
    assert clause.parent.address == "II.1"
    matched = {body.name: body.unit for body in BodyMatch.objects.filter(revision=revision)}
    assert matched["Sở Y tế"] == land["health"]
    assert matched["Ủy ban nhân dân tỉnh An Bình"] == land["an_binh"]
    assert matched["UBND các xã, phường"] is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "nothing"),
        ({"data": "tệp và chữ cùng lúc".encode(), "pasted": "x"}, "nothing"),
        ({"name": "a.txt", "data": b""}, "empty"),
        ({"pasted": " \n"}, "empty"),
        ({"name": "a.txt", "data": "UBND XÃ A\nMẬT\nKẾ HOẠCH".encode()}, "secret"),
        ({"pasted": "UBND XÃ A\nTỐI MẬT\nKẾ HOẠCH"}, "secret"),
        ({"name": "a.txt", "data": b"x" * (20 * 1024 * 1024 + 1)}, "too_large"),
    ],
)
def test_what_cannot_be_sent_is_said(land: World, given: dict[str, Any], code: str) -> None:
    refused = start_reading(actor=land.office, at=NOW, **given)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert not Plan.objects.exists()
    assert not SourceFile.objects.exists()
    assert not is_kept(given.get("data") or given.get("pasted", "").encode())


@pytest.mark.parametrize(("key", "role"), [("police", "officer"), ("police", "leader")])
def test_only_standing_offices_send_plans(land: World, key: str, role: str) -> None:
    refused = start_reading(actor=land.actor(key, role), at=NOW, pasted=TEXT)
    assert isinstance(refused, Refusal)
    assert refused.code == "not_allowed"


@pytest.mark.usefixtures("reader")
def test_the_same_file_twice_leads_to_the_first(land: World) -> None:
    first = sent(land.office)
    again = start_reading(actor=land.second, at=NOW, pasted=TEXT)
    assert isinstance(again, Refusal)
    assert (again.code, again.ref) == ("same_file", first.pk)
    assert "Làm sạch địa bàn" in again.message
    wanted = start_reading(actor=land.second, at=NOW, pasted=TEXT, again=True)
    assert isinstance(wanted, Revision)
    assert SourceFile.objects.count() == 1
    elsewhere = start_reading(actor=land.actor("binh_giang_police", "standing_office"), at=NOW, pasted=TEXT)
    assert isinstance(elsewhere, Revision)


def test_an_unreadable_file_is_kept_with_the_reason(land: World) -> None:
    revision = start_reading(actor=land.office, at=NOW, name="chuong-trinh.exe", data=b"MZ\x90\x00" + b"\x00" * 600)
    assert isinstance(revision, Revision)
    assert revision.state == "failed"
    assert revision.message
    assert revision.source is not None
    assert default_storage.exists(revision.source.path)


STAMPED = Unreadable("secret", "Văn bản có dấu độ mật “MẬT”.", "Nội dung không được lưu lại.")


def test_a_stamp_that_only_the_reading_finds_destroys_the_file(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan or an old Word file: the stamp shows when it is recognised or converted."""
    monkeypatch.setattr("pcmt.apps.plans.operations.reading.extract", lambda name, data, progress: STAMPED)
    data = picture("KE HOACH")
    revision = start_reading(actor=land.office, at=NOW, name="ke hoach rieng.png", data=data)
    assert isinstance(revision, Revision)
    assert (revision.state, revision.message, revision.source) == ("failed", str(STAMPED), None)
    assert not is_kept(data)
    assert not SourceFile.objects.exists()
    assert "rieng" not in f"{revision.source_name} {Plan.objects.get().title} {Plan.objects.get().search_key}"
    entry = Entry.objects.get(event="plans.source.destroyed")
    assert entry.object_id == str(revision.pk)
    assert "MẬT" in entry.reason
    perform_reading(revision_id=revision.pk, at=NOW)
    refused = read_again(actor=land.office, at=NOW, revision_id=revision.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == "destroyed"
    assert isinstance(withdraw_upload(actor=land.office, at=NOW, revision_id=revision.pk), Revision)


def test_a_defect_of_ours_is_said_and_read_again(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str, *, name: str = "") -> dict[str, Any]:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("pcmt.core.reading.read", broken)
        revision = start_reading(actor=land.office, at=NOW, pasted=TEXT)
        assert isinstance(revision, Revision)
        assert revision.state == "failed"
        assert "Đọc lại" in revision.message
        Revision.objects.filter(pk=revision.pk).update(state="waiting")
        with pytest.raises(ZeroDivisionError):
            perform_reading(revision_id=revision.pk, at=NOW)
    again = read_again(actor=land.office, at=NOW, revision_id=revision.pk)
    assert isinstance(again, Revision)
    assert again.state == "review", again.message
    refused = read_again(actor=land.office, at=NOW, revision_id=revision.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == "not_failed"


@pytest.mark.usefixtures("reader")
def test_what_may_pass_is_left_to_the_job_and_a_defect_to_whoever_runs_it_again(
    land: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(queue._enqueue, "reading", lambda revision_id: "gone")
    revision = start_reading(actor=land.office, at=NOW, pasted=TEXT)
    assert isinstance(revision, Revision)
    for error, state in ((ConnectionResetError, "reading"), (ZeroDivisionError, "failed"), (None, "review")):
        with monkeypatch.context() as patch:
            if error is not None:
                patch.setattr("pcmt.core.reading.read", Mock(side_effect=error))
                with pytest.raises(error):
                    perform_reading(revision_id=revision.pk, at=NOW)
            else:
                perform_reading(revision_id=revision.pk, at=NOW)
        revision.refresh_from_db()
        assert revision.state == state


@pytest.mark.usefixtures("reader")
def test_reading_twice_changes_nothing(land: World) -> None:
    revision = reviewed(land.office)
    before = list(Item.objects.filter(revision=revision).values())
    perform_reading(revision_id=revision.pk, at=NOW)
    assert list(Item.objects.filter(revision=revision).values()) == before


@pytest.mark.usefixtures("reader")
def test_a_reading_whose_worker_died_is_taken_up_again(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job died half-way: the revision says `reading`, some clauses may be there, the next run finishes it."""
    monkeypatch.setitem(queue._enqueue, "reading", lambda revision_id: "gone")
    revision = start_reading(actor=land.office, at=NOW, pasted=TEXT)
    assert isinstance(revision, Revision)
    assert (revision.state, revision.job_id) == ("waiting", "gone")
    Revision.objects.filter(pk=revision.pk).update(state="reading", progress=55)
    Clause.objects.create(revision=revision, key="C1", kind="section", start=0, end=1, order=0)
    perform_reading(revision_id=revision.pk, at=NOW)
    revision.refresh_from_db()
    assert revision.state == "review"
    assert Clause.objects.filter(revision=revision, key="C1").count() == 1


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    ("standing", "state"), [("alive", "reading"), ("lost", "review"), ("ended", "review"), ("failed", "failed")]
)
def test_readings_without_a_living_job_are_looked_after(
    land: World, monkeypatch: pytest.MonkeyPatch, standing: str, state: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(queue._enqueue, "reading", lambda revision_id: "gone")
        revision = start_reading(actor=land.office, at=NOW, pasted=TEXT)
    assert isinstance(revision, Revision)
    Revision.objects.filter(pk=revision.pk).update(state="reading")
    monkeypatch.setattr("pcmt.apps.plans.operations.reading.standing_of", lambda *, job_id: standing)
    assert tend_readings(at=NOW) == (0 if standing == "alive" else 1)
    revision.refresh_from_db()
    assert revision.state == state


def test_an_unknown_job_is_lost(db: None) -> None:
    assert jobs.standing_of(job_id="") == "lost"
    assert jobs.standing_of(job_id="6f1d8f9e-1d5c-4a54-9f0a-2a8c7d8f5a10") == "lost"


@pytest.mark.usefixtures("reader")
def test_withdrawing(land: World) -> None:
    revision = sent(land.office)
    assert isinstance(withdraw_upload(actor=land.actor("health"), at=NOW, revision_id=revision.pk), Refusal)
    gone = withdraw_upload(actor=land.second, at=NOW, revision_id=revision.pk)
    assert isinstance(gone, Revision)
    assert (gone.state, gone.plan.state) == ("withdrawn", "withdrawn")
    perform_reading(revision_id=revision.pk, at=NOW)
    assert Revision.objects.get(pk=revision.pk).state == "withdrawn"
    put_to_work = adopted(land.office)
    refused = withdraw_upload(actor=land.office, at=NOW, revision_id=put_to_work.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == "adopted"


@pytest.mark.usefixtures("reader")
def test_one_open_revision_a_plan(land: World) -> None:
    first = adopted(land.office)
    second = sent(land.office, TEXT + "\n", plan_id=first.plan_id)
    assert second.number == 2
    refused = start_reading(actor=land.office, at=NOW, pasted=TEXT, plan_id=first.plan_id)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.ref) == ("open_revision", second.pk)
    withdraw_upload(actor=land.office, at=NOW, revision_id=second.pk)
    assert Plan.objects.get(pk=first.plan_id).state == "adopted"
    assert sent(land.office, TEXT, plan_id=first.plan_id).number == 3
    foreign = land.actor("binh_giang_police", "standing_office")
    assert isinstance(start_reading(actor=foreign, at=NOW, pasted=TEXT, plan_id=first.plan_id), Refusal)


def test_the_jobs_of_the_room_are_thin(monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmt.apps.plans import jobs as plan_jobs

    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(operations, "perform_reading", lambda **given: asked.append(given))
    monkeypatch.setattr(operations, "tend_readings", lambda **given: asked.append(given))
    plan_jobs.read_revision.call(7)
    plan_jobs.tend_readings.call()
    monkeypatch.setattr(operations, "screen_kept", lambda **given: asked.append(given))
    plan_jobs.screen_kept.call(8)
    assert asked[0]["revision_id"] == 7
    assert set(asked[1]) == {"at"}
    assert asked[2]["source_id"] == 8
