"""Packets of another system taken in: as drafts and proposals by who may make them, never over what stands.

Each row is an act of its own, by the operation that people use, with that operation's rights and entries in the log.
What cannot be done to a row is told with its place; the others are taken. The same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.facts.models import Element, Fact, Source
from pcmt.apps.facts.operations import CellRefusal, Entry, record_facts
from pcmt.apps.plans.models import Plan, SourceFile
from pcmt.apps.plans.operations import keep_made
from pcmt.apps.reports.models import Duty, DutyOccurrence, Origin, ReportForm, Submission
from pcmt.apps.reports.operations.forms import add_form, save_form_draft
from pcmt.apps.reports.operations.opening import open_report
from pcmt.apps.reports.operations.regimes import define_regime
from pcmt.apps.reports.operations.writing import FigureEntry, figure_text, save_figures, save_section
from pcmt.apps.reports.queries.exchanging import Asked, name_of, packets_of, recipient_of
from pcmt.apps.reports.queries.forms import draft_of, form_in_use, schema_of
from pcmt.apps.reports.regimes import LevelText, RegimeText, rung_of, since_of
from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import committee
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import number_label
from pcmt.core.periods import ADMINISTRATIVE, DAY, Span
from pcmt.core.schemas import ReportSchema, SectionKind, schema_data, schema_from
from pcmt.core.text import fold
from pcmt.documents.packets import Packet, Row
from pcmt.reference import qcvn125

T = TypeVar("T")
REF = "Tệp trao đổi QCVN 125"


class State(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    SAME = "same"
    KEPT = "kept"  # differs from what stands here, which stays
    UNKNOWN = "unknown"  # names something that is not here
    REFUSED = "refused"


def keep_packets(*, actor: Actor, at: datetime, name: str, data: bytes) -> SourceFile:
    """Keep a file of packets that somebody looks at before taking it in: what was seen is what is taken in."""
    with transaction.atomic():
        kept = keep_made(user_id=actor.user_id, at=at, name=name, data=data)
        thing = Thing("plans.SourceFile", str(kept.pk), kept.name)
        record(at=at, actor=actor, event="reports.packets.received", obj=thing, after={"name": kept.name})
    return kept


@attrs.frozen
class Outcome:
    """What becomes of one row: where it stood, what it is about, in words."""

    packet: str
    place: str
    what: str
    state: State
    message: str = ""


def import_packets(*, actor: Actor, at: datetime, packets: Sequence[Packet], dry: bool) -> list[Outcome]:
    """Take packets in; `dry` says what would come of each row, and changes nothing."""
    run = _Run(actor, at, dry)
    by_name = {packet.name: packet for packet in packets}
    found: list[Outcome] = []
    for name, packet in by_name.items():
        match name:
            case "outlines":
                found += run.forms(packet, by_name.get("forms"))
            case "forms":
                found += run.forms_alone(packet) if "outlines" not in by_name else ()
            case "regimes":
                found += run.regimes(packet)
            case "figures":
                found += run.figures(packet)
            case "sent_outlines":
                found += run.texts(packet)
            case "figure_lists" | "kpi_data":
                found += run.facts(packet)
            case _:
                found += run.compared(packet)
    if not dry:
        told = {state.value: sum(each.state is state for each in found) for state in State}
        thing = Thing("reports.Packet", "", ", ".join(by_name)[:200])
        record(at=at, actor=actor, event="reports.packets.imported", obj=thing, after=told)
    return found


@attrs.frozen
class _Run:
    actor: Actor
    at: datetime
    dry: bool
    plans: dict[str, Plan | None] = attrs.field(factory=dict)
    units: dict[tuple[str, str, str], list[Unit]] = attrs.field(factory=dict)

    def act(self, do: Callable[[], T]) -> T:
        """Do it; when nothing is to change, take it back at once."""
        with transaction.atomic():
            answer = do()
            if self.dry or isinstance(answer, Refusal):
                transaction.set_rollback(True)
        return answer

    # --- what rows name

    def plan(self, row: Row) -> Plan | None:
        """The plan in force that a row names, if the actor sees it: by its number and day, else by its title."""
        key = f"{row.get('number')}|{row.get('issued_on')}|{row['title']}"
        if key not in self.plans:
            seen = Plan.objects.visible_to(self.actor).in_force()
            found = [each for each in seen.filter(title=row["title"]) if each.designation == (row.get("number") or "")]
            same_day = [each for each in found if each.issued_on == row.get("issued_on")]
            self.plans[key] = same_day[0] if len(same_day) == 1 else found[0] if len(found) == 1 else None
        return self.plans[key]

    def unit(self, row: Row | None) -> Unit | None:
        """The one unit that a row names: by its code, else by its name within the area; None for none, and for many."""
        if row is None:
            return None
        key = (row.get("code") or "", row["name"], row.get("area") or "")
        if key not in self.units:
            there = Unit.objects.as_of(self.actor.on)
            found = list(there.filter(code=key[0])) if key[0] else []
            found = [each for each in found if fold(each.name) == fold(key[1])] or found
            if not found:
                found = list(there.filter(search_key=fold(key[1]))[:50])
                if key[2] and len(found) > 1:
                    found = [each for each in found if self._area(each) == key[2]]
            self.units[key] = found
        known = self.units[key]
        return known[0] if len(known) == 1 else None

    def _area(self, unit: Unit) -> str:
        area = committee(unit.pk, self.actor.on)
        return area.code if area else ""

    def duty(self, row: Row) -> Duty | None:
        """The regime that a report row names."""
        plan = self.plan(row["plan"])
        if plan is None:
            return None
        duties = Duty.objects.visible_to(self.actor).filter(plan=plan).select_related("recipient")
        named = [each for each in duties if name_of(each) == row["regime"]]
        found = [each for each in named if recipient_of(each) == row.get("recipient")] or named
        return found[0] if len(found) == 1 else None

    def occurrence(self, row: Row) -> DutyOccurrence | None:
        """The occurrence that a report row names."""
        duty, unit = self.duty(row), self.unit(row["body"])
        if duty is None or unit is None:
            return None
        seen = DutyOccurrence.objects.visible_to(self.actor).filter(duty=duty, unit=unit)
        return seen.filter(period_from=row.get("first"), period_to=row.get("last"), origin_unit=None).first()

    # --- forms

    def forms(self, outlines: Packet, tables: Packet | None) -> Iterable[Outcome]:
        """Outlines with their tables as drafts of the own office. The newest version of each code is taken."""
        given = {(row["code"], row["version"]): row for row in (tables.rows if tables else ())}
        newest: dict[str, tuple[int, Row]] = {}
        for number, row in enumerate(outlines.rows):
            if row["code"] not in newest or newest[row["code"]][1]["version"] < row["version"]:
                newest[row["code"]] = (number, row)
        for number, row in newest.values():
            place, what = outlines.place(number), f"{row['title']} ({row['code']})"
            try:
                schema = schema_of_rows(row, given.get((row["code"], row["version"])))
            except (KeyError, ValueError, TypeError):
                message = _("Đề cương hoặc bảng có loại mục, loại cột không đọc được.")
                yield Outcome("outlines", place, what, State.REFUSED, message)
                continue
            yield self._form(schema, place, what)

    def _form(self, schema: ReportSchema, place: str, what: str) -> Outcome:
        seen = ReportForm.objects.visible_to(self.actor)
        form = seen.filter(code=schema.code).first()
        form = form or seen.filter(office_id=self.actor.unit_id, title=schema.title).order_by("pk").first()
        standing = (draft_of(form) or form_in_use(form)) if form else None
        if standing is not None:
            same = _said(schema_of(standing)) == _said(schema)
            message = "" if same else _("Mẫu cùng mã hoặc cùng tên đang có khác: giữ mẫu đang có.")
            return Outcome("outlines", place, what, State.SAME if same else State.KEPT, message)

        def make() -> Any:
            made = add_form(actor=self.actor, at=self.at, title=schema.title)
            if isinstance(made, Refusal):
                return made
            draft = draft_of(made)
            assert draft is not None
            return save_form_draft(
                actor=self.actor, at=self.at, form_id=made.pk, schema=schema, draft_id=draft.pk, version=draft.version
            )

        answer = self.act(make)
        if isinstance(answer, Refusal):
            return Outcome("outlines", place, what, State.REFUSED, answer.message)
        return Outcome(
            "outlines", place, what, State.NEW, _("Vào danh sách mẫu của đơn vị mình, ở dạng bản đang soạn.")
        )

    def forms_alone(self, packet: Packet) -> Iterable[Outcome]:
        """Tables without their outline are no form."""
        for number, row in enumerate(packet.rows):
            message = _("Bảng chỉ nhận cùng gói đề cương của mẫu.")
            yield Outcome("forms", packet.place(number), row["title"], State.REFUSED, message)

    # --- regimes

    def regimes(self, packet: Packet) -> Iterable[Outcome]:
        """Regimes that an office asked for; those of one chain as one. What a plan asks for comes with its text."""
        above = {
            _regime_key(row, row["recipient"]): number for number, row in enumerate(packet.rows) if row["recipient"]
        }
        fed = {
            above[_regime_key(row, row["feeds"])]
            for row in packet.rows
            if row["feeds"] and _regime_key(row, row["feeds"]) in above
        }
        for number, row in enumerate(packet.rows):
            place, what = packet.place(number), row["title"]
            if row["origin"] != Origin.OFFICE:
                known = self._known_regime(row)
                state = State.SAME if known else State.UNKNOWN
                message = "" if known else _("Do kế hoạch quy định: ban hành kế hoạch ở đây thì có.")
                yield Outcome("regimes", place, what, state, message)
            elif number not in fed:
                chain = [row]
                while chain[-1]["feeds"] and len(chain) < 6:
                    upper = above.get(_regime_key(chain[-1], chain[-1]["feeds"]))
                    if upper is None:
                        break
                    chain.append(packet.rows[upper])
                yield self._regime(chain, place, what)

    def _known_regime(self, row: Row) -> Duty | None:
        recipient = row["recipient"]["name"] if row["recipient"] else None
        return self.duty({"plan": row["plan"], "regime": row["title"], "recipient": recipient})

    def _regime(self, chain: Sequence[Row], place: str, what: str) -> Outcome:
        row = chain[0]
        known = self._known_regime(row)
        if known is not None:
            same = _regime_said(known) == tuple(row[name] for name in SAID_OF_REGIMES)
            message = "" if same else _("Chế độ cùng tên đang có khác: giữ chế độ đang có.")
            return Outcome("regimes", place, what, State.SAME if same else State.KEPT, message)
        plan = self.plan(row["plan"])
        if plan is None:
            return Outcome("regimes", place, what, State.UNKNOWN, _no_plan(row["plan"]))
        named = [*row["reporters"], *(each["recipient"] for each in chain)]
        lacking = [each["name"] if each else "—" for each in named if self.unit(each) is None]
        if lacking:
            return Outcome("regimes", place, what, State.UNKNOWN, _no_unit(lacking))
        form = ReportForm.objects.visible_to(self.actor).filter(code=row["form"]).first() if row["form"] else None

        def unit_id(each: Row) -> int:
            found = self.unit(each)
            assert found is not None
            return found.pk

        levels = tuple(
            LevelText(
                recipient_id=unit_id(each["recipient"]),
                day=each["day"],
                relation=each["relation"] or LevelText().relation,
                months_after=each["months_after"] or 0,
                after=each["after"],
                via=each["via"] or "",
                method=each["method"] or LevelText().method,
                guidance="\n".join(dict.fromkeys(one["words"] for one in each["guidance"])),
            )
            for each in chain
        )
        text = RegimeText(
            title=row["title"],
            what=row["what"] or "",
            period=row["period"] or "",
            calendar=row["calendar"] or ADMINISTRATIVE.code,
            since=row["since"],
            reporter_ids=tuple(unit_id(each) for each in row["reporters"]),
            levels=levels,
            form_id=form.pk if form else None,
            kind=row["kind"] or "periodic",
        )
        try:
            answer = self.act(lambda: define_regime(actor=self.actor, at=self.at, plan_id=plan.pk, regime=text))
        except (ValueError, AssertionError):  # a step of the ladder that is none
            return Outcome("regimes", place, what, State.REFUSED, _("Thời hạn của chế độ không đọc được."))
        if isinstance(answer, Refusal):
            return Outcome("regimes", place, what, State.REFUSED, answer.message)
        message = _("Không có mẫu %(code)s: chọn mẫu sau.") % {"code": row["form"]} if row["form"] and not form else ""
        return Outcome("regimes", place, what, State.NEW, message)

    # --- figures and texts into the own draft

    def figures(self, packet: Packet) -> Iterable[Outcome]:
        """Numbers into the report that the own body is writing; one that stands there is not written over."""
        for number, row in enumerate(packet.rows):
            place, what = packet.place(number), _report_words(row["report"])
            yield from self._into_report(row, place, what, packet.name, self._figures)

    def texts(self, packet: Packet) -> Iterable[Outcome]:
        """Texts into empty sections of the report that the own body is writing."""
        for number, row in enumerate(packet.rows):
            place, what = packet.place(number), _report_words(row["report"])
            yield from self._into_report(row, place, what, packet.name, self._texts)

    def _into_report(
        self, row: Row, place: str, what: str, packet: str, write: Callable[[Submission, Row, str], Any]
    ) -> list[Outcome]:
        occurrence = self.occurrence(row["report"])
        if occurrence is None:
            message = _("Không có kỳ báo cáo này của đơn vị ở đây.")
            return [Outcome(packet, place, what, State.UNKNOWN, message)]

        def do() -> Any:
            made = open_report(actor=self.actor, at=self.at, occurrence_id=occurrence.pk)
            return made if isinstance(made, Refusal) else write(made, row, place)

        answer = self.act(do)
        return [Outcome(packet, place, what, State.REFUSED, answer.message)] if isinstance(answer, Refusal) else answer

    def _figures(self, made: Submission, row: Row, place: str) -> Any:
        there = {each.line: each for each in made.figures.all()}
        entries: list[FigureEntry] = []
        found: list[Outcome] = []
        for line in row["lines"]:
            what = f"{_report_words(row['report'])}: {line['label'] or line['key']}"
            known = there.get(line["key"])
            given = "x" if line["applies"] is False else "" if line["value"] is None else number_label(line["value"])
            if known is None:
                # Lines that are computed are in the packet, too; they follow by themselves.
                if line["provenance"] not in ("computed", "none", None) or line["value"] is None:
                    message = _("Mẫu báo cáo ở đây không có dòng này.")
                    found.append(Outcome("figures", place, what, State.UNKNOWN, message))
            elif figure_text(known) == given:
                found.append(Outcome("figures", place, what, State.SAME))
            elif figure_text(known):
                words = {"here": figure_text(known), "there": given or "—"}
                message = _("Ở đây đang ghi %(here)s, trong tệp là %(there)s: giữ số đang có.") % words
                found.append(Outcome("figures", place, what, State.KEPT, message))
            else:
                entries.append(
                    FigureEntry(
                        line=line["key"],
                        seen=known.version,
                        number=given,
                        reason=line["reason"] or REF,
                        explanation=line["explanation"],
                        note=line["note"],
                    )
                )
        if not entries:
            return found
        saved = save_figures(actor=self.actor, at=self.at, submission_id=made.pk, entries=entries)
        if isinstance(saved, Refusal):
            return saved
        wrong = {each.line: each.refusal.message for each in saved.refused}
        for entry in entries:
            what = f"{_report_words(row['report'])}: {entry.line}"
            state = State.REFUSED if entry.line in wrong else State.NEW
            found.append(Outcome("figures", place, what, state, wrong.get(entry.line, entry.number or "")))
        return found

    def _texts(self, made: Submission, row: Row, place: str) -> Any:
        there = {each.key: each for each in made.sections.all()}
        found: list[Outcome] = []
        for text in row["texts"]:
            what = f"{_report_words(row['report'])}: {text['title'] or text['key']}"
            known, words = there.get(text["key"]), text["text"] or ""
            if known is None:
                message = _("Mẫu báo cáo ở đây không có mục này.")
                found.append(Outcome("sent_outlines", place, what, State.UNKNOWN, message))
            elif known.text == words:
                found.append(Outcome("sent_outlines", place, what, State.SAME))
            elif known.text:
                message = _("Mục này đã có nội dung: giữ nội dung đang có.")
                found.append(Outcome("sent_outlines", place, what, State.KEPT, message))
            else:
                answer = save_section(
                    actor=self.actor, at=self.at, submission_id=made.pk, key=known.key, text=words, seen=known.version
                )
                if isinstance(answer, Refusal) and answer.code == "not_allowed":
                    return answer
                state = State.REFUSED if isinstance(answer, Refusal) else State.NEW
                message = answer.message if isinstance(answer, Refusal) else ""
                found.append(Outcome("sent_outlines", place, what, state, message))
        return found

    # --- facts

    def facts(self, packet: Packet) -> Iterable[Outcome]:
        """Numbers as facts of their units, where none stands; the catalogue says which there are."""
        codes = {row["element"] for row in packet.rows}
        elements = {each.code: each for each in Element.objects.filter(code__in=codes)}
        units = {number: self.unit(row["unit"]) for number, row in enumerate(packet.rows)}
        standing = self._standing(packet.rows, units, elements)
        found: list[Outcome] = []
        entries: dict[int, Entry] = {}
        for number, row in enumerate(packet.rows):
            place, what = packet.place(number), _fact_words(row)
            unit, element = units[number], elements.get(row["element"])
            if element is None:
                message = _("Danh mục số liệu ở đây không có mã %(code)s.") % {"code": row["element"]}
                found.append(Outcome(packet.name, place, what, State.UNKNOWN, message))
                continue
            if unit is None:
                found.append(Outcome(packet.name, place, what, State.UNKNOWN, _no_unit([row["unit"]["name"]])))
                continue
            if row["last"] < row["first"] or row["last"].year > 9998:
                message = _("Ngày cuối kỳ trước ngày đầu kỳ.")
                found.append(Outcome(packet.name, place, what, State.REFUSED, message))
                continue
            applies = row["applies"] is not False
            known = standing.get((unit.pk, element.pk, row["breakdown"] or "", row["first"], row["last"] + DAY))
            if known is not None:
                value = None if known.value is None else element.number(known.value)
                same = (value, known.applies) == (row["value"], applies)
                here = number_label(value) if value is not None else "—"
                message = "" if same else _("Ở đây đang ghi %(here)s: giữ số đang có.") % {"here": here}
                found.append(Outcome(packet.name, place, what, State.SAME if same else State.KEPT, message))
                continue
            entries[number] = Entry(
                unit_id=unit.pk,
                element=element.code,
                span=Span(row["first"], row["last"] + DAY),
                value=row["value"] if applies else None,
                breakdown=row["breakdown"] or "",
                applies=applies,
                note=(row.get("note") or "")[:500],
                seen=0,
            )
        return [*found, *self._told(packet, entries)]

    def _told(self, packet: Packet, entries: Mapping[int, Entry]) -> list[Outcome]:
        """Tell what can be told: what cannot is left out, and the rest told again."""
        left, wrong = dict(entries), dict[int, str]()
        while left:
            answer = self._record(list(left.values()))
            if not isinstance(answer, tuple):
                if isinstance(answer, Refusal):
                    wrong |= dict.fromkeys(left, answer.message)
                    left = {}
                break
            refused = {id(each.entry): each.refusal.message for each in answer}
            bad = {number: refused[id(entry)] for number, entry in left.items() if id(entry) in refused}
            if not bad:
                break
            wrong |= bad
            left = {number: entry for number, entry in left.items() if number not in bad}
        return [
            Outcome(
                packet.name,
                packet.place(number),
                _fact_words(packet.rows[number]),
                State.REFUSED if number in wrong else State.NEW,
                wrong.get(number, ""),
            )
            for number in entries
        ]

    def _record(self, entries: Sequence[Entry]) -> object | Refusal | tuple[CellRefusal, ...]:
        return self.act(
            lambda: record_facts(actor=self.actor, at=self.at, entries=entries, source=Source.IMPORT, ref=REF)
        )

    def _standing(
        self, rows: Sequence[Row], units: Mapping[int, Unit | None], elements: Mapping[str, Element]
    ) -> dict[tuple[int, int, str, date, date], Fact]:
        """The facts that count now in the places of the rows."""
        ids = sorted({unit.pk for unit in units.values() if unit is not None})
        if not rows or not ids:
            return {}
        found: dict[tuple[int, int, str, date, date], Fact] = {}
        first = min(row["first"] for row in rows)
        for start in range(0, len(ids), 500):
            there = Fact.objects.counting().filter(
                unit__in=ids[start : start + 500], element__in=[each.pk for each in elements.values()], start__gte=first
            )
            for fact in there:
                found[fact.unit_id, fact.element_id, fact.breakdown, fact.start, fact.end] = fact
        return found

    # --- what is only compared

    def compared(self, packet: Packet) -> Iterable[Outcome]:
        """Lists of the catalogue, of plans and periods: whether they are here and say the same."""
        kind = qcvn125().types[packet.name]
        wide = Asked(names=(packet.name,), first=date(1900, 1, 1), last=date(9000, 1, 1))
        here = {}
        for row in packets_of(self.actor, self.at, wide)[0].rows:
            here[_key(row, kind.key)] = row
        for number, row in enumerate(packet.rows):
            what = " · ".join(_words(row.get(name)) for name in kind.key if row.get(name) is not None)
            known = here.get(_key(row, kind.key))
            if known is None:
                state, message = State.UNKNOWN, _("Ở đây không có; không tự thêm.")
            elif {name: value for name, value in known.items() if value not in (None, ())} == {
                name: value for name, value in row.items() if value not in (None, ())
            }:
                state, message = State.SAME, ""
            else:
                state, message = State.KEPT, _("Ở đây ghi khác: giữ nội dung đang có.")
            yield Outcome(packet.name, packet.place(number), what[:300], state, message)


SAID_OF_REGIMES = ("period", "day", "after", "months_after", "since", "method")


def _regime_said(duty: Duty) -> tuple[Any, ...]:
    rung = rung_of(duty)
    plain = rung if rung and rung.after is None else None
    return (
        duty.period or None,
        plain.day if plain else None,
        rung.after if rung else None,
        plain.months_after if plain else None,
        since_of(duty),
        str(duty.method),
    )


def schema_of_rows(outline: Row, tables: Row | None) -> ReportSchema:
    """A form from the rows of its outline and its tables. Raises KeyError, TypeError or ValueError where it is none."""
    inside = {each["key"]: each for each in (tables["tables"] if tables else ())}
    sections = []
    for each in outline["sections"]:
        extra = {name: value for name, value in inside.get(each["key"], {}).items() if value is not None}
        extra["lines"] = tuple(_present(line) for line in extra.get("lines", ()))
        extra["columns"] = tuple(_present(column) for column in extra.get("columns", ()))
        sections.append({**_present(each), **extra})
    made = schema_from({**_present(outline), "sections": sections})
    if any(section.kind is SectionKind.FIGURES and not section.columns for section in made.sections):
        raise ValueError("a table without columns")
    return made


def _present(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _said(schema: ReportSchema) -> dict[str, Any]:
    data = schema_data(schema)
    return {name: value for name, value in data.items() if name not in ("code", "suits")}


def _regime_key(row: Row, recipient: Row) -> tuple[Any, ...]:
    return (_words(row["plan"]), row["title"], row["period"], recipient["name"], recipient.get("area"))


def _key(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(_words(row.get(name)) for name in names)


def _words(value: Any) -> str:
    """A value in words, for a line of the preview and to know rows again."""
    if isinstance(value, Mapping):
        return ", ".join(_words(each) for each in value.values() if each is not None)
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%H:%M %d/%m/%Y}"
    if isinstance(value, Decimal):
        return number_label(value)
    return "" if value is None else str(value)


def _report_words(row: Row) -> str:
    return f"{row['regime']}, {row['body']['name']}, {_words(row['first'])}–{_words(row['last'])}"


def _fact_words(row: Row) -> str:
    part = f" [{row['breakdown']}]" if row["breakdown"] else ""
    span = f"{_words(row['first'])}–{_words(row['last'])}"
    return f"{row['element']}{part}, {row['unit']['name']}, {span}: {_words(row['value']) or '—'}"


def _no_plan(row: Row) -> str:
    return _("Ở đây không có kế hoạch %(plan)s.") % {"plan": _words(row)}


def _no_unit(names: Sequence[str]) -> str:
    return _("Không tìm thấy, hoặc không rõ là đơn vị nào: %(names)s.") % {"names": ", ".join(names[:5])}
