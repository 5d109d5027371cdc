"""Tests and residence checks: writing them down once each, and what follows from them.

What is written is never changed: a wrong row is taken back and another takes its place. A positive result is no
judgement here: it opens the steps of the law, each with its clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import attrs
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.registers.grounds import PROPOSES
from pcmt.apps.registers.models import (
    Clock,
    ClockKind,
    DrugTest,
    Found,
    Identity,
    Paper,
    Pause,
    PauseKind,
    ResidenceCheck,
    Sample,
    Spell,
    Subject,
    TestResult,
)
from pcmt.apps.registers.operations import clocks
from pcmt.apps.registers.operations.counting import mark
from pcmt.apps.registers.operations.writing import (
    Outcome,
    day_trouble,
    each_alone,
    file_for,
    holder_on,
    own_row,
    take_back,
    written_before,
)
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.places import identity_place
from pcmt.apps.registers.queries.choices import SUBSTANCES
from pcmt.apps.registers.vault import unseal
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category, age_on
from pcmt.core.periods import DAY
from pcmt.reference import groups_tested

OPENED = {
    # A new decision and a new determination at once (Decree 163/2026/NĐ-CP, article 59.1; Law 120/2025/QH15, 31.1.c).
    Category.ILLEGAL_USER: ("positive_new_decision", "positive_determination"),
    # Found to use during voluntary rehabilitation or substitution: a dossier (Law 120/2025/QH15, 35.1; decree, 100.1).
    Category.IN_REHAB: ("open_dossier",),
    Category.ON_SUBSTITUTION: ("open_dossier",),
    # After rehabilitation only who is found addicted again stops being managed: the finding comes first (35.1, 48.4).
    Category.POST_REHAB: ("positive_determination",),
}
UNMANAGED = ("verify_residence",)
"""Of somebody under no management: whose place of living is verified first (decree, article 58.1)."""
CONFINED = ("compulsory",)
"""Settings in which a positive result is the centre's affair: no dossier opens on one that was carried out."""


@attrs.frozen(kw_only=True)
class TestEntry:
    """One test as somebody entered it; `key` was made by the device. The rest as `record_test` takes it."""

    __test__ = False

    key: UUID
    code: str
    on: date
    ground: str
    sample: str = str(Sample.URINE)
    result: str
    substances: Sequence[str] = ()
    guardian_present: bool | None = None
    same_sex_observer: bool | None = None
    again: bool = False


def record_test(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    code: str,
    on: date,
    ground: str,
    sample: str = str(Sample.URINE),
    result: str,
    substances: Sequence[str] = (),
    guardian_present: bool | None = None,
    same_sex_observer: bool | None = None,
    paper_id: int | None = None,
    again: bool = False,
) -> DrugTest | Refusal:
    """Write a test down. Sent again under its key it is kept once, and the first row is the answer.

    Refused: a day to come or before the file; a group, sample, result or substance that is none; no parent present
    at a sample other than urine of somebody aged 12 to 17 (Law 120/2025/QH15, article 23; Decree 163/2026/NĐ-CP,
    article 56); a second test of the day with the same sample unless `again` says that there were two.
    """
    with transaction.atomic():
        subject = file_for(actor, "registers.DrugTest", code)
        if isinstance(subject, Refusal):
            return subject
        before = written_before(DrugTest, key, subject)
        if before is not None:
            return before  # type: ignore[no-any-return]
        trouble = (
            _words_trouble(ground, sample, result, substances)
            or day_trouble(subject, on, at)
            or _presence_trouble(subject, on, sample, result, guardian_present)
            or (None if again else _same_day_trouble(subject, on, sample))
        )
        if trouble is not None:
            return trouble
        paper = Paper.objects.filter(pk=paper_id, subject=subject).first() if paper_id else None
        if paper_id and paper is None:
            return Refusal(code="no_paper", message=_("Văn bản này không thuộc hồ sơ."), field="paper")
        outcome = "refused" if result == TestResult.REFUSED else "done"
        met = clocks.meet(subject, ClockKind.TEST, on, at=at, outcome=outcome)
        made = DrugTest.objects.create(
            key=key,
            subject=subject,
            unit_id=holder_on(subject, on),
            on=on,
            ground=ground,
            sample=sample,
            result=result,
            substances=sorted(set(substances)) if result == TestResult.POSITIVE else [],
            guardian_present=guardian_present,
            same_sex_observer=same_sex_observer,
            clock=met.clock,
            early=met.early,
            paper=paper,
            made_at=at,
            made_by_id=actor.user_id,
        )
        if result == TestResult.POSITIVE:
            _open_steps(made)
        mark({made.unit_id, subject.unit_id}, on, at)
        # The log says that and when, not what came out: more people read the log than see the file.
        told = {"on": on, "ground": ground, "sample": sample}
        record(at=at, actor=actor, event="registers.test.recorded", obj=subject, after=told)
    return made


