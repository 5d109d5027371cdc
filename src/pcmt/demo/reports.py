"""The half-year report of `data/reports.toml`: asked of all communes and bodies, sent, gathered, signed, corrected."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from django.conf import settings
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.documents import report_words, words_seen
from pcmt.apps.reports.models import Duty, ReportForm, Submission, SubmissionState
from pcmt.apps.reports.operations.consolidating import consolidate
from pcmt.apps.reports.operations.correcting import start_correction
from pcmt.apps.reports.operations.forms import copy_form, put_form_in_use, save_form_draft
from pcmt.apps.reports.operations.opening import open_report
from pcmt.apps.reports.operations.regimes import RequestText, request_report, set_feeds
from pcmt.apps.reports.operations.sending import send_report
from pcmt.apps.reports.operations.signing import record_signed
from pcmt.apps.reports.operations.taking import accept_reports, return_report
from pcmt.apps.reports.operations.wording import set_words
from pcmt.apps.reports.operations.writing import FigureEntry, apply_draft, save_figures, save_section
from pcmt.apps.reports.queries import schema_of
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.periods import DAY, STATISTICAL, Kind, Span
from pcmt.demo.story import noon, ok

HERE = Path(__file__).parent
WRITERS = r"^(canbo\.xa|tonghop)[0-9]+$"
"""What the invented people are called who only write reports: they have neither address nor password."""


@attrs.frozen
class Scene:
    """What every step needs: the story's data, its people, the day of loading and the half-year reported."""

    told: Mapping[str, Any]
    users: Mapping[str, User]
    today: date
    half: Span

    def actor(self, username: str, days: int) -> Actor:
        """Somebody of the demo's people on a day."""
        found = actor_of(self.users[username], self.day(days))
        if found is None:
            raise RuntimeError(f"{username} holds no role on {self.day(days)}")
        return found

    def office(self, days: int) -> Actor:
        """The standing office on a day."""
        return self.actor(self.told["office"], days)

    def day(self, days: int) -> date:
        """So many days from the day of loading."""
        return self.today + timedelta(days=days)

    def at(self, days: int, hour: int = 9) -> datetime:
        """An hour of such a day."""
        return noon(self.day(days), hour)


def tell(at: datetime, plans: Mapping[str, Plan], units: Mapping[str, Unit], users: Mapping[str, User]) -> None:
    """Tell the whole story as of now."""
    told = tomllib.loads((HERE / "data/reports.toml").read_text(encoding="utf-8"))
    today = timezone.localdate(at)
    half = STATISTICAL.around(Kind.HALF_YEAR, today + timedelta(days=told["asked"]))
    scene = Scene(told, users, today, STATISTICAL.around(Kind.HALF_YEAR, half.start - DAY))
    below, bodies, whole = _asked(scene, plans[told["plan"]], units)
    communes = _communes(scene, units[told["area"]], below)
    _written_below(scene, communes, below)
    _written_by_bodies(scene, bodies)
    _taken(scene, [below, bodies], -8)
    _gathered(scene, whole, [below, bodies])
    _corrected(scene, communes)


def _asked(scene: Scene, plan: Plan, units: Mapping[str, Unit]) -> tuple[Duty, Duty, Duty]:
    """The office asks the communes, the bodies and itself; the first two reports go into the third."""
    told, days = scene.told, scene.told["asked"]
    office, at = scene.office(days), scene.at(days)
    ready = ReportForm.objects.get(code=told["form"]["of"])
    area = units[told["area"]]
    title = told["title"]

    def request(words: str, unit_ids: Iterable[int], form_id: int, limit: int, recipient: int | None = None) -> Duty:
        text = RequestText(
            title=f"{title} {words}".strip(),
            kind="thematic",
            what=told["what"],
            unit_ids=tuple(unit_ids),
            due_on=scene.day(limit),
            first=scene.half.start,
            cutoff=scene.half.last,
            form_id=form_id,
            recipient_id=recipient,
        )
        return ok(request_report(actor=office, at=at, plan_id=plan.pk, request=text))

    most = settings.DEMO_REPORTING
    own = [row.pk for row in units_below(area, scene.day(days), UnitKind.ADMINISTRATIVE)][:most]
    agencies = [row.pk for row in units_below(area, scene.day(days), UnitKind.AGENCY) if row.pk != plan.owner_id][:most]
    form = _form(scene, ready)
    whole = request("", [plan.owner_id], ready.pk, told["limit_above"], area.pk)
    below = request("(các xã, phường)", own, form.pk, told["limit_below"])
    bodies = request("(các sở, ngành)", agencies, form.pk, told["limit_below"])
    for duty in (below, bodies):
        ok(set_feeds(actor=office, at=at, duty_id=duty.pk, version=duty.version, feeds_id=whole.pk))
    return below, bodies, whole


def units_below(area: Unit, on: date, kind: str) -> list[Unit]:
    """Units of a kind right below one, in the official order."""
    rows = UnitClosure.objects.filter(holds_on(on), ancestor=area, depth=1).values("descendant_id")
    return list(Unit.objects.filter(pk__in=rows, kind=kind).in_official_order())


