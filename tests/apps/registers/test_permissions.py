"""Who sees and writes which field group of a file: the table below is the rule as people would tell it.

A file of Đông Hòa commune with a row of every kind. Cells: `w` sees and may write there, `r` sees, `o` only what one
made oneself (and may make such), `-` nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db.models import Model

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import RIGHTS, Reach, changes
from pcmt.apps.registers import models as kept
from pcmt.apps.registers.operations.glass import break_glass
from pcmt.apps.registers.vault import seal
from pcmt.core.law import Category
from tests.apps.test_rights import SEES
from tests.factories.guarding import done
from tests.factories.registers import paper, spell, subject
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.django_db

GROUPS: dict[str, tuple[str, ...]] = {
    "file": ("Subject",),
    "identity": ("Identity",),
    "names": ("NameKey",),
    "status": ("Spell addict",),
    "treated": ("Spell in_rehab",),
    "pause": ("Pause", "Renewal"),
    "stay": ("Stay",),
    "paper": ("Paper",),
    "clock": ("Clock",),
    "test": ("DrugTest",),
    "residence": ("ResidenceCheck",),
    "treatment": ("Episode", "EpisodeStage"),
    "support": ("Support",),
    "team": ("Team", "TeamMember"),
    "pledge": ("Pledge",),
    "hold": ("LegalHold",),
    "request": ("DataRequest",),
    "visit": ("Visit",),
    "reading": ("Reading",),
    "glass": ("BreakGlass",),
    "export": ("RegisterExport",),
    "import": ("RegisterImport",),
    "device": ("Device",),
    "conflict": ("OfflineConflict",),
    "merge": ("MergeCase",),
    "transfer": ("Transfer",),
}
OPEN_TO_ALL = {"TestPlan"}
"""Settings of plans: they are about nobody."""
OF_THE_PROGRAM = {"CountMark"}

# Columns: who made the rows, the keeper of the commune; the keeper above; the keeper beside or of another province; who
# treats; who audits there; who may break the glass; everybody else.
# fmt: off
TABLE = """
           keeps above beside treats audits breaks others
file       w     w     -      r      -      -      -
identity   w     w     -      -      -      -      -
names      r     r     -      -      -      -      -
status     w     w     -      -      -      -      -
treated    w     w     -      r      -      -      -
pause      w     w     -      -      -      -      -
stay       w     w     -      -      -      -      -
paper      w     w     -      -      -      -      -
clock      w     w     -      -      -      -      -
test       w     w     -      w      -      -      -
residence  w     w     -      -      -      -      -
treatment  w     w     -      w      -      -      -
support    w     w     -      -      -      -      -
team       w     w     -      -      -      -      -
pledge     w     w     -      -      -      -      -
hold       w     w     -      -      -      -      -
request    w     w     -      -      -      -      -
visit      r     r     o      o      r      o      -
reading    r     r     -      -      r      -      -
glass      w     w     -      o      r      o      -
export     r     r     -      -      r      -      -
import     w     o     o      -      -      -      -
device     w     o     o      -      -      -      -
conflict   w     w     -      -      -      -      -
merge      w     w     -      -      -      -      -
transfer   w     w     -      -      -      -      -
"""
# fmt: on
KEEPERS = {
    ("dong_hoa_police", "register_keeper"): "keeps",
    ("police", "register_keeper"): "above",
    ("tay_hoa_police", "register_keeper"): "beside",
    ("binh_giang_police", "register_keeper"): "beside",
}
THERE = {"an_binh", "police", "dong_hoa", "dong_hoa_police", "dong_hoa_clinic"}
"""Units whose area holds the commune, as far as somebody treats or audits there in this world."""


def column(unit: str, role: str) -> str:
    """The column of the table that is somebody's."""
    if role == "register_keeper":
        return KEEPERS[unit, role]
    if role == "health_officer":
        return "treats" if unit in THERE else "breaks"
    if role == "auditor":
        return "audits" if unit in THERE else "others"
    return "breaks" if role in {"standing_office", "leader"} else "others"


