"""Random lives: whatever happens in whatever order, what must hold of a file holds after every step."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import date, timedelta

import attrs
import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import Clock, Paper, Pause, Spell, Stay, Subject, Transfer
from pcmt.apps.registers.operations.filing import open_file
from pcmt.apps.registers.operations.grounding import Ending
from pcmt.apps.registers.operations.handing_over import accept_hand_over, hand_over, refuse_hand_over
from pcmt.apps.registers.operations.merging import decide_merge, overlaps, propose_merge
from pcmt.apps.registers.operations.spells import (
    end_spell,
    pause_spell,
    record_death,
    renew_spell,
    resume_spell,
    start_spell,
)
from pcmt.apps.registers.persons import PersonBlock
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category, Effect, Setting
from pcmt.reference import law
from tests.factories.lives import at_noon, decided, signed
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db

STEPS = 60
START = date(2026, 7, 6)
COMMUNES = ("dong_hoa", "tay_hoa")
STARTS = (
    (Category.ILLEGAL_USER, "user.decision", None),
    (Category.ADDICT, "addict.finding", None),
    (Category.IN_REHAB, "rehab.home_intake", Setting.HOME),
    (Category.IN_REHAB, "rehab.court_decision", Setting.COMPULSORY),
    (Category.ON_SUBSTITUTION, "substitution.registered", Setting.METHADONE),
    (Category.POST_REHAB, "post_rehab.decision", None),
    (Category.RELEASED_PRISONER, "released.notice", None),
    (Category.E_MONITORING, "monitoring.decision", None),
)


@attrs.define
class Lives:
    """A walk through random lives at two communes, by one keeper of the province and a colleague."""

    here: World
    dice: random.Random
    on: date = START
    done: int = 0
    number: int = 0

    @property
    def keeper(self) -> Actor:
        return self.here.actor("police", "register_keeper", "one", on=self.on)

    @property
    def colleague(self) -> Actor:
        return self.here.actor("police", "register_keeper", "two", on=self.on)

    def somebody(self) -> Subject | None:
        found = list(Subject.objects.standing().order_by("pk"))
        return self.dice.choice(found) if found else None

    def paper(self):  # type: ignore[no-untyped-def]
        self.number += 1
        return signed(self.on, number=f"{self.number}/QĐ")

    def starting(self):  # type: ignore[no-untyped-def]
        category, ground, setting = self.dice.choice(STARTS)
        proofs = {need: self.paper() for need in ("positive_test", "medical_finding", "completion_paper")}
        after = Setting.HOME if category == Category.POST_REHAB else None
        return decided(
            category, self.on, ground=ground, setting=setting, paper=self.paper(), after_setting=after, evidence=proofs
        )

    def count(self, answer: object) -> None:
        self.done += not isinstance(answer, Refusal)

    def opens(self) -> None:
        block = PersonBlock(name=f"Người Thử {self.dice.choice('ABCDEFGH')}", id_number="")
        commune = self.here[self.dice.choice(COMMUNES)]
        answer = open_file(
            actor=self.keeper, at=at_noon(self.on), unit_id=commune.pk, block=block, sex="male",
            birth_year=self.dice.choice((1985, 1995, 2009)), start=self.starting(), sure=True,
        )  # fmt: skip
        self.count(answer)

    def starts(self) -> None:
        subject = self.somebody()
        if subject:
            self.count(start_spell(actor=self.keeper, at=at_noon(self.on), code=subject.code, start=self.starting()))

    def acts(self) -> None:
        """Anything that the law offers for a status that runs, fitting or not."""
        spells = list(Spell.objects.exclude(state="ended").order_by("pk"))
        if not spells:
            return
        spell = self.dice.choice(spells)
        paused = Pause.objects.filter(spell=spell, to_on__isnull=True).exists()
        usual = Effect.RESUMES if paused else Effect.PAUSES
        effect = self.dice.choice((usual, usual, *Effect))
        grounds = law().grounds_for(Category(spell.category), effect, self.on)
        if not grounds:
            return
        ground = self.dice.choice(grounds)
        ending = Ending(
            ground=ground.code, on=self.on, paper=self.paper(), evidence={need: self.paper() for need in ground.needs}
        )
        common = {"actor": self.keeper, "at": at_noon(self.on), "spell_id": spell.pk, "version": spell.version}
        if effect is Effect.PAUSES:
            self.count(pause_spell(**common, pause=ending))  # type: ignore[arg-type]
        elif effect is Effect.RESUMES:
            self.count(resume_spell(**common, resume=ending))  # type: ignore[arg-type]
        elif effect is Effect.RENEWS:
            self.count(renew_spell(**common, renew=ending))  # type: ignore[arg-type]
        elif effect in (Effect.ENDS, Effect.STOPS):
            self.count(end_spell(**common, end=ending))  # type: ignore[arg-type]

    def moves(self) -> None:
        waiting = Transfer.objects.filter(state="open").order_by("pk").first()
        if waiting is not None:
            answer = self.dice.choice((accept_hand_over, refuse_hand_over))
            more = {"reason": "not_here"} if answer is refuse_hand_over else {}
            common = {"actor": self.keeper, "at": at_noon(self.on)}
            self.count(answer(**common, transfer_id=waiting.pk, version=waiting.version, **more))  # type: ignore[operator]
            return
        subject = self.somebody()
        if subject:
            answer = hand_over(
                actor=self.keeper, at=at_noon(self.on), code=subject.code, version=subject.version,
                moved_on=self.on, paper=self.paper(), to_unit_id=self.here[self.dice.choice(COMMUNES)].pk,
            )  # fmt: skip
            self.count(answer)

    def dies(self) -> None:
        subject = self.somebody()
        if subject and self.dice.random() < 0.15:
            answer = record_death(
                actor=self.keeper, at=at_noon(self.on), code=subject.code, version=subject.version, on=self.on,
                paper=self.paper(),
            )  # fmt: skip
            self.count(answer)

    def merges(self) -> None:
        one, other = self.somebody(), self.somebody()
        if one is None or other is None or one == other or self.dice.random() < 0.6:
            return
        at = at_noon(self.on)
        case = propose_merge(actor=self.keeper, at=at, keep_code=one.code, drop_code=other.code)
        if not isinstance(case, Refusal):
            holds = [pair[0].pk for pair in overlaps(case.keep, case.drop)]
            answer = decide_merge(
                actor=self.colleague, at=at, case_id=case.pk, version=case.version,
                agree=self.dice.random() < 0.7, holds=holds, paper=self.paper(),
            )  # fmt: skip
            self.count(answer)

    def time_passes(self) -> None:
        self.on += timedelta(days=self.dice.choice((1, 3, 20, 90, 200)))

    def step(self) -> None:
        acts: tuple[Callable[[], None], ...] = (
            self.opens, self.opens, self.starts, self.starts, self.acts, self.acts, self.acts, self.moves, self.merges, self.dies,
            self.time_passes,
        )  # fmt: skip
        self.dice.choice(acts)()

    def holds(self) -> None:
        """What must be so at any time."""
        merged = Subject.objects.filter(merged_into__isnull=False)
        assert not Spell.objects.filter(subject__in=merged).exists()
        assert not Stay.objects.filter(subject__in=merged, to_on__isnull=True).exists()
        for subject in Subject.objects.standing():
            stays = list(Stay.objects.filter(subject=subject).order_by("from_on", "pk"))
            assert [stay.to_on is None for stay in stays] == [False] * (len(stays) - 1) + [True]
            assert stays[-1].unit_id == subject.unit_id
            assert all(one.to_on == other.from_on for one, other in itertools.pairwise(stays))
            spells = list(Spell.objects.filter(subject=subject).order_by("starts_on", "pk"))
            if subject.died_on:
                assert all(spell.state == "ended" for spell in spells)
            for category in Category:
                mine = [spell for spell in spells if spell.category == category and spell.ended_on != spell.starts_on]
                for one, other in itertools.pairwise(mine):
                    assert one.ended_on is not None and one.ended_on <= other.starts_on, (one, other)
        papers = Paper.objects.filter(state="signed", signed_on__isnull=False).exclude(decider="")
        for spell in Spell.objects.select_related("start_paper", "end_paper"):
            assert spell.start_ground
            assert spell.start_paper in papers
            assert spell.start_paper.subject_id == spell.subject_id
            assert (spell.state == "ended") is (spell.end_paper is not None) is bool(spell.end_ground)
            if spell.state == "ended":
                assert spell.ended_on is not None
                assert spell.ended_on >= spell.starts_on
                assert not Pause.objects.filter(spell=spell, to_on__isnull=True).exists()
        closed = Subject.objects.exclude(died_on__isnull=True, merged_into__isnull=True)
        assert not Clock.objects.filter(subject__in=closed).running().exists()
        for clock in Clock.objects.running().select_related("subject"):
            assert clock.unit_id == clock.subject.unit_id
        for category in Category:
            rows = Spell.objects.filter(category=category)
            gone = rows.filter(ended_on__isnull=False, ended_on__lte=self.on).count()
            assert rows.filter(starts_on__lte=self.on).count() - gone == rows.on(self.on).count()


@pytest.mark.parametrize("seed", [7, 163])
def test_random_lives_keep_what_must_hold(seed: int) -> None:
    lives = Lives(world(), random.Random(seed))
    while Subject.objects.count() < 5:
        lives.opens()
    for step in range(STEPS):
        lives.step()
        if step % 4 == 3:
            lives.holds()
    assert lives.done > STEPS // 4