def _form(scene: Scene, ready: ReportForm) -> ReportForm:
    """The shorter form of those below, made from the ready one."""
    wanted, days = scene.told["form"], scene.told["asked"]
    office, at = scene.office(days), scene.at(days, 8)
    made = ok(copy_form(actor=office, at=at, form_id=ready.pk, title=wanted["title"]))
    draft = made.versions.get()
    schema = schema_of(draft)
    kept = [attrs.evolve(each, level=1, number="") for each in schema.sections if each.key in wanted["sections"]]
    schema = attrs.evolve(schema, sections=tuple(kept))
    draft = ok(
        save_form_draft(actor=office, at=at, form_id=made.pk, schema=schema, draft_id=draft.pk, version=draft.version)
    )
    ok(put_form_in_use(actor=office, at=at, form_id=made.pk, draft_id=draft.pk, version=draft.version))
    return made


def _communes(scene: Scene, area: Unit, duty: Duty) -> list[Actor]:
    """An officer of each commune that owes the report, in the official order; invented, and nobody signs in as them."""
    names, begun = scene.told["names"], scene.at(scene.told["asked"], 8)
    known = {user.pk for user in scene.users.values()}
    found = []
    owing = Unit.objects.filter(pk__in=duty.occurrences.values("unit_id")).in_official_order()
    for number, unit in enumerate(owing):
        user = User.objects.filter(pk__in=known, grants__unit=unit).first()
        if user is None:
            name = " ".join(names[part][number * step % len(names[part])] for part, step in (
                ("family", 7), ("middle", 3), ("given", 5))
            )  # fmt: skip
            user = ok(create_user(actor=None, at=begun, username=f"canbo.xa{number:03}", full_name=name))
            ok(grant_role(actor=None, at=begun, user_id=user.pk, role="commune_officer", unit_id=unit.pk))
        found.append(_at_unit(user, unit, scene.day(scene.told["asked"])))
    return found


def _at_unit(user: User, unit: Unit, on: date) -> Actor:
    actor = actor_of(user, on)
    if actor is None:
        raise RuntimeError(f"{user.username} holds no role on {on}")
    return attrs.evolve(actor, unit_id=unit.pk, unit_name=unit.name) if actor.unit_id != unit.pk else actor


def _written_below(scene: Scene, communes: Sequence[Actor], duty: Duty) -> None:
    rows = {row.unit_id: row.pk for row in duty.occurrences.all()}
    odd = scene.told["communes"]
    ward = scene.users[scene.told["ward"]["user"]].pk
    for number, who in enumerate(communes, start=1):
        if number in odd["silent"]:
            continue
        late = odd["late"].get(str(number))
        days = scene.told["limit_below"] + (late or -1 - number % 8)
        who = attrs.evolve(who, on=scene.day(days))
        report = ok(open_report(actor=who, at=scene.at(days, 8), occurrence_id=rows[who.unit_id]))
        _fill(scene, who, report, number, days)
        report = _sent(who, report, scene.at(days), "Chủ tịch Ủy ban nhân dân")
        office = scene.office(days)
        if who.user_id == ward:
            _return(office, report, scene.at(days + 2), scene.told["ward"]["reason"])
        elif number == odd["returned_again"]:
            _return(office, report, scene.at(days, 14), odd["reason_returned"])
            report.refresh_from_db()
            _type(who, report, {"addicts_with_file": 1}, scene.at(days, 15))
            _sent(who, report, scene.at(days, 16), "Chủ tịch Ủy ban nhân dân")


def _written_by_bodies(scene: Scene, duty: Duty) -> None:
    """The bodies of the province report in words; they have no figures of their own."""
    odd = scene.told["odd_bodies"]
    begun = scene.at(scene.told["asked"], 8)
    for number, row in enumerate(duty.occurrences.select_related("unit").order_by("unit__sort_key", "pk")):
        unit = row.unit
        if unit is None or unit.name.startswith(tuple(odd["silent"])):
            continue
        user = ok(create_user(actor=None, at=begun, username=f"tonghop{number:02}", full_name=f"Tổng hợp {unit.name}"))
        ok(grant_role(actor=None, at=begun, user_id=user.pk, role="officer", unit_id=unit.pk))
        days = -14 - number % 4
        who = _at_unit(user, unit, scene.day(days))
        report = ok(open_report(actor=who, at=scene.at(days, 8), occurrence_id=row.pk))
        for key, words in scene.told["bodies"]["texts"].items():
            _text(who, report, key, words, scene.at(days))
        _sent(who, report, scene.at(days, 10), "Thủ trưởng cơ quan")


def _fill(scene: Scene, who: Actor, report: Submission, number: int, days: int) -> None:
    for key, choices in scene.told["texts"].items():
        _text(who, report, key, choices[number % len(choices)], scene.at(days))
    numbers = {
        code: max(0, round(usual * (0.4 + (number * 37 % 100) / 80))) for code, usual in scene.told["typed"].items()
    }
    numbers["leads_verified"] = min(numbers["leads_verified"], numbers["leads_received"])
    numbers["tests_done"] = min(numbers["tests_done"], numbers["tests_due"])
    _type(who, report, numbers, scene.at(days))


