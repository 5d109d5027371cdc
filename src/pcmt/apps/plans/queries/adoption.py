"""What adoption would take, and what stands against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from attrs import evolve, frozen
from django.utils.translation import gettext as _

from pcmt.apps.plans.adopters import Body
from pcmt.apps.plans.contract import Header, header_from, limits_for, mentions, names_of, parts_of, squeezed
from pcmt.apps.plans.models import BodyMatch, Item, ItemState, ListName, Plan, PlanState, Revision
from pcmt.apps.plans.queries.differences import carried_items
from pcmt.apps.units.models import Unit, UnitKind
from pcmt.apps.units.names import name_key
from pcmt.apps.units.queries import heirs_on, members
from pcmt.core.diagnostics import Problem
from pcmt.core.measures import decimal_from, parts_and_total
from pcmt.core.periods import date_label, last_day, limit_from

OWING_ROLES = {"assigned", "requested", "reporter", "allocated"}
LABELS = dict(ListName.choices)
ONLY_REPORT = 0.1
"""A task is only a report when no more than this share of its text stands outside the duty and its limits."""


@frozen
class Gathered:
    """Everything that adoption looks at, read once. `only_reports` are accepted tasks that a report duty stands for.

    `heirs` says who answers on the day for bodies that have ended.
    """

    header: Header
    items: Mapping[str, tuple[Item, ...]]
    only_reports: tuple[Item, ...]
    proposed: Mapping[str, int]
    matches: Mapping[str, BodyMatch]
    groups: Mapping[int, tuple[int, ...]]
    group_ids: frozenset[int]
    heirs: Mapping[int, int]

    def by_key(self, list_name: str) -> dict[str, Item]:
        """The accepted items of a list by key."""
        return {item.key: item for item in self.items.get(list_name, ())}

    def bodies(self) -> dict[str, Body]:
        """What each name means; a group without members stands for itself."""
        found = {}
        for key, match in self.matches.items():
            own = (match.unit_id,) if match.unit_id else ()
            members = self.groups.get(match.unit_id or 0) or own
            ended = match.unit_id if match.unit_id in self.heirs else None
            found[key] = Body(
                self.heirs[ended] if ended else match.unit_id,
                tuple(dict.fromkeys(self.heirs.get(unit_id, unit_id) for unit_id in members)),
                ended,
            )
        return found


def gather(revision: Revision, on: date) -> Gathered:
    """Read the accepted items, the matches and the groups of a revision; five queries."""
    accepted: dict[str, list[Item]] = defaultdict(list)
    proposed: dict[str, int] = defaultdict(int)
    rows = Item.objects.filter(revision=revision).exclude(state=ItemState.REJECTED).select_related("clause")
    for item in rows.order_by("start", "pk"):
        if item.state == ItemState.ACCEPTED:
            accepted[item.list_name].append(item)
        else:
            proposed[item.list_name] += 1
    matches = {match.search_key: match for match in BodyMatch.objects.filter(revision=revision)}
    matched = {match.unit_id for match in matches.values() if match.unit_id}
    group_ids = frozenset(Unit.objects.filter(pk__in=matched, kind=UnitKind.GROUP).values_list("pk", flat=True))
    found = members(group_ids, on)
    heirs = heirs_on({*matched, *(unit for units in found.values() for unit in units)}, on)
    gathered = Gathered(
        header=header_from(revision.header),
        items={name: tuple(items) for name, items in accepted.items()},
        only_reports=(),
        proposed=dict(proposed),
        matches=matches,
        groups={group: tuple(units) for group, units in found.items()},
        group_ids=group_ids,
        heirs=heirs,
    )
    twice = tuple(_only_reports(gathered))
    tasks = tuple(item for item in gathered.items.get("tasks", ()) if item not in twice)
    return evolve(gathered, items={**gathered.items, "tasks": tasks}, only_reports=twice)


def _only_reports(gathered: Gathered) -> Iterator[Item]:
    """Tasks whose whole sentence is an accepted duty of the same clause, with its limit: it would be owed twice.

    Nobody and no day may be lost: the duty names every body that owes the task, and has a limit if the task has one.
    """
    assignments, deadlines, bodies = gathered.by_key("assignments"), gathered.by_key("deadlines"), gathered.bodies()
    duties: dict[int | None, list[Item]] = defaultdict(list)
    for duty in gathered.items.get("reporting_duties", ()):
        duties[duty.clause_id].append(duty)

    def units(names: Iterable[str]) -> set[str | int]:
        keys = map(name_key, names)
        return {unit for key in keys for unit in (bodies[key].members if key in bodies else ()) or (key,)}

    for task in gathered.items.get("tasks", ()):
        bound = limits_for("task", task.values, task.key, deadlines)
        heading = assignments.get(task.values.get("assignment_ref") or "")
        parts = parts_of(task.values, heading.values if heading else None)
        owing = units(part.name for part in parts if part.owes)
        for duty in duties[task.clause_id]:
            dated = limit_from(duty.values.get("due")) or limits_for("report", duty.values, duty.key, deadlines)
            reporters = names_of(duty.values.get("reporter"))
            if (
                _left(task, (duty, *bound), reporters) <= ONLY_REPORT * len(squeezed(task.text))
                and owing <= units(reporters)
                and (dated or not bound)
            ):
                yield task
                break


def _left(task: Item, others: Iterable[Item], names: Iterable[str]) -> int:
    """How many letters and digits of a task stand in none of the others and are no body's name."""
    spans = [(other.start - task.start, other.end - task.start) for other in others]
    spans += [(place, place + len(name)) for name in names if (place := task.text.find(name)) >= 0]
    return sum(
        letter.isalnum() and not any(start <= place < end for start, end in spans)
        for place, letter in enumerate(task.text)
    )


