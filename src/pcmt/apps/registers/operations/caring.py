"""What is done for somebody: treatment, support, the team and the household that help; and how often a plan has people
tested. Names of helpers and householders are sealed; nothing here is a judgement about anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import attrs
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import changes
from pcmt.apps.accounts.rights import Reach
from pcmt.apps.audit.operations import record, record_reading
from pcmt.apps.plans.models import Plan
from pcmt.apps.registers.models import (
    CATEGORY_WORDS,
    Episode,
    EpisodeKind,
    EpisodeOutcome,
    EpisodeStage,
    MemberPart,
    Paper,
    Pledge,
    Spell,
    SpellState,
    Subject,
    Support,
    SupportKind,
    Team,
    TeamMember,
    TestPlan,
)
from pcmt.apps.registers.operations.counting import mark
from pcmt.apps.registers.operations.writing import (
    day_trouble,
    file_for,
    holder_on,
    own_row,
    stale,
    take_back,
    written_before,
)
from pcmt.apps.registers.places import keyed_place
from pcmt.apps.registers.vault import Unsealable, seal, unseal
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category
from pcmt.reference import law

RESULTS = {
    "under_way": "Đang thực hiện",
    "finished": "Hoàn thành",
    "broken_off": "Bỏ dở",
}
"""What became of a support, by code."""
NAME_CHARS = 120
SHORTEST_MONTH = 28


def start_episode(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    code: str,
    on: date,
    kind: str,
    site_name: str = "",
    stage: str = "",
) -> Episode | Refusal:
    """Begin a treatment, of rehabilitation in its first stage. It belongs to the status that it is given under.

    Refused while another treatment of the kind goes on.
    """
    with transaction.atomic():
        subject = file_for(actor, "registers.Episode", code)
        if isinstance(subject, Refusal):
            return subject
        before = written_before(Episode, key, subject)
        if before is not None:
            return before  # type: ignore[no-any-return]
        if kind not in EpisodeKind.values:
            return Refusal(code="no_kind", message=_("Chọn loại điều trị."), field="kind")
        if (trouble := day_trouble(subject, on, at)) is not None:
            return trouble
        if Episode.objects.filter(subject=subject, kind=kind, ended_on__isnull=True, voided_at__isnull=True).exists():
            told = _("Đang có một đợt điều trị loại này. Kết thúc đợt đó trước khi bắt đầu đợt mới.")
            return Refusal(code="goes_on", message=told, field="kind")
        stages = _stages(on)
        first = stage or next(iter(stages), "")
        if kind == EpisodeKind.REHAB and first and first not in stages:
            return Refusal(code="no_stage", message=_("Chọn giai đoạn của quy trình cai nghiện."), field="stage")
        made = Episode.objects.create(
            key=key,
            subject=subject,
            spell=_spell_of(subject, kind, on),
            unit_id=holder_on(subject, on),
            on=on,
            kind=kind,
            site_name=" ".join(site_name.split())[:300],
            made_at=at,
            made_by_id=actor.user_id,
        )
        if kind == EpisodeKind.REHAB and first:
            EpisodeStage.objects.create(episode=made, stage=first, from_on=on, made_at=at, made_by_id=actor.user_id)
        mark({made.unit_id, subject.unit_id}, on, at)
        told_ = {"on": on, "kind": kind}
        record(at=at, actor=actor, event="registers.episode.started", obj=subject, after=told_)
    return made


def move_stage(
    *, actor: Actor, at: datetime, episode_id: int, version: int, stage: str, on: date
) -> EpisodeStage | Refusal:
    """Go on to a later stage on a day. A stage that was shorter or longer than the law says is no mistake of whoever
    writes it down: `queries.care` tells of it.
    """
    with transaction.atomic():
        found = _open_episode(actor, episode_id, version)
        if isinstance(found, Refusal):
            return found
        episode, subject = found
        stages = _stages(on)
        if episode.kind != EpisodeKind.REHAB or stage not in stages:
            return Refusal(code="no_stage", message=_("Chọn giai đoạn của quy trình cai nghiện."), field="stage")
        if (trouble := day_trouble(subject, on, at)) is not None:
            return trouble
        current = EpisodeStage.objects.filter(episode=episode).order_by("-from_on", "-pk").first()
        order = list(stages)
        if current is not None and current.stage in stages and order.index(stage) <= order.index(current.stage):
            return Refusal(code="backwards", message=_("Đợt điều trị đã qua giai đoạn này."), field="stage")
        if on < (current.from_on if current else episode.on):
            return Refusal(code="too_early", message=_("Ngày này trước giai đoạn đang thực hiện."), field="on")
        if current is not None and current.to_on is None:
            current.to_on = on
            current.save(update_fields=["to_on"])
        made = EpisodeStage.objects.create(
            episode=episode, stage=stage, from_on=on, made_at=at, made_by_id=actor.user_id
        )
        _grown(episode)
        mark({episode.unit_id, subject.unit_id}, on, at)
        record(at=at, actor=actor, event="registers.stage.begun", obj=subject, after={"on": on, "stage": stage})
    return made


def end_episode(
    *, actor: Actor, at: datetime, episode_id: int, version: int, on: date, outcome: str
) -> Episode | Refusal:
    """End a treatment with its outcome; the stage that goes on ends with it. The status goes on until a paper
    ends it.
    """
    with transaction.atomic():
        found = _open_episode(actor, episode_id, version)
        if isinstance(found, Refusal):
            return found
        episode, subject = found
        if outcome not in EpisodeOutcome.values:
            return Refusal(code="no_outcome", message=_("Chọn kết quả điều trị."), field="outcome")
        if (trouble := day_trouble(subject, on, at)) is not None:
            return trouble
        current = EpisodeStage.objects.filter(episode=episode, to_on__isnull=True).first()
        if on < max(episode.on, current.from_on if current else episode.on):
            return Refusal(code="too_early", message=_("Ngày kết thúc phải từ ngày bắt đầu trở đi."), field="on")
        if current is not None:
            current.to_on = on
            current.save(update_fields=["to_on"])
        episode.ended_on, episode.outcome = on, outcome
        episode.save(update_fields=["ended_on", "outcome"])
        _grown(episode)
        mark({episode.unit_id, subject.unit_id}, on, at)
        record(at=at, actor=actor, event="registers.episode.ended", obj=subject, after={"on": on})
    return episode


def add_support(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    code: str,
    on: date,
    kind: str,
    provider_name: str = "",
    amount: int | None = None,
) -> Support | Refusal:
    """Write a line of the support ledger; `amount` in whole đồng."""
    with transaction.atomic():
        subject = file_for(actor, "registers.Support", code)
        if isinstance(subject, Refusal):
            return subject
        before = written_before(Support, key, subject)
        if before is not None:
            return before  # type: ignore[no-any-return]
        if kind not in SupportKind.values:
            return Refusal(code="no_kind", message=_("Chọn loại hỗ trợ."), field="kind")
        if amount is not None and not 0 <= amount <= 10**12:
            return Refusal(code="amount", message=_("Ghi số tiền bằng đồng, không âm."), field="amount")
        if (trouble := day_trouble(subject, on, at)) is not None:
            return trouble
        made = Support.objects.create(
            key=key,
            subject=subject,
            unit_id=holder_on(subject, on),
            on=on,
            kind=kind,
            provider_name=" ".join(provider_name.split())[:300],
            amount=amount,
            result="under_way",
            made_at=at,
            made_by_id=actor.user_id,
        )
        mark({made.unit_id, subject.unit_id}, on, at)
        record(at=at, actor=actor, event="registers.support.added", obj=subject, after={"on": on, "kind": kind})
    return made


def end_support(
    *, actor: Actor, at: datetime, support_id: int, version: int, on: date, result: str
) -> Support | Refusal:
    """Say when a support ended and what became of it."""
    with transaction.atomic():
        found = own_row(actor, Support, support_id)
        if isinstance(found, Refusal):
            return found
        support, subject = found
        if (old := stale(support, version)) is not None:
            return old
        if result not in RESULTS or result == "under_way":
            return Refusal(code="no_result", message=_("Chọn kết quả hỗ trợ."), field="result")
        if on < support.on:
            return Refusal(code="too_early", message=_("Ngày kết thúc phải từ ngày bắt đầu trở đi."), field="on")
        if (trouble := day_trouble(subject, on, at)) is not None:
            return trouble
        support.ended_on, support.result = on, result
        support.save(update_fields=["ended_on", "result"])
        _grown(support)
        mark({support.unit_id, subject.unit_id}, on, at)
        record(at=at, actor=actor, event="registers.support.ended", obj=subject, after={"on": on})
    return support  # type: ignore[no-any-return]


@attrs.frozen(kw_only=True, repr=False)
class Member:
    """A helper as typed: part, name, telephone number. Nothing of it is printed."""

    part: str
    name: str
    phone: str = ""
    key: UUID = attrs.field(factory=uuid4)


def set_team(
    *, actor: Actor, at: datetime, code: str, on: date, members: Sequence[Member], paper_id: int | None = None
) -> Team | Refusal:
    """Set a management team up from a day, in place of the one there was (Decree 163/2026/NĐ-CP, article 59.2.c).

    An officer of the commune police leads it; who else ought to be in it says `missing_parts`.
    """
    with transaction.atomic():
        subject = file_for(actor, "registers.Team", code)
        if isinstance(subject, Refusal):
            return subject
        if (trouble := day_trouble(subject, on, at) or _members_trouble(members)) is not None:
            return trouble
        if MemberPart.POLICE not in {member.part for member in members}:
            told = _("Tổ quản lý phải có cán bộ Công an cấp xã làm tổ trưởng.")
            return Refusal(code="no_leader", message=told, field="members")
        paper = Paper.objects.filter(pk=paper_id, subject=subject).first() if paper_id else None
        if paper_id and paper is None:
            return Refusal(code="no_paper", message=_("Văn bản này không thuộc hồ sơ."), field="paper")
        before = list(Team.objects.filter(subject=subject, to_on__isnull=True).select_for_update().order_by("pk"))
        if any(team.from_on > on for team in before):
            return Refusal(code="too_early", message=_("Tổ hiện nay lập sau ngày này."), field="on")
        for team in before:
            TeamMember.objects.filter(team=team, to_on__isnull=True).update(to_on=on)
            team.to_on = on
            team.save(update_fields=["to_on"])
            _grown(team)
        running = Spell.objects.filter(subject=subject).exclude(state=SpellState.ENDED).order_by("-starts_on").first()
        made = Team.objects.create(
            subject=subject, spell=running, paper=paper, from_on=on, made_at=at, made_by_id=actor.user_id
        )
        TeamMember.objects.bulk_create([_member(made, member, on) for member in members])
        record(at=at, actor=actor, event="registers.team.set", obj=subject, after={"on": on, "count": len(members)})
    return made


def change_member(
    *, actor: Actor, at: datetime, member_id: int, on: date, member: Member | None
) -> TeamMember | Refusal:
    """A helper goes on a day and hands over to another; None: leaves without one, which the leader cannot.

    Both rows stay: who helped until when, and who took over from whom.
    """
    with transaction.atomic():
        found = own_row(actor, TeamMember, member_id)
        if isinstance(found, Refusal):
            return found
        gone, subject = found
        if gone.to_on is not None:
            return Refusal(code="gone", message=_("Người này đã bàn giao. Xem lại tổ quản lý."))
        if (trouble := day_trouble(subject, on, at)) is not None:
            return trouble
        if on < gone.from_on:
            return Refusal(code="too_early", message=_("Người này tham gia sau ngày đó."), field="on")
        if member is None and gone.part == MemberPart.POLICE:
            told = _("Tổ trưởng phải bàn giao cho người khác.")
            return Refusal(code="no_leader", message=told, field="name")
        taken = None
        if member is not None:
            member = attrs.evolve(member, part=gone.part)
            if (wrong := _members_trouble([member])) is not None:
                return wrong
            taken = _member(gone.team, member, on)
            taken.save()
        gone.to_on, gone.handed_to = on, taken
        gone.save(update_fields=["to_on", "handed_to"])
        _grown(gone.team)
        told_ = {"on": on, "part": gone.part}
        record(at=at, actor=actor, event="registers.member.changed", obj=subject, after=told_)
    return taken or gone  # type: ignore[no-any-return]


def open_helpers(*, actor: Actor, at: datetime, code: str, purpose: str) -> dict[int, str] | Refusal:
    """Who helps now, by the ids of the members: names and telephone numbers, opened for a purpose and logged."""
    with transaction.atomic():
        subject = file_for(actor, "registers.Team", code)
        if isinstance(subject, Refusal):
            return subject
        if not purpose:
            return Refusal(code="visit", message=_("Nói mục đích trước khi mở hồ sơ."))
        found: dict[int, str] = {}
        for member in TeamMember.objects.filter(team__subject=subject, to_on__isnull=True).order_by("pk"):
            try:
                who = unseal(member.sealed, member.key_id, keyed_place("TeamMember", member.key))
            except Unsealable:
                continue
            found[member.pk] = ", ".join(each for each in (who.get("name", ""), who.get("phone", "")) if each)
        if found:
            told = {"count": len(found)}
            record_reading(at=at, actor=actor, event="registers.team.read", obj=subject, purpose=purpose, told=told)
    return found


def missing_parts(team: Team, on: date) -> list[MemberPart]:
    """Who the law wants in a team and is not there: block, family, mass organisation; of minors a teacher or the youth
    union too (Decree 163/2026/NĐ-CP, articles 59.2.c and 61.2).
    """
    there = set(
        TeamMember.objects.filter(team=team)
        .filter(Q(to_on__isnull=True) | Q(to_on__gt=on))
        .values_list("part", flat=True)
    )
    wanted = [MemberPart.POLICE, MemberPart.BLOCK, MemberPart.FAMILY, MemberPart.MASS_ORG]
    found = [part for part in wanted if part not in there]
    minor = team.spell.minor if team.spell else on.year - team.subject.birth_year < 18
    if minor and not there & {MemberPart.TEACHER, MemberPart.YOUTH}:
        found.append(MemberPart.TEACHER)
    return found


def add_pledge(
    *, actor: Actor, at: datetime, key: UUID, code: str, on: date, householder: str, paper_id: int | None = None
) -> Pledge | Refusal:
    """Write a household's pledge down; who gave it is sealed."""
    with transaction.atomic():
        subject = file_for(actor, "registers.Pledge", code)
        if isinstance(subject, Refusal):
            return subject
        before = written_before(Pledge, key, subject)
        if before is not None:
            return before  # type: ignore[no-any-return]
        name = " ".join(householder.split())
        if not name or len(name) > NAME_CHARS:
            return Refusal(code="no_name", message=_("Ghi họ tên chủ hộ."), field="householder")
        if (trouble := day_trouble(subject, on, at)) is not None:
            return trouble
        paper = Paper.objects.filter(pk=paper_id, subject=subject).first() if paper_id else None
        if paper_id and paper is None:
            return Refusal(code="no_paper", message=_("Văn bản này không thuộc hồ sơ."), field="paper")
        kept = seal({"name": name}, keyed_place("Pledge", key))
        made = Pledge.objects.create(
            key=key,
            subject=subject,
            unit_id=holder_on(subject, on),
            on=on,
            sealed=kept.data,
            key_id=kept.key_id,
            paper=paper,
            made_at=at,
            made_by_id=actor.user_id,
        )
        record(at=at, actor=actor, event="registers.pledge.added", obj=subject, after={"on": on})
    return made