def laid(land: World) -> dict[str, list[Model]]:
    """A file with a row of every kind, made by its keeper."""
    actor = land.actor("dong_hoa_police", "register_keeper")
    unit, me = land["dong_hoa"], {"made_at": NOW, "made_by_id": actor.user_id}
    person, other = subject(unit), subject(unit)
    addict, rehab = spell(person, Category.ADDICT, on=TODAY), spell(person, Category.IN_REHAB, on=TODAY)
    box = seal({}, "x")
    sealed: dict[str, Any] = {"sealed": box.data, "key_id": box.key_id}
    mine: dict[str, Any] = {"user_id": actor.user_id, "unit": land["dong_hoa_police"]}
    of: dict[str, Any] = {"subject": person}
    on: dict[str, Any] = {**of, "unit": unit, "on": TODAY, **me}
    episode = kept.Episode.objects.create(kind="rehab", **on)
    team = kept.Team.objects.create(from_on=TODAY, **of, **me)
    visit = kept.Visit.objects.create(
        role="register_keeper", purpose="due", opened_at=NOW, until=NOW + timedelta(hours=1), **mine
    )
    rows: list[tuple[str, Model]] = [
        ("Subject", person),
        ("Identity", person.identity),
        ("NameKey", kept.NameKey.objects.create(index="x" * 64, **of)),
        ("Spell addict", addict),
        ("Spell in_rehab", rehab),
        ("Pause", kept.Pause.objects.create(spell=rehab, kind="prison", from_on=TODAY, ground="rehab.prison", **me)),
        ("Renewal", kept.Renewal.objects.create(
            spell=rehab, on=TODAY, ground="user.renewed", paper=rehab.start_paper, **me)),
        ("Stay", person.stays.get()),
        ("Paper", paper(person, on=TODAY)),
        ("Clock", kept.Clock.objects.create(
            **of, unit=unit, kind="test", limit="plan", opened_at=NOW, opens_on=TODAY, due_on=TODAY)),
        ("DrugTest", kept.DrugTest.objects.create(ground="plan", result="negative", **on)),
        ("ResidenceCheck", kept.ResidenceCheck.objects.create(found="present", **on)),
        ("Episode", episode),
        ("EpisodeStage", kept.EpisodeStage.objects.create(episode=episode, stage="intake", from_on=TODAY, **me)),
        ("Support", kept.Support.objects.create(kind="job", **on)),
        ("Team", team),
        ("TeamMember", kept.TeamMember.objects.create(team=team, part="police", from_on=TODAY, **sealed)),
        ("Pledge", kept.Pledge.objects.create(**on, **sealed)),
        ("LegalHold", kept.LegalHold.objects.create(basis="1/CV", from_on=TODAY, **of, **me)),
        ("DataRequest", kept.DataRequest.objects.create(
            kind="see", received_on=TODAY, answer_by=TODAY, finish_by=TODAY, **of, **me)),
        ("Visit", visit),
        ("Reading", kept.Reading.objects.create(visit=visit, first_at=NOW, last_at=NOW, **of)),
        ("BreakGlass", kept.BreakGlass.objects.create(
            user_id=actor.user_id, user_name="x", user_unit=unit, reason="x" * 20, on=date(2020, 1, 1),
            opened_at=NOW, **of)),
        ("RegisterExport", kept.RegisterExport.objects.create(kind="print", mark="x", count=1, at=NOW, **mine)),
        ("RegisterImport", kept.RegisterImport.objects.create(made_at=NOW, purge_on=TODAY, **mine, **sealed)),
        ("Device", kept.Device.objects.create(made_at=NOW, until=NOW, **mine)),
        ("OfflineConflict", kept.OfflineConflict.objects.create(
            key=uuid4(), kind="test", reason="old", at=NOW, user_id=actor.user_id, **of, **sealed)),
        ("MergeCase", kept.MergeCase.objects.create(keep=person, drop=other, proposed_at=NOW)),
        ("Transfer", kept.Transfer.objects.create(
            from_unit=unit, to_name="Xã Khác", moved_on=TODAY, opened_at=NOW, due_at=NOW, **of)),
    ]  # fmt: skip
    found: dict[str, list[Model]] = {}
    for name, row in rows:
        found.setdefault(name, []).append(row)
    return found


def sight(actor: Actor, unit_id: int, name: str, rows: list[Model]) -> str:
    """What the actor has of a group's rows."""
    model: Any = type(rows[0])
    label = model._meta.label
    seen = model.objects.visible_to(actor).filter(pk__in=[row.pk for row in rows]).count()
    reach = changes(label, actor)
    if not seen:
        return "o" if reach is Reach.OWN else "-"
    assert seen == len(rows), (actor.role, name)
    own = label in {"registers.RegisterImport", "registers.Device"}
    writes = reach >= Reach.SUBTREE and reached_units(actor, reach).filter(descendant_id=unit_id).exists()
    return "w" if writes or own else "o" if reach is Reach.OWN and RIGHTS[label][actor.role].see is Reach.OWN else "r"


def read_table() -> dict[str, dict[str, str]]:
    """What each column has of each group."""
    columns, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return {name: {line[0]: line[n] for line in lines} for n, name in enumerate(columns, start=1)}


def test_every_model_of_the_registers_is_in_a_group() -> None:
    named = {each.split()[0] for names in GROUPS.values() for each in names} | OPEN_TO_ALL | OF_THE_PROGRAM
    assert named == {label.removeprefix("registers.") for label in RIGHTS if label.startswith("registers.")}
    assert named == {model.__name__ for model in apps.get_app_config("registers").get_models()}
    assert all(set(cells) == set(GROUPS) for cells in read_table().values())


def test_who_sees_and_writes_what(land: World) -> None:
    rows, unit, table = laid(land), land["dong_hoa"].pk, read_table()
    wrong = []
    for place, role in {*SEES, *KEEPERS}:
        actor, cells = land.actor(place, role), table[column(place, role)]
        for group, expected in cells.items():
            found = {sight(actor, unit, name, rows[name]) for name in GROUPS[group]}
            if found != {expected}:
                wrong.append(f"{role} {place}: {group} is {'/'.join(sorted(found))}, not {expected}")
    assert wrong == []


def test_broken_glass_opens_who_somebody_is_and_nothing_that_is_done(land: World) -> None:
    rows = laid(land)
    leader = land.actor("an_binh", "leader")
    person: Any = rows["Subject"][0]
    done(break_glass(actor=leader, at=NOW, sought=person.code, reason="Bệnh viện cần biết ngay trong đêm nay"))
    seen = {name for name, each in rows.items() if sight(leader, person.unit_id, name, each) == "r"}
    assert seen == {"Subject", "Identity", "Spell addict", "Spell in_rehab", "Pause", "Renewal", "Stay", "Paper"}
    assert kept.Subject.objects.visible_to(leader).count() == 1