def issuer_id_of(gathered: Gathered) -> int | None:
    """The unit that issues the plan: the one set by hand, else what the issuer's name was matched to."""
    if gathered.header.issuer_id:
        return gathered.header.issuer_id
    match = gathered.matches.get(name_key(gathered.header.issuer_name)) if gathered.header.issuer_name else None
    return match.unit_id if match else None


def adoption_problems(revision: Revision, *, on: date) -> tuple[Problem, ...]:
    """What stands against adopting a revision: first what has to be put right, then what only has to be confirmed."""
    found = list(problems_in(revision, gather(revision, on)))
    return tuple(sorted(found, key=lambda problem: not problem.blocking))


def problems_in(revision: Revision, gathered: Gathered) -> Iterator[Problem]:
    """The problems of what was gathered."""
    yield from _header_problems(revision, gathered)
    yield from _body_problems(gathered)
    yield from _item_problems(gathered)
    yield from _amendment_problems(revision, gathered)


def _header_problems(revision: Revision, gathered: Gathered) -> Iterator[Problem]:
    header = gathered.header
    if not header.title:
        yield Problem(code="no_title", message=_("Chưa có tên kế hoạch."), about="header")
    if not (header.window_from and header.window_to):
        yield Problem(
            code="no_window",
            message=_("Chưa có thời gian thực hiện: nhập ngày bắt đầu và ngày kết thúc của kế hoạch."),
            about="header",
        )
    issuer = issuer_id_of(gathered)
    if issuer is None:
        name = f" “{header.issuer_name}”" if header.issuer_name else ""
        yield Problem(
            code="no_issuer",
            message=_("Chưa khớp cơ quan ban hành%(name)s với một đơn vị.") % {"name": name},
            about="header",
        )
    if not header.number:
        yield Problem(code="no_number", message=_("Số văn bản còn để trống."), blocking=False, about="header")
    elif issuer is not None and header.issued_on:
        twins = Plan.objects.filter(
            issuer_id=issuer,
            number=header.number,
            symbol=header.symbol,
            issued_on__year=header.issued_on.year,
            state__in=(PlanState.ADOPTED, PlanState.CLOSED),
            item__isnull=True,
        ).exclude(pk=revision.plan_id)
        twin = twins.first()
        if twin:
            yield Problem(
                code="same_number",
                message=_("Đã có kế hoạch cùng số, ký hiệu và năm: “%(title)s”.") % {"title": twin.title},
                blocking=False,
                about="plan",
                refs=(twin.pk,),
            )


