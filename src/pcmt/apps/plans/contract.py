"""The reading contract as the plans room uses it: what items say about bodies, limits and one another. No database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import frozen
from django.utils.translation import gettext as _

from pcmt.apps.units.names import name_key
from pcmt.core.measures import Comparator, Direction, decimal_from
from pcmt.core.measures.targets import SHAPES, BaselineKind
from pcmt.core.periods import Kind, limit_from, parse_date, span_from
from pcmt.core.text import fold

PREFIXES = {
    "targets": "T",
    "allocations": "L",
    "assignments": "A",
    "tasks": "K",
    "deadlines": "D",
    "reporting_duties": "R",
    "projects": "P",
    "campaign_windows": "W",
}
"""First letter of the keys of each list."""

PERIOD_WORDS = (
    "weekly",
    "monthly",
    "quarterly",
    "six_monthly",
    "nine_monthly",
    "annual",
    "ad_hoc",
    "once",
    "unspecified",
)
DUTY_KINDS = ("periodic", "interim", "final", "ad_hoc", "results", "submission", "evidence")


def squeezed(text: str) -> str:
    """The text on one line with single blanks."""
    return " ".join(text.split())


def names_of(value: Any) -> list[str]:
    """Names of bodies in a contract value: a name, an Agency, a list of either, or nothing."""
    if not value:
        return []
    if isinstance(value, str):
        return [squeezed(value)] if value.strip() else []
    if isinstance(value, Mapping):
        return names_of(value.get("name"))
    if isinstance(value, Iterable):
        return [name for each in value for name in names_of(each)]
    return []


@frozen
class Part:
    """A body's part in a task, as the text gives it. `owes`: the task stands under its name."""

    name: str
    role: str
    owes: bool


def mode_of(task: Mapping[str, Any], assignment: Mapping[str, Any] | None) -> str:
    """Whether a task is ordered ("assigned") or asked for ("requested")."""
    mode = task.get("mode") or (assignment or {}).get("mode")
    return "requested" if mode == "requested" else "assigned"


def parts_of(task: Mapping[str, Any], assignment: Mapping[str, Any] | None) -> tuple[Part, ...]:
    """Who has which part in a task.

    The bodies are those a person set, else the subject of the sentence itself, else those of the heading above. One of
    them leads at most; the others of the same heading are joint. Bodies asked by "đề nghị" are requested, never leads.
    """
    bodies = (
        names_of(task.get("agencies")) or names_of(task.get("actor")) or names_of((assignment or {}).get("agencies"))
    )
    if mode_of(task, assignment) == "requested":
        roles = ["requested"] * len(bodies)
    elif task.get("role") == "coordinate":
        roles = ["coordinate"] * len(bodies)
    elif task.get("advises") and task.get("role") != "lead":
        roles = ["advise"] * len(bodies)
    else:
        roles = ["lead", *["joint"] * len(bodies)][: len(bodies)]
    parts = [Part(name, role, True) for name, role in zip(bodies, roles, strict=True)]
    parts += [Part(name, "coordinate", False) for name in names_of(task.get("partners"))]
    seen: dict[str, Part] = {}
    for part in parts:
        seen.setdefault(name_key(part.name), part)
    return tuple(seen.values())


@frozen
class Mention:
    """A body named by an item (or the header, without item), and the role in which it is named."""

    name: str
    role: str
    item: Any = None


def mentions(items: Iterable[Any], issuer: str | None) -> Iterator[Mention]:
    """Every body that items name, in the order given. An item has `list_name` and `values`."""
    yield from (Mention(name, "issuer") for name in names_of(issuer))
    for item in items:
        values = item.values
        match item.list_name:
            case "assignments":
                role = "requested" if values.get("mode") == "requested" else "assigned"
                yield from _named(values.get("agencies"), role, item)
            case "tasks":
                role = "requested" if values.get("mode") == "requested" else "assigned"
                yield from _named(values.get("agencies") or values.get("actor"), role, item)
                yield from _named(values.get("partners"), "partner", item)
            case "allocations":
                yield from _named(values.get("agencies"), "allocated", item)
            case "reporting_duties":
                yield from _named(values.get("reporter"), "reporter", item)
                yield from _named([values.get("recipient"), values.get("via")], "recipient", item)
                yield from _named(values.get("prepared_by"), "partner", item)
            case "projects":
                for project, _key in projects_in(values):
                    yield from _named(project.get("owner"), "owner", item)


def _named(value: Any, role: str, item: Any) -> Iterator[Mention]:
    return (Mention(name, role, item) for name in names_of(value))


