"""One file: everything its page shows, in the field groups that the reader sees. Names are not among it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import get_language

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import changes, sees
from pcmt.apps.accounts.rights import Reach
from pcmt.apps.registers.models import (
    CATEGORY_WORDS,
    SETTING_WORDS,
    Clock,
    ClockKind,
    DrugTest,
    Episode,
    EpisodeStage,
    Paper,
    PaperState,
    Pause,
    Pledge,
    ResidenceCheck,
    Sex,
    Spell,
    SpellState,
    Stay,
    StayWhy,
    Subject,
    Support,
    Team,
    TeamMember,
    TestPlan,
    Transfer,
    TransferState,
)
from pcmt.apps.registers.queries.people import clock_words, is_overdue, said, seen_files, sees_files, sees_names
from pcmt.apps.tasks.models import DueState
from pcmt.core.law import Category, Effect, Ground, Setting
from pcmt.reference import law

MOST_ROWS = 400
"""Rows of one kind that a page shows; five years of monthly tests are sixty."""


@attrs.frozen
class PaperLine:
    """A paper as it is cited."""

    paper_id: int
    form: str
    title: str
    number: str
    signed_on: date | None
    decider: str
    issuer: str
    state: PaperState

    @property
    def cited(self) -> str:
        """Title and number."""
        return f"{self.title} {self.number}".strip()


@attrs.frozen
class PauseLine:
    """An interruption; `to_on` None: it goes on."""

    kind: str
    words: str
    from_on: date
    to_on: date | None
    ground: str


@attrs.frozen
class SpellLine:
    """A status with its term, grounds in words and papers. `last_on`: the last day on which it held."""

    spell_id: int
    version: int
    category: Category
    setting: Setting | None
    state: SpellState
    words: str
    starts_on: date
    ends_on: date | None
    planned_ends_on: date | None
    ended_on: date | None
    start_ground: str
    start_paper: PaperLine | None
    end_ground: str
    end_paper: PaperLine | None
    rule: str
    again: int
    minor: bool
    site: str
    pauses: Sequence[PauseLine]

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.state != SpellState.ENDED


@attrs.frozen
class ClockLine:
    """A limit that runs or was settled. `words` say what is due, `source` the article; `planned`: a plan's setting."""

    clock_id: int
    version: int
    kind: ClockKind
    limit: str
    words: str
    source: str
    form: str
    spell_id: int | None
    opened_at: datetime
    opens_on: date
    due_at: datetime | None
    due_on: date
    done_on: date | None
    outcome: str
    overdue: bool

    @property
    def planned(self) -> bool:
        """Whether it comes from a plan and not from the law."""
        return self.limit.startswith("plan.")


@attrs.frozen
class StepLine:
    """What comes next by law: its words, the article, the form, until when.

    `clock_id` is the clock that it settles, `spell_id` the status it is about; `ending`: it ends that status, so its
    page is that of the end.
    """

    words: str
    source: str
    form: str
    due_at: datetime | None
    due_on: date | None
    overdue: bool
    spell_id: int | None
    kind: ClockKind
    ending: bool
    clock_id: int | None = None


@attrs.frozen
class TestLine:
    """A test."""

    __test__ = False

    test_id: int
    on: date
    ground: str
    sample: str
    result: str
    words: str
    substances: Sequence[str]
    early: bool
    voided: bool
    voided_why: str

    @property
    def shape(self) -> str:
        """The mark that says the same as the result's colour."""
        return {"positive": "triangle", "refused": "square"}.get(self.result, "circle")


@attrs.frozen
class CheckLine:
    """A check of where somebody lives."""

    check_id: int
    on: date
    found: str
    words: str
    voided: bool


@attrs.frozen
class StayLine:
    """A commune that held the file."""

    unit_id: int
    unit_name: str
    from_on: date
    to_on: date | None
    why: StayWhy


@attrs.frozen
class StageLine:
    """A stage of a treatment."""

    words: str
    from_on: date
    to_on: date | None


@attrs.frozen
class EpisodeLine:
    """A treatment with its stages."""

    episode_id: int
    version: int
    kind: str
    words: str
    site_name: str
    on: date
    ended_on: date | None
    outcome: str
    stages: Sequence[StageLine]