def _type(who: Actor, report: Submission, numbers: Mapping[str, int], at: datetime) -> None:
    lines = {line.element: line.key for _section, line in schema_of(report.form_version).lines() if not line.breakdown}
    rows = {row.line: row for row in report.figures.all()}
    entries = list(_entries(lines, rows, numbers))
    saved = save_figures(actor=who, at=at, submission_id=report.pk, entries=entries)
    if refused := getattr(saved, "refused", ()):
        raise RuntimeError(refused)


def _entries(lines: Mapping[str, str], rows: Mapping[str, Any], numbers: Mapping[str, int]) -> Iterator[FigureEntry]:
    """What is typed, and an explanation for whatever else moved: most of it was told month by month before."""
    typed = {lines[code]: number for code, number in numbers.items()}
    for line, row in rows.items():
        words = "Theo số đã báo hằng tháng."
        if line in typed:
            reason = "" if row.counted is None else "Rà soát lại khi chốt kỳ."
            number = str(typed[line])
            yield FigureEntry(line=line, seen=row.version, number=number, reason=reason, explanation=words)
        elif row.value is not None:
            yield FigureEntry(line=line, seen=row.version, explanation=words)


def _text(who: Actor, report: Submission, key: str, words: str, at: datetime) -> None:
    section = report.sections.get(key=key)
    ok(save_section(actor=who, at=at, submission_id=report.pk, key=key, text=words, seen=section.version))


def _sent(who: Actor, report: Submission, at: datetime, approved_by: str) -> Submission:
    report.refresh_from_db()
    return ok(send_report(actor=who, at=at, submission_id=report.pk, version=report.version, approved_by=approved_by))


def _return(office: Actor, report: Submission, at: datetime, reason: str) -> None:
    ok(return_report(actor=office, at=at, submission_id=report.pk, version=report.version, reason=reason))


def _taken(scene: Scene, duties: Sequence[Duty], days: int) -> None:
    waiting = Submission.objects.filter(duty__in=duties, state=SubmissionState.SENT)
    versions = dict(waiting.filter(editions__sent_at__lte=scene.at(days)).values_list("pk", "version"))
    for found in accept_reports(actor=scene.office(days), at=scene.at(days), versions=versions).values():
        ok(found)


def _gathered(scene: Scene, duty: Duty, below: Sequence[Duty]) -> None:
    """The office consolidates what is there, completes it when the late ones have come, writes, sends and signs."""
    whole = scene.told["whole"]
    row = duty.occurrences.get()
    report = ok(open_report(actor=scene.office(-8), at=scene.at(-8, 10), occurrence_id=row.pk))
    first = ok(consolidate(actor=scene.office(-8), at=scene.at(-8, 11), submission_id=report.pk))
    _taken(scene, below, -5)
    ok(consolidate(actor=scene.office(-5), at=scene.at(-5, 11), submission_id=report.pk, seen=first.number))
    office = scene.office(-5)
    for key, words in whole["texts"].items():
        _text(office, report, key, words, scene.at(-5, 14))
    section = report.sections.get(key="fighting")
    ok(apply_draft(actor=office, at=scene.at(-5, 14), submission_id=report.pk, key="fighting", seen=section.version))
    _type(office, report, {}, scene.at(-5, 15))
    words = attrs.evolve(
        report_words(report, scene.day(-4)),
        **{name: whole[name] for name in ("post", "signer", "archive", "recipients", "symbol")},
    )
    seen = words_seen(report)
    ok(set_words(actor=scene.office(-4), at=scene.at(-4, 8), submission_id=report.pk, words=words, seen=seen))
    report = _sent(scene.office(-4), report, scene.at(-4), whole["approved_by"])
    ok(
        record_signed(
            actor=scene.office(-4),
            at=scene.at(-4, 10),
            submission_id=report.pk,
            version=report.version,
            number=whole["number"],
            symbol=whole["symbol"],
            signed_on=scene.day(-4),
        )
    )


def _corrected(scene: Scene, communes: Sequence[Actor]) -> None:
    """One commune finds a case that was not counted: corrected, sent again, taken; the report above is told."""
    odd = scene.told["communes"]
    who = attrs.evolve(communes[odd["corrected"] - 1], on=scene.day(-2))
    report = Submission.objects.get(
        unit_id=who.unit_id, duty__kind="thematic", duty__plan__owner=scene.office(-2).unit_id
    )
    at, reason = scene.at(-2), odd["reason_corrected"]
    report = ok(start_correction(actor=who, at=at, submission_id=report.pk, version=report.version, reason=reason))
    row = report.figures.get(line="cases_detected")
    entry = FigureEntry(
        line=row.line, seen=row.version, number=str((row.value or 0) + 2), reason=reason, explanation=reason
    )
    save_figures(actor=who, at=at, submission_id=report.pk, entries=[entry])
    _sent(who, report, scene.at(-2, 10), "Chủ tịch Ủy ban nhân dân")
    report.refresh_from_db()
    for found in accept_reports(actor=scene.office(-1), at=scene.at(-1), versions={report.pk: report.version}).values():
        ok(found)
