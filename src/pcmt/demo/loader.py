"""Loading the demonstration story by the operations that people use.

Everything is done at the day of the story and by the people of the story: a plan is sent in, read, reviewed, matched
and adopted, then its bodies report. Loading is one transaction: it is there wholly or not at all, and a second load
changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import attrs
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.operations import create_user, delegate_grant, grant_role
from pcmt.apps.accounts.queries import grants_of
from pcmt.apps.activities.operations.kinds import load_kinds
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.plans.models import SourceFile
from pcmt.apps.reports.operations import load_forms
from pcmt.apps.tasks.operations import remind
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.demo import activities, figures, projects, registers, reorganisations, reports, story, tips, units
from pcmt.demo.samples import write_samples

DATA = Path(__file__).parent / "data"
BEGINNING = date(2019, 1, 1)
"""The day on which the story's people take up their posts."""

REMINDED_DAYS = 8
"""For so many days the reminders of every morning went out: what is still open was open then."""


@attrs.frozen
class DemoUser:
    """Somebody who can sign in to the demo, with today's post."""

    username: str
    name: str
    role: str
    unit: str


@attrs.frozen
class Loaded:
    """What is there after loading; `already` when it was there before."""

    plans: int
    users: tuple[DemoUser, ...]
    password: str
    samples: tuple[Path, ...]
    already: bool = False


def load(at: datetime) -> Loaded:
    """Load the story as of now, unless it is there; the files to upload are put into the data folder in any case."""
    people = _people()
    samples = tuple(write_samples(settings.PCMT_DATA / "demo"))
    with transaction.atomic():
        already = User.objects.filter(username=people["user"][0]["username"]).exists()
        plans = 0 if already else _load(at, people)
        load_catalogue(at=at)  # what is new in the tables reaches a story loaded earlier
        load_forms(at=at)
        load_kinds(at=at)
    return Loaded(plans, tuple(_signing_in(people, timezone.localdate(at))), settings.DEMO_PASSWORD, samples, already)


def reset(at: datetime) -> Loaded | Refusal:
    """Empty the database and load the story anew. Refused where anybody but the demo's people has an account."""
    people = _people()
    strangers = User.objects.exclude(username__in=[each["username"] for each in people["user"]])
    strangers = strangers.exclude(username__regex=reports.WRITERS, email="")
    if strangers.exists():
        names = ", ".join(strangers.order_by("username").values_list("username", flat=True)[:5])
        return Refusal(
            code="not_only_demo",
            message=f"Không xóa: cơ sở dữ liệu có người dùng ngoài dữ liệu minh họa ({names}).",
        )
    paths = list(SourceFile.objects.values_list("path", flat=True))
    call_command("flush", interactive=False, verbosity=0)
    for path in paths:
        default_storage.delete(path)
    return load(at)


def _people() -> dict[str, Any]:
    return tomllib.loads((DATA / "users.toml").read_text(encoding="utf-8"))


def _load(at: datetime, people: Mapping[str, Any]) -> int:
    begun = timezone.make_aware(datetime.combine(BEGINNING, time(8)))
    made = units.make_units(begun, timezone.localdate(at))
    load_catalogue(at=begun)
    users = {entry["username"]: _user(begun, entry, settings.DEMO_PASSWORD, made) for entry in people["user"]}
    reorganisations.happen(at, made, users)
    load_catalogue()
    load_kinds()
    plans = story.tell(at, made, users)
    load_forms(at=at)  # what was reported up to now went another way
    story.take_forms(at, users)
    for entry in people["grant"]:
        _grant(at, entry, users, made)
    figures.tell(at, plans, made, users)
    reports.tell(at, plans, made, users)
    registers.tell(at, made, users)
    projects.tell(at, plans, made, users)
    activities.tell(at, made, users)
    tips.tell(at, made, users)
    for back in range(REMINDED_DAYS, -1, -1):
        remind(at=at - timedelta(days=back))
    reorganisations.plan(at, made, users)
    return len(plans)


def _user(at: datetime, entry: Mapping[str, Any], password: str, made: Mapping[str, Unit]) -> User:
    user = story.ok(
        create_user(
            actor=None,
            at=at,
            username=entry["username"],
            full_name=entry["name"],
            post=entry["post"],
            email=f"{entry['username']}@{settings.DEMO_EMAIL_DOMAIN}",
            password=password,
        )
    )
    for role, key in entry["roles"]:
        unit = made[key]
        story.ok(
            grant_role(
                actor=None,
                at=at,
                user_id=user.pk,
                role=role,
                unit_id=unit.pk,
                valid_from=unit.valid_from or BEGINNING,
                valid_to=unit.valid_to,
            )
        )
    return user


def _grant(at: datetime, entry: Mapping[str, Any], users: Mapping[str, User], made: Mapping[str, Unit]) -> None:
    """A role held by a title of its own: acting, or by delegation of somebody's role."""
    user, today = users[entry["user"]], timezone.localdate(at)
    if "delegated_by" not in entry:
        story.ok(
            grant_role(
                actor=None,
                at=at,
                user_id=user.pk,
                role=entry["role"],
                unit_id=made[entry["unit"]].pk,
                kind=entry["kind"],
                valid_from=today,
                ground=entry["ground"],
            )
        )
        return
    story.ok(
        delegate_grant(
            actor=None,
            at=at,
            grant_id=grants_of(users[entry["delegated_by"]], today)[0].pk,
            user_id=user.pk,
            valid_from=today,
            valid_to=today + timedelta(days=entry["until"]),
            ground=entry["ground"],
            reason=entry["reason"],
        )
    )


def _signing_in(people: Mapping[str, Any], on: date) -> Iterator[DemoUser]:
    for entry in people["user"]:
        user = User.objects.filter(username=entry["username"]).first()
        held = grants_of(user, on) if user else []
        if user and held:
            yield DemoUser(user.username, user.full_name, held[0].get_role_display(), held[0].unit.name)