VOIDED: dict[str, type[Any]] = {"episode": Episode, "support": Support, "pledge": Pledge}
"""What can be taken back, beside tests and checks, which free their windows."""


def void_care(*, actor: Actor, at: datetime, what: str, row_id: int, why: str) -> Any | Refusal:
    """Take a treatment, a support or a pledge back that was written wrongly."""
    with transaction.atomic():
        found = own_row(actor, VOIDED[what], row_id)
        if isinstance(found, Refusal):
            return found
        row, subject = found
        if row.voided_at is not None:
            return row
        if (trouble := take_back(row, why=why, at=at)) is not None:
            return trouble
        mark({row.unit_id, subject.unit_id}, row.on, at)
        was, said = {"what": what, "on": row.on}, row.voided_why
        record(at=at, actor=actor, event="registers.care.voided", obj=subject, before=was, reason=said)
    return row


def set_test_plan(
    *,
    actor: Actor,
    at: datetime,
    unit_id: int,
    category: str,
    months: int,
    early_days: int,
    late_days: int,
    basis: str,
    valid_from: date,
    plan_id: int | None = None,
) -> TestPlan | Refusal:
    """Set how often a category is tested in an area from a day on, in place of what was set there.

    A setting of a plan, with the plan's words as its `basis`: the law sets no interval. Open windows stay; later ones
    follow within the hour (`sweeping.sweep`). Refused where windows would meet each other.
    """
    with transaction.atomic():
        unit = _area(actor, unit_id)
        if isinstance(unit, Refusal):
            return unit
        words = " ".join(basis.split())
        if category not in {str(each) for each in CATEGORY_WORDS}:
            return Refusal(code="no_category", message=_("Chọn diện quản lý."), field="category")
        if not 1 <= months <= 24:
            return Refusal(code="months", message=_("Từ 1 đến 24 tháng một lần."), field="months")
        if early_days < 0 or late_days < 0 or early_days + late_days >= SHORTEST_MONTH * months:
            told = _("Số ngày sớm và muộn cộng lại phải ít hơn khoảng cách giữa hai lần.")
            return Refusal(code="overlap", message=told, field="late_days")
        if not words or len(words) > 300:
            return Refusal(code="no_basis", message=_("Ghi kế hoạch, văn bản đặt ra định kỳ này."), field="basis")
        if valid_from < timezone.localdate(at):
            return Refusal(code="past", message=_("Chỉ đặt từ hôm nay trở đi."), field="valid_from")
        plan = Plan.objects.visible_to(actor).filter(pk=plan_id).first() if plan_id else None
        if plan_id and plan is None:
            return Refusal(code="no_plan", message=_("Không có kế hoạch này."), field="plan")
        there = TestPlan.objects.filter(unit=unit, category=category, valid_to__isnull=True).select_for_update().first()
        if there is not None:
            if there.valid_from > valid_from:
                told = _("Đã đặt định kỳ khác từ ngày %(day)s. Bỏ định kỳ đó trước.")
                day = {"day": f"{there.valid_from:%d/%m/%Y}"}
                return Refusal(code="later_plan", message=told % day, field="valid_from")
            there.valid_to = valid_from
            there.save(update_fields=["valid_to"])
            _grown(there)
        made = TestPlan.objects.create(
            unit=unit,
            category=category,
            months=months,
            early_days=early_days,
            late_days=late_days,
            plan=plan,
            basis=words,
            valid_from=valid_from,
            made_at=at,
            made_by_id=actor.user_id,
        )
        told_ = {"category": category, "months": months, "valid_from": valid_from}
        record(at=at, actor=actor, event="registers.plan.set", obj=made, after=told_)
    return made