@attrs.frozen
class SupportLine:
    """A line of the support ledger."""

    support_id: int
    version: int
    words: str
    provider_name: str
    amount: int | None
    on: date
    ended_on: date | None
    result: str


@attrs.frozen
class MemberLine:
    """A helper's part; the name is sealed."""

    member_id: int
    words: str
    from_on: date
    to_on: date | None


@attrs.frozen
class TeamLine:
    """A management team."""

    team_id: int
    from_on: date
    to_on: date | None
    paper: PaperLine | None
    members: Sequence[MemberLine]


@attrs.frozen
class MoveLine:
    """A hand-over of the file."""

    transfer_id: int
    version: int
    from_name: str
    to_name: str
    moved_on: date
    due_at: datetime
    due_on: date
    overdue: bool
    state: TransferState


@attrs.frozen(kw_only=True)
class File:
    """A file as its page shows it. Groups of fields that the reader does not see are empty, and not in `groups`.

    `may_change`: the reader writes in it; `may_treat`: the reader writes tests and treatments.
    """

    subject: Subject
    code: str
    unit_id: int
    unit_name: str
    sex: Sex
    birth_year: int
    age: int
    opened_on: date
    died_on: date | None
    restricted: bool
    guarded: bool
    names: bool
    may_change: bool
    may_treat: bool
    groups: frozenset[str]
    spells: Sequence[SpellLine]
    clocks: Sequence[ClockLine]
    missed: int
    steps: Sequence[StepLine]
    papers: Sequence[PaperLine]
    tests: Sequence[TestLine]
    checks: Sequence[CheckLine]
    stays: Sequence[StayLine]
    moves: Sequence[MoveLine]
    episodes: Sequence[EpisodeLine]
    supports: Sequence[SupportLine]
    teams: Sequence[TeamLine]
    pledged: Sequence[date]

    @property
    def running(self) -> list[SpellLine]:
        """The statuses that have not ended, the latest first."""
        return [each for each in self.spells if each.running][::-1]

    @property
    def opening_move(self) -> MoveLine | None:
        """The hand-over that waits for its answer."""
        return next((each for each in self.moves if each.state == TransferState.OPEN), None)


GROUPS = {
    "spells": "registers.Spell", "clocks": "registers.Clock", "papers": "registers.Paper", "stays": "registers.Stay",
    "tests": "registers.DrugTest", "checks": "registers.ResidenceCheck", "episodes": "registers.Episode",
    "supports": "registers.Support", "teams": "registers.Team", "names": "registers.Identity",
}  # fmt: skip
"""Field groups of a file, each with the row of the table of rights that opens it."""


def signpost(actor: Actor, code: str) -> str:
    """The code of the file into which this one was merged, if the actor sees that one; "" otherwise."""
    old = Subject.objects.visible_to(actor).filter(code=code, merged_into__isnull=False)
    kept = old.values_list("merged_into__code", flat=True).first()
    return kept if kept and seen_files(actor).filter(code=kept).exists() else ""


def file_of(actor: Actor, code: str, *, at: datetime) -> File | None:
    """The file of a code; None where there is none, and where there is one that the actor does not see."""
    subject = seen_files(actor).select_related("unit").filter(code=code).first()
    if subject is None:
        return None
    on = actor.on
    spells = _spells(actor, subject)
    clocks = _clocks(actor, subject, at)
    running = [each for each in clocks if not each.outcome]
    return File(
        subject=subject,
        code=subject.code,
        unit_id=subject.unit_id,
        unit_name=subject.unit.name,
        sex=Sex(subject.sex),
        birth_year=subject.birth_year,
        age=on.year - subject.birth_year,
        opened_on=timezone.localdate(subject.opened_at),
        died_on=subject.died_on,
        restricted=subject.restricted,
        guarded=subject.guarded,
        names=sees_names(actor),
        may_change=changes("registers.Spell", actor) >= Reach.SUBTREE,
        may_treat=changes("registers.Episode", actor) >= Reach.SUBTREE,
        groups=frozenset(name for name, label in GROUPS.items() if sees(label, actor) >= Reach.SUBTREE),
        spells=spells,
        clocks=running,
        missed=sum(each.outcome == "missed" for each in clocks),
        steps=steps_of(spells, running, on),
        papers=[_paper(each) for each in _rows(Paper, actor, subject).select_related("issuer")],
        tests=_tests(actor, subject),
        checks=[
            CheckLine(each.pk, each.on, each.found, each.get_found_display(), each.voided_at is not None)
            for each in _rows(ResidenceCheck, actor, subject)
        ],
        stays=[
            StayLine(each.unit_id, each.unit.name, each.from_on, each.to_on, StayWhy(each.why))
            for each in _rows(Stay, actor, subject).select_related("unit")
        ],
        moves=_moves(actor, subject, at),
        episodes=_episodes(actor, subject),
        supports=[
            SupportLine(
                each.pk, each.version, each.get_kind_display(), each.provider_name, each.amount, each.on,
                each.ended_on, each.result,
            )
            for each in _rows(Support, actor, subject).filter(voided_at__isnull=True)
        ],
        teams=_teams(actor, subject),
        pledged=list(_rows(Pledge, actor, subject).filter(voided_at__isnull=True).values_list("on", flat=True)),
    )  # fmt: skip


