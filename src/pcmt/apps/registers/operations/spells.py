"""Statuses: begun, interrupted, taken up again, decided anew, ended; always by a ground of the law and a signed paper.

Nothing ends by itself: what has reached its last day stands until a paper ends it (domain rule 6). Sources: Law
120/2025/QH15, articles 24, 27, 31, 42, 47, 48; Decree 163/2026/NĐ-CP, articles 59-63, 91-97, 134-138.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.registers.models import (
    CATEGORY_WORDS,
    Clock,
    ClockKind,
    Paper,
    Pause,
    PauseKind,
    Renewal,
    Spell,
    SpellState,
    Stay,
    StayWhy,
    Subject,
    Transfer,
    TransferState,
)
from pcmt.apps.registers.operations import clocks
from pcmt.apps.registers.operations.grounding import (
    Ending,
    PaperText,
    Starting,
    ground_of,
    kept_paper,
    met,
    need_words,
)
from pcmt.apps.registers.operations.holding import (
    happened_at,
    held_file,
    held_spell,
    open_pause,
    running,
    stale,
    touched,
    void_clocks,
)
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.queries.duplicates import block_of
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import (
    ADULT_FROM,
    MINOR_FROM,
    Category,
    Effect,
    Ground,
    Interruption,
    Setting,
    Stops,
    Term,
    TermRule,
    age_on,
    ends_with,
    remainder,
    remaining_from,
    term_of,
)
from pcmt.reference import law

AHEAD = timedelta(days=7)
"""A paper that ends a term may be signed some days before its last day (certificate: 3 working days)."""
REHAB = frozenset({Category.IN_REHAB, Category.ON_SUBSTITUTION})
APART: dict[Category, frozenset[Category]] = {
    Category.ILLEGAL_USER: frozenset({Category.ADDICT, Category.POST_REHAB}) | REHAB,
    Category.ADDICT: frozenset({Category.ILLEGAL_USER, Category.POST_REHAB}),
    Category.IN_REHAB: frozenset({Category.ILLEGAL_USER, Category.ON_SUBSTITUTION, Category.POST_REHAB}),
    Category.ON_SUBSTITUTION: frozenset({Category.ILLEGAL_USER, Category.IN_REHAB, Category.POST_REHAB}),
    Category.POST_REHAB: frozenset({Category.ILLEGAL_USER, Category.ADDICT}) | REHAB,
}
"""Statuses that nobody has at once: an addict is no longer managed as a user (L120 Art 24.7), who is in rehabilitation
is not yet after it (Art 42). An addict who is in voluntary rehabilitation stays on the list of addicts (Art 48)."""
MONITORED = (Category.POST_REHAB, Category.ON_SUBSTITUTION)
"""Beside home rehabilitation, what electronic monitoring of adults rests on (L120 Art 12)."""


def start_spell(*, actor: Actor, at: datetime, code: str, start: Starting) -> Spell | Refusal:
    """Begin a status of a file that is there. The same start sent twice is one."""
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        if had := _begun_already(subject, start):
            return had
        spell = begun(subject, start, block=_block(subject), actor=actor, at=at)
        if isinstance(spell, Refusal):
            return undone(spell)
        if not Stay.objects.filter(subject=subject, to_on__isnull=True).exists():
            _back_again(subject, start.on)
        touched(subject, at=at, start=start.on)
        record(at=at, actor=actor, event="registers.spell.started", obj=subject, after=_told(spell))
    return spell


def begun(
    subject: Subject, start: Starting, *, block: PersonBlock | None, actor: Actor, at: datetime
) -> Spell | Refusal:
    """Begin a status of a locked file: the checks, the row, the clocks. Who calls it rolls back a refusal."""
    today = timezone.localdate(at)
    if refused := _wrong_days(subject, start, today):
        return refused
    ground = ground_of(start.ground, start.category, (Effect.STARTS,), start.law_day)
    if isinstance(ground, Refusal):
        return ground
    if ground.settings and start.setting not in ground.settings:
        return Refusal(code="setting", message=_("Chọn hình thức đúng với căn cứ."), field="setting")
    age = age_on(block.born_on if block else None, subject.birth_year, start.on)
    minor = age < ADULT_FROM
    if age < MINOR_FROM or (minor and block is not None and not block.guardian_name):
        return _wrong_age(age)
    if refused := _in_the_way(subject, start, minor=minor):
        return refused
    after = _followed(subject, start)
    if isinstance(after, Refusal):
        return after
    if refused := met(subject, ground, start.evidence, on=start.on, actor=actor, at=at):
        return refused
    paper = kept_paper(subject, start.paper, actor=actor, at=at, form=ground.form, title=ground.label, latest=start.on)
    if isinstance(paper, Refusal):
        return paper
    again = _again(subject, start)
    before = start.after_setting or (Setting(after.setting) if after and after.setting else None)
    if start.category == Category.POST_REHAB and before is None:
        message = _("Chọn hình thức cai nghiện hoặc điều trị trước đó: thời hạn tùy theo hình thức.")
        return Refusal(code="after_setting", message=message, field="after_setting")
    rule = law().term_for(
        start.category,
        on=start.law_day,
        setting=start.setting or _rests_on(subject, start),
        again=again,
        minor=minor,
        after=before,
    )
    if refused := _wrong_months(rule, start.months):
        return refused
    ends_on = term_of(rule, start.on, start.months).ends_on
    spell = Spell.objects.create(
        subject=subject,
        category=start.category,
        setting=start.setting or "",
        unit_id=subject.unit_id,
        site_id=start.site_id,
        site_name=" ".join(start.site_name.split()),
        triggered_on=start.triggered_on,
        starts_on=start.on,
        ends_on=ends_on,
        planned_ends_on=ends_on,
        rule=rule.code if rule else "",
        again=again,
        minor=minor,
        remote=start.remote,
        after=after,
        start_ground=ground.code,
        start_paper=paper,
        made_at=at,
        made_by_id=actor.user_id,
    )
    _clocks_of(subject, spell, ground, paper, start.on, at)
    return spell


def pause_spell(*, actor: Actor, at: datetime, spell_id: int, version: int, pause: Ending) -> Spell | Refusal:
    """Interrupt a status: detention, prison, absence that is not counted. What it does to the end shows at the end."""
    with transaction.atomic():
        got = held_spell(actor, spell_id, version)
        if isinstance(got, Refusal):
            return got
        subject, spell = got
        ground = ground_of(pause.ground, Category(spell.category), (Effect.PAUSES,), pause.on)
        if isinstance(ground, Refusal):
            return ground
        if open_pause(spell) is not None:
            return Refusal(code="paused", message=_("Đang có một khoảng gián đoạn chưa kết thúc."))
        if refused := _outside(spell, pause.on, timezone.localdate(at)):
            return refused
        paper = _paper_of(subject, pause, ground, actor=actor, at=at)
        if isinstance(paper, Refusal):
            return undone(paper)
        kind = PauseKind(ground.pause or PauseKind.OTHER)
        Pause.objects.create(
            spell=spell, kind=kind, from_on=pause.on, ground=ground.code, paper=paper, made_at=at,
            made_by_id=actor.user_id,
        )  # fmt: skip
        if kind != PauseKind.ABSENCE:
            spell.state = SpellState.SUSPENDED
        _next_version(spell)
        _clocks_of(subject, spell, ground, paper, pause.on, at)
        touched(subject, at=at, start=pause.on)
        after = {"category": spell.category, "ground": ground.code, "from_on": pause.on}
        record(at=at, actor=actor, event="registers.spell.paused", obj=subject, after=after)
    return spell


def resume_spell(*, actor: Actor, at: datetime, spell_id: int, version: int, resume: Ending) -> Spell | Refusal:
    """Take an interrupted status up again from a day on; the law says whether its end moves.

    A detention that outlasted the term leaves nothing to take up: then the status is stopped (L120 Art 24.7).
    """
    with transaction.atomic():
        got = held_spell(actor, spell_id, version)
        if isinstance(got, Refusal):
            return got
        subject, spell = got
        pause = open_pause(spell)
        if pause is None:
            return Refusal(code="not_paused", message=_("Không có khoảng gián đoạn nào đang mở."))
        ground = ground_of(resume.ground, Category(spell.category), (Effect.RESUMES,), resume.on)
        if isinstance(ground, Refusal):
            return ground
        if not takes_up(ground, pause.kind):
            message = _("Căn cứ này không hợp với lý do gián đoạn đã ghi.")
            return Refusal(code="ground", message=message, field="ground")
        if refused := _outside(spell, resume.on, timezone.localdate(at), since=pause.from_on):
            return refused
        if pause.kind == PauseKind.DETENTION and spell.ends_on is not None and resume.on > spell.ends_on:
            return Refusal(
                code="outlasted",
                message=_(
                    "Thời gian bị tạm giữ, tạm giam đã vượt thời hạn còn lại (đến hết ngày %(day)s): ra quyết định "
                    "dừng quản lý (Luật 120/2025/QH15, Điều 24 khoản 7)."
                )
                % {"day": f"{spell.ends_on:%d/%m/%Y}"},
                field="ground",
            )
        paper = _paper_of(subject, resume, ground, actor=actor, at=at)
        if isinstance(paper, Refusal):
            return undone(paper)
        before = spell.ends_on
        _close_pause(spell, pause, resume.on, paper)
        spell.state = SpellState.ACTIVE
        _next_version(spell)
        _clocks_of(subject, spell, ground, paper, resume.on, at)
        touched(subject, at=at, start=pause.from_on)
        told = {"category": spell.category, "ground": ground.code, "to_on": resume.on, "ends_on": spell.ends_on}
        record(at=at, actor=actor, event="registers.spell.resumed", obj=subject, before={"ends_on": before}, after=told)
    return spell


def renew_spell(*, actor: Actor, at: datetime, spell_id: int, version: int, renew: Ending) -> Spell | Refusal:
    """Enter a new decision on a running status.

    The term counts anew from its day where the installation says so (`PCMT_REGISTER_RENEWAL_RESTARTS`; decision 0047).
    By the decision of the commune to which the person has moved, what was left on the day of the move runs from the
    decision's day (Decree 163/2026/NĐ-CP, articles 60.1 and 62.2).
    """
    with transaction.atomic():
        got = held_spell(actor, spell_id, version)
        if isinstance(got, Refusal):
            return got
        subject, spell = got
        ground = ground_of(renew.ground, Category(spell.category), (Effect.RENEWS,), renew.on)
        if isinstance(ground, Refusal):
            return ground
        if spell.state == SpellState.SUSPENDED:
            return Refusal(code="paused", message=_("Đang tạm đình chỉ: tiếp tục thực hiện trước đã."))
        if refused := _outside(spell, renew.on, timezone.localdate(at)):
            return refused
        ends_on = _rest_from(subject, spell, renew.on) if takes_rest(ground) else _anew_from(spell, renew.on)
        if isinstance(ends_on, Refusal):
            return ends_on
        if refused := met(subject, ground, renew.evidence, on=renew.on, actor=actor, at=at):
            return undone(refused)
        paper = _paper_of(subject, renew, ground, actor=actor, at=at)
        if isinstance(paper, Refusal):
            return undone(paper)
        if Renewal.objects.filter(spell=spell, on=renew.on, ground=ground.code).exists():
            return undone(Refusal(code="twice", message=_("Quyết định mới ngày này đã được ghi."), field="on"))
        Renewal.objects.create(
            spell=spell, on=renew.on, ground=ground.code, paper=paper, ends_before=spell.ends_on, ends_on=ends_on,
            made_at=at, made_by_id=actor.user_id,
        )  # fmt: skip
        before, spell.ends_on = spell.ends_on, ends_on
        _next_version(spell)
        _clocks_of(subject, spell, ground, paper, renew.on, at)
        touched(subject, at=at, start=renew.on)
        told = {"category": spell.category, "ground": ground.code, "on": renew.on, "ends_on": ends_on}
        record(at=at, actor=actor, event="registers.spell.renewed", obj=subject, before={"ends_on": before}, after=told)
    return spell


def end_spell(
    *, actor: Actor, at: datetime, spell_id: int, version: int, end: Ending, then: Starting | None = None
) -> Spell | Refusal:
    """End or stop a status; `then` is the status that the law opens next, begun in the same act.

    Found addicted: user, then addict. Rehabilitation completed: post-rehab by the decision prepared before. Answers the
    ended status.
    """
    with transaction.atomic():
        got = held_spell(actor, spell_id, version)
        if isinstance(got, Refusal):
            return got
        subject, spell = got
        ground = ended(subject, spell, end, actor=actor, at=at)
        if isinstance(ground, Refusal):
            return undone(ground)
        made: Spell | None = None
        if then is not None:
            if ground.leads_to and then.category not in ground.leads_to:
                message = _("Căn cứ này không mở ra diện quản lý đã chọn.")
                return undone(Refusal(code="leads_to", message=message, field="then"))
            begin = begun(subject, then, block=_block(subject), actor=actor, at=at)
            if isinstance(begin, Refusal):
                return undone(begin)
            made = begin
        touched(subject, at=at, start=min(end.on, then.on) if then else end.on)
        told = {"category": spell.category, "ground": ground.code, "ended_on": end.on}
        record(at=at, actor=actor, event="registers.spell.ended", obj=subject, after=told)
        if made is not None:
            record(at=at, actor=actor, event="registers.spell.started", obj=subject, after=_told(made))
    return spell


def ended(subject: Subject, spell: Spell, end: Ending, *, actor: Actor, at: datetime) -> Ground | Refusal:
    """End a locked status of a locked file: the checks, the row, the clocks. Who calls it rolls back a refusal."""
    today = timezone.localdate(at)
    ground = ground_of(end.ground, Category(spell.category), (Effect.ENDS, Effect.STOPS), end.on)
    if isinstance(ground, Refusal):
        return ground
    last = today
    if (
        ground.effect == Effect.ENDS
        and spell.ends_on is not None
        and spell.ends_on + timedelta(days=1) <= today + AHEAD
    ):
        last = max(today, spell.ends_on + timedelta(days=1))
    if refused := _outside(spell, end.on, last):
        return refused
    if ground.effect == Effect.ENDS and spell.ends_on is not None and end.on <= spell.ends_on:
        return Refusal(
            code="too_early",
            message=_("Thời hạn còn đến hết ngày %(day)s. Kết thúc sớm hơn phải theo căn cứ dừng.")
            % {"day": f"{spell.ends_on:%d/%m/%Y}"},
            field="on",
        )
    if refused := met(subject, ground, end.evidence, on=max(end.on, today), actor=actor, at=at):
        return refused
    paper = kept_paper(subject, end.paper, actor=actor, at=at, form=ground.form, title=ground.label)
    if isinstance(paper, Refusal):
        return paper
    pause = open_pause(spell)
    if pause is not None:
        pause.to_on, pause.end_paper = max(end.on, pause.from_on), paper
        pause.save()
    spell.state, spell.ended_on, spell.end_ground, spell.end_paper = SpellState.ENDED, end.on, ground.code, paper
    _next_version(spell)
    _clocks_of(subject, spell, ground, paper, end.on, at)
    return ground


def record_death(
    *, actor: Actor, at: datetime, code: str, version: int, on: date, paper: PaperText
) -> Subject | Refusal:
    """The person has died: all statuses stop that day, nothing is owed any more."""
    return _gone(actor=actor, at=at, code=code, version=version, on=on, paper=paper, why="died")


def record_missing(
    *, actor: Actor, at: datetime, code: str, version: int, on: date, paper: PaperText
) -> Subject | Refusal:
    """A court has declared the person missing: all statuses that the law ends for it stop."""
    return _gone(actor=actor, at=at, code=code, version=version, on=on, paper=paper, why="missing")


def _gone(
    *, actor: Actor, at: datetime, code: str, version: int, on: date, paper: PaperText, why: str
) -> Subject | Refusal:
    today = timezone.localdate(at)
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        if why == "died" and subject.died_on == on:
            return subject  # the button was pressed twice
        if subject.version != version:
            return stale()
        if subject.died_on is not None:
            return Refusal(code="died", message=_("Hồ sơ đã ghi người này chết."))
        if on > today:
            return Refusal(code="on", message=_("Ngày này ở tương lai."), field="on")
        spells = running(subject)
        need = "death_record" if why == "died" else "court_decision"
        kept = kept_paper(subject, paper, actor=actor, at=at, title=need_words(need))
        if isinstance(kept, Refusal):
            return undone(kept)
        proof = PaperText(paper_id=kept.pk)
        stopped: list[Spell] = []
        for spell in spells:
            ground = stopping(Category(spell.category), why, on)
            if ground is None:
                continue
            if on < spell.starts_on:
                message = _("Ngày này trước ngày bắt đầu diện “%(what)s”.") % {"what": words_of(spell.category)}
                return undone(Refusal(code="on", message=message, field="on"))
            end = Ending(ground=ground.code, on=on, paper=proof, evidence={need: proof})
            done = ended(subject, spell, end, actor=actor, at=at)
            if isinstance(done, Refusal):
                return undone(done)
            stopped.append(spell)
        if len(stopped) < len(spells) and (why == "died" or not stopped):
            return undone(_no_ground())
        if why == "died":
            subject.died_on = on
            void_clocks(subject, at=at)
            Transfer.objects.filter(subject=subject, state=TransferState.OPEN).update(
                state=TransferState.WITHDRAWN, answered_at=at, answered_by_id=actor.user_id
            )
        touched(subject, at=at, start=on)
        told = {"on": on, "ended": [spell.category for spell in stopped]}
        if why == "died":
            record(at=at, actor=actor, event="registers.person.died", obj=subject, after=told)
        else:
            record(at=at, actor=actor, event="registers.person.missing", obj=subject, after=told)
    return subject


def stopping(category: Category, why: str, on: date) -> Ground | None:
    """The ground by which a status of a category ends because of what happened to the person (`died`, `moved`, …)."""
    grounds = (*law().grounds_for(category, Effect.STOPS, on), *law().grounds_for(category, Effect.ENDS, on))
    return next((each for each in grounds if each.code.rpartition(".")[2] == why), None)


def words_of(category: str) -> str:
    """What a status is called."""
    return str(CATEGORY_WORDS[Category(category)])


def undone(refused: Refusal) -> Refusal:
    """Take back what the act has written so far, and refuse."""
    transaction.set_rollback(True)
    return refused


def outlasted(spell: Spell, on: date) -> bool:
    """Whether somebody's detention has outlasted the term, so that stopping is to be proposed (L120 Art 24.7)."""
    if spell.ends_on is None or on <= spell.ends_on:
        return False
    pause = open_pause(spell)
    return pause is not None and pause.kind == PauseKind.DETENTION


