"""The people of `data/registers.toml`: invented, and told by the operations of keepers, day by day."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import attrs
from django.conf import settings
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.registers.grounds import GROUND_OF, PLANNED
from pcmt.apps.registers.operations.caring import add_pledge, add_support, set_test_plan, start_episode
from pcmt.apps.registers.operations.filing import open_file
from pcmt.apps.registers.operations.glass import break_glass
from pcmt.apps.registers.operations.grounding import Ending, PaperText, Starting
from pcmt.apps.registers.operations.handing_over import accept_hand_over, hand_over
from pcmt.apps.registers.operations.merging import propose_merge
from pcmt.apps.registers.operations.requests import receive
from pcmt.apps.registers.operations.spells import end_spell, pause_spell, start_spell
from pcmt.apps.registers.operations.steps import finish_step
from pcmt.apps.registers.operations.sweeping import sweep
from pcmt.apps.registers.operations.testing import (
    ResidenceEntry,
    TestEntry,
    record_residences,
    record_test,
    record_tests,
)
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.queries.files import File, file_of
from pcmt.apps.units.models import Unit, UnitKind
from pcmt.core.law import Category, Ground, Setting
from pcmt.demo.reports import units_below
from pcmt.demo.story import noon, ok
from pcmt.reference import law

HERE = Path(__file__).parent
SEED = 120
"""Names are drawn by it: each loading tells of the same people."""
STORY = timedelta(days=500)
"""So long before today the settings of how often people are tested were made."""
MORNING, NIGHT = 9, 22

Step = Mapping[str, Any]


@attrs.frozen
class Scene:
    """What every life needs: the data, who keeps files, the moment of loading, the communes, chance."""

    told: Mapping[str, Any]
    actors: Mapping[str, Actor]
    at: datetime
    communes: Sequence[tuple[Unit, str]]
    chance: Random
    codes: dict[str, str]
    numbers: list[int]

    def actor(self, username: str, on: date) -> Actor:
        """Somebody on a day."""
        return attrs.evolve(self.actors[username], on=on)

    def key(self) -> UUID:
        """The key of a row, as a device would make it up."""
        return UUID(int=self.chance.getrandbits(128), version=4)


@attrs.define
class Life:
    """Somebody's file while the life is told."""

    scene: Scene
    unit: Unit
    keeper: str
    entry: Mapping[str, Any]
    code: str = ""
    category: Category = Category.ILLEGAL_USER

    def when(self, step: Step) -> datetime:
        """The moment of a step: so many hours from now (`at`), or the morning of a day (`on`)."""
        if "at" in step:
            return self.scene.at + timedelta(hours=step["at"])
        return noon(timezone.localdate(self.scene.at) + timedelta(days=step["on"]), MORNING)

    def day(self, step: Step) -> date:
        """Its day."""
        return timezone.localdate(self.when(step))

    def actor(self, step: Step) -> Actor:
        """The keeper on that day."""
        return self.scene.actor(self.keeper, self.day(step))

    def file(self, step: Step) -> File:
        """The file as it is then."""
        found = file_of(self.actor(step), self.code, at=self.when(step))
        if found is None:
            raise RuntimeError(f"{self.entry['key']}: no file {self.code}")
        return found


def tell(at: datetime, units: Mapping[str, Unit], users: Mapping[str, User]) -> int:
    """Tell all lives as of now; how many people there are. `settings.DEMO_COMMUNES` limits the communes."""
    told = tomllib.loads((HERE / "data/registers.toml").read_text(encoding="utf-8"))
    today = timezone.localdate(at)
    communes = [(units[key], keeper or told["keeper"]) for key, keeper in told["communes"]]
    known = {unit.pk for unit, _keeper in communes}
    province = units[told["area"]]
    others = [unit for unit in units_below(province, today, UnitKind.ADMINISTRATIVE) if unit.pk not in known]
    communes += [(unit, told["keeper"]) for unit in others[: told["others"]]]
    names = {keeper for _unit, keeper in communes} | {told["keeper"], told["office"], told["breaks_glass"]}
    actors = {name: _actor(users[name], today) for name in names}
    scene = Scene(told, actors, at, communes, Random(SEED), {}, [0])  # noqa: S311 - invented names, no secrets
    _plans(scene, province)
    for place, (unit, keeper) in enumerate(communes[: settings.DEMO_COMMUNES]):
        for entry in told["life"]:
            if place < entry.get("first", len(communes)):
                _live(Life(scene, unit, keeper, entry))
    sweep(at=at)
    return scene.numbers[0]


def _actor(user: User, on: date) -> Actor:
    found = actor_of(user, on)
    if found is None:
        raise RuntimeError(f"{user.username} holds no role on {on}")
    return found


