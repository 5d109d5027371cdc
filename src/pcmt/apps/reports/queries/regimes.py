"""Report regimes: who reports by day, what a regime lacks, the ladder that a report climbs and who held it up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from attrs import frozen
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan, PlanState, PlanUnit, below
from pcmt.apps.reports.models import (
    Duty,
    DutyOccurrence,
    DutyReporter,
    DutyState,
    FormState,
    Origin,
    ReportForm,
    ReportFormVersion,
    StepEvent,
    SubmissionStep,
)
from pcmt.apps.reports.policies import asks_reports
from pcmt.apps.reports.regimes import EVENT, step_of
from pcmt.apps.tasks.models import GONE, DueItem, DueState
from pcmt.apps.units.models import GroupMember, Unit, UnitClosure, UnitKind, holds_on
from pcmt.apps.units.queries import committee
from pcmt.core.periods import DAY, Span, Step, held_up
from pcmt.reference import work_calendar


@frozen
class Standing:
    """A unit that reports, and the half-open window in which it does."""

    unit: Unit
    first: date | None
    end: date | None

    def on(self, day: date) -> bool:
        """Whether it reports on a day."""
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)


@frozen
class Reporting:
    """Who reports for a duty: its units, and the members of its groups, each in its time. The recipient does not."""

    standing: Sequence[Standing]

    def on(self, day: date) -> dict[int, Unit]:
        """The units that report on a day, by id, in official order."""
        return {each.unit.pk: each.unit for each in self.standing if each.on(day)}


def reporting_of(duties: Iterable[Duty]) -> dict[int, Reporting]:
    """Who reports for duties; two statements, however many they are."""
    listed = {duty.pk: duty for duty in duties}
    rows = DutyReporter.objects.filter(duty__in=list(listed), unit__isnull=False).select_related("unit")
    found: dict[int, list[Standing]] = defaultdict(list)
    groups: dict[int, list[int]] = defaultdict(list)
    for row in rows.order_by("unit__sort_key", "pk"):
        assert row.unit is not None
        if row.unit.kind == UnitKind.GROUP:
            groups[row.unit.pk].append(row.duty_id)
        else:
            found[row.duty_id].append(Standing(row.unit, row.unit.valid_from, row.unit.valid_to))
    if groups:
        members = GroupMember.objects.filter(group__in=list(groups)).select_related("unit")
        for member in members.order_by("unit__sort_key", "pk"):
            window = Standing(
                member.unit,
                max((day for day in (member.valid_from, member.unit.valid_from) if day), default=None),
                min((day for day in (member.valid_to, member.unit.valid_to) if day), default=None),
            )
            for duty_id in groups[member.group_id]:
                found[duty_id].append(window)
    return {
        pk: Reporting([each for each in found.get(pk, ()) if each.unit.pk != duty.recipient_id])
        for pk, duty in listed.items()
    }


def bodies_of(duty: Duty, on: date) -> dict[int, Unit]:
    """The units that report for a duty on a day."""
    return reporting_of([duty])[duty.pk].on(on)


def reports_for(actor: Actor | None, duty: Duty) -> bool:
    """Whether the actor's unit is among those that report."""
    return actor is not None and actor.unit_id in bodies_of(duty, actor.on)


class Want(StrEnum):
    """What a regime has to say by Decree 09/2019/NĐ-CP, articles 7 and 8."""

    TITLE = "title"
    CONTENT = "content"
    REPORTER = "reporter"
    RECIPIENT = "recipient"
    LIMIT = "limit"
    PERIOD = "period"
    CUT_OFF = "cut_off"
    FORM = "form"
    GUIDANCE = "guidance"


@frozen
class Gap:
    """Something that a regime does not say; without what `blocks` no report of it can be opened."""

    want: Want
    words: str
    blocks: bool = False