def left_on(spell: Spell, on: date) -> int | None:
    """How many days of the term are left on a day, counting its interruptions; None without a term."""
    if spell.ends_on is None:
        return None
    found: int = remainder(_term(spell), _interruptions(spell, counted=False), on)
    return found


def _term(spell: Spell) -> Term:
    """The term as it stands: its last day already holds what closed interruptions did to it."""
    return Term(starts_on=spell.starts_on, ends_on=spell.ends_on, months=None, source="")


def _interruptions(spell: Spell, *, counted: bool = True) -> list[Interruption]:
    rows = Pause.objects.filter(spell=spell)
    if not counted:
        rows = rows.filter(to_on__isnull=True)
    return [Interruption(kind=Stops(row.kind), from_on=row.from_on, to_on=row.to_on) for row in rows]


def _close_pause(spell: Spell, pause: Pause, on: date, paper: Paper) -> None:
    pause.to_on, pause.end_paper = on, paper
    pause.save(update_fields=["to_on", "end_paper"])
    if spell.ends_on is not None:
        this = Interruption(kind=Stops(pause.kind), from_on=pause.from_on, to_on=on)
        spell.ends_on = ends_with(_term(spell), [this], on)


def _anew_from(spell: Spell, on: date) -> date | None:
    if not settings.REGISTER_RENEWAL_RESTARTS:
        return spell.ends_on
    rule = law().term_for(
        Category(spell.category),
        on=on,
        setting=Setting(spell.setting) if spell.setting else None,
        again=spell.again,
        minor=spell.minor,
        after=Setting(spell.after.setting) if spell.after and spell.after.setting else None,
    )
    return term_of(rule, on).ends_on if rule and rule.months else spell.ends_on


