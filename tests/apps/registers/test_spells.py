"""Statuses: begun, interrupted, decided anew and ended only by grounds of the law with signed papers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.registers.models import Clock, CountMark, Paper, Pause, Renewal, Spell, Subject
from pcmt.apps.registers.operations.filing import open_file
from pcmt.apps.registers.operations.grounding import Ending, PaperText, Starting
from pcmt.apps.registers.operations.spells import (
    end_spell,
    outlasted,
    pause_spell,
    record_death,
    record_missing,
    renew_spell,
    resume_spell,
    start_spell,
)
from pcmt.apps.registers.persons import PersonBlock
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category, Setting
from tests.factories.lives import at_noon, begin, decided, file, keeper, signed
from tests.factories.registers import BLOCK
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db

ON = date(2026, 7, 10)


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def actor(here: World) -> Actor:
    return keeper(here)


def ending(ground: str, on: date, **more: object) -> Ending:
    return Ending(ground=ground, on=on, paper=signed(on), **more)  # type: ignore[arg-type]


def refused(answer: object, code: str, field: str | None = None) -> None:
    assert isinstance(answer, Refusal), answer
    assert answer.code == code
    if field is not None:
        assert answer.field == field


def test_a_status_runs_by_its_ground_its_paper_and_the_law_of_its_day(here: World, actor: Actor) -> None:
    spell = begin(file(here, actor))
    assert (spell.starts_on, spell.ends_on, spell.planned_ends_on) == (ON, date(2027, 7, 9), date(2027, 7, 9))
    assert (spell.start_ground, spell.start_paper.form, spell.start_paper.state) == (
        "user.decision", "D163.III-04", "signed",
    )  # fmt: skip
    assert spell.rule
    assert not spell.minor
    assert spell.again == 0
    assert CountMark.objects.get(unit=here["dong_hoa"]).start == ON
    entry = Entry.objects.get(event="registers.file.opened")
    assert entry.object_label == spell.subject.code
    assert BLOCK.name not in str(vars(entry))
    assert BLOCK.id_number not in str(vars(entry))


def test_no_user_without_a_positive_test_and_no_addict_without_a_finding(here: World, actor: Actor) -> None:
    """Domain rule 18."""
    bare = Starting(category=Category.ILLEGAL_USER, ground="user.decision", on=ON, triggered_on=ON, paper=signed(ON))
    common = {"actor": actor, "at": at_noon(ON), "unit_id": here["dong_hoa"].pk, "block": BLOCK, "sex": "male"}
    refused(open_file(**common, birth_year=1990, start=bare), "needs_positive_test", "positive_test-signed_on")  # type: ignore[arg-type]
    assert not Subject.objects.exists()
    assert not Paper.objects.exists()
    unsigned = Starting(
        category=Category.ADDICT, ground="addict.finding", on=ON, triggered_on=ON, paper=PaperText(title="Phiếu")
    )
    refused(open_file(**common, birth_year=1990, start=unsigned), "signed_on")  # type: ignore[arg-type]
    assert not Subject.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ground": "addict.finding"}, "ground"),
        ({"ground": "user.term_over"}, "ground"),
        ({"ground": "nothing.such"}, "ground"),
        ({"on": ON + timedelta(days=1)}, "on"),
        ({"triggered_on": ON + timedelta(days=1)}, "triggered_on"),
        ({"paper": signed(ON, decider="")}, "decider"),
        ({"paper": signed(ON, number="9" * 61)}, "too_long"),
        ({"paper": signed(None)}, "signed_on"),
        ({"paper": signed(ON + timedelta(days=1))}, "signed_on"),
    ],
)
def test_a_start_that_the_law_does_not_know_is_refused(
    here: World, actor: Actor, change: dict[str, object], code: str
) -> None:
    subject = file(here, actor, Category.RELEASED_PRISONER)
    start = decided(Category.ILLEGAL_USER, **change)
    refused(start_spell(actor=actor, at=at_noon(ON), code=subject.code, start=start), code)
    assert subject.spells.count() == 1


def test_one_status_of_a_category_and_no_two_that_exclude_each_other(here: World, actor: Actor) -> None:
    subject = file(here, actor)
    later = ON + timedelta(days=3)
    again = decided(Category.ILLEGAL_USER, on=later, triggered_on=later, paper=signed(later, number="99"))
    refused(start_spell(actor=actor, at=at_noon(later), code=subject.code, start=again), "same_category")
    addict = decided(Category.ADDICT, on=later, triggered_on=later, paper=signed(later))
    refused(start_spell(actor=actor, at=at_noon(later), code=subject.code, start=addict), "apart")


def test_pressed_twice_it_is_begun_once(here: World, actor: Actor) -> None:
    subject = file(here, actor, Category.RELEASED_PRISONER)
    start = decided(Category.ILLEGAL_USER)
    one = start_spell(actor=actor, at=at_noon(ON), code=subject.code, start=start)
    two = start_spell(actor=actor, at=at_noon(ON), code=subject.code, start=start)
    assert isinstance(one, Spell)
    assert one == two


def test_found_addicted_ends_the_user_and_begins_the_addict_in_one_act(here: World, actor: Actor) -> None:
    spell = begin(file(here, actor))
    on = ON + timedelta(days=40)
    then = decided(Category.ADDICT, on=on, triggered_on=on, paper=signed(on, number="5/XN"))
    done = end_spell(
        actor=actor, at=at_noon(on), spell_id=spell.pk, version=spell.version,
        end=ending("user.found_addicted", on, evidence={"medical_finding": signed(on, number="5/XN")}), then=then,
    )  # fmt: skip
    assert isinstance(done, Spell), done
    assert (done.state, done.ended_on, done.end_ground) == ("ended", on, "user.found_addicted")
    now = spell.subject.spells.exclude(state="ended").get()
    assert (now.category, now.starts_on, now.ends_on) == ("addict", on, None)


def test_if_the_second_half_is_refused_nothing_has_ended(here: World, actor: Actor) -> None:
    spell = begin(file(here, actor))
    papers = Paper.objects.count()
    on = ON + timedelta(days=40)
    then = decided(Category.ADDICT, on=on, triggered_on=on, paper=signed(None))
    answer = end_spell(
        actor=actor, at=at_noon(on), spell_id=spell.pk, version=spell.version,
        end=ending("user.found_addicted", on, evidence={"medical_finding": signed(on, number="5/XN")}), then=then,
    )  # fmt: skip
    refused(answer, "signed_on")
    spell.refresh_from_db()
    assert (spell.state, Paper.objects.count()) == ("active", papers)


def test_nothing_ends_before_its_term_but_by_a_ground_that_stops_it(here: World, actor: Actor) -> None:
    spell = begin(file(here, actor))
    early = ending("user.term_over", date(2027, 7, 1))
    answer = end_spell(actor=actor, at=at_noon(date(2027, 7, 1)), spell_id=spell.pk, version=spell.version, end=early)
    refused(answer, "too_early", "on")
    due = Ending(ground="user.term_over", on=date(2027, 7, 10), paper=signed(date(2027, 7, 9)))
    done = end_spell(actor=actor, at=at_noon(date(2027, 7, 9)), spell_id=spell.pk, version=spell.version, end=due)
    assert isinstance(done, Spell)
    assert done.ended_on == date(2027, 7, 10)
    assert not Clock.objects.filter(spell=spell, kind__in=("end", "test", "residence")).running().exists()


def test_detention_does_not_move_the_end_and_outlasted_it_stops(here: World, actor: Actor) -> None:
    """L120 Art 24.7; domain rule 9."""
    spell = begin(file(here, actor))
    day = date(2026, 9, 1)
    paused = pause_spell(
        actor=actor, at=at_noon(day), spell_id=spell.pk, version=spell.version, pause=ending("user.detained", day)
    )
    assert isinstance(paused, Spell)
    assert paused.state == "suspended"
    back = date(2026, 10, 1)
    resumed = resume_spell(
        actor=actor, at=at_noon(back), spell_id=spell.pk, version=paused.version, resume=ending("user.released", back)
    )
    assert isinstance(resumed, Spell)
    assert (resumed.state, resumed.ends_on) == ("active", date(2027, 7, 9))
    again = pause_spell(
        actor=actor, at=at_noon(back), spell_id=spell.pk, version=resumed.version, pause=ending("user.detained", back)
    )
    assert isinstance(again, Spell), again
    late = date(2027, 8, 1)
    assert outlasted(again, late)
    assert not outlasted(again, date(2027, 7, 9))
    answer = resume_spell(
        actor=actor, at=at_noon(late), spell_id=spell.pk, version=again.version, resume=ending("user.released", late)
    )
    refused(answer, "outlasted", "ground")
    done = end_spell(
        actor=actor,
        at=at_noon(late),
        spell_id=spell.pk,
        version=again.version,
        end=ending("user.detained_longer", late),
    )
    assert isinstance(done, Spell)
    assert Pause.objects.get(spell=spell, from_on=back).to_on == late


def test_uncounted_absence_adds_its_days(here: World, actor: Actor) -> None:
    """Decree 163/2026/NĐ-CP, article 60.2."""
    spell = begin(file(here, actor))
    day, back = date(2026, 9, 1), date(2026, 9, 11)
    away = pause_spell(
        actor=actor, at=at_noon(day), spell_id=spell.pk, version=spell.version, pause=ending("user.absent", day)
    )
    assert isinstance(away, Spell)
    assert away.state == "active"
    here_again = resume_spell(
        actor=actor, at=at_noon(back), spell_id=spell.pk, version=away.version, resume=ending("user.returned", back)
    )
    assert isinstance(here_again, Spell)
    assert here_again.ends_on == date(2027, 7, 19)
    inside = pause_spell(
        actor=actor, at=at_noon(back), spell_id=spell.pk, version=here_again.version,
        pause=ending("user.absent", date(2026, 9, 5)),
    )  # fmt: skip
    refused(inside, "on")


def test_a_new_decision_counts_anew_where_the_installation_says_so(here: World, actor: Actor, settings: object) -> None:
    """Domain rule 8."""
    spell = begin(file(here, actor))
    on = date(2027, 1, 5)
    new = ending("user.renewed", on, evidence={"positive_test": signed(on, number="7/XN")})
    bare = renew_spell(
        actor=actor, at=at_noon(on), spell_id=spell.pk, version=spell.version, renew=ending("user.renewed", on)
    )
    assert isinstance(bare, Refusal | Spell)
    spell.refresh_from_db()
    if isinstance(bare, Refusal):
        made = renew_spell(actor=actor, at=at_noon(on), spell_id=spell.pk, version=spell.version, renew=new)
        assert isinstance(made, Spell), made
        spell = made
    assert (spell.ends_on, spell.planned_ends_on) == (date(2028, 1, 4), date(2027, 7, 9))
    assert Renewal.objects.get(spell=spell).ends_before == date(2027, 7, 9)
    settings.REGISTER_RENEWAL_RESTARTS = False  # type: ignore[attr-defined]
    later = date(2027, 2, 5)
    third = ending("user.renewed", later, evidence={"positive_test": signed(later, number="8/XN")})
    kept = renew_spell(actor=actor, at=at_noon(later), spell_id=spell.pk, version=spell.version, renew=third)
    assert isinstance(kept, Spell)
    assert kept.ends_on == date(2028, 1, 4)


def test_who_is_slower_is_told(here: World, actor: Actor) -> None:
    spell = begin(file(here, actor))
    day = date(2026, 9, 1)
    other = here.actor("dong_hoa_police", "register_keeper", "keeper2", on=day)
    assert isinstance(
        pause_spell(actor=other, at=at_noon(day), spell_id=spell.pk, version=1, pause=ending("user.detained", day)),
        Spell,
    )
    answer = pause_spell(actor=actor, at=at_noon(day), spell_id=spell.pk, version=1, pause=ending("user.absent", day))
    refused(answer, "stale")


def test_of_a_keeper_elsewhere_nothing_is_there(here: World, actor: Actor) -> None:
    spell = begin(file(here, actor))
    stranger = here.actor("tay_hoa_police", "register_keeper", on=ON)
    answer = pause_spell(
        actor=stranger, at=at_noon(ON), spell_id=spell.pk, version=1, pause=ending("user.detained", ON)
    )
    refused(answer, "gone")
    above = here.actor("police", "register_keeper", on=ON)
    assert isinstance(
        pause_spell(actor=above, at=at_noon(ON), spell_id=spell.pk, version=1, pause=ending("user.detained", ON)), Spell
    )


def test_death_ends_all_statuses_and_clocks(here: World, actor: Actor) -> None:
    subject = file(here, actor, Category.ADDICT)
    home = decided(Category.IN_REHAB, ground="rehab.home_intake", setting=Setting.HOME, paper=signed(ON, number="77"))
    assert isinstance(start_spell(actor=actor, at=at_noon(ON), code=subject.code, start=home), Spell)
    subject.refresh_from_db()
    day = date(2026, 8, 1)
    before = record_death(
        actor=actor, at=at_noon(day), code=subject.code, version=subject.version, on=ON - timedelta(days=1),
        paper=signed(day, title="Trích lục khai tử"),
    )  # fmt: skip
    refused(before, "on", "on")
    done = record_death(
        actor=actor, at=at_noon(day), code=subject.code, version=subject.version, on=day,
        paper=signed(day, title="Trích lục khai tử"),
    )  # fmt: skip
    assert isinstance(done, Subject), done
    assert done.died_on == day
    assert not subject.spells.exclude(state="ended").exists()
    assert not Clock.objects.filter(subject=subject).running().exists()
    assert {each.end_paper.title for each in subject.spells.all() if each.end_paper} == {"Trích lục khai tử"}
    twice = record_death(actor=actor, at=at_noon(day), code=subject.code, version=1, on=day, paper=signed(day))
    assert twice == done
    start = decided(Category.RELEASED_PRISONER, on=day, triggered_on=day, paper=signed(day))
    refused(start_spell(actor=actor, at=at_noon(day), code=subject.code, start=start), "died")


def test_missing_ends_what_the_law_ends(here: World, actor: Actor) -> None:
    subject = file(here, actor)
    day = date(2026, 8, 1)
    done = record_missing(
        actor=actor, at=at_noon(day), code=subject.code, version=subject.version, on=day,
        paper=signed(day, title="Quyết định tuyên bố mất tích"),
    )  # fmt: skip
    assert isinstance(done, Subject), done
    assert subject.spells.get().end_ground == "user.missing"


def test_years_twelve_to_seventeen_are_a_path_of_their_own(here: World, actor: Actor) -> None:
    young = PersonBlock(name="Vàng A Nhỏ", born_on=date(2011, 3, 1))
    common = {"actor": actor, "at": at_noon(ON), "unit_id": here["dong_hoa"].pk, "sex": "male", "birth_year": 2011}
    refused(open_file(**common, block=young, start=decided(Category.ADDICT)), "guardian", "guardian_name")  # type: ignore[arg-type]
    held = PersonBlock(name="Vàng A Nhỏ", born_on=date(2011, 3, 1), guardian_name="Vàng A Lớn")
    subject = open_file(**common, block=held, start=decided(Category.ADDICT))  # type: ignore[arg-type]
    assert isinstance(subject, Subject)
    assert subject.spells.get().minor
    child = PersonBlock(name="Vàng A Bé", born_on=date(2015, 3, 1), guardian_name="Vàng A Lớn")
    answer = open_file(**{**common, "birth_year": 2015}, block=child, start=decided(Category.ADDICT))  # type: ignore[arg-type]
    refused(answer, "too_young", "birth_year")


def test_rehab_leads_to_care_after_it_by_a_decision_prepared_before(here: World, actor: Actor) -> None:
    subject = file(here, actor, Category.ADDICT)
    home = decided(Category.IN_REHAB, ground="rehab.home_intake", setting=Setting.HOME, paper=signed(ON, number="77"))
    spell = start_spell(actor=actor, at=at_noon(ON), code=subject.code, start=home)
    assert isinstance(spell, Spell)
    assert spell.ends_on == date(2028, 7, 9)
    listed = subject.spells.get(category="addict")
    day = date(2028, 7, 10)
    completed = Ending(ground="addict.completed_rehab", on=day, paper=signed(day, number="78"))
    assert isinstance(
        end_spell(actor=actor, at=at_noon(day), spell_id=listed.pk, version=listed.version, end=completed), Spell
    )
    spell.refresh_from_db()
    after = decided(
        Category.POST_REHAB, ground="post_rehab.decision", on=day, triggered_on=day, after_setting=Setting.HOME,
        paper=signed(date(2028, 7, 8), number="79", decider="Chủ tịch Ủy ban nhân dân xã"),
    )  # fmt: skip
    done = end_spell(
        actor=actor, at=at_noon(day), spell_id=spell.pk, version=spell.version, end=ending("rehab.completed", day),
        then=after,
    )  # fmt: skip
    assert isinstance(done, Spell), done
    assert subject.spells.get(category="post_rehab").ends_on == date(2029, 7, 9)


def test_a_paper_of_the_file_serves_again_but_only_of_the_right_form(here: World, actor: Actor) -> None:
    spell = begin(file(here, actor))
    day = date(2026, 9, 1)
    wrong = Ending(ground="user.detained", on=day, paper=PaperText(paper_id=spell.start_paper_id))
    answer = pause_spell(actor=actor, at=at_noon(day), spell_id=spell.pk, version=spell.version, pause=wrong)
    refused(answer, "paper_form")
