"""What the walk starts with: a commune, its neighbours near and far, a thing of each kind, people in every role.

    Tỉnh An Bình                     above    its plan gives work to the commune
      Xã Đông Hòa                    own      everyone in the columns of the table works here ...
        Trạm Y tế xã Đông Hòa        child
        Công an xã Đông Hòa                   ... but the second standing office: in this body, which serves the commune
      Phường Tây Hòa                 sibling
    Tỉnh Bình Giang
      Xã Nam Giang                   foreign

Each of the five keeps a plan in force (two versions, a target, a task, a due item with a note and a file, one that is
done, a report duty), texts under review, ready to be adopted and failed to be read, and a person in a role.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import attrs
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from pcmt.apps.accounts.models import Actor, Grant, Invitation, Role, SavedFilter, User
from pcmt.apps.accounts.operations import create_user, grant_role, invite, save_filter, stop_user
from pcmt.apps.activities.models import Event, EventFile, EventState, OfflineEntry
from pcmt.apps.activities.operations.offline import FieldEntry
from pcmt.apps.facts.models import Form, Reconciliation, Recording, SheetImport
from pcmt.apps.facts.operations import (
    Entry,
    FormText,
    Line,
    define_form,
    load_catalogue,
    record_facts,
    start_sheet,
)
from pcmt.apps.facts.queries.templates import template_of
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.plans.models import (
    BodyMatch,
    Item,
    ItemState,
    ListName,
    Meeting,
    Plan,
    Revision,
    RevisionState,
    SourceFile,
)
from pcmt.apps.plans.operations import Adopted, accept_confident, adopt, create_bodies, hold_meeting, start_reading
from pcmt.apps.registers.models import (
    BreakGlass,
    Clock,
    DataRequest,
    DrugTest,
    Episode,
    LegalHold,
    OfflineConflict,
    Subject,
    Support,
    Team,
    TeamMember,
    TestPlan,
    Transfer,
    Visit,
)
from pcmt.apps.registers.operations.offline import CONTEXT
from pcmt.apps.registers.operations.offline import Entry as Offline
from pcmt.apps.registers.vault import seal
from pcmt.apps.reports.models import (
    Duty,
    DutyOccurrence,
    ExportBatch,
    ReportForm,
    SectionComment,
    Submission,
    SubmissionEdition,
    SubmissionFigure,
    SubmissionPicture,
    SubmissionSection,
)
from pcmt.apps.reports.operations import add_form, put_form_in_use, save_form_draft
from pcmt.apps.reports.queries import schema_of
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.letters import LetterWords
from pcmt.apps.tasks.models import (
    Batch,
    CalendarFeed,
    Decision,
    DueItem,
    Extension,
    NoteFile,
    Reminder,
    ReminderKind,
    Task,
    Urging,
)
from pcmt.apps.tasks.operations import (
    Said,
    carry_out,
    check_batch,
    decide,
    decline,
    hand_down,
    make_feed,
    report_progress,
    start_batch,
    urge,
)
from pcmt.apps.tips.models import Tip
from pcmt.apps.units.drafts import Draft
from pcmt.apps.units.models import ImportState, Reorganisation, Unit, UnitAlias, UnitImport
from pcmt.apps.units.operations import NewUnit, create_units, plan_reorganisation
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import ADMINISTRATIVE, Kind
from pcmt.core.schemas import Column, ColumnKind, Content, Section, SectionKind, SectionText, content_data, seal_of
from pcmt.core.schemas import Line as ReportLine
from tests.documents.samples import picture
from tests.factories.activities import RAID, event
from tests.factories.evidence import kept
from tests.factories.plans import ALL_CODES, EVENT, agency, outlined
from tests.factories.plans import Draft as Reading
from tests.factories.registers import spell, subject
from tests.factories.sheets import filled, put
from tests.factories.tip_rows import tip
from tests.factories.world import NOW

RELATIONS = ("own", "child", "sibling", "foreign", "above")
PASSWORD = "mot-mat-khau-dai-1"

SAMPLE = "mau-thu.txt"
"""A file of the demonstration, while the walk goes on."""

ROWS = (
    NewUnit(key="above", name="Tỉnh An Bình", kind="administrative", level="province", code="91"),
    NewUnit(key="own", name="Xã Đông Hòa", kind="administrative", level="commune", parent="above"),
    NewUnit(key="child", name="Trạm Y tế xã Đông Hòa", kind="agency", level="commune", parent="own"),
    NewUnit(key="agency", name="Công an xã Đông Hòa", kind="agency", level="commune", parent="own"),
    NewUnit(key="sibling", name="Phường Tây Hòa", kind="administrative", level="commune", parent="above"),
    NewUnit(key="far", name="Tỉnh Bình Giang", kind="administrative", level="province", code="92"),
    NewUnit(key="foreign", name="Xã Nam Giang", kind="administrative", level="commune", parent="far"),
)

TEXT = """ỦY BAN NHÂN DÂN
Số: {number}/KH-UBND
{issuer}, ngày 05 tháng 01 năm 2026
KẾ HOẠCH
Làm sạch địa bàn {issuer} năm 2026
I. CHỈ TIÊU
1. Ít nhất 80% hộ dân ký cam kết.
II. PHÂN CÔNG
1. {body}
- Lập danh sách người cần hỗ trợ, xong trước ngày 15/6/2026.
III. BÁO CÁO
{body} báo cáo {issuer} trước ngày 15 hằng tháng.
"""


@attrs.frozen(kw_only=True)
class Things:
    """One of every kind, all of one unit."""

    relation: str
    unit: Unit
    user: User
    grant: Grant
    invitation: Invitation
    stopped: User
    passkey: Authenticator
    alias: UnitAlias
    reorganisation: Reorganisation
    plan: Plan
    target: Target
    task: Task
    due: DueItem
    done: DueItem
    declined: DueItem
    part: DueItem
    duty: Duty
    notice: Notice
    ahead: DueItem
    asked: DueItem
    submitted: DueItem
    suspended: DueItem
    cancelled: DueItem
    file: NoteFile
    photo: NoteFile
    urging: Urging
    draft: Revision
    item: Item
    limit: Item
    head: Item
    body: BodyMatch
    ready: Revision
    failed: Revision
    feed: CalendarFeed
    batch: Batch
    carried: Batch
    sheet: Batch
    waiting: UnitImport
    imported: UnitImport
    kept: SavedFilter
    meeting: Meeting
    decision: Decision
    form: Form
    report_form: ReportForm
    report: Submission
    report_waiting: Submission
    report_sent: Submission
    report_taken: Submission
    report_correcting: Submission
    exported: ExportBatch
    recording: Recording
    difference: Reconciliation
    numbers: SheetImport
    filed: Subject
    tip: Tip


@attrs.frozen(kw_only=True)
class Standing:
    """A column of the table: somebody, who may hold a role at a unit. `user` is None for a visitor."""

    name: str
    user: User | None
    role: str = ""


@attrs.frozen(kw_only=True)
class World:
    """Everything above; `things` by relation."""

    units: dict[str, Unit]
    things: dict[str, Things]
    standings: tuple[Standing, ...]


AGENCY_OFFICE = f"{Role.STANDING_OFFICE.value}@agency"
STANDINGS = ("anonymous", "no_role", *Role.values, AGENCY_OFFICE)
"""The columns of the table, in order. A new role is a new column by itself."""


def build() -> World:
    """The world, made by the operations themselves, with a reader that finds in each text exactly what stands in it."""
    load_catalogue()
    units = create_units(actor=None, at=NOW, rows=ROWS)
    users = {name: _user(name) for name in STANDINGS[1:]}
    for role in Role.values:
        _granted(users[role], role, units["own"])
    _granted(users[AGENCY_OFFICE], Role.STANDING_OFFICE, units["agency"])
    with patch("pcmt.core.reading.read", _read):
        things = {
            relation: _things(units, relation, number, users[Role.STANDING_OFFICE] if relation == "own" else None)
            for number, relation in enumerate(RELATIONS, 1)
        }
    _failed_job()
    standings = [Standing(name="anonymous", user=None), Standing(name="no_role", user=users["no_role"])]
    standings += [Standing(name=role, user=users[role], role=role) for role in Role.values]
    standings.append(Standing(name=AGENCY_OFFICE, user=users[AGENCY_OFFICE], role=Role.STANDING_OFFICE))
    now = timezone.now()
    Visit.objects.bulk_create(
        Visit(
            user=each.user, unit=units["agency" if each.name == AGENCY_OFFICE else "own"], role=each.role,
            purpose="due", opened_at=now, until=now + timedelta(days=1),
        )
        for each in standings
        if each.user is not None and each.role
    )  # fmt: skip
    return World(units=units, things=things, standings=tuple(standings))


def _user(name: str) -> User:
    made = create_user(actor=None, at=NOW, username=name.replace("@", "."), full_name=name, password=PASSWORD)
    assert isinstance(made, User), made
    return made


def _granted(user: User, role: str, unit: Unit) -> Grant:
    made = grant_role(actor=None, at=NOW, user_id=user.pk, role=role, unit_id=unit.pk)
    assert isinstance(made, Grant), made
    return made


def _invited(unit: Unit, relation: str) -> Invitation:
    """Somebody who has not come yet, in a role that begins today and has an end: it may be extended and taken back."""
    today = timezone.localdate()
    made = invite(
        actor=None, at=timezone.now(), full_name=f"Khách {relation}", email=f"{relation}@example.vn",
        username=f"invited.{relation}", role=Role.OFFICER, unit_id=unit.pk, valid_from=today,
        valid_to=today + timedelta(days=90),
    )  # fmt: skip
    assert isinstance(made, Invitation), made
    return made


def _stopped(unit: Unit, relation: str) -> User:
    user = _user(f"stopped.{relation}")
    _granted(user, Role.OFFICER, unit)
    assert isinstance(stop_user(actor=None, at=NOW, user_id=user.pk, reason="Nghỉ việc"), User)
    user.refresh_from_db()
    return user


def _actor(user: User, role: str, unit: Unit) -> Actor:
    return Actor(user_id=user.pk, name=user.full_name, role=role, unit_id=unit.pk, unit_name=unit.name, on=date.today())


def _things(units: dict[str, Unit], relation: str, number: int, maker: User | None) -> Things:
    unit = units[relation]
    # The province gives work to the commune; each of the others to itself.
    owing = units["own"] if relation == "above" else unit
    person = _user(f"person.{relation}")
    grant = _granted(person, Role.OFFICER, unit)
    keeper = _actor(person, Role.STANDING_OFFICE, unit)
    text = TEXT.format(number=number, issuer=unit.name, body=owing.name)
    plan = _adopted(keeper, text, None).plan
    # The text of a real plan names its issuer in many ways; here it is this very unit.
    Plan.objects.filter(pk=plan.pk).update(issuer=unit)
    _adopted(keeper, text.replace("80%", "85%"), plan.pk)
    plan.refresh_from_db()
    due = DueItem.objects.filter(plan=plan, task__isnull=False, state="open").get()
    told = report_progress(
        actor=_actor(person, Role.OFFICER, owing), at=NOW, due_item_id=due.pk, version=due.version, percent=20,
        note="Đã họp",
        evidence=kept(
            _actor(person, Role.OFFICER, owing), NOW, due.pk,
            ("bien-ban.txt", f"biên bản {relation}".encode()), ("anh.png", picture(relation)),
        ),
    )  # fmt: skip
    assert not isinstance(told, Refusal), told
    due.refresh_from_db()
    done = DueItem.objects.filter(plan=plan, task__isnull=True, state="open").order_by("due_on")[0]
    told = report_progress(
        actor=_actor(person, Role.OFFICER, owing), at=NOW, due_item_id=done.pk, version=done.version, done=True
    )
    assert not isinstance(told, Refusal), told
    done.refresh_from_db()
    declined, part = _handed_on(_actor(person, Role.OFFICER, owing), due)
    # Its last report hangs on an event that nobody has named a day for.
    last = DueItem.objects.filter(plan=plan, task__isnull=True, state="open").order_by("-due_on")[0]
    waits = {"relation": "before", "precision": "event", "event": EVENT}
    DueItem.objects.filter(pk=last.pk).update(limit=waits, due_on=None, original_due_on=None)
    draft = _sent(keeper, TEXT.format(number=number + 20, issuer=unit.name, body=owing.name), None)
    Plan.objects.filter(pk=draft.plan_id).update(issuer=unit)
    draft.refresh_from_db()
    ready = _sent(keeper, TEXT.format(number=number + 40, issuer=unit.name, body=owing.name), None)
    assert not isinstance(accept_confident(actor=keeper, at=NOW, revision_id=ready.pk, threshold=0), Refusal)
    failed = _sent(keeper, TEXT.format(number=number + 60, issuer=unit.name, body=owing.name), None)
    Plan.objects.filter(pk__in=(ready.plan_id, failed.plan_id)).update(issuer=unit)
    Revision.objects.filter(pk=failed.pk).update(state=RevisionState.FAILED)
    ready.refresh_from_db()
    item = Item.objects.get(revision=draft, list_name=ListName.TASKS)
    assert item.state == ItemState.PROPOSED
    _events(unit, person)
    return Things(
        relation=relation,
        unit=unit,
        user=person,
        grant=grant,
        invitation=_invited(unit, relation),
        stopped=_stopped(unit, relation),
        alias=UnitAlias.objects.create(unit=unit, name=f"Tên cũ {relation}", search_key=f"ten cu {relation}"),
        reorganisation=_reorganisation(unit),
        passkey=Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Khóa"}),
        plan=plan,
        target=Target.objects.filter(plan=plan).active().get(),
        task=Task.objects.filter(plan=plan).standing().get(),
        due=due,
        done=done,
        declined=declined,
        part=part,
        duty=Duty.objects.filter(plan=plan, state="active").get(),
        notice=_told(person, due),
        **_in_states(plan, person, owing),
        file=NoteFile.objects.get(note__due_item=due, picture=False),
        photo=NoteFile.objects.get(note__due_item=due, picture=True),
        urging=_urging(keeper, due),
        draft=draft,
        item=item,
        limit=Item.objects.get(revision=draft, list_name=ListName.DEADLINES),
        head=Item.objects.get(revision=draft, list_name=ListName.ASSIGNMENTS),
        body=BodyMatch.objects.filter(revision=draft).order_by("pk")[0],
        ready=ready,
        failed=failed,
        feed=_feed(_actor(person, Role.OFFICER, unit)),
        **_batches(_actor(maker or person, Role.STANDING_OFFICE, unit), plan),
        waiting=_import(unit, person, ImportState.WAITING),
        imported=_import(unit, person, ImportState.DONE),
        kept=_kept(keeper),
        meeting=_meeting(keeper),
        decision=_decision(keeper),
        form=(form := _form(unit)),
        report_form=(report_form := _report_form(keeper)),
        **_reports(plan, owing, person, report_form),
        exported=_exported(_actor(maker or person, Role.STANDING_OFFICE, unit)),
        recording=_recording(keeper),
        difference=_difference(keeper),
        numbers=_numbers(keeper, form),
        filed=_filed(unit, person),
        tip=tip(unit, unit, identity=True, picture=True, on=date.today()),
    )


def _meeting(actor: Actor) -> Meeting:
    """A briefing of the unit."""
    made = hold_meeting(actor=actor, at=timezone.now(), unit_id=actor.unit_id, on=date(2026, 3, 2))
    assert isinstance(made, Meeting), made
    return made


def _decision(actor: Actor) -> Decision:
    """What a briefing of another day concluded, for nobody in particular."""
    held = hold_meeting(actor=actor, at=timezone.now(), unit_id=actor.unit_id, on=date(2026, 3, 9))
    assert isinstance(held, Meeting), held
    said = Said(words="Các đơn vị quán triệt kế hoạch")
    made = decide(actor=actor, at=timezone.now(), meeting_id=held.pk, key=uuid4(), said=said)
    assert isinstance(made, Decision), made
    return made


def _form(unit: Unit) -> Form:
    """A data form that asks the unit itself; no number was told in it yet."""
    text = FormText(title="Số liệu tháng", lines=(Line("posts"),), period="month", valid_from=date(2026, 1, 1))
    made = define_form(actor=None, at=NOW, root_id=unit.pk, form=text)
    assert isinstance(made, Form), made
    return made


def _report_form(keeper: Actor) -> ReportForm:
    """A report form in use, of which another version is being written."""
    made = add_form(actor=keeper, at=NOW, title="Báo cáo nhanh")
    assert isinstance(made, ReportForm), made
    numbers = Section(
        key="numbers", title="Số liệu", kind=SectionKind.FIGURES,
        lines=(ReportLine(key="cases", label="Số vụ", unit_word="vụ", element="cases_detected"),),
        columns=(Column(key="this", kind=ColumnKind.THIS, label="Kỳ này"),),
    )  # fmt: skip
    draft = made.versions.get()
    outline = schema_of(draft)
    draft = save_form_draft(
        actor=keeper, at=NOW, form_id=made.pk, draft_id=draft.pk, version=draft.version,
        schema=attrs.evolve(outline, sections=(*outline.sections, numbers)),
    )  # fmt: skip
    assert not isinstance(draft, Refusal), draft
    used = put_form_in_use(actor=keeper, at=NOW, form_id=made.pk, draft_id=draft.pk, version=draft.version)
    assert not isinstance(used, Refusal), used
    schema = attrs.evolve(schema_of(used), title="Báo cáo nhanh trong ngày")
    assert not isinstance(save_form_draft(actor=keeper, at=NOW, form_id=made.pk, schema=schema), Refusal)
    made.refresh_from_db()
    return made


def _field_entry_waits(unit: Unit, like: Event, person: User) -> None:
    """An entry from a device of the unit that a person has to look at."""
    told = FieldEntry(
        key=uuid4(), kind=like.kind.code, number=1, body_id=unit.pk, area_id=unit.pk, on=like.on, title="chờ xem"
    )
    OfflineEntry.objects.create(
        user=person, unit=unit, kind=like.kind, key=told.key, entry=told.data(), reason="likely", at=NOW
    )


def _events(unit: Unit, person: User) -> None:
    """One of each state that the pages of events ask for, told apart by their titles."""
    day = timezone.localdate(NOW)
    held = event(unit, on=day, title="đã ghi")
    _field_entry_waits(unit, held, person)
    EventFile.objects.create(
        event=held, file=_photo(person), name="anh.png", sha256="0" * 64, picture=True, made_at=NOW, made_by=person
    )
    event(unit, RAID, on=day, title="chờ", state=EventState.WAITING, data={"cases": 1})
    event(unit, on=day, title="đã bỏ", state=EventState.VOIDED)


def _photo(person: User) -> SourceFile:
    """A picture that somebody sent in."""
    photo, new = SourceFile.objects.get_or_create(
        sha256=f"{person.pk:063d}a",
        defaults={"name": "anh.png", "size": 9, "path": "anh.png", "uploaded_by": person, "uploaded_at": NOW},
    )
    if new and not default_storage.exists(photo.path):
        default_storage.save(photo.path, ContentFile(picture("Ra quân")))
    return photo


def _reports(plan: Plan, owing: Unit, person: User, form: ReportForm) -> dict[str, Submission]:
    """Reports for the last periods: written, waiting for the leader, sent, taken, taken and being corrected."""
    version = form.versions.get(state="in_use")
    states = {"report": "draft", "report_waiting": "waiting", "report_sent": "sent", "report_taken": "accepted"}
    states["report_correcting"] = "draft"
    free = DutyOccurrence.objects.filter(duty__plan=plan, unit=owing, due_item__state="open", period_to__isnull=False)
    free = free.filter(due_item__declined_at=None, due_item__due_on__isnull=False).order_by("-period_to")
    made = {}
    for (name, state), occurrence in zip(states.items(), free[1:6], strict=True):
        taken = name in ("report_taken", "report_correcting")
        sent = taken or state == "sent"
        file, _new = SourceFile.objects.get_or_create(
            sha256=f"{plan.pk:064d}",
            defaults={"name": "ban-ky.pdf", "size": 4, "path": "ban-ky.pdf", "uploaded_by": person, "uploaded_at": NOW},
        )
        if not default_storage.exists(file.path):
            default_storage.save(file.path, ContentFile(b"%PDF"))
        report = Submission.objects.create(
            occurrence=occurrence, duty=occurrence.duty, unit=owing, about=owing, form_version=version, state=state,
            period_from=occurrence.period_from, period_to=occurrence.period_to, opened_at=NOW, known_at=NOW,
            changed_at=NOW, sent_once=sent, edition=int(sent), signed=file if sent else None,
            correcting="Sai số" if name == "report_correcting" else "",
        )  # fmt: skip
        for section in schema_of(version).sections:
            if section.kind is SectionKind.NARRATIVE:
                SubmissionSection.objects.create(submission=report, key=section.key, text="Ổn định.")
        SubmissionFigure.objects.create(submission=report, line="cases")
        SectionComment.objects.create(
            submission=report, section="situation", at=NOW, actor=person, actor_name=person.full_name, unit=owing,
            words="Ghi rõ hơn.",
        )  # fmt: skip
        SubmissionPicture.objects.create(submission=report, section="situation", file=_photo(person), caption="Ra quân")
        if sent:
            said = Content(
                form=form.code, form_version=version.number, body=owing.name, unit_id=owing.pk,
                first=report.period_from, last=report.period_to, cutoff=NOW.date(),
                texts={row.key: SectionText(text=row.text) for row in report.sections.all()},
            )  # fmt: skip
            SubmissionEdition.objects.create(
                submission=report, number=1, form_version=version, content=content_data(said), seal=seal_of(said),
                cutoff=said.cutoff, known_at=NOW, sent_at=NOW, sent_by=person, sent_by_name=person.full_name,
                state="accepted" if taken else "sent",
            )  # fmt: skip
            done = "done" if taken else "submitted"
            DueItem.objects.filter(pk=occurrence.due_item_id).update(state=done, done_at=NOW, done_on=NOW.date())
        made[name] = report
    return made


def _numbers(keeper: Actor, form: Form) -> SheetImport:
    """A filled template that waits to be told."""
    span, at = ADMINISTRATIVE.around(Kind.MONTH, date.today()), timezone.now()
    data = filled(template_of(form, span, unit_id=keeper.unit_id, at=at), put({"posts|": 5}))
    made = start_sheet(
        actor=keeper, at=at, form=form, span=span, unit_id=keeper.unit_id, name="so-lieu.xlsx", data=data
    )
    assert isinstance(made, SheetImport), made
    return made


def _recording(keeper: Actor) -> Recording:
    """A number that the unit told of its own accord, in no form."""
    span = ADMINISTRATIVE.around(Kind.MONTH, date.today())
    told = Entry(keeper.unit_id, "broadcasts", span, Decimal(3))
    made = record_facts(actor=keeper, at=timezone.now(), entries=[told])
    assert isinstance(made, Recording), made
    return made


def _difference(keeper: Actor) -> Reconciliation:
    """A number that the unit typed, and that its records do not bear out."""
    span = ADMINISTRATIVE.around(Kind.MONTH, date.today() - timedelta(days=62))
    told = Entry(keeper.unit_id, "addicts_with_file", span, Decimal(3))
    made = record_facts(actor=keeper, at=timezone.now(), entries=[told])
    assert isinstance(made, Recording), made
    fact = made.facts.get()
    return Reconciliation.objects.create(
        unit_id=keeper.unit_id, element_id=fact.element_id, start=span.start, end=span.end, fact=fact, counted=2,
        opened_at=NOW, checked_at=NOW,
    )  # fmt: skip


def _filed(unit: Unit, person: User) -> Subject:
    """A file of a person, with a status, a hold, a request and a glass that somebody broke."""
    made = subject(unit)
    today = date.today()
    spell(made, on=today - timedelta(days=30))
    LegalHold.objects.create(subject=made, basis="1/CV-VKS", from_on=today, made_at=NOW, made_by=person)
    DataRequest.objects.create(
        subject=made, kind="see", received_on=today, answer_by=today + timedelta(days=4),
        finish_by=today + timedelta(days=10), made_at=NOW, made_by=person,
    )  # fmt: skip
    BreakGlass.objects.create(
        subject=made, user=person, user_name=person.full_name, user_unit=unit, reason="Bệnh viện cần biết ngay",
        on=today - timedelta(days=1), opened_at=NOW,
    )  # fmt: skip
    on = {"subject": made, "unit": unit, "on": today, "made_at": NOW, "made_by": person}
    DrugTest.objects.create(**on, ground="plan", result="negative")
    Episode.objects.create(**on, kind="rehab")
    Support.objects.create(**on, kind="job")
    team = Team.objects.create(subject=made, from_on=today, made_at=NOW, made_by=person)
    TeamMember.objects.create(team=team, part="family", sealed=b"-", key_id="-", from_on=today)
    Clock.objects.create(
        subject=made, unit=unit, kind="step", limit="send_decision", opened_at=NOW, opens_on=today, due_on=today
    )
    kept = seal(Offline(uuid4(), "test", made.code, today, "negative").data(), CONTEXT.format(key := uuid4()))
    OfflineConflict.objects.create(
        key=key, subject=made, kind="test", reason="same_day", sealed=kept.data, key_id=kept.key_id, at=NOW, user=person
    )
    gone = {"moved_on": today, "opened_at": NOW, "opened_by": person, "due_at": timezone.now() + timedelta(hours=20)}
    Transfer.objects.create(subject=made, from_unit=unit, to_name="Xã Xa", **gone)
    TestPlan.objects.create(
        unit=unit, category="illegal_user", months=1, basis="Kế hoạch", valid_from=today, made_at=NOW, made_by=person
    )
    coming = subject(Unit.objects.filter(level="province").order_by("pk")[0])
    Transfer.objects.create(subject=coming, from_unit=coming.unit, to_unit=unit, **gone)
    subject(unit, sex="female")
    return made


def _kept(actor: Actor) -> SavedFilter:
    """A filter that somebody shares with the unit: colleagues use it, and change nothing of it."""
    made = save_filter(actor=actor, at=NOW, page="tasks", name="Đã xong", query="trang_thai=da-xong", shared=True)
    assert isinstance(made, SavedFilter), made
    return made


def _urging(keeper: Actor, due: DueItem) -> Urging:
    """A letter about the due item, without a number yet."""
    words = LetterWords(agency=keeper.unit_name, symbol="CV")
    made = urge(actor=keeper, at=timezone.now(), batch=uuid4(), item_ids=[due.pk], words=words)
    assert isinstance(made, list), made
    return made[0]


def _in_states(plan: Plan, person: User, owing: Unit) -> dict[str, DueItem]:
    """Items with a limit ahead, with a request for more time, waiting for acceptance, at rest, cancelled."""
    ahead, asked, submitted, suspended, cancelled = DueItem.objects.filter(
        plan=plan, task__isnull=True, state="open", declined_at=None
    ).order_by("-due_on")[:5]
    limit = timezone.localdate() + timedelta(days=30)
    DueItem.objects.filter(pk__in=[ahead.pk, asked.pk]).update(due_on=limit)
    DueItem.objects.filter(pk=submitted.pk).update(state="submitted", done_at=NOW, done_on=NOW.date())
    DueItem.objects.filter(pk=suspended.pk).update(state="suspended", suspended_on=NOW.date())
    DueItem.objects.filter(pk=cancelled.pk).update(state="cancelled")
    Extension.objects.create(
        due_item=asked, from_on=limit, wanted_on=limit + timedelta(days=9), reason="Chờ", asked_at=NOW,
        asked_by=person, asked_by_name=person.full_name, unit=owing,
    )  # fmt: skip
    rows = {"ahead": ahead, "asked": asked, "submitted": submitted, "suspended": suspended, "cancelled": cancelled}
    for row in rows.values():
        row.refresh_from_db()
    return rows


def _handed_on(actor: Actor, due: DueItem) -> tuple[DueItem, DueItem]:
    """A report that its body says is not its to do, and a part of the task that it keeps for itself."""
    report = DueItem.objects.filter(plan=due.plan, task__isnull=True, state="open").order_by("due_on")[0]
    declined = decline(actor=actor, at=NOW, due_item_id=report.pk, version=report.version, reason="Không đúng việc")
    assert isinstance(declined, DueItem), declined
    made = hand_down(
        actor=actor, at=NOW, due_item_id=due.pk, version=due.version, unit_ids=[actor.unit_id], label="Ghi sổ"
    )
    assert isinstance(made, list), made
    due.refresh_from_db()
    return declined, made[0]


def _feed(actor: Actor) -> CalendarFeed:
    made = make_feed(actor=actor, at=NOW, name="Lịch của tôi")
    assert not isinstance(made, Refusal), made
    return made[0]


def _failed_job() -> None:
    DBTaskResult.objects.create(
        status=TaskResultStatus.FAILED, args_kwargs={"args": [], "kwargs": {}}, finished_at=NOW, run_after=NOW,
        task_path="pcmt.apps.jobs.jobs.housekeeping", backend_name="default", worker_ids=["may-1"],
        exception_class_path="builtins.ValueError",
    )  # fmt: skip


def _exported(actor: Actor) -> ExportBatch:
    """An archive of reports that somebody asked for: nobody else sees it."""
    path = default_storage.save("exports/0.zip", ContentFile(b"PK"))
    return ExportBatch.objects.create(
        owner_id=actor.unit_id, by_id=actor.user_id, role=actor.role, kind="docx", state="ready", file=path, at=NOW
    )


def _batches(actor: Actor, plan: Plan) -> dict[str, Batch]:
    """What somebody is about to do in one step, did in one step, and sent as a workbook: nobody else sees it."""
    due = DueItem.objects.filter(plan=plan, task=None, state="open", declined_at=None).order_by("due_on", "pk")[0]
    made = []
    for percent in (15, 25):
        due.refresh_from_db()
        batch = start_batch(actor=actor, at=NOW, act="percent", items=[(due.pk, due.version)])
        assert isinstance(batch, Batch), batch
        checked = check_batch(actor=actor, at=NOW, batch_id=batch.pk, given={"percent": percent})
        assert isinstance(checked, Batch), checked
        if not made:
            batch = carry_out(actor=actor, at=NOW, batch_id=batch.pk, seen=checked.seen)
            assert isinstance(batch, Batch), batch
        batch.refresh_from_db()
        made.append(batch)
    carried, waiting = made
    sheet = Batch.objects.create(
        way="sheet", name="bang.xlsx", grid=[{"name": "Bảng", "rows": [["Mã dòng"], ["x"]], "merged": []}],
        rows=[{"sheet": 0, "line": 2, "cells": {"key": [1, 0]}, "due": due.pk, "version": due.version}],
        outcomes=waiting.outcomes, counts=waiting.counts, seen="x", owner_id=actor.unit_id, by_id=actor.user_id, at=NOW,
    )  # fmt: skip
    return {"batch": waiting, "carried": carried, "sheet": sheet}


def _import(unit: Unit, person: User, state: str) -> UnitImport:
    """A list with one hamlet, looked at or already imported."""
    sheet = {"name": "Danh sách", "rows": [["Tên thôn"], [f"Thôn Mới {unit.pk}"]], "merged": []}
    return UnitImport.objects.create(
        kind="hamlets", area=unit, owner=unit, name="thon.xlsx", grid=[sheet], state=state, at=NOW, by_id=person.pk,
        by_name=person.full_name, made={"units": [], "aliases": [], "changed": []},
        counts={"new": 1, "changed": 0, "wrong": 0, "same": 0}, done_at=NOW if state == ImportState.DONE else None,
    )  # fmt: skip


def _told(person: User, due: DueItem) -> Notice:
    """What the person of a unit was told, which nobody in the columns of the table was; and a reminder to answer."""
    if due.due_on is not None:
        Reminder.objects.create(due_item=due, limit_on=due.due_on, kind=ReminderKind.OVERDUE, on=NOW.date(), at=NOW)
    tell(
        at=NOW, users=[person.pk], reason=Reason.ASSIGNED, about=due, address="/nhiem-vu/", title="Việc mới",
        key=f"due:{due.pk}",
    )  # fmt: skip
    return Notice.objects.get(user=person)


def _reorganisation(unit: Unit) -> Reorganisation:
    """Planned for a day to come, and so still to be cancelled."""
    on = timezone.localdate() + timedelta(days=200)
    draft = Draft(
        kind="several", on=on, title=f"Đổi tên {unit.name}", ground="Nghị quyết số 1/NQ-HĐND ngày 02/3/2026",
        events=(core.Renaming(on, str(unit.pk), f"{unit.name} mới"),),
    )  # fmt: skip
    made = plan_reorganisation(actor=None, at=timezone.now(), draft=draft)
    assert isinstance(made, Reorganisation), made
    return made


def _sent(actor: Actor, text: str, plan_id: int | None) -> Revision:
    made = start_reading(actor=actor, at=NOW, name="ke-hoach.txt", data=text.encode(), plan_id=plan_id, again=True)
    assert isinstance(made, Revision), made
    made.refresh_from_db()
    assert made.state == "review", made.message
    return made


def _adopted(actor: Actor, text: str, plan_id: int | None) -> Revision:
    revision = _sent(actor, text, plan_id)
    for done in (
        accept_confident(actor=actor, at=NOW, revision_id=revision.pk, threshold=0),
        create_bodies(actor=actor, at=NOW, revision_id=revision.pk),
    ):
        assert not isinstance(done, Refusal), done
    revision.refresh_from_db()
    done = adopt(actor=actor, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES)
    assert isinstance(done, Adopted), done
    return revision


def _read(text: str, *, name: str = "") -> dict[str, Any]:
    """What stands in TEXT, whoever it names: a target, a task with its limit, a monthly report."""
    lines = text.splitlines()
    issuer, body = lines[2].split(",")[0], lines[8].removeprefix("1. ")
    found = Reading(text)
    found.reading = {
        "schema": "pcmt-plan/1",
        "reader": "hand",
        "header": {
            "document_kind": "plan",
            "issuer": {"name": issuer, "level": "commune", "in_header": True},
            "number": {"value": lines[1].split()[1].split("/")[0], "symbol": "KH-UBND", "blank": False},
            "date": {"value": "2026-01-05"},
            "doc_type": {"value": "Kế hoạch"},
            "title": {"value": lines[4]},
            "period": {"from": "2026-01-05", "to": "2026-12-31", "source": "text"},
        },
        "outline": outlined(text),
        "unclaimed": [],
        "diagnostics": [],
    }
    share = lines[6].removeprefix("1. ").removesuffix(" ký cam kết.")
    facts = {"kind": "coverage", "comparator": "gte", "value": int(share.split()[2][:-1]), "unit": "percent"}
    found.add("targets", share, measure="hộ dân", **facts)
    head = found.add("assignments", body, kind="block", mode="assigned", agencies=[agency(body)], at=text.index("PHÂN"))
    task = found.add(
        "tasks", "Lập danh sách người cần hỗ trợ", role="own", assignment_ref=head, partners=[], deadline_refs=[]
    )
    limit = found.add(
        "deadlines", "trước ngày 15/6/2026", relation="before", precision="day", date="2026-06-15",
        binds={"type": "task", "ref": task},
    )  # fmt: skip
    found.reading["tasks"][0]["deadline_refs"].append(limit)
    found.add(
        "reporting_duties",
        f"báo cáo {issuer} trước ngày 15 hằng tháng",
        reporter=[agency(body)],
        recipient=[agency(issuer)],
        kind="periodic",
        period="monthly",
        due={"relation": "before", "precision": "recurring", "rule": "FREQ=MONTHLY;BYMONTHDAY=15"},
    )
    return found.reading
