"""A real-sized province as rows: thirty bodies, 130 communes, a plan of 300 tasks and 60 targets, all kinds of dues.

Written straight into the tables, because these tests are about pages, not about how the rows come to be.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
from django.contrib.auth.hashers import make_password

from pcmt.apps.accounts.models import Actor, Grant, Role, User
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import (
    Clause,
    Item,
    ItemState,
    ListName,
    Plan,
    PlanKind,
    PlanState,
    PlanUnit,
    Revision,
    RevisionState,
    SourceFile,
)
from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyReporter
from pcmt.apps.targets.models import Allocation, Target
from pcmt.apps.tasks.models import (
    DueItem,
    DueKind,
    DueState,
    Mode,
    NoteEvent,
    PartyRole,
    ProgressNote,
    Task,
    TaskParty,
    TaskState,
)
from pcmt.apps.units.models import GroupMember, Level, Unit, UnitClosure, UnitKind, UnitLink
from pcmt.core.text import fold, sort_key

AGENCIES = (
    "Công an tỉnh", "Sở Y tế", "Sở Giáo dục và Đào tạo", "Sở Văn hóa, Thể thao và Du lịch", "Sở Tài chính",
    "Sở Tư pháp", "Sở Nội vụ", "Sở Khoa học và Công nghệ",
    "Sở Nông nghiệp và Môi trường", "Sở Công Thương", "Sở Xây dựng",
    "Sở Dân tộc và Tôn giáo", "Sở Ngoại vụ", "Bộ Chỉ huy Quân sự tỉnh", "Ban Chỉ huy Bộ đội Biên phòng tỉnh",
    "Chi cục Hải quan khu vực", "Thanh tra tỉnh", "Văn phòng Ủy ban nhân dân tỉnh",
    "Báo và Phát thanh, Truyền hình tỉnh",
    "Cơ sở cai nghiện ma túy tỉnh", "Trung tâm Kiểm soát bệnh tật tỉnh", "Bảo hiểm xã hội tỉnh",
    "Trường Đại học Bình Minh",
)  # fmt: skip
ASKED = (
    "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh và các tổ chức chính trị - xã hội cùng cấp trên địa bàn tỉnh Bình Minh",
    "Viện kiểm sát nhân dân tỉnh", "Tòa án nhân dân tỉnh", "Hội Liên hiệp Phụ nữ tỉnh", "Đoàn Thanh niên tỉnh",
    "Hội Cựu chiến binh tỉnh", "Liên đoàn Lao động tỉnh",
)  # fmt: skip
WORK = (
    "Rà soát, lập danh sách người có nguy cơ cao trên địa bàn, phân công người giúp đỡ từng người và ghi sổ theo dõi",
    "Mở các buổi nói chuyện tại trường học, khu công nghiệp, bến xe về tác hại của ma túy tổng hợp",
    "Kiểm tra cơ sở kinh doanh có điều kiện về an ninh trật tự, lập biên bản và xử lý vi phạm",
    "Bố trí nhân lực, thuốc và chỗ điều trị cho người nghiện đăng ký cai tự nguyện tại gia đình và cộng đồng",
    "Dựng chuyên mục phát hằng tuần trên đài, giới thiệu người thật việc thật đã cai nghiện thành công",
    "Tổng hợp số liệu, đối chiếu với danh sách của cấp xã và gửi về cơ quan thường trực",
)
REPORT = "Gửi báo cáo kết quả thực hiện về Công an tỉnh để tổng hợp"


@attrs.define
class Province:
    """What was built, for a test to ask about."""

    today: date
    seat: Unit
    office: Unit
    plan: Plan
    revision: Revision
    users: dict[str, User]


def build(today: date, *, tasks: int = 300, communes: int = 130, targets: int = 60, password: str = "") -> Province:
    """The whole province, as of `today`; the plan runs over its year. With a password people can sign in."""
    seat, agencies, asked, wards, group = _units(communes)
    users = _users(seat, agencies, wards, password)
    plan = Plan.objects.create(
        kind=PlanKind.PLAN,
        title=f"Thực hiện công tác phòng, chống ma túy trên địa bàn tỉnh Bình Minh năm {today.year} và chuyển hóa "
        "địa bàn trọng điểm, phức tạp về ma túy theo lộ trình xây dựng xã, phường không ma túy",
        search_key=fold(
            f"12/KH-UBND Thực hiện công tác phòng, chống ma túy trên địa bàn tỉnh Bình Minh năm {today.year}"
        ),
        number="12",
        symbol="KH-UBND",
        issued_on=date(today.year, 1, 9),
        issuer=seat,
        owner=agencies[0],
        window_from=date(today.year, 1, 1),
        window_to=date(today.year, 12, 31),
        state=PlanState.ADOPTED,
        created_by=users["office"],
        created_at=_at(date(today.year, 1, 10)),
    )
    PlanUnit.objects.bulk_create(PlanUnit(plan=plan, unit=unit) for unit in (*agencies, *asked, *wards))
    revision = _revision(plan, users["office"], tasks, targets)
    _targets(plan, revision, agencies)
    made = _tasks(plan, revision, agencies, asked, group)
    _due_items(plan, made, wards, group, today)
    _duties(plan, revision, agencies, wards, group, today)
    _told(plan, users, today)
    _projects(plan, revision, agencies, users["office"])
    return Province(today, seat, agencies[0], plan, revision, users)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, 30, tzinfo=UTC)


def _units(communes: int) -> tuple[Unit, list[Unit], list[Unit], list[Unit], Unit]:
    def unit(name: str, kind: str, level: str, short: str = "") -> Unit:
        return Unit(name=name, short_name=short, search_key=fold(name), sort_key=sort_key(name), kind=kind, level=level)

    seat = unit("Tỉnh Bình Minh", UnitKind.ADMINISTRATIVE, Level.PROVINCE)
    agencies = [unit(name, UnitKind.AGENCY, Level.PROVINCE) for name in AGENCIES]
    asked = [unit(name, UnitKind.AGENCY, Level.PROVINCE) for name in ASKED]
    asked[0].short_name = "MTTQ tỉnh"
    wards = [
        unit(f"{'Phường' if number % 4 == 0 else 'Xã'} Đồng Tâm {number}", UnitKind.ADMINISTRATIVE, Level.COMMUNE)
        for number in range(1, communes + 1)
    ]
    group = unit("Ủy ban nhân dân các xã, phường", UnitKind.GROUP, Level.COMMUNE)
    Unit.objects.bulk_create([seat, *agencies, *asked, *wards, group])
    below = [*agencies, *asked, *wards]
    UnitLink.objects.bulk_create(UnitLink(parent=seat, child=each) for each in below)
    UnitClosure.objects.bulk_create(
        [UnitClosure(ancestor=each, descendant=each, depth=0) for each in (seat, group, *below)]
        + [UnitClosure(ancestor=seat, descendant=each, depth=1) for each in below]
    )
    GroupMember.objects.bulk_create(GroupMember(group=group, unit=ward) for ward in wards)
    return seat, agencies, asked, wards, group


def _users(seat: Unit, agencies: list[Unit], wards: list[Unit], password: str) -> dict[str, User]:
    posts = {
        "office": ("Nguyễn Thị Hương Giang", Role.STANDING_OFFICE, agencies[0]),
        "leader": ("Trần Quốc Bảo", Role.LEADER, seat),
        "officer": ("Lê Hoàng Minh Châu", Role.OFFICER, agencies[1]),
        "ward": ("Phạm Văn Đạt", Role.OFFICER, wards[0]),
        "stranger": ("Đỗ Khánh Vân", Role.OFFICER, None),
    }
    users = {}
    for username, (name, role, unit) in posts.items():
        users[username] = User.objects.create(
            username=username, full_name=name, password=make_password(password or None)
        )
        if unit is not None:
            Grant.objects.create(user=users[username], role=role, unit=unit)
    return users


def _revision(plan: Plan, user: User, tasks: int, targets: int) -> Revision:
    """A text with its outline and its items: targets in section I, tasks in section II, one duty in section III."""
    lines: list[str] = []
    clauses: list[dict] = []
    items: list[dict] = []

    def write(text: str, **clause: object) -> int:
        start = sum(len(line) + 1 for line in lines)
        lines.append(text)
        if clause:
            clauses.append({"start": start, "end": start + len(text), "line": len(lines), **clause})
        return start

    def item(list_name: str, key: str, start: int, text: str) -> None:
        items.append({"list_name": list_name, "key": key, "start": start, "text": text, "at": len(clauses) - 1})

    write("ỦY BAN NHÂN DÂN TỈNH BÌNH MINH")
    write("KẾ HOẠCH")
    write(plan.title)
    write("I. CHỈ TIÊU", address="I", label="I.", level=1, kind="section", heading="CHỈ TIÊU")
    for number in range(1, targets + 1):
        phrase = f"ít nhất {50 + number % 50}% thôn, tổ dân phố số {number} ký cam kết không có người nghiện mới"
        start = write(
            f"{number}. {phrase}.", address=f"I.{number}", label=f"{number}.", level=2, kind="item", heading=""
        )
        item(ListName.TARGETS, f"T{number}", start + len(f"{number}. "), phrase)
    write("II. NHIỆM VỤ", address="II", label="II.", level=1, kind="section", heading="NHIỆM VỤ VÀ PHÂN CÔNG")
    for number in range(1, tasks + 1):
        if number % 10 == 1:
            body = AGENCIES[number // 10 % len(AGENCIES)]
            head = f"{number // 10 + 1}. {body}"
            write(
                head, address=f"II.{number // 10 + 1}", label=f"{number // 10 + 1}.", level=2, kind="item", heading=body
            )
        text = f"{WORK[number % len(WORK)]} (đợt {number})"
        address = f"II.{(number - 1) // 10 + 1}.-{(number - 1) % 10 + 1}"
        start = write(f"- {text}.", address=address, label="-", level=3, kind="bullet", heading="")
        item(ListName.TASKS, f"K{number}", start + 2, text)
    write("III. BÁO CÁO", address="III", label="III.", level=1, kind="section", heading="CHẾ ĐỘ BÁO CÁO")
    for number, when in enumerate(("trước ngày 15 hằng tháng", "trước ngày 16/6", "khi có việc đột xuất"), 1):
        text = f"{REPORT} {when}"
        start = write(
            f"{number}. {text}.", address=f"III.{number}", label=f"{number}.", level=2, kind="item", heading=""
        )
        item(ListName.REPORTING_DUTIES, f"R{number}", start + 3, text)
    start = write('4. Dự án "Trường học sạch ma túy".', address="III.4", label="4.", level=2, kind="item", heading="")
    item(ListName.PROJECTS, "P1", start + 3, 'Dự án "Trường học sạch ma túy"')

    source = SourceFile.objects.create(
        sha256="0" * 64, name="ke-hoach.docx", size=10, path="00/0", uploaded_by=user, uploaded_at=plan.created_at
    )
    revision = Revision.objects.create(
        plan=plan,
        number=1,
        source=source,
        source_name="Kế hoạch phòng, chống ma túy của tỉnh.docx",
        text="\n".join(lines),
        reading={"schema": "pcmt-plan/1", "header": {}},
        state=RevisionState.ADOPTED,
        created_by=user,
        created_at=plan.created_at,
        adopted_by=user,
        adopted_at=plan.created_at,
    )
    made = Clause.objects.bulk_create(
        Clause(revision=revision, key=f"C{number}", order=number, **clause) for number, clause in enumerate(clauses)
    )
    Item.objects.bulk_create(
        Item(
            revision=revision,
            list_name=each["list_name"],
            key=each["key"],
            start=each["start"],
            end=each["start"] + len(each["text"]),
            line=made[each["at"]].line,
            text=each["text"],
            confidence=0.9,
            state=ItemState.ACCEPTED,
            clause=made[each["at"]],
        )
        for each in items
    )
    return revision


def _items(revision: Revision, list_name: str) -> list[Item]:
    return list(Item.objects.filter(revision=revision, list_name=list_name).order_by("start"))


def _targets(plan: Plan, revision: Revision, agencies: list[Unit]) -> None:
    targets = Target.objects.bulk_create(
        Target(
            plan=plan,
            since=revision,
            revision=revision,
            clause_id=item.clause_id,
            item=item,
            shape="allocation" if order % 7 == 0 else "share",
            comparator="eq" if order % 7 == 0 else "gte",
            value=10 if order % 7 == 0 else 50 + order % 50,
            unit_word="vụ" if order % 7 == 0 else "percent",
            measure="thôn, tổ dân phố ký cam kết không có người nghiện mới",
            scope="toàn tỉnh" if order % 2 else "các xã, phường trọng điểm",
            baseline_kind="previous_year" if order % 5 == 0 else "",
            window_from=plan.window_from,
            window_to=plan.window_to,
            phrase="10 vụ" if order % 7 == 0 else f"≥ {50 + order % 50}%",
            text=item.text,
            search_key=fold(item.text),
            start=item.start,
            end=item.end,
            order=order,
        )
        for order, item in enumerate(_items(revision, ListName.TARGETS))
    )
    first = _items(revision, ListName.TARGETS)[0]
    Allocation.objects.bulk_create(
        Allocation(target=target, item=first, unit=unit, name=unit.name, value=value, unit_word="vụ", order=order)
        for target in targets
        if target.shape == "allocation"
        for order, (unit, value) in enumerate(zip(agencies, (7, 2, 1 if target.order % 2 else 3), strict=False))
    )


def _tasks(plan: Plan, revision: Revision, agencies: list[Unit], asked: list[Unit], group: Unit) -> list[Task]:
    tasks = Task.objects.bulk_create(
        Task(
            plan=plan,
            since=revision,
            revision=revision,
            clause_id=item.clause_id,
            item=item,
            text=item.text,
            search_key=fold(item.text),
            start=item.start,
            end=item.end,
            order=order,
            mode=Mode.REQUESTED if order % 10 == 9 else Mode.ASSIGNED,
            state=TaskState.DONE if order % 6 == 0 else TaskState.OPEN,
            percent=100 if order % 6 == 0 else 0,
            done_at=plan.created_at if order % 6 == 0 else None,
        )
        for order, item in enumerate(_items(revision, ListName.TASKS))
    )
    parties = []
    for order, task in enumerate(tasks):
        lead = agencies[order // 10 % len(agencies)]
        if order % 40 == 25:
            continue  # the text names nobody
        if task.mode == Mode.REQUESTED:
            body = asked[order // 10 % len(asked)]
            parties.append(TaskParty(task=task, unit=body, name=body.name, role=PartyRole.REQUESTED, owes=True))
            continue
        owing = group if order % 60 == 12 else lead
        parties.append(TaskParty(task=task, unit=owing, name=owing.name, role=PartyRole.LEAD, owes=True))
        others = {agencies[(order * 3 + step) % len(agencies)] for step in (1, 5, 8)} - {lead}
        parties += [
            TaskParty(task=task, unit=other, name=other.name, role=PartyRole.COORDINATE, order=number)
            for number, other in enumerate(sorted(others, key=lambda unit: unit.sort_key), 1)
        ]
        if order % 15 == 4:
            parties.append(TaskParty(task=task, name="Hội Người cao tuổi tỉnh", role=PartyRole.ADVISE, order=9))
    TaskParty.objects.bulk_create(parties)
    return tasks


def _due_items(plan: Plan, tasks: list[Task], wards: list[Unit], group: Unit, today: date) -> None:
    owing = {
        party.task_id: party.unit
        for party in TaskParty.objects.filter(task__plan=plan, owes=True).select_related("unit")
    }
    items = []
    for order, task in enumerate(tasks):
        body = owing.get(task.pk)
        if body is None:
            continue
        due = None if order % 4 == 3 else today + timedelta(days=(order * 11) % 120 - 60)
        written = f"trước ngày {due + timedelta(days=1):%d/%m/%Y}" if due else ""
        for place, unit in enumerate(wards if body == group else [body]):
            done = order % 6 == 0 or (body == group and place % 3 == 0)
            done_on = (due or today) + timedelta(days=3 if order % 12 == 0 else -2) if done else None
            items.append(
                DueItem(
                    kind=DueKind.TASK,
                    plan=plan,
                    clause_id=task.clause_id,
                    task=task,
                    unit=unit,
                    unit_name=body.name,
                    mode=task.mode,
                    label=task.text,
                    search_key=fold(task.text),
                    start=task.start,
                    end=task.end,
                    opens_on=plan.window_from if due else None,
                    due_on=due,
                    original_due_on=due,
                    limit_text=written,
                    state=DueState.DONE if done else DueState.OPEN,
                    percent=100 if done else order % 3 * 20,
                    done_on=done_on,
                    done_at=_at(done_on) if done_on else None,
                )
            )
    DueItem.objects.bulk_create(items, batch_size=500)


def _duties(plan: Plan, revision: Revision, agencies: list[Unit], wards: list[Unit], group: Unit, today: date) -> None:
    monthly, half, ad_hoc = _items(revision, ListName.REPORTING_DUTIES)
    common = {
        "plan": plan,
        "since": revision,
        "revision": revision,
        "recipient": agencies[0],
        "recipient_name": "Công an tỉnh",
    }
    for order, (item, kind, period, due_text) in enumerate(
        (
            (monthly, "periodic", "monthly", "trước ngày 15 hằng tháng"),
            (half, "interim", "six_monthly", "trước ngày 16/6"),
            (ad_hoc, "ad_hoc", "ad_hoc", ""),
        )
    ):
        duty = Duty.objects.create(
            **common,
            clause_id=item.clause_id,
            item=item,
            kind=kind,
            period=period,
            due_text=due_text,
            text=item.text,
            start=item.start,
            end=item.end,
            order=order,
            onward=[{"name": "Ủy ban nhân dân tỉnh"}],
            via="hệ thống thông tin báo cáo",
        )
        reporters = [*agencies[1:6]]
        DutyReporter.objects.bulk_create(
            [DutyReporter(duty=duty, unit=unit, name=unit.name) for unit in (*reporters, group)]
        )
        if period != "monthly":
            continue
        for month in range(1, 13):
            due = date(today.year, month, 14)
            start = date(today.year - (month == 1), (month - 2) % 12 + 1, 15)
            units = [*reporters, *wards[:20]]
            dues = DueItem.objects.bulk_create(
                DueItem(
                    kind=DueKind.REPORT,
                    plan=plan,
                    clause_id=item.clause_id,
                    unit=unit,
                    unit_name=unit.name,
                    label=f"{REPORT} tháng {month}/{today.year}",
                    search_key=fold(REPORT),
                    start=item.start,
                    end=item.end,
                    opens_on=start,
                    due_on=due,
                    original_due_on=due,
                    limit_text=due_text,
                    state=DueState.DONE if due < today and place % 9 else DueState.OPEN,
                    done_on=due if due < today and place % 9 else None,
                    done_at=_at(due) if due < today and place % 9 else None,
                )
                for place, unit in enumerate(units)
            )
            DutyOccurrence.objects.bulk_create(
                DutyOccurrence(duty=duty, unit_id=item.unit_id, due_item=item, period_from=start, period_to=due)
                for item in dues
            )


def _told(plan: Plan, users: dict[str, User], today: date) -> None:
    """A few progress notes on the officer's first open task, and a few audit entries."""
    officer = users["officer"]
    unit = Unit.objects.get(name="Sở Y tế")
    item = (
        DueItem.objects.filter(plan=plan, unit=unit, state=DueState.OPEN, task__isnull=False).order_by("due_on").first()
    )
    assert item is not None
    for days, percent, note in (
        (20, 20, "Đã họp bốn trạm y tế, thống nhất cách ghi sổ."),
        (6, 45, "Hai xã vùng cao chưa gửi danh sách. Đề nghị Công an xã phối hợp đối chiếu."),
    ):
        ProgressNote.objects.create(
            due_item=item,
            task=item.task,
            at=_at(today - timedelta(days=days)),
            actor=officer,
            actor_name=officer.full_name,
            unit=unit,
            event=NoteEvent.PROGRESS,
            percent=percent,
            note=note,
        )
    DueItem.objects.filter(pk=item.pk).update(percent=45)
    for number, event in enumerate(("plans.revision.sent", "plans.items.accepted", "plans.revision.adopted")):
        record(
            at=plan.created_at + timedelta(minutes=number * 7),
            actor=Actor(
                users["office"].pk,
                users["office"].full_name,
                Role.STANDING_OFFICE,
                plan.owner_id,
                "Công an tỉnh",
                today,
            ),
            event=event,
            obj=plan.revisions.get(),
        )


def _projects(plan: Plan, revision: Revision, agencies: list[Unit], user: User) -> None:
    Plan.objects.create(
        kind=PlanKind.PROJECT,
        title="Trường học sạch ma túy",
        search_key=fold("Trường học sạch ma túy"),
        owner=agencies[0],
        issuer=plan.issuer,
        lead=agencies[2],
        parent=plan,
        item=_items(revision, ListName.PROJECTS)[0],
        state=PlanState.ADOPTED,
        created_by=user,
        created_at=plan.created_at,
    )