def _rest_from(subject: Subject, spell: Spell, on: date) -> date | Refusal | None:
    moved = Transfer.objects.filter(subject=subject, state=TransferState.ACCEPTED).order_by("-answered_at").first()
    since = Renewal.objects.filter(spell=spell).order_by("-on", "-pk").values_list("made_at", flat=True).first()
    if moved is None or moved.answered_at is None or (since is not None and since >= moved.answered_at):
        message = _("Không có lần chuyển nơi ở nào mà thời hạn còn lại chưa được quyết định.")
        return Refusal(code="not_moved", message=message, field="ground")
    if on < moved.moved_on:
        return Refusal(code="on", message=_("Quyết định mới phải sau ngày chuyển đến."), field="on")
    left = left_on(spell, moved.moved_on)
    if left is None:
        return None
    if left < 1:
        message = _("Thời hạn đã hết trước ngày chuyển đến: kết thúc diện này bằng văn bản của nó.")
        return Refusal(code="nothing_left", message=message, field="ground")
    return remaining_from(on, left)


def takes_rest(ground: Ground) -> bool:
    """Whether a ground is the new commune's decision on what was left."""
    return ground.code.endswith(".moved_remainder")


def takes_up(ground: Ground, kind: str) -> bool:
    """Whether a ground takes up a status after an interruption of this kind: the released were detained, not away."""
    words = ground.code.rpartition(".")[2]
    return (words != "released" or kind != PauseKind.ABSENCE) and (words != "returned" or kind == PauseKind.ABSENCE)