def _plans(scene: Scene, province: Unit) -> None:
    at = scene.at - STORY
    office = scene.actor(scene.told["office"], timezone.localdate(at))
    for plan in scene.told["test_plan"]:
        ok(
            set_test_plan(
                actor=office, at=at, unit_id=province.pk, category=plan["category"], months=plan["months"],
                early_days=7, late_days=14, basis=plan["basis"], valid_from=timezone.localdate(at),
            )
        )  # fmt: skip


def _live(life: Life) -> None:
    for step in life.entry["steps"]:
        DOES[step["do"]](life, step)
    if not life.entry.get("undone"):
        _steps_done(life)
    life.scene.codes[life.entry["key"]] = life.code


def _steps_done(life: Life) -> None:
    """What the law asked for on the way was done in time; only what began today waits."""
    now = {"at": 0}
    found = file_of(life.actor(now), life.code, at=life.when(now))
    for clock in found.clocks if found else ():
        if clock.kind == "step" and clock.overdue:
            done = clock.opened_at + timedelta(hours=6)
            ok(
                finish_step(
                    actor=life.actor(now), at=life.when(now), clock_id=clock.clock_id, version=clock.version,
                    done_at=done,
                )
            )  # fmt: skip


def _open(life: Life, step: Step) -> None:
    scene, entry, on = life.scene, life.entry, life.day(step)
    scene.numbers[0] += 1
    number = scene.numbers[0]
    born = date(on.year - entry["age"], 1, 1 + number % 5)
    block = _person(scene, entry, born, number, life.unit)
    start = _starting(life, step)
    made = ok(
        open_file(
            actor=life.actor(step), at=life.when(step), unit_id=life.unit.pk, block=block, sex=entry["sex"],
            birth_year=born.year, start=start, sure=True,
        )
    )  # fmt: skip
    life.code, life.category = made.code, start.category


def _person(scene: Scene, entry: Mapping[str, Any], born: date, number: int, unit: Unit) -> PersonBlock:
    told, pick = scene.told, scene.chance.choice
    name = entry.get("name") or " ".join(
        (pick(told["families"]), pick(told["middles"][entry["sex"]]), pick(told["given"]))
    )
    place = f"{pick(told['hamlets'])}, {unit.name}"
    minor = entry["age"] < 18
    return PersonBlock(
        name=name,
        born_on=None if entry.get("numberless") else born,
        birthplace=unit.name,
        home_place=unit.name,
        permanent_address=place,
        present_address=place,
        id_kind="" if entry.get("numberless") else "cccd",
        id_number="" if entry.get("numberless") else f"0990{'0' if entry['sex'] == 'male' else '1'}{number:07d}",
        ethnicity="Kinh",
        occupation="Học sinh" if minor else "Lao động tự do",
        phone=f"0900000{number:03d}",
        guardian_name=f"{pick(told['families'])} Thị Người Mẹ" if minor else "",
        guardian_relation="Mẹ" if minor else "",
    )


def _starting(life: Life, step: Step) -> Starting:
    category, on = Category(step["category"]), life.day(step)
    ground = _ground(step["ground"], on)
    return Starting(
        category=category,
        ground=ground.code,
        setting=Setting(step["setting"]) if "setting" in step else None,
        on=on,
        triggered_on=on,
        paper=_paper(life, ground, on),
        after_setting=Setting(step["after_setting"]) if "after_setting" in step else None,
        site_name=step.get("site", ""),
        evidence=_evidence(life, ground, on),
    )


def _ground(code: str, on: date) -> Ground:
    found = law().ground(code, on)
    if found is None:
        raise RuntimeError(f"no ground {code} on {on}")
    return found


def _paper(life: Life, ground: Ground | None, on: date, title: str = "") -> PaperText:
    """The signed paper of a step, numbered in the order of the story."""
    life.scene.numbers.append(0)
    return PaperText(
        form=ground.form if ground else "",
        title=title or ("" if ground and ground.form else "Văn bản theo quy định"),
        number=f"{len(life.scene.numbers):02d}/QĐ-CAX",
        signed_on=on,
        decider=(ground.decider if ground else "") or "Trưởng Công an cấp xã",
        issuer_id=life.unit.pk,
    )


def _evidence(life: Life, ground: Ground, on: date) -> dict[str, PaperText]:
    return {need: attrs.evolve(_paper(life, None, on), form="", title="Giấy tờ kèm theo") for need in ground.needs}


def _start(life: Life, step: Step) -> None:
    start = _starting(life, step)
    ok(start_spell(actor=life.actor(step), at=life.when(step), code=life.code, start=start))
    life.category = start.category


def _ending(life: Life, step: Step) -> dict[str, Any]:
    """The running status that a step is about, and how it goes on."""
    on = life.day(step)
    ground = _ground(step["ground"], on)
    spell = next(each for each in life.file(step).running if each.category == ground.category)
    end = Ending(ground=ground.code, on=on, paper=_paper(life, ground, on), evidence=_evidence(life, ground, on))
    return {"spell_id": spell.spell_id, "version": spell.version, "end": end}