def end_test_plan(*, actor: Actor, at: datetime, plan_id: int, version: int, on: date) -> TestPlan | Refusal:
    """A setting holds no longer from a day on; the one above it, if any, holds again."""
    with transaction.atomic():
        found = TestPlan.objects.select_for_update(of=("self",)).filter(pk=plan_id).first()
        if found is None:
            return Refusal(code="no_row", message=_("Không có định kỳ này."))
        unit = _area(actor, found.unit_id)
        if isinstance(unit, Refusal):
            return unit
        if (old := stale(found, version)) is not None:
            return old
        if found.valid_to is not None:
            return found
        if on < timezone.localdate(at):
            return Refusal(code="past", message=_("Chỉ bỏ từ hôm nay trở đi."), field="on")
        found.valid_to = max(on, found.valid_from)
        found.save(update_fields=["valid_to"])
        _grown(found)
        told = {"category": found.category, "valid_to": found.valid_to}
        record(at=at, actor=actor, event="registers.plan.ended", obj=found, after=told)
    return found


def _area(actor: Actor, unit_id: int) -> Unit | Refusal:
    """An area for which the actor sets how often people are tested; locked, so that two at once come one by one."""
    reach = changes("registers.TestPlan", actor)
    seen = Unit.objects.filter(pk=unit_id, pk__in=reached_units(actor, reach)) if reach >= Reach.SUBTREE else None
    unit = seen.select_for_update(of=("self",), no_key=True).first() if seen is not None else None
    if unit is None:
        return Refusal(code="not_allowed", message=_("Bạn không đặt định kỳ xét nghiệm cho nơi này."), field="unit")
    return unit


