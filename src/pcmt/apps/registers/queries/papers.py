"""Papers of a file: which forms fit on a day, and what a form says when it is filled from the record.

The document itself is made anew each time and kept nowhere (`operations.papers`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.db.models import F
from django.utils.translation import override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import (
    CATEGORY_WORDS,
    SETTING_WORDS,
    DrugTest,
    Paper,
    PaperState,
    Sex,
    Spell,
    SpellState,
    Subject,
)
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.places import paper_place
from pcmt.apps.registers.policies import can_keep_file
from pcmt.apps.registers.vault import Unsealable, unseal
from pcmt.apps.units.models import Level, Unit
from pcmt.apps.units.usual import own_name
from pcmt.core.law import Category, age_on
from pcmt.documents.output.person_form import Issuer, Person
from pcmt.reference import FormText, law, paper_form, paper_forms

ADULT = 18
ID_WORDS = {"cccd": "CCCD", "cc": "Căn cước", "cmnd": "CMND", "passport": "Hộ chiếu"}
LAST_TESTS = 12
"""So many tests are told in a summary, the last ones."""
SHORTS = {"xã": "X", "phường": "P", "đặc khu": "ĐK", "thị trấn": "TT"}
"""By what the symbols of a commune's police end."""


@attrs.frozen
class Fit:
    """A form that can be filled in now, for a status of the file (None: for one that is about to begin)."""

    form: FormText
    spell: Spell | None

    @property
    def key(self) -> str:
        """In an address: `D163.III-04` or `D163.III-07~12`."""
        return f"{self.form.code}~{self.spell.pk}" if self.spell else self.form.code


@attrs.frozen(repr=False)
class Typed:
    """What was typed into a paper, opened: values by the name of the field, the status it is about, its first day."""

    values: Mapping[str, str]
    spell_id: int | None
    on: date


def forms_for(subject: Subject, on: date) -> list[Fit]:
    """The forms of the law of a day that fit the file, by its statuses that run, in the order of the decree."""
    running = list(
        Spell.objects.filter(subject=subject)
        .exclude(state=SpellState.ENDED)
        .select_related("start_paper", "start_paper__issuer")
    )
    found = []
    for form in paper_forms():
        if not form.holds_on(on):
            continue
        fitting = [each for each in running if fits(form, each)]
        found += [Fit(form, each) for each in fitting]
        if form.always and not fitting:
            found.append(Fit(form, None))
    return found


def fits(form: FormText, spell: Spell) -> bool:
    """Whether a form is one for a running status."""
    return (
        Category(spell.category) in form.categories
        and (not form.settings or spell.setting in [str(each) for each in form.settings])
        and (not form.states or spell.state in form.states)
    )


def form_of(paper: Paper, typed: Typed | None = None) -> FormText | None:
    """The form of a paper, in the law of its day: of its signature, else of the day on which it was begun."""
    day = paper.signed_on or (typed.on if typed else None)
    return paper_form(paper.form, day) if day else None


def papers_of(actor: Actor, subject: Subject) -> list[Paper]:
    """The papers of a file that the actor sees, those being written first, then the newest."""
    rows = Paper.objects.visible_to(actor).filter(subject=subject).exclude(state=PaperState.WITHDRAWN)
    rows = rows.order_by(F("signed_on").desc(nulls_first=True), "-pk")
    return list(rows)


def file_seen(actor: Actor, code: str) -> Subject | None:
    """The file of a code, if the actor sees who it is about."""
    if not actor.sees("registers.Paper"):
        return None
    rows = Subject.objects.visible_to(actor).standing().select_related("unit")
    found: Subject | None = rows.filter(code=code).first()
    return found


def may_write_papers(actor: Actor, subject: Subject) -> bool:
    """Whether the actor writes papers of a file."""
    return can_keep_file(actor, subject)


def paper_seen(actor: Actor, code: str, paper_id: int) -> Paper | None:
    """A paper of a file that the actor sees."""
    rows = Paper.objects.visible_to(actor).select_related("subject", "subject__unit")
    found: Paper | None = rows.filter(pk=paper_id, subject__code=code).first()
    return found


def typed_in(paper: Paper) -> Typed | None:
    """What was typed into a paper; None where it holds nothing or does not open."""
    if paper.sealed is None:
        return None
    try:
        data = unseal(paper.sealed, paper.key_id, paper_place(paper.pk))
    except Unsealable:
        return None
    return Typed(data.get("values", {}), data.get("spell"), date.fromisoformat(data["on"]))


def grounds_to_tick(form: FormText, on: date) -> list[tuple[str, str]]:
    """Code and words of the grounds of which a form ticks one."""
    if form.effect is None:
        return []
    rows = law().grounds_for(form.categories[0], form.effect, on)
    return [(each.code, each.label) for each in rows]


