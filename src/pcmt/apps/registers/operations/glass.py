"""Breaking the glass: in an emergency somebody reads one file that is not theirs to read, and answers for it.

It opens that one file until midnight or until it is closed. The keepers of the file are told at once, and one of them
who is not the reader says afterwards whether it was right.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, User, reached_units
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.registers.matching import id_form, names_of, syllables
from pcmt.apps.registers.models import BreakGlass, Identity, Subject, Verdict
from pcmt.apps.registers.operations.visits import numbers_somebody
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.places import identity_place
from pcmt.apps.registers.queries.keepers import keepers_of
from pcmt.apps.registers.vault import Unsealable, index_of, unseal
from pcmt.apps.units.models import Level, UnitClosure, holds_on
from pcmt.core.diagnostics import Refusal

LEAST, MOST = 20, 500
"""Signs of a reason."""
A_DAY = 5
"""Files that somebody opens so on one day at most; attempts that find nothing count twice as many."""
MISSED = "registers.glass.missed"


def may_break(actor: Actor | None) -> bool:
    """Whether the actor's role may break the glass at all."""
    return changes("registers.BreakGlass", actor) >= Reach.OWN


def break_glass(*, actor: Actor, at: datetime, sought: str, reason: str) -> BreakGlass | Refusal:
    """Open one known file of the own province until midnight: `sought` is its code, or the number of an identity paper.

    A file that is not there and one of another province get the same answer, and each miss is logged: nobody finds out
    by trying whether somebody has a file.
    """
    if not may_break(actor):
        raise PermissionDenied
    reason = " ".join(reason.split())
    if refused := _wrong_reason(reason):
        return refused
    with transaction.atomic():
        # The own row is the lock: what is counted here is counted by one at a time.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.user_id)
        today = BreakGlass.objects.filter(user_id=actor.user_id, on=actor.on)
        missed = Entry.objects.filter(event=MISSED, actor_id=actor.user_id, day=actor.on).count()
        if today.count() >= A_DAY or missed >= 2 * A_DAY:
            return Refusal(
                code="often",
                message=_("Hôm nay bạn đã mở khẩn cấp nhiều lần. Đề nghị người giữ hồ sơ cung cấp thông tin."),
            )
        subject = _sought(actor, sought)
        if subject is None:
            record(at=at, actor=actor, event=MISSED, obj=Thing(BreakGlass._meta.label, "", ""))
            return Refusal(
                code="unknown",
                message=_("Không có hồ sơ nào trong tỉnh với mã hoặc số giấy tờ này. Kiểm tra lại từng chữ số."),
                field="sought",
            )
        if open_now := today.filter(subject=subject, closed_at__isnull=True).first():
            return open_now
        if Identity.objects.visible_to(actor).filter(subject=subject).exists():
            return Refusal(code="seen", message=_("Bạn đã có quyền xem hồ sơ này: mở như bình thường."), field="sought")
        if _names(reason, subject):
            return Refusal(
                code="name", message=_("Không ghi họ tên của ai trong lý do; chỉ ghi mã hồ sơ."), field="reason"
            )
        made = BreakGlass.objects.create(
            user_id=actor.user_id, user_name=actor.name, user_unit_id=actor.unit_id, subject=subject, reason=reason,
            on=actor.on, opened_at=at,
        )  # fmt: skip
        with translation.override("vi"):
            title = _("%(unit)s đã mở khẩn cấp hồ sơ %(code)s: cần xem xét") % {
                "unit": actor.unit_name,
                "code": subject.code,
            }
        tell(
            at=at,
            users=keepers_of(subject.unit_id, actor.on, "registers.BreakGlass") - {actor.user_id},
            reason=Reason.SUBMITTED,
            about=made,
            address=f"/bao-ve-ho-so/mo-khan-cap/{made.pk}/",
            title=title,
            key=f"glass:{made.pk}",
            unit_id=subject.unit_id,
        )
        record(at=at, actor=actor, event="registers.glass.broken", obj=subject, after={"on": actor.on}, reason=reason)
    return made


def close_glass(*, actor: Actor, at: datetime, glass_id: int) -> BreakGlass | Refusal:
    """The emergency is over: the file opens no longer. Who broke the glass closes it."""
    with transaction.atomic():
        row = _locked(glass_id)
        if row is None or row.user_id != actor.user_id:
            raise PermissionDenied
        if row.closed_at is not None:
            return row
        row.closed_at = at
        row.version += 1
        row.save(update_fields=["closed_at", "version"])
        record(at=at, actor=actor, event="registers.glass.closed", obj=row.subject)
    return row


def may_review(actor: Actor | None, row: BreakGlass) -> bool:
    """Whether the actor says if it was right: a keeper in whose area the file lies today, another than the reader."""
    reach = changes("registers.BreakGlass", actor)
    if actor is None or reach < Reach.SUBTREE or row.user_id == actor.user_id:
        return False
    return Subject.objects.filter(pk=row.subject_id, unit__in=reached_units(actor, reach)).exists()