def _stages(on: date) -> dict[str, Any]:
    """The stages of rehabilitation in their order."""
    rules = sorted((rule for rule in law().stages if rule.holds_on(on)), key=lambda rule: rule.order)
    return {rule.code: rule for rule in rules}


def _spell_of(subject: Subject, kind: str, on: date) -> Spell | None:
    """The status under which a treatment is given."""
    category = {
        EpisodeKind.REHAB: Category.IN_REHAB,
        EpisodeKind.PSYCHIATRIC: Category.DRUG_PSYCHOSIS,
        EpisodeKind.METHADONE: Category.ON_SUBSTITUTION,
        EpisodeKind.BUPRENORPHINE: Category.ON_SUBSTITUTION,
    }.get(EpisodeKind(kind))
    return Spell.objects.filter(subject=subject, category=category).on(on).first() if category else None


def _open_episode(actor: Actor, episode_id: int, version: int) -> tuple[Episode, Subject] | Refusal:
    found = own_row(actor, Episode, episode_id)
    if isinstance(found, Refusal):
        return found
    episode, subject = found
    if (old := stale(episode, version)) is not None:
        return old
    if episode.ended_on is not None or episode.voided_at is not None:
        return Refusal(code="over", message=_("Đợt điều trị này đã kết thúc."))
    return episode, subject


def _grown(row: Any) -> None:
    row.version += 1
    row.save(update_fields=["version"])


def _members_trouble(members: Sequence[Member]) -> Refusal | None:
    if any(member.part not in MemberPart.values for member in members):
        return Refusal(code="no_part", message=_("Chọn vai trò của từng người."), field="members")
    names = [" ".join(member.name.split()) for member in members]
    if not members or any(not name or len(name) > NAME_CHARS for name in names):
        return Refusal(code="no_name", message=_("Ghi họ tên người tham gia."), field="name")
    if any(len(member.phone) > 30 for member in members):
        return Refusal(code="phone", message=_("Số điện thoại quá dài."), field="phone")
    return None


def _member(team: Team, member: Member, on: date) -> TeamMember:
    who = {"name": " ".join(member.name.split()), "phone": " ".join(member.phone.split())}
    kept = seal({key: each for key, each in who.items() if each}, keyed_place("TeamMember", member.key))
    return TeamMember(team=team, part=member.part, sealed=kept.data, key_id=kept.key_id, key=member.key, from_on=on)