def _rests_on(subject: Subject, start: Starting) -> Setting | None:
    """The setting of the treatment that electronic monitoring accompanies: its length is that of the treatment."""
    if start.category != Category.E_MONITORING:
        return None
    rows = Spell.objects.filter(subject=subject, ended_on__isnull=True).exclude(setting="").order_by("-starts_on")
    setting = rows.values_list("setting", flat=True).first()
    return Setting(setting) if setting else Setting.HOME


def _wrong_months(rule: TermRule | None, months: int | None) -> Refusal | None:
    if months is None:
        return None
    if rule is None or rule.least is None or rule.most is None:
        return Refusal(code="months", message=_("Luật đã định thời hạn: không ghi số tháng khác."), field="months")
    if not rule.least <= months <= rule.most:
        message = _("Thời hạn theo luật từ %(least)s đến %(most)s tháng.") % {"least": rule.least, "most": rule.most}
        return Refusal(code="months", message=message, field="months")
    return None


def _wrong_days(subject: Subject, start: Starting, today: date) -> Refusal | None:
    if start.on > today:
        return Refusal(code="on", message=_("Ngày bắt đầu ở tương lai."), field="on")
    if start.triggered_on > start.on:
        return Refusal(
            code="triggered_on", message=_("Ngày phát sinh phải trước hoặc trong ngày bắt đầu."), field="triggered_on"
        )
    if subject.died_on is not None:
        return Refusal(code="died", message=_("Hồ sơ đã ghi người này chết."))
    if start.site_id is not None and not Unit.objects.filter(pk=start.site_id).exists():
        return Refusal(code="site", message=_("Chọn cơ sở trong danh sách."), field="site")
    return None


