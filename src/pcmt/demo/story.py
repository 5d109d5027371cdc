"""Telling the story of `data/story.toml`: each plan sent in, read, reviewed, adopted and worked at on its own days."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.utils import timezone

from pcmt.apps.accounts.models import Actor, Grant, Role, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.plans.models import BodyMatch, Item, ItemState, Plan, Revision
from pcmt.apps.plans.operations import (
    accept_confident,
    adopt,
    confirm_suggestions,
    create_bodies,
    create_body,
    decide_item,
    edit_header,
    edit_item,
    match_body,
    perform_reading,
    start_reading,
)
from pcmt.apps.reports.models import Duty, DutyState
from pcmt.apps.reports.operations.regimes import set_form
from pcmt.apps.reports.queries.forms import usual_form
from pcmt.apps.tasks.models import DueItem, DueKind, DueState
from pcmt.apps.tasks.operations import report_progress
from pcmt.apps.units.models import Unit
from pcmt.apps.units.names import is_class, name_key
from pcmt.apps.units.queries import committee
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import date_label
from pcmt.demo import following
from pcmt.demo.operations import refresh_statistics

HERE = Path(__file__).parent
ALIKE = 0.8
"""From this score on the reviewers of the story take a suggested unit."""

T = TypeVar("T")
Entry = Mapping[str, Any]


def ok(result: T | Refusal) -> T:
    """The result of an operation; a refusal here is a mistake in the demo's own data."""
    if isinstance(result, Refusal):
        raise RuntimeError(f"{result.code}: {result.message} {[problem.message for problem in result.problems]}")
    return result


def tell(at: datetime, units: Mapping[str, Unit], users: Mapping[str, User]) -> dict[str, Plan]:
    """Tell the whole story as of now; its plans, by the names of their texts."""
    told = {}
    for entry in plans():
        plan = told[entry["text"]] = _adopted(at, entry, units, users)
        refresh_statistics()
        _work(at, plan, entry, units, users)
    return told


def take_forms(at: datetime, users: Mapping[str, User]) -> None:
    """From today on the reports of plans that are not over are written here, each by its usual form."""
    today = timezone.localdate(at)
    keepers = {user.pk: user for user in users.values()}
    duties = Duty.objects.filter(state=DutyState.ACTIVE, form=None).select_related("plan").order_by("pk")
    for duty in duties:
        over = duty.plan.window_to is not None and duty.plan.window_to < today
        keeper = keepers.get(duty.plan.created_by_id)
        form, actor = usual_form(duty), actor_of(keeper, today) if keeper else None
        if form is None or actor is None or over:
            continue
        ok(set_form(actor=actor, at=at, duty_id=duty.pk, version=duty.version, form_id=form.pk))


def plans() -> list[Entry]:
    """The plans of the story, oldest first, that of today last."""
    found: list[Entry] = tomllib.loads((HERE / "data/story.toml").read_text(encoding="utf-8"))["plan"]
    return found