def review_glass(
    *, actor: Actor, at: datetime, glass_id: int, version: int, verdict: str, words: str
) -> BreakGlass | Refusal:
    """Say whether a broken glass was right. Said once; the file is closed with it."""
    words = " ".join(words.split())
    with transaction.atomic():
        row = _locked(glass_id)
        if row is None or not may_review(actor, row):
            raise PermissionDenied
        if row.verdict or row.version != version:
            return Refusal(code="stale", message=_("Lần mở này vừa thay đổi hoặc đã có người xem xét. Xem lại."))
        if verdict not in Verdict.values:
            return Refusal(code="verdict", message=_("Chọn kết luận."), field="verdict")
        if verdict == Verdict.UNJUSTIFIED and len(words) < LEAST:
            return Refusal(
                code="short", message=_("Nêu vì sao không đúng, ít nhất %(n)s ký tự.") % {"n": LEAST}, field="words"
            )
        if len(words) > MOST or numbers_somebody(words) or _names(words, row.subject):
            return Refusal(
                code="words",
                message=_("Tối đa %(n)s ký tự, không ghi họ tên, số giấy tờ của ai.") % {"n": MOST},
                field="words",
            )
        row.verdict, row.words, row.reviewed_at, row.reviewed_by_id = verdict, words, at, actor.user_id
        row.closed_at = row.closed_at or at
        row.version += 1
        row.save()
        with translation.override("vi"):
            title = _("Lần mở khẩn cấp hồ sơ %(code)s đã được xem xét: %(verdict)s") % {
                "code": row.subject.code,
                "verdict": row.get_verdict_display(),
            }
        tell(
            at=at,
            users=[row.user_id],
            reason=Reason.DECIDED,
            about=row,
            address=f"/bao-ve-ho-so/mo-khan-cap/{row.pk}/",
            title=title,
            key=f"glass:{row.pk}:reviewed",
            unit_id=row.user_unit_id,
        )
        record(
            at=at, actor=actor, event="registers.glass.reviewed", obj=row.subject, after={"verdict": verdict},
            reason=words,
        )  # fmt: skip
    return row


def _wrong_reason(reason: str) -> Refusal | None:
    if len(reason) < LEAST:
        return Refusal(
            code="short",
            message=_("Nêu lý do khẩn cấp, ít nhất %(n)s ký tự: việc gì, vì sao không chờ được.") % {"n": LEAST},
            field="reason",
        )
    if len(reason) > MOST:
        return Refusal(code="long", message=_("Ghi tối đa %(n)s ký tự.") % {"n": MOST}, field="reason")
    if numbers_somebody(reason):
        return Refusal(
            code="number",
            message=_("Không ghi số giấy tờ, số điện thoại trong lý do; chỉ ghi mã hồ sơ."),
            field="reason",
        )
    return None


def _sought(actor: Actor, sought: str) -> Subject | None:
    """The one file of the actor's province with this code or number."""
    wanted = sought.strip().upper()
    rows = Subject.objects.filter(anonymised_at__isnull=True, unit__in=_province(actor))
    if wanted.startswith("HS-"):
        found = rows.select_related("merged_into").filter(code=wanted).first()
        if found is not None and found.merged_into is not None:
            found = rows.filter(pk=found.merged_into_id).first()
        return found
    number = index_of("id", id_form(sought))
    if not number:
        return None
    by_number = Identity.objects.filter(id_index=number, subject__merged_into__isnull=True).values("subject_id")
    return rows.filter(pk__in=by_number).order_by("pk").first()


def _province(actor: Actor):  # type: ignore[no-untyped-def]
    """Ids of the units of the province in which the actor works."""
    above = UnitClosure.objects.filter(
        holds_on(actor.on), descendant_id=actor.unit_id, ancestor__level=Level.PROVINCE, ancestor__kind="administrative"
    ).values("ancestor_id")
    return UnitClosure.objects.filter(holds_on(actor.on), ancestor_id__in=above).values("descendant_id")


def _names(words: str, subject: Subject) -> bool:
    """Whether a text names the very person the file is about."""
    kept = Identity.objects.filter(subject=subject).first()
    if kept is None:
        return False
    try:
        block = PersonBlock.of(unseal(kept.sealed, kept.key_id, identity_place(subject.code)))
    except Unsealable:
        return False
    said = f" {' '.join(syllables(words))} "
    return any(f" {' '.join(syllables(name))} " in said for name in names_of(block) if len(syllables(name)) > 1)


def _locked(glass_id: int) -> BreakGlass | None:
    rows = BreakGlass.objects.select_for_update(of=("self",), no_key=True).select_related("subject")
    return rows.filter(pk=glass_id).first()