def _body_problems(gathered: Gathered) -> Iterator[Problem]:
    accepted = [item for items in gathered.items.values() for item in items]
    roles: dict[str, set[str]] = defaultdict(set)
    for mention in mentions(accepted, None):
        roles[name_key(mention.name)].add(mention.role)
    # A sentence's own subject stands for the heading, so a heading counts only through the tasks under it.
    owing = {key for key, named in roles.items() if named & OWING_ROLES}
    unmatched = [match for key, match in gathered.matches.items() if key in roles and match.unit_id is None]
    blocking = [match for match in unmatched if match.search_key in owing]
    if blocking:
        yield Problem(
            code="unmatched_owing",
            message=_(
                "%(bodies)s phải thực hiện, báo cáo hoặc được giao chỉ tiêu nhưng chưa khớp với đơn vị nào: %(names)s."
            )
            % {"bodies": _counted(blocking), "names": _names(blocking)},
            count=len(blocking),
            about="body",
            refs=tuple(match.pk for match in blocking),
        )
    others = [match for match in unmatched if match.search_key not in owing]
    if others:
        yield Problem(
            code="unmatched_others",
            message=_("%(bodies)s chỉ phối hợp hoặc nhận báo cáo chưa khớp với đơn vị nào: %(names)s.")
            % {"bodies": _counted(others), "names": _names(others)},
            blocking=False,
            count=len(others),
            about="body",
            refs=tuple(match.pk for match in others),
        )
    empty = [
        match
        for key, match in gathered.matches.items()
        if key in owing and match.unit_id in gathered.group_ids and not gathered.groups.get(match.unit_id or 0)
    ]
    if empty:
        yield Problem(
            code="empty_group",
            message=_("Nhóm chưa có đơn vị thành viên, việc sẽ ghi cho cả nhóm: %(names)s.") % {"names": _names(empty)},
            blocking=False,
            count=len(empty),
            about="body",
            refs=tuple(match.pk for match in empty),
        )


def _item_problems(gathered: Gathered) -> Iterator[Problem]:
    if not any(gathered.items.values()):
        yield Problem(code="nothing", message=_("Chưa nhận mục nào. Nhận các mục đúng rồi ban hành."), about="item")
        return
    if gathered.proposed:
        listed = ", ".join(f"{count} {LABELS[name].lower()}" for name, count in sorted(gathered.proposed.items()))
        yield Problem(
            code="undecided",
            message=_("Còn mục chưa xem, sẽ không được đưa vào kế hoạch: %(listed)s.") % {"listed": listed},
            blocking=False,
            count=sum(gathered.proposed.values()),
            about="item",
        )
    tasks, assignments = gathered.items.get("tasks", ()), gathered.by_key("assignments")
    homeless = []
    for task in tasks:
        ref = task.values.get("assignment_ref")
        heading = assignments.get(ref or "")
        if not any(part.owes for part in parts_of(task.values, heading.values if heading else None)):
            homeless.append(task)
    if homeless:
        yield _some(
            "no_body",
            _("%(count)s nhiệm vụ không nêu đơn vị thực hiện; cơ quan thường trực theo dõi.")
            % {"count": len(homeless)},
            homeless,
        )
    if gathered.only_reports:
        yield _some(
            "only_report",
            _("%(count)s nhiệm vụ chỉ yêu cầu báo cáo; sẽ theo dõi một lần, ở chế độ báo cáo.")
            % {"count": len(gathered.only_reports)},
            list(gathered.only_reports),
        )
    yield from _limit_problems(gathered)
    yield from _allocation_problems(gathered)
    undated = [
        duty
        for duty in gathered.items.get("reporting_duties", ())
        if duty.values.get("period") not in ("ad_hoc", None)
        and limit_from(duty.values.get("due")) is None
        and not limits_for("report", duty.values, duty.key, gathered.by_key("deadlines"))
    ]
    if undated:
        yield _some(
            "no_due",
            _("%(count)s chế độ báo cáo không có hạn gửi; sẽ theo dõi không hạn.") % {"count": len(undated)},
            undated,
        )