def noon(day: date, hour: int = 9) -> datetime:
    """An hour of a day, local time."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _adopted(at: datetime, entry: Entry, units: Mapping[str, Unit], users: Mapping[str, User]) -> Plan:
    today = timezone.localdate(at)
    on = entry.get("on") or today + timedelta(days=entry["since"])
    moment = noon(on)
    actor = actor_of(users[entry["user"]], on)
    if actor is None:
        raise RuntimeError(f"{entry['user']} holds no role on {on}")
    data = text_of(entry, today).encode()
    revision = ok(start_reading(actor=actor, at=moment, name=entry["file"], data=data, again=True))
    perform_reading(revision_id=revision.pk, at=moment)
    revision.refresh_from_db()
    _put_right(actor, moment, revision, entry, units)
    _review(actor, moment, revision, entry)
    ok(accept_confident(actor=actor, at=moment, revision_id=revision.pk, threshold=0))
    _match(actor, moment, revision, entry, units)
    return _adopt(actor, moment, revision)


def text_of(entry: Entry, today: date) -> str:
    """The text of a plan; the one of today has its dates filled in."""
    text = (HERE / f"texts/{entry['text']}.txt").read_text(encoding="utf-8")
    if "days" not in entry:
        return text
    days = {name: today + timedelta(days=count) for name, count in entry["days"].items()}
    day, month, year = date_label(days["issued"]).split("/")
    words = {name: date_label(each) for name, each in days.items()}
    return text.format_map(words | {"issued_words": f"ngày {day} tháng {month} năm {year}", "number": entry["number"]})


def _put_right(actor: Actor, at: datetime, revision: Revision, entry: Entry, units: Mapping[str, Unit]) -> None:
    changes: dict[str, Any] = {"issuer_id": units[entry["issuer"]].pk}
    changes |= {field: entry[name] for name, field in (("title", "title"), ("issued", "issued_on")) if name in entry}
    if "window" in entry:
        changes |= {"window_from": entry["window"][0], "window_to": entry["window"][1]}
    version = revision.header["version"]
    ok(edit_header(actor=actor, at=at, revision_id=revision.pk, version=version, changes=changes))


def _review(actor: Actor, at: datetime, revision: Revision, entry: Entry) -> None:
    """What the reviewer rejects and what the reviewer puts right; an item that is not there needs neither."""
    items = Item.objects.filter(revision=revision)
    for words in entry.get("rejected", ()):
        # A sentence that only asks for a report is followed as a report; as a task it would be owed twice.
        for item in items.filter(list_name="tasks", text__startswith=words):
            ok(decide_item(actor=actor, at=at, item_id=item.pk, version=item.version, state=ItemState.REJECTED))
    for edit in entry.get("edits", ()):
        for item in items.filter(list_name=edit["list"], text__startswith=edit["text"]):
            ok(edit_item(actor=actor, at=at, item_id=item.pk, version=item.version, edits=edit["set"]))


def _match(
    actor: Actor,
    at: datetime,
    revision: Revision,
    entry: Entry,
    units: Mapping[str, Unit],
) -> None:
    """Say which units the bodies are: first those that the story knows, then suggestions, the rest are made."""
    seat = committee(units[entry["issuer"]].pk, timezone.localdate(at))
    meant: dict[str, str | Sequence[str]] = {name_key(name): keys for name, keys in entry.get("bodies", {}).items()}
    for body in BodyMatch.objects.filter(revision=revision).order_by("pk"):
        keys = meant.get(body.search_key)
        if keys:
            ids = [units[key].pk for key in ([keys] if isinstance(keys, str) else keys)]
            ok(match_body(actor=actor, at=at, body_id=body.pk, version=body.version, unit_ids=ids))
    ok(confirm_suggestions(actor=actor, at=at, revision_id=revision.pk, threshold=ALIKE))
    for body in BodyMatch.objects.filter(revision=revision, unit__isnull=True, suggested__isnull=False):
        # What is only faintly alike is another body: it is taken by the name that stands there.
        made = create_body(
            actor=actor,
            at=at,
            body_id=body.pk,
            version=body.version,
            name=body.name,
            kind="group" if is_class(body.name) else "agency",
            level=seat.level if seat else "other",
            parent_id=seat.pk if seat else None,
        )
        if isinstance(made, Refusal) and made.ref is not None:
            made = match_body(actor=actor, at=at, body_id=body.pk, version=body.version, unit_ids=[made.ref])
        ok(made)
    ok(create_bodies(actor=actor, at=at, revision_id=revision.pk))


def _adopt(actor: Actor, at: datetime, revision: Revision) -> Plan:
    revision.refresh_from_db()
    asked = adopt(actor=actor, at=at, revision_id=revision.pk, version=revision.version)
    if isinstance(asked, Refusal) and asked.code == "confirm":
        codes = [problem.code for problem in asked.problems]
        asked = adopt(actor=actor, at=at, revision_id=revision.pk, version=revision.version, confirmed=codes)
    return Plan.objects.get(pk=ok(asked).plan_id)


class _Reporters:
    """Who reports for a unit on a day: its own officer in the demo, else the keeper of the plan."""

    def __init__(self, users: Mapping[str, User], keeper: User) -> None:
        officers = Grant.objects.filter(user__in=users.values(), role=Role.OFFICER).select_related("user")
        self._officers = {grant.unit_id: grant.user for grant in officers}
        self._keeper = keeper
        self._known: dict[tuple[int, date], Actor | None] = {}

    def on(self, day: date, unit_id: int | None) -> Actor:
        """The actor."""
        actor = self._actor(self._officers.get(unit_id or 0), day) or self._actor(self._keeper, day)
        if actor is None:
            raise RuntimeError(f"{self._keeper.username} holds no role on {day}")
        return actor

    def _actor(self, user: User | None, day: date) -> Actor | None:
        if user is None:
            return None
        if (user.pk, day) not in self._known:
            self._known[user.pk, day] = actor_of(user, day)
        return self._known[user.pk, day]


def _work(at: datetime, plan: Plan, entry: Entry, units: Mapping[str, Unit], users: Mapping[str, User]) -> None:
    """What people did under a plan up to now."""
    today, reporters = timezone.localdate(at), _Reporters(users, users[entry["user"]])
    for step in entry.get("step", ()):
        ok(following.take(step, plan, noon(today + timedelta(days=step["days"]), 15), today, units, users))
    if entry.get("finished"):
        _finish(plan, entry, units, reporters)
    elif "reports_missing" in entry:
        missing = [units[key].pk for key in entry["reports_missing"]]
        sent = DueItem.objects.filter(plan=plan, kind=DueKind.REPORT, due_on__lt=today)
        for due in sent.exclude(unit__in=missing).order_by("due_on", "pk"):
            if due.due_on:
                _report(due, reporters, due.due_on, "Đã gửi báo cáo.", done=True)


def _finish(plan: Plan, entry: Entry, units: Mapping[str, Unit], reporters: _Reporters) -> None:
    """Close what is open under a plan of the past: in time, but for what the story says was late or never done."""
    slow_units = {units[key].pk: days for key, days in entry.get("late_units", ())}
    left_open = tuple(entry.get("open", ()))
    begun = entry["on"]
    owed = DueItem.objects.filter(plan=plan, state=DueState.OPEN).order_by("due_on", "pk")
    for number, due in enumerate(owed):
        if due.label.startswith(left_open):
            continue
        last = due.due_on or plan.window_to or begun
        behind = next((days for words, days in entry.get("late", ()) if due.label.startswith(words)), None)
        if behind is None and due.kind == DueKind.REPORT:
            behind = slow_units.get(due.unit_id or 0)
        day = last + timedelta(days=behind) if behind else last - timedelta(days=number % 4)
        what = "Đã gửi báo cáo" if due.kind == DueKind.REPORT else "Đã thực hiện xong"
        note = f"{what}, chậm {behind} ngày." if behind else f"{what}."
        _report(due, reporters, max(day, begun), note, done=True)


def _report(
    due: DueItem, reporters: _Reporters, day: date, note: str, *, percent: int | None = None, done: bool = False
) -> None:
    due.refresh_from_db(fields=["version"])
    ok(
        report_progress(
            actor=reporters.on(day, due.unit_id),
            at=noon(day, 15),
            due_item_id=due.pk,
            version=due.version,
            percent=percent,
            note=note,
            done=done,
        )
    )