def lacking(duty: Duty, due: DueItem | None = None, usable: Collection[int] | None = None) -> list[Gap]:
    """What a regime lacks by the decree; for one of its due items, whose own limit then counts.

    `usable` are the forms that have a version in use, where somebody has asked for many regimes (`usable_forms`).

    A report is not opened without form, recipient and limit. What is reported when something happens has its limit
    from that, so that none is needed before.
    """
    found: list[Gap] = []
    if not duty.title:
        found.append(Gap(Want.TITLE, _("tên báo cáo")))
    if not duty.what and duty.form_id is None:
        found.append(Gap(Want.CONTENT, _("nội dung báo cáo")))
    reporters = list(duty.reporters.all())
    if not reporters or all(row.unit_id is None for row in reporters):
        found.append(Gap(Want.REPORTER, _("đơn vị báo cáo"), blocks=True))
    elif any(row.unit_id is None for row in reporters):
        found.append(Gap(Want.REPORTER, _("một số đơn vị báo cáo chưa khớp với danh sách đơn vị")))
    if duty.recipient_id is None:
        words = _("nơi nhận chưa khớp với danh sách đơn vị") if duty.recipient_name else _("nơi nhận báo cáo")
        found.append(Gap(Want.RECIPIENT, words, blocks=not duty.recipient_name))
    has_limit = due.due_on is not None or bool(due.limit) if due is not None else bool(duty.due)
    if not has_limit and duty.period != EVENT:
        found.append(Gap(Want.LIMIT, _("thời hạn gửi"), blocks=True))
    if duty.period in ("", "unspecified"):
        found.append(Gap(Want.PERIOD, _("kỳ báo cáo")))
    if duty.form_id is None:
        found.append(Gap(Want.FORM, _("mẫu đề cương, biểu số liệu"), blocks=True))
    elif duty.form_id not in (usable_forms() if usable is None else usable):
        found.append(Gap(Want.FORM, _("mẫu báo cáo chưa có phiên bản đang dùng"), blocks=True))
    if duty.feeds_id is not None and not duty.guidance:
        found.append(Gap(Want.GUIDANCE, _("hướng dẫn quy trình cho từng cấp")))
    return found


def usable_forms() -> frozenset[int]:
    """The forms that have a version in use."""
    return frozenset(ReportFormVersion.objects.filter(state=FormState.IN_USE).values_list("form_id", flat=True))


@frozen
class Regime:
    """A regime with what a page tells of it. `chain`: the duties from the lowest level up to the highest it reaches."""

    duty: Duty
    reporting: Reporting
    form_version: ReportFormVersion | None
    gaps: Sequence[Gap]
    below: Sequence[Duty]
    above: Sequence[Duty]

    @property
    def chain(self) -> Sequence[Duty]:
        """The whole ladder that the regime stands on, lowest level first."""
        return [*self.below, self.duty, *self.above]


def regime_of(duty: Duty) -> Regime:
    """One regime. Ask for one that the reader may see."""
    in_use = (
        ReportFormVersion.objects.filter(form=duty.form_id, state=FormState.IN_USE).first() if duty.form_id else None
    )
    below = [each for level in reversed(_levels_below(duty)) for each in level]
    return Regime(duty, reporting_of([duty])[duty.pk], in_use, lacking(duty), below, _above(duty))


def _above(duty: Duty) -> list[Duty]:
    """The duties that this one goes into, one after another."""
    found: list[Duty] = []
    seen = {duty.pk}
    while duty.feeds_id is not None and duty.feeds_id not in seen:
        duty = Duty.objects.select_related("plan", "recipient").get(pk=duty.feeds_id)
        seen.add(duty.pk)
        found.append(duty)
    return found


def _levels_below(duty: Duty) -> list[list[Duty]]:
    """The duties whose reports go into this one, then those that go into these, and so on."""
    found: list[list[Duty]] = []
    seen, look = {duty.pk}, [duty.pk]
    while look:
        rows = Duty.objects.filter(feeds__in=look, state=DutyState.ACTIVE).select_related("plan", "recipient")
        level = [each for each in rows.order_by("order", "pk") if each.pk not in seen]
        look = [each.pk for each in level]
        seen.update(look)
        if level:
            found.append(level)
    return found


def reaches(duty_id: int, target_id: int) -> bool:
    """Whether the reports of a duty go into those of another, directly or over others between."""
    found: int | None = duty_id
    seen: set[int] = set()
    while found is not None and found not in seen:
        if found == target_id:
            return True
        seen.add(found)
        found = Duty.objects.filter(pk=found).values_list("feeds_id", flat=True).first()
    return False