def record_tests(*, actor: Actor, at: datetime, entries: Sequence[TestEntry]) -> list[Outcome]:
    """Write several tests, each for itself: what became of every one, in their order."""
    return each_alone(
        entries,
        lambda entry: entry.key,
        DrugTest,
        lambda entry: record_test(actor=actor, at=at, **attrs.asdict(entry)),
    )


def void_test(*, actor: Actor, at: datetime, test_id: int, why: str) -> DrugTest | Refusal:
    """Take a test back for a reason of `WRONG`. Its window is owed again; the steps that it alone opened are not."""
    with transaction.atomic():
        found = own_row(actor, DrugTest, test_id)
        if isinstance(found, Refusal):
            return found
        test, subject = found
        if test.voided_at is not None:
            return test  # type: ignore[no-any-return]
        if (trouble := take_back(test, why=why, at=at)) is not None:
            return trouble
        others = DrugTest.objects.filter(subject=subject, voided_at__isnull=True)
        if test.clock is not None and not others.filter(clock=test.clock).exists():
            # Whoever was tested twice in the window was tested all the same.
            inside = others.filter(on__gte=test.clock.opens_on, on__lte=test.clock.due_on).order_by("on", "pk").first()
            if inside is None:
                clocks.unmeet(test.clock, at=at)
            else:
                inside.clock, inside.early = test.clock, False
                inside.save(update_fields=["clock", "early"])
        if test.result == TestResult.POSITIVE:
            _close_steps(test, others, at)
        mark({test.unit_id, subject.unit_id}, test.on, at)
        was, said = {"on": test.on}, test.voided_why
        record(at=at, actor=actor, event="registers.test.voided", obj=subject, before=was, reason=said)
    return test  # type: ignore[no-any-return]


@attrs.frozen(kw_only=True)
class ResidenceEntry:
    """One residence check as somebody entered it."""

    key: UUID
    code: str
    on: date
    found: str


def record_residence(
    *, actor: Actor, at: datetime, key: UUID, code: str, on: date, found: str
) -> ResidenceCheck | Refusal:
    """Write down what a check of where somebody lives found; it settles that month's clock, whatever was found.

    Who was absent without a word or is not found is not written as such into the status: `proposal_of` says what the
    law may make of it, and a person with a paper decides.
    """
    with transaction.atomic():
        subject = file_for(actor, "registers.ResidenceCheck", code)
        if isinstance(subject, Refusal):
            return subject
        before = written_before(ResidenceCheck, key, subject)
        if before is not None:
            return before  # type: ignore[no-any-return]
        if found not in Found.values:
            return Refusal(code="no_finding", message=_("Chọn kết quả kiểm tra cư trú."), field="found")
        trouble = day_trouble(subject, on, at)
        if trouble is not None:
            return trouble
        met = clocks.meet(subject, ClockKind.RESIDENCE, on, at=at)
        made = ResidenceCheck.objects.create(
            key=key,
            subject=subject,
            unit_id=holder_on(subject, on),
            on=on,
            found=found,
            clock=met.clock,
            made_at=at,
            made_by_id=actor.user_id,
        )
        mark({made.unit_id, subject.unit_id}, on, at)
        record(at=at, actor=actor, event="registers.residence.recorded", obj=subject, after={"on": on})
    return made


def record_residences(*, actor: Actor, at: datetime, entries: Sequence[ResidenceEntry]) -> list[Outcome]:
    """Write several residence checks, each for itself."""
    return each_alone(
        entries,
        lambda entry: entry.key,
        ResidenceCheck,
        lambda entry: record_residence(actor=actor, at=at, **attrs.asdict(entry)),
    )


def void_residence(*, actor: Actor, at: datetime, check_id: int, why: str) -> ResidenceCheck | Refusal:
    """Take a residence check back for a reason of `WRONG`; the month is owed again."""
    with transaction.atomic():
        found = own_row(actor, ResidenceCheck, check_id)
        if isinstance(found, Refusal):
            return found
        check, subject = found
        if check.voided_at is not None:
            return check  # type: ignore[no-any-return]
        if (trouble := take_back(check, why=why, at=at)) is not None:
            return trouble
        if check.clock is not None:
            clocks.unmeet(check.clock, at=at)
        mark({check.unit_id, subject.unit_id}, check.on, at)
        was, said = {"on": check.on}, check.voided_why
        record(at=at, actor=actor, event="registers.residence.voided", obj=subject, before=was, reason=said)
    return check  # type: ignore[no-any-return]