def issuer_of(unit: Unit, on: date) -> Issuer:
    """The bodies of a commune as its papers name them."""
    name = own_name(unit.name)
    called = f"{name.type} {name.proper}".strip()
    province = Unit.objects.above(unit.pk, on).filter(level=Level.PROVINCE, kind=unit.kind).first()
    above = own_name(province.name) if province else None
    return Issuer(
        place=name.proper,
        police=f"Công an {called}",
        police_above=f"Công an {above.type} {above.proper}" if above else "",
        committee=f"Ủy ban nhân dân {called}",
        short=SHORTS.get(name.type, "X"),
    )


def person_of(subject: Subject, block: PersonBlock, on: date) -> Person:
    """The person block in the order of annex III of Decree 163/2026/NĐ-CP."""
    with override("vi"):
        sex = str(Sex(subject.sex).label)
    lines = [
        ("Họ và tên", block.name.upper()),
        ("Tên gọi khác", block.other_names or "không"),
        ("Giới tính", sex),
        ("Ngày, tháng, năm sinh", born_words(subject, block)),
        ("Nơi sinh", block.birthplace),
        ("Quê quán", block.home_place),
        ("Nơi thường trú", block.permanent_address),
        ("Nơi tạm trú", block.temporary_address or "không"),
        ("Nơi ở hiện nay", block.present_address),
        ("Số giấy tờ tùy thân", _id_words(block)),
        ("Dân tộc", block.ethnicity),
        ("Tôn giáo", block.religion or "không"),
        ("Trình độ học vấn", block.schooling),
        ("Nghề nghiệp", block.occupation),
        ("Nơi làm việc, học tập", block.workplace),
    ]
    guardian: Sequence[tuple[str, str]] = ()
    if age_on(block.born_on, subject.birth_year, on) < ADULT:
        relation = f" ({block.guardian_relation})" if block.guardian_relation else ""
        guardian = [("Cha, mẹ hoặc người giám hộ", f"{block.guardian_name}{relation}".strip())]
    return Person(lines=lines, guardian=guardian)


def born_words(subject: Subject, block: PersonBlock) -> str:
    """Day of birth, or the year where only that is known."""
    return f"{block.born_on:%d/%m/%Y}" if block.born_on else str(subject.birth_year)


def _id_words(block: PersonBlock) -> str:
    if not block.id_number:
        return ""
    issued = f", cấp ngày {block.id_issued_on:%d/%m/%Y}" if block.id_issued_on else ""
    issuer = f", nơi cấp {block.id_issuer}" if block.id_issuer else ""
    return f"{ID_WORDS.get(block.id_kind, '')} {block.id_number}{issued}{issuer}".strip()


def paper_words(paper: Paper) -> str:
    """A paper as others refer to it: `Quyết định số 12/QĐ-CAX ngày 05/7/2026 của Trưởng Công an xã`."""
    number = f" số {paper.number}" if paper.number else ""
    day = f" ngày {paper.signed_on:%d/%m/%Y}" if paper.signed_on else ""
    return f"{paper.title}{number}{day} của {paper.decider}"


def record_values(subject: Subject, spell: Spell | None, block: PersonBlock, on: date) -> dict[str, str]:
    """What the record says, by the names that forms use."""
    found = {"name": block.name}
    if spell is None:
        return found
    with override("vi"):
        tests = DrugTest.objects.filter(subject=subject, voided_at__isnull=True, on__lte=on).order_by("-on", "-pk")
        told = [f"{each.on:%d/%m/%Y} ({each.get_result_display().lower()})" for each in tests[:LAST_TESTS]]
        setting = SETTING_WORDS.get(spell.setting)  # type: ignore[call-overload]
        found |= {
            "category": str(CATEGORY_WORDS[Category(spell.category)]),
            "setting": f" ({setting})" if setting else "",
            "state": str(SpellState(spell.state).label).lower(),
            "starts": f"{spell.starts_on:%d/%m/%Y}",
            "ends": f"{spell.ends_on:%d/%m/%Y}" if spell.ends_on else "",
            "until": f"đến hết ngày {spell.ends_on:%d/%m/%Y}" if spell.ends_on else "không xác định",
            "start_paper": paper_words(spell.start_paper),
            "tests": "; ".join(told) or "chưa có",
        }
    return found


def said(form: FormText, values: Mapping[str, Any]) -> dict[str, str]:
    """The typed values of a form as it prints them: days written out."""
    found = {}
    for field in form.fields:
        value = str(values.get(field.name) or "")
        if field.kind == "date" and value:
            value = f"{date.fromisoformat(value):%d/%m/%Y}"
        found[field.name] = value
    return found
