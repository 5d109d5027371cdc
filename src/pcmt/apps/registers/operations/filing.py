"""Opening a person's file, and keeping up who the person is.

A file is opened with its first status, never without: somebody is in the registers by law, or not at all.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.registers.matching import id_form, name_indexes, names_of, phone_form
from pcmt.apps.registers.models import Identity, NameKey, Sex, Stay, StayWhy, Subject
from pcmt.apps.registers.operations.grounding import Starting
from pcmt.apps.registers.operations.holding import held_file, stale, touched
from pcmt.apps.registers.operations.spells import begun
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.places import identity_place
from pcmt.apps.registers.policies import can_open_file_at
from pcmt.apps.registers.queries.duplicates import block_of, candidates
from pcmt.apps.registers.vault import index_of, seal
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Problem, Refusal
from pcmt.core.law import ADULT_FROM, MINOR_FROM, age_on

OLDEST = 120
TWICE = timedelta(hours=1)
"""Within it the same person typed again by the same user is the button pressed twice."""


def open_file(
    *,
    actor: Actor,
    at: datetime,
    unit_id: int,
    block: PersonBlock,
    sex: str,
    birth_year: int,
    start: Starting,
    sure: bool = False,
) -> Subject | Refusal:
    """Open a file at a commune with its first status.

    Refuses with code `duplicate`, the codes of files that may be the same person's as `problems`, unless `sure`. A
    file elsewhere with the very same number is never opened a second time: it has to be handed over.
    """
    if not can_open_file_at(actor, unit_id):
        raise PermissionDenied
    block = tidied(block)
    if refused := wrong_person(block, sex, birth_year, start.on, timezone.localdate(at)):
        return refused
    with transaction.atomic():
        # The commune's row is the lock: two keepers who open the same person's file come one after the other.
        Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
        found = candidates(actor, block, sex=sex, birth_year=birth_year)
        if found.elsewhere:
            return Refusal(
                code="elsewhere",
                message=_(
                    "Số giấy tờ này đã có hồ sơ ở một địa bàn khác. Đề nghị nơi đó bàn giao hồ sơ, không lập mới."
                ),
                field="id_number",
            )
        if had := _typed_twice(actor, at, unit_id, block, [each.code for each in found.rows]):
            return had
        certain = [each for each in found.rows if "id" in each.grounds]
        if found.rows and (certain or not sure):
            return Refusal(
                code="duplicate",
                message=_("Số giấy tờ này đã có hồ sơ. Mở hồ sơ đó để cập nhật, không lập mới.")
                if certain
                else _(
                    "Có hồ sơ có thể là của cùng một người. Xem từng hồ sơ rồi chọn dùng hồ sơ đó hoặc vẫn lập mới."
                ),
                field="id_number" if certain else "name",
                problems=tuple(
                    Problem(code=each.code, message=each.code, blocking="id" in each.grounds) for each in found.rows
                ),
            )
        subject = Subject.objects.create(
            unit_id=unit_id, sex=sex, birth_year=birth_year, opened_at=at, opened_by_id=actor.user_id
        )
        Stay.objects.create(subject=subject, unit_id=unit_id, from_on=start.on, why=StayWhy.OPENED)
        write_identity(subject, block)
        spell = begun(subject, start, block=block, actor=actor, at=at)
        if isinstance(spell, Refusal):
            transaction.set_rollback(True)
            return spell
        touched(subject, at=at, start=start.on)
        record(
            at=at,
            actor=actor,
            event="registers.file.opened",
            obj=subject,
            after={"unit_id": unit_id, "category": spell.category, "ground": spell.start_ground, "starts_on": start.on},
        )
    return subject


def change_identity(
    *, actor: Actor, at: datetime, code: str, version: int, block: PersonBlock, sex: str, birth_year: int
) -> Subject | Refusal:
    """Put right who the person is. The log keeps which fields changed, never what they say."""
    block = tidied(block)
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        had = block_of(Subject.objects.select_related("identity").get(pk=subject.pk))
        was, now = had.data() if had else {}, block.data()
        changed = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
        changed += [
            name for name, value in (("sex", sex), ("birth_year", birth_year)) if getattr(subject, name) != value
        ]
        if not changed:
            return subject
        if subject.version != version:
            return stale()
        first = subject.spells.order_by("starts_on").values_list("starts_on", flat=True).first()
        today = timezone.localdate(at)
        if refused := wrong_person(block, sex, birth_year, first or today, today):
            return refused
        number = index_of("id", id_form(block.id_number))
        others = Identity.objects.filter(id_index=number, subject__merged_into__isnull=True).exclude(subject=subject)
        if "id_number" in changed and number and others.exists():
            return Refusal(
                code="duplicate",
                message=_("Số giấy tờ này đã có ở một hồ sơ khác. Kiểm tra lại số, hoặc đề nghị nhập hai hồ sơ."),
                field="id_number",
            )
        subject.sex, subject.birth_year = sex, birth_year
        write_identity(subject, block)
        touched(subject, at=at, start=first or today)
        record(at=at, actor=actor, event="registers.identity.changed", obj=subject, after={"fields": changed})
    return subject


def tidied(block: PersonBlock) -> PersonBlock:
    """The block with single blanks."""
    return PersonBlock.of({key: " ".join(v.split()) if isinstance(v, str) else v for key, v in block.data().items()})


def write_identity(subject: Subject, block: PersonBlock) -> None:
    """Seal who a locked subject is, with the blind indexes that find it."""
    kept = seal(block.data(), identity_place(subject.code))
    values = {
        "sealed": kept.data,
        "key_id": kept.key_id,
        "id_index": index_of("id", id_form(block.id_number)),
        "phone_index": index_of("phone", phone_form(block.phone)),
    }
    identity, made = Identity.objects.get_or_create(subject=subject, defaults=values)
    if not made:
        Identity.objects.filter(pk=identity.pk).update(version=identity.version + 1, **values)
    keys = name_indexes(names_of(block))
    NameKey.objects.filter(subject=subject).exclude(index__in=keys).delete()
    NameKey.objects.bulk_create((NameKey(subject=subject, index=each) for each in sorted(keys)), ignore_conflicts=True)


def wrong_person(block: PersonBlock, sex: str, birth_year: int, on: date, today: date) -> Refusal | None:
    """What speaks against these particulars, if anything: name, sex, birth, and the path of those of 12 to 17 years.

    Source: Law 120/2025/QH15: measures begin at 12 years; parents or guardians of those under 18 take part.
    """
    if not block.name:
        return Refusal(code="name", message=_("Nhập họ và tên."), field="name")
    if sex not in Sex.values:
        return Refusal(code="sex", message=_("Chọn giới tính như trên giấy tờ."), field="sex")
    if block.born_on is not None and block.born_on.year != birth_year:
        return Refusal(code="birth_year", message=_("Năm sinh không khớp ngày sinh."), field="birth_year")
    if not today.year - OLDEST <= birth_year <= today.year or (block.born_on and block.born_on > today):
        return Refusal(code="birth_year", message=_("Xem lại năm sinh."), field="birth_year")
    if block.id_issued_on is not None and block.id_issued_on > today:
        return Refusal(code="id_issued_on", message=_("Ngày cấp giấy tờ ở tương lai."), field="id_issued_on")
    age = age_on(block.born_on, birth_year, on)
    if age < MINOR_FROM:
        return Refusal(
            code="too_young",
            message=_("Luật không áp dụng các biện pháp này với người dưới 12 tuổi: không lập hồ sơ."),
            field="birth_year",
        )
    if age < ADULT_FROM and not block.guardian_name:
        message = _("Người từ đủ 12 đến dưới 18 tuổi phải ghi cha, mẹ hoặc người giám hộ.")
        return Refusal(code="guardian", message=message, field="guardian_name")
    return None


def _typed_twice(actor: Actor, at: datetime, unit_id: int, block: PersonBlock, codes: list[str]) -> Subject | None:
    """The file that this very entry has just opened: the button was pressed twice."""
    rows = Subject.objects.filter(
        code__in=codes, unit_id=unit_id, opened_by_id=actor.user_id, opened_at__gt=at - TWICE, version__lte=2
    ).select_related("identity")
    return next((row for row in rows if block_of(row) == block), None)