def proposal_of(check: ResidenceCheck) -> str:
    """The ground that what was found may give, such as `user.absent`; "" where it gives none.

    Absence without notice is not counted into the term (Decree 163/2026/NĐ-CP, articles 60.2 and 136): whether it is
    written so is for an officer with a paper to say. A pause for absence that runs already needs no other.
    """
    if check.found not in (Found.ABSENT, Found.UNKNOWN) or check.voided_at is not None:
        return ""
    spells = list(Spell.objects.filter(subject_id=check.subject_id).on(check.on).order_by("starts_on", "pk"))
    away = Pause.objects.filter(spell__in=spells, kind=PauseKind.ABSENCE, from_on__lte=check.on)
    if away.filter(Q(to_on__isnull=True) | Q(to_on__gt=check.on)).exists():
        return ""
    return next((ground for spell in spells if (ground := PROPOSES.get(Category(spell.category)))), "")


def _words_trouble(ground: str, sample: str, result: str, substances: Sequence[str]) -> Refusal | None:
    if ground not in groups_tested():
        return Refusal(code="no_ground", message=_("Chọn căn cứ xét nghiệm theo luật."), field="ground")
    if sample not in Sample.values:
        return Refusal(code="no_sample", message=_("Chọn loại mẫu."), field="sample")
    if result not in TestResult.values:
        return Refusal(code="no_result", message=_("Chọn kết quả."), field="result")
    if any(each not in SUBSTANCES for each in substances):
        return Refusal(code="no_substance", message=_("Có chất không nằm trong danh sách."), field="substances")
    if substances and result != TestResult.POSITIVE:
        return Refusal(code="substances", message=_("Chỉ ghi chất khi kết quả dương tính."), field="substances")
    return None


def _presence_trouble(subject: Subject, on: date, sample: str, result: str, present: bool | None) -> Refusal | None:
    """Under 18, a parent or guardian is there for every sample but urine."""
    if result == TestResult.REFUSED or sample == Sample.URINE or present or not _minor(subject, on):
        return None
    told = _("Người dưới 18 tuổi: lấy mẫu không phải nước tiểu phải có cha, mẹ hoặc người giám hộ chứng kiến.")
    return Refusal(code="guardian", message=told, field="guardian_present")


def _minor(subject: Subject, on: date) -> bool:
    """Whether somebody is under 18 on a day: by the year, and in the year of the birthday by the sealed day.

    Nobody is shown it. Where only the year is known, who may still be a minor is treated as one.
    """
    years = on.year - subject.birth_year
    if years != 18:
        return years < 18
    identity = Identity.objects.filter(subject=subject).first()
    if identity is None:
        return True
    block = PersonBlock.of(unseal(identity.sealed, identity.key_id, identity_place(subject.code)))
    return block.born_on is None or age_on(block.born_on, subject.birth_year, on) < 18


def _same_day_trouble(subject: Subject, on: date, sample: str) -> Refusal | None:
    same = DrugTest.objects.filter(subject=subject, on=on, sample=sample, voided_at__isnull=True)
    if not same.exists():
        return None
    told = _("Ngày %(day)s đã có một lần xét nghiệm mẫu này. Nếu đúng là xét nghiệm hai lần, hãy xác nhận.")
    return Refusal(code="same_day", message=told % {"day": f"{on:%d/%m/%Y}"}, field="again")


def happened_at(test: DrugTest) -> datetime:
    """From when the limits of a positive result count: when it was written on its day, else the end of that day.

    Only the day of a test is kept; of a test written later nobody knows the hour.
    """
    if timezone.localdate(test.made_at) == test.on:
        return test.made_at
    return timezone.make_aware(datetime.combine(test.on + DAY, time())) - timedelta(minutes=1)


def _open_steps(test: DrugTest) -> None:
    running = Spell.objects.filter(subject_id=test.subject_id).on(test.on).order_by("starts_on", "pk")
    managed = [spell for spell in running if Category(spell.category) in OPENED and spell.setting not in CONFINED]
    moment = happened_at(test)
    subject = test.subject
    for spell in managed:
        for limit in OPENED[Category(spell.category)]:
            clocks.open_limit(subject, spell, limit, moment)
    if not running:
        for limit in UNMANAGED:
            clocks.open_limit(subject, None, limit, moment)


def _close_steps(test: DrugTest, others: Any, at: datetime) -> None:
    """Take back what a positive result opened, unless another one of the same moment opened it too."""
    moment = happened_at(test)
    same = others.filter(result=TestResult.POSITIVE, on=test.on)
    if any(happened_at(each) == moment for each in same):
        return
    limits = {limit for opened in (*OPENED.values(), UNMANAGED) for limit in opened}
    found = Clock.objects.filter(subject_id=test.subject_id, kind=ClockKind.STEP, limit__in=limits, opened_at=moment)
    for limit in sorted(set(found.running().values_list("limit", flat=True))):
        clocks.void(test.subject, limit, at=at)