def _end(life: Life, step: Step) -> None:
    ok(end_spell(actor=life.actor(step), at=life.when(step), **_ending(life, step)))


def _pause(life: Life, step: Step) -> None:
    told = _ending(life, step)
    ok(
        pause_spell(
            actor=life.actor(step), at=life.when(step), spell_id=told["spell_id"], version=told["version"],
            pause=told["end"],
        )
    )  # fmt: skip


def _days(step: Step) -> list[int]:
    """The days of a series, from the day of loading."""
    return list(range(step["on"], step["until"] + 1, step["every"]))


def _test_ground(life: Life) -> str:
    return str(GROUND_OF.get(life.category, PLANNED))


def _tests(life: Life, step: Step) -> None:
    positive = step.get("positive", ())
    days = _days(step)
    entries = [
        TestEntry(
            key=life.scene.key(), code=life.code, on=life.day({"on": days_from}), ground=_test_ground(life),
            result="positive" if number in positive else "negative",
            substances=("methamphetamine",) if number in positive else (),
            same_sex_observer=True,
        )
        for number, days_from in enumerate(days, 1)
    ]  # fmt: skip
    last = {"on": days[-1]}
    for outcome in record_tests(actor=life.actor(last), at=life.when(last), entries=entries):
        ok(outcome.refusal or outcome.row)


def _test(life: Life, step: Step) -> None:
    ok(
        record_test(
            actor=life.actor(step), at=life.when(step), key=life.scene.key(), code=life.code, on=life.day(step),
            ground=_test_ground(life), result=step["result"], substances=("methamphetamine",), same_sex_observer=True,
        )
    )  # fmt: skip


def _checks(life: Life, step: Step) -> None:
    days = _days(step)
    entries = [
        ResidenceEntry(key=life.scene.key(), code=life.code, on=life.day({"on": day}), found="present") for day in days
    ]
    last = {"on": days[-1]}
    for outcome in record_residences(actor=life.actor(last), at=life.when(last), entries=entries):
        ok(outcome.refusal or outcome.row)


def _episode(life: Life, step: Step) -> None:
    ok(
        start_episode(
            actor=life.actor(step), at=life.when(step), key=life.scene.key(), code=life.code, on=life.day(step),
            kind=step["kind"], site_name=step["site"],
        )
    )  # fmt: skip


def _support(life: Life, step: Step) -> None:
    ok(
        add_support(
            actor=life.actor(step), at=life.when(step), key=life.scene.key(), code=life.code, on=life.day(step),
            kind=step["kind"], provider_name=step["provider"], amount=step.get("amount"),
        )
    )  # fmt: skip


def _pledge(life: Life, step: Step) -> None:
    ok(
        add_pledge(
            actor=life.actor(step), at=life.when(step), key=life.scene.key(), code=life.code, on=life.day(step),
            householder="Chủ Hộ Làm Mẫu",
        )
    )  # fmt: skip


def _move(life: Life, step: Step) -> None:
    to, receiver = life.scene.communes[step["to"]]
    on = life.day(step)
    file = life.file(step)
    paper = attrs.evolve(_paper(life, None, on, "Thông báo chuyển nơi cư trú"), form="")
    transfer = ok(
        hand_over(
            actor=life.actor(step), at=life.when(step), code=life.code, version=file.subject.version, moved_on=on,
            paper=paper, to_unit_id=to.pk,
        )
    )  # fmt: skip
    if "accepted" in step:
        then = {"on": step["accepted"]}
        actor = life.scene.actor(receiver, life.day(then))
        ok(accept_hand_over(actor=actor, at=life.when(then), transfer_id=transfer.pk, version=transfer.version))


def _twin(life: Life, step: Step) -> None:
    keep = life.scene.codes[step["of"]]
    ok(propose_merge(actor=life.actor(step), at=life.when(step), keep_code=keep, drop_code=life.code))


def _glass(life: Life, step: Step) -> None:
    at = life.when(step).replace(hour=NIGHT - 7)
    actor = life.scene.actor(life.scene.told["breaks_glass"], life.day(step))
    ok(break_glass(actor=actor, at=at, sought=life.code, reason=step["reason"]))


def _request(life: Life, step: Step) -> None:
    ok(
        receive(
            actor=life.actor(step), at=life.when(step), key=life.scene.key(), code=life.code, kind=step["kind"],
            received_on=life.day(step), words="Đề nghị được xem hồ sơ của mình.",
        )
    )  # fmt: skip


DOES: Mapping[str, Callable[[Life, Step], None]] = {
    "open": _open, "start": _start, "end": _end, "pause": _pause, "tests": _tests, "test": _test, "checks": _checks,
    "episode": _episode, "support": _support, "pledge": _pledge, "move": _move, "twin": _twin, "glass": _glass,
    "request": _request,
}  # fmt: skip
