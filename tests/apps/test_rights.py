"""Who sees what, model by model: the table below is the rule as people would tell it.

The world: the province's police keeps a plan in force that names Sở Y tế, Sở Tài chính, both communes and their police
(as members of a class, or given a share); it is issued by the province. It also reviews a draft. The police of Đông Hòa
commune keeps a draft of its own.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from pcmt.apps.accounts.models import Actor, Role, User
from pcmt.apps.accounts.operations import create_user
from pcmt.apps.accounts.policies import RIGHTS, Reach, can_audit, only_looks
from pcmt.apps.plans.models import ItemChange, Plan, PlanEvent, PlanUnit, SourceFile
from pcmt.apps.reports.models import DutyTask
from pcmt.apps.targets.models import BaselineFigure, Remark, Standing, StandingChange
from pcmt.apps.tasks.models import Comment, Dependency, DueItem, Extension, NoteFile, Reminder, Task, TaskTarget
from pcmt.apps.tasks.operations import hand_down, report_progress
from pcmt.apps.units.policies import can_keep_under, can_keep_units
from pcmt.web.history.trail import trail_of
from tests.factories.evidence import kept
from tests.factories.plans import TEXT, adopted, reviewed
from tests.factories.world import NOW, World

# Per actor (unit, role): sees the plan in force, the province's draft, the commune's draft.
#                                          in force  draft   commune's draft
SEES: dict[tuple[str, str], tuple[bool, bool, bool]] = {
    ("police", "standing_office"): (True, True, True),  # its area is the whole province
    ("police", "leader"): (True, True, False),  # the keeper's own leader
    ("police", "officer"): (True, False, False),
    ("an_binh", "leader"): (True, True, True),  # the chair of the province
    ("an_binh", "officer"): (True, False, False),
    ("health", "standing_office"): (True, True, True),  # a standing office serves the same committee
    ("health", "leader"): (True, False, False),
    ("health", "officer"): (True, False, False),  # named
    ("finance", "officer"): (True, False, False),  # named
    ("dong_hoa", "leader"): (True, False, True),
    ("dong_hoa", "officer"): (True, False, False),
    ("dong_hoa_police", "standing_office"): (True, False, True),
    ("dong_hoa_police", "leader"): (True, False, True),
    ("dong_hoa_police", "officer"): (True, False, False),
    ("dong_hoa_clinic", "officer"): (True, False, False),  # not named, but issued above it
    ("tay_hoa_police", "standing_office"): (True, False, False),  # a sibling's draft is not its business
    ("tay_hoa", "leader"): (True, False, False),
    ("an_binh", "auditor"): (True, True, True),  # an auditor reads along in the own part of the tree
    ("police", "auditor"): (True, True, False),
    ("dong_hoa", "auditor"): (True, False, True),
    ("dong_hoa", "commune_officer"): (True, False, False),  # an officer, whatever the level
    ("dong_hoa_police", "register_keeper"): (True, False, False),
    ("dong_hoa_clinic", "health_officer"): (True, False, False),
    ("dong_hoa_police", "tip_officer"): (True, False, False),
    ("dong_hoa_police", "custodian"): (True, False, False),
    ("police", "reviewer"): (True, True, False),  # reads drafts in the own part of the tree
    ("an_binh", "reviewer"): (True, True, True),
    ("dong_hoa", "reviewer"): (True, False, True),
    ("tay_hoa", "reviewer"): (True, False, False),
    ("an_binh", "administrator"): (True, False, False),  # keeps the accounts, not the plans
    ("police", "administrator"): (True, False, False),
    ("dong_hoa", "administrator"): (True, False, False),
    ("binh_giang", "reviewer"): (False, False, False),
    ("binh_giang", "administrator"): (False, False, False),
    ("binh_giang", "commune_officer"): (False, False, False),
    ("binh_giang_police", "register_keeper"): (False, False, False),
    ("binh_giang", "health_officer"): (False, False, False),
    ("binh_giang", "leader"): (False, False, False),
    ("binh_giang", "auditor"): (False, False, False),
    ("binh_giang_police", "standing_office"): (False, False, False),
    ("binh_giang_police", "leader"): (False, False, False),
    ("binh_giang_police", "officer"): (False, False, False),
}
PLANS = ("in_force", "draft", "commune")

# How a row of each model leads to its plan.
PATHS = {
    "plans.Plan": "pk",
    "plans.PlanUnit": "plan",
    "plans.Revision": "plan",
    "plans.Clause": "revision__plan",
    "plans.Item": "revision__plan",
    "plans.ItemChange": "item__revision__plan",
    "plans.BodyMatch": "revision__plan",
    "plans.SourceFile": "revisions__plan",
    "plans.PlanEvent": "plan",
    "targets.Target": "plan",
    "targets.Edition": "target__plan",
    "targets.Measure": "target__plan",
    "targets.BaselineFigure": "target__plan",
    "targets.Remark": "target__plan",
    "targets.Standing": "target__plan",
    "targets.StandingChange": "target__plan",
    "targets.Allocation": "target__plan",
    "tasks.Task": "plan",
    "tasks.TaskParty": "task__plan",
    "tasks.DueItem": "plan",
    "tasks.ProgressNote": "due_item__plan",
    "tasks.NoteFile": "note__due_item__plan",
    "tasks.Extension": "due_item__plan",
    "tasks.Comment": "due_item__plan",
    "tasks.Reminder": "due_item__plan",
    "tasks.Dependency": "after__plan",
    "tasks.TaskTarget": "task__plan",
    "reports.Duty": "plan",
    "reports.DutyReporter": "duty__plan",
    "reports.DutyTask": "duty__plan",
    "reports.DutyOccurrence": "duty__plan",
}
MINE = {"reports.ExportBatch", "tasks.Batch", "tasks.CalendarFeed", "tasks.FeedEntry"}
"""Models whose rows only their maker sees, whatever plans they are about."""
BETWEEN_OFFICES = {"tasks.Urging", "tasks.UrgingItem"}
"""Letters between two offices: seen by these and whoever answers for them, not with the plan (see test_urging)."""
OF_AREAS = {"plans.Meeting", "tasks.Decision", "tasks.Minutes"}
"""What is noted of an area: seen by who answers for it and by who is below it (see test_meetings, test_deciding)."""
OF_BODIES = {
    *("reports.Submission", "reports.SubmissionSection", "reports.SubmissionFigure", "reports.SubmissionEdition"),
    *("reports.SubmissionStep", "reports.SectionComment", "reports.SubmissionPicture", "reports.Consolidation"),
    *("reports.ConsolidationPart", "reports.Restatement", "reports.ReportForm", "reports.ReportFormVersion"),
}
"""What bodies write is theirs until they send it; forms are for everybody (see tests/apps/reports/test_rights)."""
OUTSIDE = {"audit", "jobs", "units", "accounts", "notices", "facts", "registers", "activities", "tips", "projects"}


@pytest.fixture
def plans(land: World, reader: None) -> dict[str, Plan]:
    in_force = adopted(land.office).plan
    due = DueItem.objects.filter(unit=land["health"]).exclude(task=None)[0]
    files = kept(land.actor("health"), NOW, due.pk, ("danh-sach.txt", "Danh sách".encode()))
    report_progress(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, percent=10, evidence=files)
    _followed(land, in_force, due)
    draft = reviewed(land.office, TEXT + "\n\n").plan
    commune = reviewed(land.actor("dong_hoa_police", "standing_office"), TEXT + "\n\n\n").plan
    # The commune's plan is issued by the commune, whatever its text says.
    Plan.objects.filter(pk=commune.pk).update(issuer=land["dong_hoa"])
    return {"in_force": in_force, "draft": draft, "commune": commune}


def _followed(land: World, plan: Plan, due: DueItem) -> None:
    """Rows of the kinds that come to a plan by following it through."""
    actor, day = land.actor("health"), due.due_on or NOW.date()
    said = {"unit_id": actor.unit_id}
    Extension.objects.create(
        due_item=due,
        from_on=day,
        wanted_on=day + timedelta(days=7),
        reason="Chờ kết quả rà soát",
        asked_at=NOW,
        asked_by_id=actor.user_id,
        asked_by_name=actor.name,
        **said,
    )
    Reminder.objects.create(due_item=due, kind="soon", number=0, limit_on=day, on=NOW.date(), at=NOW, told=1)
    Comment.objects.create(due_item=due, at=NOW, actor_id=actor.user_id, actor_name=actor.name, text="Đã rõ.", **said)
    first, second = Task.objects.filter(plan=plan)[:2]
    made: dict[str, Any] = {"made_at": NOW, "made_by_id": actor.user_id}
    Dependency.objects.create(before=first, after=second, **made)
    PlanEvent.objects.create(
        plan=plan, key="nghiem thu", words="nghiệm thu", said_at=NOW, said_by_id=actor.user_id, said_by_name=actor.name
    )
    target = plan.targets.all()[0]
    TaskTarget.objects.create(task=first, target=target, **made)
    of_target: dict[str, Any] = {"target": target, "unit": land["an_binh"]}
    BaselineFigure.objects.create(**of_target, value=3, source="Báo cáo năm 2025", at=NOW)
    Remark.objects.create(**of_target, reached=True, on=NOW.date(), at=NOW)
    judged: dict[str, Any] = {"sentence": "Chưa đến hạn.", "on": NOW.date()}
    Standing.objects.update_or_create(**of_target, defaults={**judged, "verdict": "not_due", "judged_at": NOW})
    StandingChange.objects.create(**of_target, **judged, after="not_due", at=NOW)
    DutyTask.objects.create(task=first, duty=plan.duties.all()[0], **made)


def rows_seen(model: type[Model], actor: Actor | None, plan: Plan) -> tuple[int, int]:
    """How many rows of a plan the actor sees, and how many there are."""
    at = PATHS[model._meta.label]
    manager: Any = model._default_manager
    return (
        manager.visible_to(actor).filter(**{at: plan.pk}).distinct().count(),
        manager.filter(**{at: plan.pk}).distinct().count(),
    )


def test_every_model_below_a_plan_is_seen_with_it(land: World, plans: dict[str, Plan]) -> None:
    names = {plan.pk: name for name, plan in plans.items()}

    def by_plan(label: str, rows: Any) -> dict[str, int]:
        """How many of some rows of a model belong to each of the three plans."""
        told = rows.filter(**{f"{PATHS[label]}__in": names}).order_by().values_list(PATHS[label], "pk").distinct()
        return dict(Counter(names[plan_id] for plan_id, _pk in told))

    managers: dict[str, Any] = {label: apps.get_model(label)._default_manager for label in PATHS}
    there = {label: by_plan(label, manager.all()) for label, manager in managers.items()}
    wrong = []
    for (unit, role), seen in SEES.items():
        actor = land.actor(unit, role)
        allowed = {name for name, expected in zip(PLANS, seen, strict=True) if expected}
        for label, manager in managers.items():
            visible = by_plan(label, manager.visible_to(actor))
            expected_rows = {name: count for name, count in there[label].items() if name in allowed}
            if visible != expected_rows:
                wrong.append(f"{role} {unit}: {label}: sees {visible}, not {expected_rows}")
    assert wrong == []


def test_the_world_has_rows_of_every_model(land: World, plans: dict[str, Plan]) -> None:
    """Otherwise the test above would prove nothing."""
    empty = [label for label in PATHS if not rows_seen(apps.get_model(label), None, plans["in_force"])[1]]
    assert empty == []
    labels = {model._meta.label for model in apps.get_models() if model.__module__.startswith("pcmt.")}
    assert labels == set(RIGHTS)
    below_plans = {label for label in labels if label.split(".")[0] not in OUTSIDE}
    assert below_plans == {*PATHS, *BETWEEN_OFFICES, *MINE, *OF_AREAS, *OF_BODIES}


def test_a_part_shows_the_plan_it_belongs_to(land: World, plans: dict[str, Plan]) -> None:
    """The police issued the plan itself and names no clinic; Sở Y tế hands the clinic a part of what it owes."""
    plan = plans["in_force"]
    Plan.objects.filter(pk=plan.pk).update(issuer=land["police"])
    PlanUnit.objects.filter(plan=plan, unit=land["dong_hoa_clinic"]).delete()
    clinic, beside = land.actor("dong_hoa_clinic"), land.actor("binh_giang")
    plan_wide = [label for label in PATHS if label != "plans.SourceFile"]
    assert [label for label in plan_wide if rows_seen(apps.get_model(label), clinic, plan)[0]] == []
    whole = DueItem.objects.filter(unit=land["health"]).exclude(task=None)[0]
    parts = hand_down(
        actor=land.actor("health"),
        at=NOW,
        due_item_id=whole.pk,
        version=whole.version,
        unit_ids=[land["dong_hoa_clinic"].pk],
        label="Rà soát ở trạm",
    )
    assert isinstance(parts, list), parts
    for label in plan_wide:
        seen, total = rows_seen(apps.get_model(label), clinic, plan)
        assert seen == total, label
        assert rows_seen(apps.get_model(label), beside, plan)[0] == 0, label


def test_nobody_sees_nothing(land: World, plans: dict[str, Plan]) -> None:
    for label in RIGHTS:
        manager: Any = apps.get_model(label)._default_manager
        bookkeeping = all(right.see is Reach.NOTHING for right in RIGHTS[label].values())
        if label.split(".")[0] not in {"audit", "jobs"} and not bookkeeping:
            assert not manager.visible_to(None).exists(), label


def test_the_matrix_agrees_with_the_table_of_rights() -> None:
    """Below a plan every model has the same sight, and only the reach of the table gives more than being named."""
    for label in PATHS:
        row = RIGHTS[label]
        assert {role: right.see for role, right in row.items()} == {
            Role.STANDING_OFFICE: Reach.AREA,
            Role.LEADER: Reach.SUBTREE,
            Role.OFFICER: Reach.NAMED,
            Role.COMMUNE_OFFICER: Reach.NAMED,
            Role.REGISTER_KEEPER: Reach.NAMED,
            Role.HEALTH_OFFICER: Reach.NAMED,
            Role.TIP_OFFICER: Reach.NAMED,
            Role.CUSTODIAN: Reach.NAMED,
            Role.REVIEWER: Reach.SUBTREE,
            Role.AUDITOR: Reach.SUBTREE,
            Role.ADMINISTRATOR: Reach.NAMED,
        }
        for role in (Role.LEADER, Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR):
            assert row[role].change is Reach.NOTHING
        officers = (Role.OFFICER, Role.COMMUNE_OFFICER, Role.REGISTER_KEEPER, Role.HEALTH_OFFICER)
        officers += (Role.TIP_OFFICER, Role.CUSTODIAN)
        assert len({row[role] for role in officers}) == 1


def test_every_role_of_the_table_is_tried(land: World) -> None:
    assert {role for _unit, role in SEES} == set(Role.values)


def test_who_only_looks_and_who_audits(land: World) -> None:
    actors = {role: land.actor("an_binh", role) for role in Role.values}
    lookers = {role for role, actor in actors.items() if only_looks(actor)}
    assert lookers == {Role.LEADER, Role.REVIEWER, Role.AUDITOR}
    assert {role for role, actor in actors.items() if can_audit(actor)} == {Role.AUDITOR}
    assert (only_looks(None), can_audit(None)) == (True, False)


def test_units_are_public_and_people_are_not(land: World) -> None:
    officer = land.actor("health")
    land.actor("dong_hoa_police")
    assert apps.get_model("units.Unit")._default_manager.visible_to(officer).count() == len(land.units)
    users: Any = apps.get_model("accounts.User")._default_manager
    grants: Any = apps.get_model("accounts.Grant")._default_manager
    assert [user.pk for user in users.visible_to(officer)] == [officer.user_id]
    assert grants.visible_to(officer).count() == 1
    chair = land.actor("an_binh", "leader")
    assert users.visible_to(chair).count() == users.count()
    assert list(grants.visible_to(land.actor("binh_giang", "leader")).values_list("unit", flat=True)) == [
        land["binh_giang"].pk
    ]


def test_whose_accounts_one_sees(land: World) -> None:
    """Per actor: the people of the own subtree, of the own area, or oneself alone; and who has no role at all yet."""
    people = {
        "health": land.actor("health", name="hoa").user_id,
        "police": land.actor("police", name="minh").user_id,
        "dong_hoa_clinic": land.actor("dong_hoa_clinic", name="mai").user_id,
        "binh_giang": land.actor("binh_giang", "leader", "khải").user_id,
    }
    nobody = create_user(actor=None, at=NOW, username="moi", full_name="Người mới")
    assert isinstance(nobody, User)
    people["no role yet"] = nobody.pk
    inside = {"health", "police", "dong_hoa_clinic"}
    expected = {
        ("police", "standing_office"): {"police"},
        ("an_binh", "leader"): inside,
        ("an_binh", "auditor"): inside,
        ("dong_hoa", "leader"): {"dong_hoa_clinic"},
        ("an_binh", "administrator"): {*inside, "no role yet"},
        ("police", "administrator"): {*inside, "no role yet"},  # the area of the committee it serves
        ("dong_hoa_police", "administrator"): {"dong_hoa_clinic", "no role yet"},
        ("binh_giang", "administrator"): {"binh_giang", "no role yet"},
        ("an_binh", "reviewer"): set(),
        ("an_binh", "officer"): set(),
        ("dong_hoa", "commune_officer"): set(),
    }
    users: Any = apps.get_model("accounts.User")._default_manager
    grants: Any = apps.get_model("accounts.Grant")._default_manager
    found = {}
    for unit, role in expected:
        actor = land.actor(unit, role)
        seen = set(users.visible_to(actor).exclude(pk=actor.user_id).values_list("pk", flat=True))
        found[unit, role] = {key for key, pk in people.items() if pk in seen}
        held = set(grants.visible_to(actor).exclude(user=actor.user_id).values_list("user_id", flat=True))
        assert {key for key, pk in people.items() if pk in held} == found[unit, role] - {"no role yet"}
    assert found == expected


def test_who_keeps_units(land: World) -> None:
    keepers = {role for role in Role.values if can_keep_units(land.actor("an_binh", role))}
    assert keepers == {Role.STANDING_OFFICE, Role.ADMINISTRATOR}
    assert can_keep_under(land.actor("dong_hoa_police", "administrator"), land["dong_hoa"].pk)
    assert not can_keep_under(land.actor("dong_hoa_police", "administrator"), land["an_binh"].pk)


def test_a_file_one_sent_oneself_stays_visible(land: World, plans: dict[str, Plan]) -> None:
    sender = land.actor("health")
    due = DueItem.objects.filter(unit=land["health"]).exclude(task=None)[0]
    files = kept(sender, NOW, due.pk, ("a.txt", "ảnh".encode()))
    report_progress(actor=sender, at=NOW, due_item_id=due.pk, version=due.version, note="kèm danh sách", evidence=files)
    assert SourceFile.objects.visible_to(sender).filter(name="a.txt").exists()
    assert not SourceFile.objects.visible_to(land.actor("finance")).filter(name="a.txt").exists()
    assert NoteFile.objects.visible_to(land.actor("finance")).filter(file__isnull=False, name="a.txt").exists()


# Per actor: sees of the history of the plan in force what the keeper did, what Sở Y tế reported.
HISTORY = {
    ("police", "standing_office"): (True, True),  # keeps the plan
    ("police", "leader"): (True, True),
    ("an_binh", "leader"): (True, True),  # issued it
    ("police", "officer"): (False, False),
    ("health", "standing_office"): (False, True),
    ("health", "leader"): (False, True),
    ("health", "officer"): (False, True),  # the one who reported
    ("finance", "officer"): (False, False),
    ("dong_hoa_police", "standing_office"): (False, False),
    ("police", "reviewer"): (True, True),
    ("an_binh", "administrator"): (False, False),  # the history of a plan is its content
}


def test_the_history_agrees_with_the_table_of_rights(land: World, plans: dict[str, Plan]) -> None:
    row = RIGHTS["audit.Entry"]
    assert (row[Role.STANDING_OFFICE].see, row[Role.LEADER].see, row[Role.OFFICER].see) == (
        Reach.SUBTREE,
        Reach.SUBTREE,
        Reach.OWN,
    )
    found = {}
    for unit, role in HISTORY:
        trail = trail_of(land.actor(unit, role), plans["in_force"])
        events = set(trail.entries.values_list("event", flat=True))
        found[unit, role] = ("plans.revision.adopted" in events, "tasks.due.reported" in events)
        assert trail.whole is all(found[unit, role])
    assert found == HISTORY


def test_a_role_that_ended_sees_by_its_day(land: World, plans: dict[str, Plan]) -> None:
    """Sight follows the tree of the actor's day."""
    assert ItemChange.objects.visible_to(land.office).exists()
    assert PlanUnit.objects.visible_to(land.actor("health")).exists()
