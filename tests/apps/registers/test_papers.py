"""Papers of the decrees: which form fits on which day, what stands in it, what signing does."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.registers.models import Paper, PaperState, RegisterExport, Subject, Visit
from pcmt.apps.registers.operations.papers import draft_paper, look_at_paper, sign_paper, take_paper, withdraw_paper
from pcmt.apps.registers.operations.visits import begin_visit
from pcmt.apps.registers.queries.papers import Fit, forms_for, typed_in
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category
from pcmt.documents.output.person_form import Issuer, Person, Signed, form_report
from pcmt.documents.output.report import write_report
from pcmt.reference import FormText, law, paper_form, paper_forms
from tests.factories.registers import spell, subject
from tests.factories.world import World

LATER = datetime(2026, 9, 7, 3, 0, tzinfo=UTC)
ON = date(2026, 9, 7)


def keeper(land: World, unit: str = "dong_hoa_police", on: date = ON) -> Actor:
    return land.actor(unit, "register_keeper", on=on)


def managed(land: World, **more: Any) -> Subject:
    """Somebody managed since 6/7/2026."""
    made = subject(land["dong_hoa"])
    spell(made, Category.ILLEGAL_USER, on=date(2026, 7, 6), until=date(2027, 7, 5), **more)
    return made


def visit(actor: Actor) -> Visit:
    made = begin_visit(actor=actor, at=LATER, purpose="paper")
    assert isinstance(made, Visit)
    return made


def drafted(actor: Actor, person: Subject, form: str, at: datetime = LATER, **values: str) -> Paper:
    about = person.spells.first()
    made = draft_paper(
        actor=actor, at=at, code=person.code, form=form, spell_id=about.pk if about else None, values=values
    )
    assert isinstance(made, Paper), made
    return made


def words_of(data: bytes) -> str:
    file = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in file.paragraphs), *cells])


def feet_of(data: bytes) -> list[str]:
    file = docx.Document(io.BytesIO(data))
    return [foot.paragraphs[0].text for each in file.sections for foot in (each.footer, each.first_page_footer)]


# --- forms as data ---


@pytest.mark.parametrize("form", paper_forms(), ids=lambda each: each.code)
def test_each_form_is_one_of_the_law_in_the_same_window_and_fills_wholly(form: FormText) -> None:
    known = law().form(form.code, form.start or ON)
    assert known is not None
    assert (known.start, known.end) == (form.start, form.end)
    values = {each.name: f"<{each.name}>" for each in form.fields} | dict.fromkeys(
        ("name", "category", "setting", "state", "starts", "ends", "until", "start_paper", "tests"), "đã biết"
    )
    report = form_report(
        form, values, person=Person(lines=[("Họ và tên", "LÒ VĂN THỬ")], guardian=[("Người giám hộ", "Lò Văn Cha")]),
        issuer=Issuer(place="Đông Hòa", police="Công an xã Đông Hòa", committee="Ủy ban nhân dân xã Đông Hòa"),
        ticks=[("a", "Căn cứ một"), ("<ground>", "Căn cứ hai")],
        signed=Signed(number="12/QĐ-CAX", on=date(2026, 9, 7), decider="Trưởng Công an"), foot="mã XK-AAAA-BBBB",
    )  # fmt: skip
    data = write_report(report)
    text = words_of(data)
    assert "{" not in text
    assert "@" not in text
    assert "………" not in text.replace("\n………", "")  # only the name of who signs is written by hand
    assert "LÒ VĂN THỬ" in text
    assert form.kind in text
    assert "DỰ THẢO" not in text
    for each in form.fields:
        assert f"<{each.name}>" in text or (each.kind == "choice" and "[x] Căn cứ hai" in text)
    assert set(feet_of(data)) == {"mã XK-AAAA-BBBB"}


def test_the_form_is_that_of_the_law_of_the_day() -> None:
    before, after = date(2026, 6, 30), date(2026, 7, 1)
    assert paper_form("D105.04", before) is not None
    assert paper_form("D105.04", after) is None
    assert paper_form("D163.III-04", before) is None
    new, old = paper_form("D163.III-04", after), paper_form("D105.04", before)
    assert new is not None
    assert old is not None
    assert (new.issuer, old.issuer) == ("police", "chair")


def fitting(person: Subject, on: date) -> set[str]:
    return {each.form.code for each in forms_for(person, on)}


@pytest.mark.django_db
def test_forms_fit_the_status_and_the_day(land: World) -> None:
    person = managed(land)
    assert {"D163.III-04", "D163.III-07", "D163.III-08", "D163.III-09"} <= fitting(person, ON)
    assert not {"D163.V-53", "D105.04", "D163.V-28"} & fitting(person, ON)
    assert fitting(person, date(2026, 6, 1)) == {"D105.03", "D105.04", "D105.07", "D105.08", "D105.09"}
    home = subject(land["dong_hoa"])
    spell(home, Category.IN_REHAB, on=date(2026, 7, 6), setting="compulsory", ground="rehab.court_decision")
    assert "D163.V-28" not in fitting(home, ON)
    assert "D163.V-53" in fitting(home, ON)
    fresh = next(each for each in forms_for(home, ON) if each.form.code == "D163.III-04")
    assert fresh == Fit(fresh.form, None)


# --- drafting, signing, taking out ---


@pytest.mark.django_db
def test_a_paper_goes_from_draft_to_signed_and_out_with_a_mark(land: World) -> None:
    actor, person = keeper(land), managed(land)
    paper = drafted(actor, person, "D163.III-08", ground="user.died", from_on="2026-09-08")
    seen = visit(actor)
    draft = look_at_paper(actor=actor, at=LATER, visit=seen, paper=paper)
    assert not isinstance(draft, Refusal)
    assert draft.mark == "DỰ THẢO"
    signed = sign_paper(
        actor=actor, at=LATER, code=person.code, paper_id=paper.pk, version=paper.version, number="15",
        signed_on=ON, decider="Trưởng Công an",
    )  # fmt: skip
    assert isinstance(signed, Paper)
    assert (signed.number, signed.state) == ("15/QĐ-CAX", PaperState.SIGNED)
    taken = take_paper(actor=actor, at=LATER, visit=seen, paper=signed, kind="docx")
    assert not isinstance(taken, Refusal)
    data = write_report(taken.report)
    text = words_of(data)
    for words in (
        "LÒ VĂN THỬ", "04/05/1990", "CCCD 091090000017", "Bản Mẫu 3, xã Đông Hòa", "Số: 15/QĐ-CAX",
        "Đông Hòa, ngày 07 tháng 9 năm 2026", "CÔNG AN TỈNH AN BÌNH", "CÔNG AN XÃ ĐÔNG HÒA", "TRƯỞNG CÔNG AN",
        "từ ngày 08/09/2026", "số 12/QĐ-CAX ngày 06/07/2026",
    ):  # fmt: skip
        assert words in text, words
    assert text.count("[x]") == 1
    feet = feet_of(data)
    assert all(actor.unit_name in foot and actor.name in foot and taken.mark in foot for foot in feet)
    assert "10:00 ngày 07/09/2026" in feet[0]
    export = RegisterExport.objects.get()
    assert (export.mark, export.kind, export.count, export.visit_id) == (taken.mark, "paper.docx", 1, seen.pk)
    entry = Entry.objects.get(event="registers.paper.exported")
    assert (entry.reason, entry.object_label) == ("Lập văn bản", person.code)
    assert "Lò" not in f"{entry.after}{entry.object_label}"


@pytest.mark.django_db
def test_what_is_typed_is_sealed_and_gone_when_withdrawn(land: World) -> None:
    actor, person = keeper(land), managed(land)
    paper = drafted(actor, person, "D163.III-07", from_on="2026-09-08", reason="Bị tạm giam theo Lệnh số 9")
    assert paper.sealed is not None
    assert "Lệnh".encode() not in bytes(paper.sealed)
    opened = typed_in(paper)
    assert opened is not None
    assert opened.values["reason"] == "Bị tạm giam theo Lệnh số 9"
    changed = draft_paper(
        actor=actor, at=LATER, code=person.code, form="", spell_id=None, values={"from_on": "2026-09-09"},
        paper_id=paper.pk, version=paper.version,
    )  # fmt: skip
    assert isinstance(changed, Paper)
    late = withdraw_paper(actor=actor, at=LATER, code=person.code, paper_id=paper.pk, version=paper.version)
    assert isinstance(late, Refusal)
    assert late.code == "stale"
    gone = withdraw_paper(actor=actor, at=LATER, code=person.code, paper_id=paper.pk, version=changed.version)
    assert isinstance(gone, Paper)
    assert (gone.state, gone.sealed) == (PaperState.WITHDRAWN, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"number": ""}, "number"),
        ({"decider": " "}, "decider"),
        ({"signed_on": date(2026, 9, 8)}, "signed_on"),
        ({"signed_on": date(2026, 6, 30)}, "form_law"),
        ({"number": "9" * 61}, "too_long"),
        ({"version": 7}, "stale"),
    ],
)
def test_what_cannot_be_signed(land: World, more: dict[str, Any], code: str) -> None:
    actor, person = keeper(land), managed(land)
    paper = drafted(actor, person, "D163.III-09", from_on="2026-09-08")
    told = {"version": paper.version, "number": "15", "signed_on": ON, "decider": "Trưởng Công an"} | more
    found = sign_paper(actor=actor, at=LATER, code=person.code, paper_id=paper.pk, **told)
    assert isinstance(found, Refusal)
    assert found.code == code


@pytest.mark.django_db
def test_blanks_and_used_numbers_are_not_signed(land: World) -> None:
    actor, person = keeper(land), managed(land)
    empty = drafted(actor, person, "D163.III-07")
    told = {"actor": actor, "at": LATER, "code": person.code, "signed_on": ON, "decider": "Trưởng Công an"}
    found = sign_paper(paper_id=empty.pk, version=1, number="3", **told)  # type: ignore[arg-type]
    assert isinstance(found, Refusal)
    assert found.code == "missing"
    one, two = (drafted(actor, person, "D163.III-09", from_on="2026-09-08") for _each in range(2))
    assert isinstance(sign_paper(paper_id=one.pk, version=1, number="3", **told), Paper)  # type: ignore[arg-type]
    again = sign_paper(paper_id=two.pk, version=1, number="3", **told)  # type: ignore[arg-type]
    assert isinstance(again, Refusal)
    assert again.code == "number_used"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"from_on": "31/02/2026"}, "from_on"),
        ({"from_on": "2026-02-31"}, "from_on"),
        ({"ground": "addict.died"}, "ground"),
        ({"ground": "<script>"}, "ground"),
    ],
)
def test_wrong_values_are_named_by_field(land: World, values: dict[str, str], field: str) -> None:
    actor, person = keeper(land), managed(land)
    about = person.spells.get()
    found = draft_paper(actor=actor, at=LATER, code=person.code, form="D163.III-08", spell_id=about.pk, values=values)
    assert isinstance(found, Refusal)
    assert found.problems[0].code == field


@pytest.mark.django_db
def test_only_keepers_inside_a_visit(land: World) -> None:
    actor, person = keeper(land), managed(land)
    paper = drafted(actor, person, "D163.III-09", from_on="2026-09-08")
    without = take_paper(actor=actor, at=LATER, visit=None, paper=paper, kind="docx")
    assert isinstance(without, Refusal)
    assert without.code == "visit"
    assert not RegisterExport.objects.exists()
    other = keeper(land, "tay_hoa_police")
    with pytest.raises(PermissionDenied):
        take_paper(actor=other, at=LATER, visit=visit(other), paper=paper, kind="docx")
    found = draft_paper(actor=other, at=LATER, code=person.code, form="D163.III-04", spell_id=None, values={})
    assert isinstance(found, Refusal)
    assert found.code == "gone"


@pytest.mark.django_db
def test_a_signed_paper_on_which_something_rests_stays(land: World) -> None:
    actor, person = keeper(land), managed(land)
    rests = person.spells.get().start_paper
    found = withdraw_paper(actor=actor, at=LATER, code=person.code, paper_id=rests.pk, version=rests.version)
    assert isinstance(found, Refusal)
    assert found.code == "in_use"