def _limit_problems(gathered: Gathered) -> Iterator[Problem]:
    deadlines = gathered.items.get("deadlines", ())
    accepted = gathered.by_key("deadlines")
    lost = [
        item
        for name in ("tasks", "targets")
        for item in gathered.items.get(name, ())
        for ref in [*(item.values.get("deadline_refs") or ()), item.values.get("deadline_ref")]
        if ref and ref not in accepted
    ]
    if lost:
        yield _some(
            "limit_left_out", _("%(count)s mục có thời hạn chưa nhận; sẽ không có hạn.") % {"count": len(lost)}, lost
        )
    issued = gathered.header.issued_on
    early = []
    for deadline in deadlines:
        limit = limit_from(deadline.values)
        last = last_day(limit) if limit else None
        if issued and last and last < issued:
            early.append(deadline)
    if early and issued:
        yield _some(
            "limit_before_issue",
            _("%(count)s thời hạn đã qua trước ngày ban hành %(day)s.")
            % {"count": len(early), "day": date_label(issued)},
            early,
        )


def _allocation_problems(gathered: Gathered) -> Iterator[Problem]:
    targets = gathered.by_key("targets")
    parts: dict[str, list[Item]] = defaultdict(list)
    orphans = []
    for allocation in gathered.items.get("allocations", ()):
        ref = allocation.values.get("target_ref") or ""
        parts[ref].append(allocation)
        if ref not in targets:
            orphans.append(allocation)
    if orphans:
        yield _some(
            "lost_allocation",
            _("%(count)s phần giao thuộc chỉ tiêu chưa nhận; sẽ không được giao.") % {"count": len(orphans)},
            orphans,
        )
    wrong = []
    for ref, allocations in parts.items():
        target = targets.get(ref)
        if target is None:
            continue
        check = parts_and_total(
            decimal_from(target.values.get("value")), [decimal_from(each.values.get("value")) for each in allocations]
        )
        # Several bodies given one number each get it; only then the sum is taken as often.
        if check.difference and all(len(names_of(each.values.get("agencies"))) < 2 for each in allocations):
            wrong.append(target)
    if wrong:
        yield _some(
            "parts_differ", _("%(count)s chỉ tiêu có tổng các phần giao khác số chung.") % {"count": len(wrong)}, wrong
        )


def _amendment_problems(revision: Revision, gathered: Gathered) -> Iterator[Problem]:
    before = standing(revision.plan_id)
    if before is None or before.pk == revision.pk:
        return
    carried, gone = carried_over(before, revision, gathered)
    followed = {"tasks", "targets", "reporting_duties"}
    ended = [item for item in gone if item.list_name in followed]
    if ended:
        named: dict[str, int] = defaultdict(int)
        for item in ended:
            named[item.list_name] += 1
        listed = ", ".join(f"{count} {LABELS[name].lower()}" for name, count in sorted(named.items()))
        yield Problem(
            code="ends",
            message=_("Bản mới không còn %(listed)s; việc theo dõi sẽ kết thúc (%(count)s mục giữ nguyên).")
            % {"listed": listed, "count": len(carried)},
            blocking=False,
            count=len(ended),
            about="item",
            refs=tuple(item.pk for item in ended),
        )


def standing(plan_id: int) -> Revision | None:
    """The revision of a plan that is in force."""
    return Revision.objects.filter(plan_id=plan_id, state="adopted").defer("reading").first()


def carried_over(before: Revision, revision: Revision, gathered: Gathered) -> tuple[dict[int, int], list[Item]]:
    """Which accepted items continue which of the revision before, and which of those nothing continues."""
    olds = list(
        Item.objects.filter(revision=before, state=ItemState.ACCEPTED).select_related("clause").order_by("start", "pk")
    )
    news: Iterable[Item] = [*(item for items in gathered.items.values() for item in items), *gathered.only_reports]
    carried = carried_items(olds, before.text, news, revision.text)
    kept = set(carried.values())
    return carried, [item for item in olds if item.pk not in kept]


def _some(code: str, message: str, items: list[Item]) -> Problem:
    refs = tuple(dict.fromkeys(item.pk for item in items))
    return Problem(code=code, message=message, blocking=False, count=len(refs), about="item", refs=refs)


def _counted(matches: list[BodyMatch]) -> str:
    return _("%(count)s đơn vị") % {"count": len(matches)}


def _names(matches: list[BodyMatch], most: int = 5) -> str:
    shown = ", ".join(f"“{match.name}”" for match in matches[:most])
    if len(matches) <= most:
        return shown
    return _("%(shown)s và %(more)s đơn vị khác") % {"shown": shown, "more": len(matches) - most}