@frozen
class Report:
    """One body's report on a level of the ladder: its due item, when it was sent and when taken."""

    occurrence: DutyOccurrence
    due: DueItem
    sent_on: date | None
    taken_on: date | None

    @property
    def days_late(self) -> int:
        """So many days after the limit it was sent; 0 for one in time or not sent."""
        if self.sent_on is None or self.due.due_on is None:
            return 0
        return max(0, (self.sent_on - self.due.due_on).days)


@frozen
class Level:
    """One level of the ladder for a period. `step` is the limit by the ladder, where the office set it."""

    duty: Duty
    step: Step | None
    reports: Sequence[Report]
    held_up: bool
    on: date

    @property
    def limit(self) -> date | None:
        """The last day in time: the latest that a body of the level has."""
        days = [each.due.due_on for each in self.reports if each.due.due_on]
        return max(days) if days else self.step.last if self.step else None

    @property
    def sent(self) -> Sequence[Report]:
        """What came."""
        return [each for each in self.reports if each.sent_on is not None]

    @property
    def taken(self) -> Sequence[Report]:
        """What came and was accepted."""
        return [each for each in self.reports if each.taken_on is not None]

    @property
    def missing(self) -> Sequence[Report]:
        """What did not come."""
        return [each for each in self.reports if each.sent_on is None]

    @property
    def overdue(self) -> Sequence[Report]:
        """What did not come although its limit has passed."""
        return [each for each in self.missing if each.due.state == DueState.OPEN and each.due.is_late(self.on)]

    @property
    def late(self) -> Sequence[Report]:
        """What came after its limit."""
        return [each for each in self.reports if each.days_late]

    @property
    def complete_on(self) -> date | None:
        """The day on which the last report came; None while one is missing."""
        if not self.reports or self.missing:
            return None
        return max(each.sent_on for each in self.reports if each.sent_on)


def ladder_of(duty: Duty, period_to: date, on: date) -> list[Level]:
    """The ladder for the period that ends on a day, lowest level first, as of the day `on`: what came, who held it up.

    A level without a report of that period stands there with its limit by the ladder, and is never to blame. Several
    duties of one level are judged together: what they feed waits for all of them.
    """
    levels = [*reversed(_levels_below(duty)), [duty], *([each] for each in _above(duty))]
    rows = (
        DutyOccurrence.objects.filter(duty__in=[each.pk for level in levels for each in level], period_to=period_to)
        .exclude(due_item__state__in=GONE)
        .select_related("due_item__plan", "unit", "submission")
        .order_by("unit__sort_key", "pk")
    )
    by_duty: dict[int, list[DutyOccurrence]] = defaultdict(list)
    for row in rows:
        by_duty[row.duty_id].append(row)
    taken = taken_days(row.pk for some in by_duty.values() for row in some)
    spans = {(row.period_from, row.period_to) for row in by_duty.get(duty.pk, ())}
    first = next((first for first, _last in spans if first), None)
    period = Span(first, period_to + DAY) if first else None
    fed = fed_duties([each for level in levels for each in level])
    found = [
        [
            Level(
                each,
                step_of(each, period, fed, work_calendar()) if period else None,
                [_report(row, taken) for row in by_duty.get(each.pk, ())],
                held_up=False,
                on=on,
            )
            for each in level
        ]
        for level in levels
    ]
    blamed = _blamed(found, period_to, on)
    return [
        Level(each.duty, each.step, each.reports, str(number) in blamed and _was_late(each, on), on)
        for number, level in enumerate(found)
        for each in level
    ]


def fed_duties(duties: Collection[Duty]) -> dict[int, list[Duty]]:
    """Which of these duties go into which."""
    fed: dict[int, list[Duty]] = defaultdict(list)
    for each in duties:
        if each.feeds_id is not None:
            fed[each.feeds_id].append(each)
    return fed


def taken_days(occurrence_ids: Iterable[int]) -> dict[int, date]:
    """The days on which reports were accepted, by occurrence: the last time, where that happened again."""
    steps = SubmissionStep.objects.filter(
        submission__occurrence__in=list(occurrence_ids),
        event=StepEvent.ACCEPTED,
        submission__state__in=("accepted", "consolidated"),
    )
    rows = steps.order_by("at", "pk").values_list("submission__occurrence_id", "at")
    return {occurrence_id: timezone.localdate(at) for occurrence_id, at in rows}