def _wrong_age(age: int) -> Refusal:
    if age < MINOR_FROM:
        message = _("Luật không áp dụng các biện pháp này với người dưới 12 tuổi: không lập hồ sơ.")
        return Refusal(code="too_young", message=message, field="birth_year")
    message = _("Người từ đủ 12 đến dưới 18 tuổi phải ghi cha, mẹ hoặc người giám hộ.")
    return Refusal(code="guardian", message=message, field="guardian_name")


def _in_the_way(subject: Subject, start: Starting, *, minor: bool) -> Refusal | None:
    """Statuses that stand against this one: the same twice, or one that nobody has at once with it."""
    same = Spell.objects.filter(subject=subject, category=start.category)
    if same.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=start.on)).exists():
        message = _("Hồ sơ đang hoặc đã ở diện “%(what)s” vào ngày này.") % {"what": words_of(start.category)}
        return Refusal(code="same_category", message=message, field="category")
    others = Spell.objects.filter(subject=subject).filter(Q(ended_on__isnull=True) | Q(ended_on__gt=start.on))
    now = list(others.order_by("pk"))
    for spell in now:
        if Category(spell.category) in APART.get(start.category, ()):
            message = _("Người này đang ở diện “%(what)s”. Kết thúc diện đó bằng văn bản của nó trước.")
            return Refusal(
                code="apart", message=message % {"what": words_of(spell.category)}, field="category", ref=spell.pk
            )
    if start.category == Category.IN_REHAB and start.setting == Setting.COMPULSORY:
        listed = next((spell for spell in now if spell.category == Category.ADDICT), None)
        if listed is not None:
            message = _(
                "Người bị đưa vào cơ sở cai nghiện bắt buộc không còn ở danh sách người nghiện: dừng diện đó trước."
            )
            return Refusal(code="apart", message=message, field="category", ref=listed.pk)
    if start.category == Category.E_MONITORING and not minor and not _monitorable(now):
        message = _("Giám sát điện tử gắn với cai nghiện tại gia đình, điều trị thay thế hoặc quản lý sau cai nghiện.")
        return Refusal(code="monitoring", message=message, field="category")
    return None