def projects_in(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[Mapping[str, Any], str]]:
    """A project and its sub-projects, each with its key inside the item ("" the project, "1", "1.2" below)."""
    yield values, path
    for number, sub in enumerate(values.get("sub_projects") or (), start=1):
        yield from projects_in(sub, f"{path}.{number}" if path else str(number))


def limits_for(kind: str, values: Mapping[str, Any], key: str, deadlines: Mapping[str, Any]) -> list[Any]:
    """The deadline items that bind an item: those it refers to and those that refer to it, each once.

    `kind` is what a deadline's `binds` calls it (task, target, report, project); `deadlines` are items by key.
    """
    refs = [*(values.get("deadline_refs") or ()), values.get("deadline_ref")]
    bound = [deadlines[ref] for ref in refs if ref in deadlines]
    for deadline in deadlines.values():
        binds = deadline.values.get("binds") or {}
        if binds.get("type") == kind and binds.get("ref") == key and deadline not in bound:
            bound.append(deadline)
    return bound


@frozen
class Header:
    """The confirmed head of a plan document; what `Revision.header` holds."""

    kind: str = "plan"
    title: str = ""
    number: str = ""
    symbol: str = ""
    issued_on: date | None = None
    issuer_name: str = ""
    issuer_id: int | None = None
    window_from: date | None = None
    window_to: date | None = None
    version: int = 1

    def stored(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "kind": self.kind,
            "title": self.title,
            "number": self.number,
            "symbol": self.symbol,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
            "issuer_name": self.issuer_name,
            "issuer_id": self.issuer_id,
            "window_from": self.window_from.isoformat() if self.window_from else None,
            "window_to": self.window_to.isoformat() if self.window_to else None,
            "version": self.version,
        }


def header_from(stored: Mapping[str, Any]) -> Header:
    """The header that `Header.stored` wrote."""
    return Header(
        kind=stored.get("kind") or "plan",
        title=stored.get("title") or "",
        number=stored.get("number") or "",
        symbol=stored.get("symbol") or "",
        issued_on=parse_date(stored.get("issued_on")),
        issuer_name=stored.get("issuer_name") or "",
        issuer_id=stored.get("issuer_id"),
        window_from=parse_date(stored.get("window_from")),
        window_to=parse_date(stored.get("window_to")),
        version=stored.get("version") or 1,
    )


def header_read(reading: Mapping[str, Any]) -> Header:
    """The header as the reader found it; what is not written stays empty."""
    head = reading.get("header") or {}
    number = head.get("number") or {}
    window = span_from(head.get("period"))
    return Header(
        kind=_kind_read(reading, window),
        title=squeezed(_value(head.get("title")) or ""),
        number=str(number.get("value") or ""),
        symbol=number.get("symbol") or "",
        issued_on=parse_date(_value(head.get("date"))),
        issuer_name=next(iter(names_of(head.get("issuer"))), ""),
        window_from=window.start if window else None,
        window_to=window.last if window else None,
    )


def _value(field: Any) -> str | None:
    return field.get("value") if isinstance(field, Mapping) else field


def _kind_read(reading: Mapping[str, Any], window: Any) -> str:
    head = reading.get("header") or {}
    if "chuong trinh" in fold(_value(head.get("doc_type")) or ""):
        return "programme"
    campaigns = [span_from(each) for each in reading.get("campaign_windows") or ()]
    return "campaign" if window and campaigns == [window] else "plan"


# What people may set in an item, and how each value is checked. A check answers what is wrong, or nothing.
Check = Callable[[Any], str | None]


def _choice(*allowed: str) -> Check:
    return lambda value: None if value is None or value in allowed else _("Chọn một giá trị trong danh sách.")


def _number(value: Any) -> str | None:
    return None if value is None or decimal_from(value) is not None else _("Phải là một số, ví dụ 12 hoặc 12.5.")


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, str) else _("Phải là chữ.")


def _date(value: Any) -> str | None:
    return None if value is None or parse_date(value) else _("Ngày không hợp lệ.")


def _flag(value: Any) -> str | None:
    return None if value is None or isinstance(value, bool) else _("Chọn có hoặc không.")


def _bodies(value: Any) -> str | None:
    return None if value is None or isinstance(value, str | Mapping | Sequence) else _("Nhập tên đơn vị.")


def _refs(value: Any) -> str | None:
    good = value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value))
    return None if good else _("Chọn mục trong danh sách.")


def _limit(value: Any) -> str | None:
    good = value is None or (isinstance(value, Mapping) and limit_from(value) is not None)
    return None if good else _("Thời hạn không hợp lệ: nhập ngày, khoảng ngày hoặc chu kỳ.")


def _window(value: Any) -> str | None:
    good = value is None or (isinstance(value, Mapping) and span_from(value) is not None)
    return None if good else _("Khoảng thời gian không hợp lệ: ngày đầu không được sau ngày cuối.")


