"""How long files are kept: legal holds, the clock of retention, and what is destroyed when it has run out.

Counts stay: days, categories, results, communes, sex and year of birth are what official figures rest on. Whatever says
who somebody was goes: the sealed identity, the keys that find it, helpers and householders, what was typed into papers,
numbers of papers and words written about the case.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing, hold, record
from pcmt.apps.registers.models import (
    BreakGlass,
    DataRequest,
    Identity,
    LegalHold,
    NameKey,
    OfflineConflict,
    Paper,
    Pledge,
    Reading,
    RegisterImport,
    Spell,
    SpellState,
    Subject,
    TeamMember,
    Transfer,
    Visit,
)
from pcmt.apps.registers.operations.holding import held_file
from pcmt.apps.registers.operations.visits import numbers_somebody
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import add_months
from pcmt.reference import law

BASIS = 200
A_ROUND = 200
"""Files that one run of the job makes nameless at most; each in a transaction of its own."""


def hold_file(*, actor: Actor, at: datetime, code: str, basis: str, from_on: date) -> LegalHold | Refusal:
    """Forbid erasing a file until the hold is released: `basis` is the paper that asks for it."""
    basis = " ".join(basis.split())
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        if not basis or len(basis) > BASIS or numbers_somebody(basis):
            return Refusal(
                code="basis",
                message=_("Ghi số, ngày, cơ quan của văn bản yêu cầu (tối đa %(n)s ký tự), không ghi tên ai.")
                % {"n": BASIS},
                field="basis",
            )
        if from_on > timezone.localdate(at):
            return Refusal(code="future", message=_("Ngày này chưa tới."), field="from_on")
        made = LegalHold.objects.create(
            subject=subject, basis=basis, from_on=from_on, made_at=at, made_by_id=actor.user_id
        )
        Subject.objects.filter(pk=subject.pk).update(guarded=True, version=F("version") + 1)
        record(at=at, actor=actor, event="registers.hold.set", obj=subject, after={"from": from_on}, reason=basis)
    return made


def release_hold(*, actor: Actor, at: datetime, hold_id: int) -> LegalHold | Refusal:
    """The hold is over as of today."""
    seen = LegalHold.objects.visible_to(actor).filter(pk=hold_id).values_list("subject__code", flat=True).first()
    if seen is None:
        return Refusal(code="gone", message=_("Không còn lệnh lưu giữ này."))
    with transaction.atomic():
        subject = held_file(actor, seen)
        if isinstance(subject, Refusal):
            return subject
        row = LegalHold.objects.select_for_update(of=("self",), no_key=True).get(pk=hold_id)
        if row.to_on is not None:
            return row
        row.to_on = max(timezone.localdate(at), row.from_on)
        row.save(update_fields=["to_on"])
        others = LegalHold.objects.filter(subject=subject, to_on__isnull=True).exists()
        Subject.objects.filter(pk=subject.pk).update(guarded=others, version=F("version") + 1)
        record(at=at, actor=actor, event="registers.hold.released", obj=subject, after={"to": row.to_on})
    return row


def ends_keeping(last_end: date) -> date | None:
    """The first day on which a file may be made nameless whose last status ended on a day; None without a rule."""
    rule = law().retention("file", last_end)
    return add_months(last_end, rule.length.n) if rule else None


def set_clocks(*, at: datetime) -> int:
    """Put the clock of retention right on every file where it is not: set where nothing runs any more, else taken off.

    Runs each night and costs a statement for each day on which files ended; acts on spells need not think of it.
    """
    runs = Exists(Spell.objects.filter(subject=OuterRef("pk")).exclude(state=SpellState.ENDED))
    standing = Subject.objects.standing()
    changed = standing.filter(runs, erase_on__isnull=False).update(erase_on=None)
    held = Exists(LegalHold.objects.filter(subject=OuterRef("pk"), to_on__isnull=True))
    Subject.objects.filter(held, guarded=False).update(guarded=True)  # came with a merged file
    over = standing.filter(~runs).annotate(last=Max("spells__ended_on")).filter(last__isnull=False)
    for last in sorted(set(over.values_list("last", flat=True))):
        due = ends_keeping(last)
        ids = over.filter(last=last).exclude(erase_on=due) if due else over.none()
        wrong = list((ids | over.filter(last=last, erase_on__isnull=True) if due else ids).values_list("pk", flat=True))
        if wrong:
            changed += Subject.objects.filter(pk__in=wrong).update(erase_on=due)
    return changed


def erase_due(*, at: datetime) -> int:
    """Make nameless what has been kept long enough; destroy old logs of visits and forgotten imports. How many files.

    Each file in a transaction of its own, looked at again under its lock: one that a hold, a new status or a request
    has reached meanwhile stays.
    """
    set_clocks(at=at)
    today = timezone.localdate(at)
    due = Subject.objects.standing().filter(guarded=False, erase_on__lte=today).order_by("erase_on", "pk")
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:A_ROUND]):
        with transaction.atomic():
            subject = Subject.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
            if subject.erase_on is None or subject.erase_on > today or not may_erase(subject):
                continue
            anonymise(subject, at=at, actor=None, why="retention")
            done += 1
    _erase_logs(today, at)
    return done


def may_erase(subject: Subject) -> bool:
    """Whether nothing forbids making a locked file nameless: no hold, no status that runs, no request under way."""
    if subject.anonymised_at is not None or subject.merged_into_id is not None:
        return False
    if LegalHold.objects.filter(subject=subject, to_on__isnull=True).exists():
        return False
    if Spell.objects.filter(subject=subject).exclude(state=SpellState.ENDED).exists():
        return False
    if Transfer.objects.filter(subject=subject, state="open").exists():
        return False
    return not BreakGlass.objects.filter(subject=subject, verdict="").exists()


def anonymise(subject: Subject, *, at: datetime, actor: Actor | None, why: str) -> None:
    """Destroy whatever says who a locked subject is, and of files merged into it. What figures count stays.

    `why` is a code: retention, request.
    """
    whole = [subject.pk, *Subject.objects.filter(merged_into=subject).values_list("pk", flat=True)]
    Identity.objects.filter(subject__in=whole).delete()
    NameKey.objects.filter(subject__in=whole).delete()
    TeamMember.objects.filter(team__subject__in=whole).update(sealed=b"", key_id="", user=None)
    Pledge.objects.filter(subject__in=whole).update(sealed=b"", key_id="")
    Paper.objects.filter(subject__in=whole).update(sealed=None, key_id="", number="")
    DataRequest.objects.filter(subject__in=whole).update(sealed=None, key_id="")
    OfflineConflict.objects.filter(subject__in=whole).delete()
    Transfer.objects.filter(subject__in=whole).update(proof="", reason="")
    BreakGlass.objects.filter(subject__in=whole).update(reason="", words="")
    LegalHold.objects.filter(subject__in=whole).update(basis="—")
    Subject.objects.filter(pk__in=whole).update(
        anonymised_at=at, erase_on=None, restricted=False, version=F("version") + 1
    )
    record(at=at, actor=actor, event="registers.file.anonymised", obj=subject, after={"why": why})


def lift_restriction(*, actor: Actor, at: datetime, code: str) -> Subject | Refusal:
    """Processing is no longer restricted: the person took the request back, or its reason is gone."""
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        if not subject.restricted:
            return subject
        subject.restricted = False
        subject.version += 1
        subject.save(update_fields=["restricted", "version"])
        record(at=at, actor=actor, event="registers.restriction.lifted", obj=subject)
    return subject


def _erase_logs(today: date, at: datetime) -> None:
    """Visits with their readings after the retention of logs; imports on their day."""
    RegisterImport.objects.filter(purge_on__lte=today).exclude(sealed__isnull=True).update(
        sealed=None, key_id="", state="dropped", version=F("version") + 1
    )
    rule = law().retention("visit", today)
    if rule is None:
        return
    before = add_months(today, -rule.length.n)
    old = Visit.objects.filter(until__date__lt=before).filter(Q(exports__isnull=True)).order_by("pk")
    ids = list(old.values_list("pk", flat=True)[:5000])
    if not ids:
        return
    with transaction.atomic():
        hold(at)
        Reading.objects.filter(visit__in=ids).delete()
        Visit.objects.filter(pk__in=ids).delete()
        record(
            at=at, actor=None, event="registers.visits.purged", obj=Thing(Visit._meta.label, "", ""),
            after={"count": len(ids), "before": before},
        )  # fmt: skip