def _monitorable(spells: Sequence[Spell]) -> bool:
    return any(
        spell.category in MONITORED or (spell.category == Category.IN_REHAB and spell.setting == Setting.HOME)
        for spell in spells
    )


def _followed(subject: Subject, start: Starting) -> Spell | Refusal | None:
    """The status that this one follows from: of the same file, and over by then."""
    if start.after_id is None:
        return None
    spell = Spell.objects.filter(pk=start.after_id, subject=subject).first()
    if spell is None or spell.ended_on is None or spell.ended_on > start.on:
        message = _("Diện trước đó phải kết thúc trước hoặc trong ngày bắt đầu diện này.")
        return Refusal(code="after", message=message, field="after")
    return spell


def _again(subject: Subject, start: Starting) -> int:
    """Earlier spells of the category, here and elsewhere: from the second rehabilitation the law is longer."""
    return start.earlier + Spell.objects.filter(subject=subject, category=start.category).count()


def _outside(spell: Spell, on: date, last: date, since: date | None = None) -> Refusal | None:
    if on > last:
        return Refusal(code="on", message=_("Ngày này ở tương lai."), field="on")
    first = max(spell.starts_on, since) if since else spell.starts_on
    if on < first:
        message = _("Ngày này phải từ ngày %(day)s trở đi.") % {"day": f"{first:%d/%m/%Y}"}
        return Refusal(code="on", message=message, field="on")
    closed = Pause.objects.filter(spell=spell, to_on__isnull=False).order_by("-to_on").first()
    if closed is not None and closed.to_on is not None and on < closed.to_on:
        message = _("Ngày này nằm trước hoặc trong một khoảng gián đoạn đã ghi (đến trước ngày %(day)s).")
        return Refusal(code="on", message=message % {"day": f"{closed.to_on:%d/%m/%Y}"}, field="on")
    return None