def _report(row: DutyOccurrence, taken: Mapping[int, date]) -> Report:
    due = row.due_item
    sent = due.done_on if due.state in (DueState.SUBMITTED, DueState.DONE) else None
    # Where reports are not written here, who reports says that it is done, and that is all there is.
    has_report = hasattr(row, "submission")
    return Report(row, due, sent, taken.get(row.pk) if has_report else sent if due.state == DueState.DONE else None)


def _blamed(levels: Sequence[Sequence[Level]], period_to: date, on: date) -> set[str]:
    """The numbers of the levels that made the chain late (`core.periods.held_up`)."""
    steps: list[Step] = []
    came: dict[str, date | None] = {}
    start = period_to + DAY
    for number, level in enumerate(levels):
        limits = [each.limit for each in level if each.reports and each.limit]
        if not limits:
            continue
        last = max(limits)
        steps.append(Step(min(start, last), last + DAY, str(number), last))
        days = [each.complete_on for each in level if each.reports]
        came[str(number)] = None if None in days else max(day for day in days if day)
        start = max(start, last + DAY)
    return set(held_up(steps, came, on=on))


def _was_late(level: Level, on: date) -> bool:
    """Whether something of a level came late, or is missing after its limit."""
    return bool(level.late) or any(each.due.due_on and each.due.due_on < on for each in level.missing)


def plans_to_ask(actor: Actor) -> QuerySet[Plan]:
    """The plans being carried out whose regimes the actor says, the newest first."""
    if not asks_reports(actor):
        return Plan.objects.none()
    kept = Plan.objects.visible_to(actor).filter(state=PlanState.ADOPTED, owner__in=below(actor.unit_id, actor.on))
    return kept.order_by("-issued_on", "-pk")


def bodies_to_ask(actor: Actor, plan: Plan) -> list[Unit]:
    """Whom the office that keeps a plan may ask for a report: those that the plan names, and those of its area.

    Of the area: the committee, its communes and agencies. What stands below these is asked through a group, or where
    the plan names it.
    """
    on = actor.on
    area = committee(plan.owner_id, on)
    named = Q(pk__in=PlanUnit.objects.filter(plan=plan).values("unit_id"))
    groups = Q(kind=UnitKind.GROUP, pk__in=GroupMember.objects.filter(_of_area(area, plan, on)).values("group_id"))
    near = UnitClosure.objects.filter(holds_on(on), ancestor=area, depth__lte=1).values("descendant_id")
    around = Q(pk__in=near) if area else Q(pk=plan.owner_id)
    asked = Unit.objects.as_of(on).filter(named | groups | around, level__in=ASKED_LEVELS)
    # A group whose members have all ended means nobody.
    means = GroupMember.objects.filter(holds_on(on), holds_on(on, "unit__")).values("group_id")
    return list(asked.filter(~Q(kind=UnitKind.GROUP) | Q(pk__in=means)).in_official_order())


ASKED_LEVELS = ("central", "province", "district", "commune", "other")
"""Hamlets and schools report to their commune, not to the office of a plan."""


def _of_area(area: Unit | None, plan: Plan, on: date) -> Q:
    """Memberships of the units of the plan or of the area: groups of other provinces are none of its own."""
    inside = Unit.objects.under(area.pk, on).values("pk") if area else [plan.owner_id]
    return holds_on(on) & Q(unit__in=inside)


def forms_in_use() -> list[ReportForm]:
    """The report forms that can be chosen: those with a version in use, by name."""
    return list(ReportForm.objects.filter(pk__in=usable_forms()).order_by("title", "pk"))


def duties_to_feed(duty: Duty, on: date) -> list[Duty]:
    """The duties of the same plan into which the reports may go, those that the recipient writes first.

    Those that go into this one themselves cannot be chosen.
    """
    rows = Duty.objects.filter(plan=duty.plan_id, state=DutyState.ACTIVE).exclude(pk=duty.pk).order_by("order", "pk")
    found = [each for each in rows.select_related("recipient") if not reaches(each.pk, duty.pk)]
    reporting = reporting_of(found)
    return sorted(found, key=lambda each: duty.recipient_id not in reporting[each.pk].on(on))


def office_regimes(plan_id: int) -> list[Duty]:
    """The regimes that the office asks for by this plan and that stand."""
    rows = Duty.objects.filter(plan=plan_id, origin=Origin.OFFICE, state=DutyState.ACTIVE)
    return list(rows.select_related("plan", "recipient").order_by("pk"))