def _rows(model: Any, actor: Actor, subject: Subject) -> Any:
    """The rows of a file that the actor sees, at most so many as a page takes."""
    return model.objects.visible_to(actor).filter(subject=subject)


def _paper(paper: Paper) -> PaperLine:
    issuer = paper.issuer.name if paper.issuer else paper.issuer_name
    state = PaperState(paper.state)
    return PaperLine(
        paper.pk, paper.form, paper.title, paper.number, paper.signed_on, paper.decider, issuer, state
    )  # fmt: skip


def _spells(actor: Actor, subject: Subject) -> list[SpellLine]:
    pauses = Prefetch("pauses", Pause.objects.visible_to(actor))
    rows = _rows(Spell, actor, subject).prefetch_related(pauses)
    papers = sees("registers.Paper", actor) >= Reach.SUBTREE or not sees_files(actor)
    rows = rows.select_related("start_paper__issuer", "end_paper__issuer", "site")
    return [_spell(each, papers=papers) for each in rows]


def _spell(row: Spell, *, papers: bool) -> SpellLine:
    setting = Setting(row.setting) if row.setting else None
    category = Category(row.category)
    return SpellLine(
        spell_id=row.pk,
        version=row.version,
        category=category,
        setting=setting,
        state=SpellState(row.state),
        words=str(SETTING_WORDS[setting] if setting else CATEGORY_WORDS[category]),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        planned_ends_on=row.planned_ends_on,
        ended_on=row.ended_on,
        start_ground=ground_words(row.start_ground, row.triggered_on),
        start_paper=_paper(row.start_paper) if papers else None,
        end_ground=ground_words(row.end_ground, row.ended_on or row.starts_on) if row.end_ground else "",
        end_paper=_paper(row.end_paper) if papers and row.end_paper else None,
        rule=row.rule,
        again=row.again,
        minor=row.minor,
        site=row.site.name if row.site else row.site_name,
        pauses=[
            PauseLine(
                each.kind,
                each.get_kind_display(),
                each.from_on,
                each.to_on,
                ground_words(each.ground, each.from_on),
            )
            for each in row.pauses.all()
        ],
    )


def ground_words(code: str, on: date) -> str:
    """A ground in words, as it stood on a day; the code where the law of that day does not know it."""
    found = law().ground(code, on)
    return said(found) if found else code


def _clocks(actor: Actor, subject: Subject, at: datetime) -> list[ClockLine]:
    rows = _rows(Clock, actor, subject).filter(Q(state=DueState.OPEN) | Q(outcome="missed"))
    plans = TestPlan.objects.in_bulk([int(each.limit[5:]) for each in rows if each.limit.startswith("plan.")])
    return [_clock(each, plans, at, actor.on) for each in rows]


def _clock(row: Clock, plans: Mapping[int, TestPlan], at: datetime, on: date) -> ClockLine:
    words, source, form = clock_words(row, plans)
    settled = row.outcome or ("" if row.state == DueState.OPEN else row.state)
    return ClockLine(
        row.pk, row.version, ClockKind(row.kind), row.limit, words, source, form, row.spell_id, row.opened_at,
        row.opens_on, row.due_at, row.due_on, row.done_on, settled, is_overdue(row, at, on),
    )  # fmt: skip


STEPS = (ClockKind.STEP, ClockKind.END, ClockKind.TRANSFER, ClockKind.REQUEST)