def _no_ground() -> Refusal:
    return Refusal(code="ground", message=_("Luật không có căn cứ này cho diện quản lý đang có."), field="ground")


def _begun_already(subject: Subject, start: Starting) -> Spell | None:
    """The status that the same start made a moment ago: the button was pressed twice."""
    spell = (
        Spell.objects.filter(
            subject=subject,
            category=start.category,
            start_ground=start.ground,
            starts_on=start.on,
            ended_on__isnull=True,
        )
        .select_related("start_paper")
        .first()
    )
    if spell is None:
        return None
    same = (
        spell.start_paper_id == start.paper.paper_id
        if start.paper.paper_id
        else (
            spell.start_paper.number == " ".join(start.paper.number.split())
            and spell.start_paper.signed_on == start.paper.signed_on
        )
    )
    return spell if same else None


def _back_again(subject: Subject, on: date) -> None:
    """A file that had gone to a commune without the program is used again: it is here once more."""
    last = Stay.objects.filter(subject=subject).order_by("-from_on", "-pk").first()
    since = max(on, last.to_on) if last and last.to_on else on
    Stay.objects.create(subject=subject, unit_id=subject.unit_id, from_on=since, why=StayWhy.OPENED)


def _block(subject: Subject) -> PersonBlock | None:
    return block_of(Subject.objects.select_related("identity").get(pk=subject.pk))