def _frequency(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or value.get("per") not in set(Kind):
        return _("Chọn kỳ của tần suất (tuần, tháng, quý...).")
    n, every = value.get("n"), value.get("every", 1)
    good = (n is None or (isinstance(n, int) and n > 0)) and isinstance(every, int) and every > 0
    return None if good else _("Số lần phải là số nguyên dương.")


def _baseline(value: Any) -> str | None:
    good = value is None or (isinstance(value, Mapping) and value.get("kind") in set(BaselineKind))
    return None if good else _("Chọn kỳ gốc để so sánh.")


def _binds(value: Any) -> str | None:
    kinds = {"task", "target", "report", "project"}
    good = value is None or (isinstance(value, Mapping) and value.get("type") in kinds)
    return None if good else _("Chọn mục mà thời hạn này ràng buộc.")


def _projects(value: Any) -> str | None:
    good = value is None or (isinstance(value, list) and all(isinstance(each, Mapping) for each in value))
    return None if good else _("Danh sách tiểu dự án không hợp lệ.")


FIELDS: dict[str, dict[str, Check]] = {
    "targets": {
        "kind": _choice(*SHAPES),
        "comparator": _choice(*Comparator),
        "value": _number,
        "value_max": _number,
        "unit": _text,
        "direction": _choice(*Direction),
        "measure": _text,
        "scope": _text,
        "per": _text,
        "baseline": _baseline,
        "frequency": _frequency,
        "assessed": _choice("yearly"),
        "deadline_ref": _text,
        "period": _window,
    },
    "allocations": {"target_ref": _text, "agencies": _bodies, "value": _number, "unit": _text},
    "assignments": {
        "kind": _choice("block", "clause", "table_row"),
        "mode": _choice("assigned", "requested"),
        "agencies": _bodies,
    },
    "tasks": {
        "role": _choice("lead", "coordinate", "own"),
        "mode": _choice("assigned", "requested"),
        "assignment_ref": _text,
        "actor": _bodies,
        "agencies": _bodies,
        "partners": _bodies,
        "advises": _bodies,
        "condition": _text,
        "deadline_refs": _refs,
        "target_refs": _refs,
    },
    "deadlines": {
        "relation": _choice("before", "by", "on", "within"),
        "precision": _text,
        "date": _date,
        "from": _date,
        "to": _date,
        "rule": _text,
        "event": _text,
        "tentative": _flag,
        "binds": _binds,
    },
    "reporting_duties": {
        "reporter": _bodies,
        "recipient": _bodies,
        "onward_to": _bodies,
        "via": _bodies,
        "prepared_by": _bodies,
        "kind": _choice(*DUTY_KINDS),
        "period": _choice(*PERIOD_WORDS),
        "due": _limit,
        "due_text": _text,
        "what": _text,
    },
    "projects": {
        "number": _number,
        "title": _text,
        "kind": _text,
        "owner": _bodies,
        "guided_by": _bodies,
        "assignment_ref": _text,
        "sub_projects": _projects,
    },
    "campaign_windows": {"name": _text, "from": _date, "to": _date},
}


def faults(list_name: str, values: Mapping[str, Any], given: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the given fields of an item, as (field, message); then what is wrong between them."""
    fields = FIELDS[list_name]
    wrong = False
    for name in given:
        message = fields[name](values.get(name)) if name in fields else _("Mục này không có thông tin như vậy.")
        if message:
            wrong = True
            yield name, message
    if wrong:
        return
    if list_name == "targets":
        low, high = decimal_from(values.get("value")), decimal_from(values.get("value_max"))
        comparator = values.get("comparator")
        if comparator == "range" and (low is None or high is None or low > high):
            yield "value_max", _("Khoảng cần hai số, số đầu không lớn hơn số sau.")
        if comparator not in (None, "none") and low is None:
            yield "value", _("Phép so sánh này cần một số.")
    elif list_name == "deadlines" and limit_from(values) is None:
        yield "date", _("Thời hạn không hợp lệ: nhập ngày, khoảng ngày, chu kỳ hoặc sự kiện.")
    elif list_name == "campaign_windows" and span_from(values) is None:
        yield "to", _("Nhập ngày bắt đầu và ngày kết thúc; ngày bắt đầu không được sau ngày kết thúc.")
    elif list_name == "allocations" and not names_of(values.get("agencies")):
        yield "agencies", _("Nhập đơn vị được giao.")
    elif list_name == "assignments" and not names_of(values.get("agencies")):
        yield "agencies", _("Nhập đơn vị được phân công.")
    elif list_name == "projects" and not str(values.get("title") or "").strip():
        yield "title", _("Nhập tên dự án.")