def steps_of(spells: Sequence[SpellLine], clocks: Sequence[ClockLine], on: date) -> list[StepLine]:
    """What comes next by law, the most urgent first: limits that run, then how each running status ends at its term."""
    about = {each.spell_id: each for each in spells}
    steps = [_step(each, about.get(each.spell_id or 0)) for each in clocks if each.kind in STEPS]
    told = {each.spell_id for each in steps if each.ending}
    for spell in spells:
        if spell.running and spell.ends_on and spell.spell_id not in told:
            ground = _at_term(spell)
            if ground is not None:
                late = spell.ends_on < on
                steps.append(
                    StepLine(
                        said(ground), ground.source, ground.form, None, spell.ends_on, late, spell.spell_id,
                        ClockKind.END, ending=True,
                    )
                )  # fmt: skip
    return sorted(steps, key=lambda step: (step.due_on or date.max, step.due_at is None))


def _step(clock: ClockLine, spell: SpellLine | None) -> StepLine:
    """A limit that runs as a step; the end of a term is told by the ground by which it ends."""
    ending = clock.kind == ClockKind.END
    ground = _at_term(spell) if ending and spell else None
    words, source, form = (
        (said(ground), ground.source, ground.form) if ground else (clock.words, clock.source, clock.form)
    )
    return StepLine(
        words, source, form, clock.due_at, clock.due_on, clock.overdue, clock.spell_id, clock.kind, ending,
        clock.clock_id,
    )  # fmt: skip


def _at_term(spell: SpellLine) -> Ground | None:
    """The ground by which a status ends when its term is over."""
    day = spell.ends_on or spell.starts_on
    return next(
        (each for each in law().grounds_for(spell.category, Effect.ENDS, day) if _fits(each, spell.setting)), None
    )


def _fits(ground: Ground, setting: Setting | None) -> bool:
    return not ground.settings or setting in ground.settings


def _tests(actor: Actor, subject: Subject) -> list[TestLine]:
    return [
        TestLine(
            each.pk, each.on, each.ground, each.get_sample_display(), each.result, each.get_result_display(),
            each.substances, each.early, each.voided_at is not None, each.voided_why,
        )
        for each in _rows(DrugTest, actor, subject)[:MOST_ROWS]
    ]  # fmt: skip


def _moves(actor: Actor, subject: Subject, at: datetime) -> list[MoveLine]:
    rows = _rows(Transfer, actor, subject).select_related("from_unit", "to_unit")
    return [
        MoveLine(
            each.pk, each.version, each.from_unit.name, each.to_unit.name if each.to_unit else each.to_name,
            each.moved_on, each.due_at, timezone.localdate(each.due_at),
            each.state == TransferState.OPEN and each.due_at < at, TransferState(each.state),
        )
        for each in rows
    ]  # fmt: skip


def _episodes(actor: Actor, subject: Subject) -> list[EpisodeLine]:
    stages = Prefetch("stages", EpisodeStage.objects.visible_to(actor))
    rows = _rows(Episode, actor, subject).filter(voided_at__isnull=True).prefetch_related(stages)
    return [
        EpisodeLine(
            each.pk, each.version, each.kind, each.get_kind_display(), each.site_name, each.on, each.ended_on,
            each.get_outcome_display() if each.outcome else "",
            [StageLine(_stage(stage), stage.from_on, stage.to_on) for stage in each.stages.all()],
        )
        for each in rows
    ]  # fmt: skip


def _stage(row: EpisodeStage) -> str:
    found = next((each for each in law().stages if each.code == row.stage and each.holds_on(row.from_on)), None)
    if found is None:
        return row.stage
    return found.english if (get_language() or "vi").startswith("en") else found.label


def _teams(actor: Actor, subject: Subject) -> list[TeamLine]:
    members = Prefetch("members", TeamMember.objects.visible_to(actor))
    rows = _rows(Team, actor, subject).select_related("paper__issuer").prefetch_related(members)
    return [
        TeamLine(
            each.pk, each.from_on, each.to_on, _paper(each.paper) if each.paper else None,
            [MemberLine(one.pk, one.get_part_display(), one.from_on, one.to_on) for one in each.members.all()],
        )
        for each in rows
    ]  # fmt: skip