def _paper_of(subject: Subject, act: Ending, ground: Ground, *, actor: Actor, at: datetime) -> Paper | Refusal:
    return kept_paper(subject, act.paper, actor=actor, at=at, form=ground.form, title=ground.label)


def _next_version(spell: Spell) -> None:
    spell.version += 1
    spell.save()


def _clocks_of(subject: Subject, spell: Spell, ground: Ground, paper: Paper, on: date, at: datetime) -> None:
    """What an act does to clocks: its paper settles those that waited for it, its ground opens those of the law.

    What recurs is laid or dropped as the status now stands.
    """
    waiting = Clock.objects.filter(subject=subject, kind=ClockKind.STEP).running()
    for limit, since in waiting.values_list("limit", "opened_at").order_by("limit").distinct():
        rule = law().limit(limit, timezone.localdate(since))
        if rule is not None and rule.form and rule.form == paper.form:
            clocks.settle(subject, limit, done_at(paper, at))
    if spell.state == SpellState.ENDED:
        void_clocks(subject, at=at, spell=spell, kinds=(ClockKind.STEP,))
    if spell.state == SpellState.ACTIVE:
        clocks.lay_recurring(spell, at=at)
    else:
        clocks.drop_recurring(spell, at=at)
    for limit in ground.opens:
        clocks.open_limit(subject, spell, limit, happened_at(on, at))


def done_at(paper: Paper, at: datetime) -> datetime:
    """When what a paper does was done: now, or on the day it was signed, if that was earlier."""
    return happened_at(paper.signed_on, at) if paper.signed_on else at


def _told(spell: Spell) -> dict[str, object]:
    return {
        "category": spell.category,
        "setting": spell.setting,
        "ground": spell.start_ground,
        "starts_on": spell.starts_on,
        "ends_on": spell.ends_on,
    }
