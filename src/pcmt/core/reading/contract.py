"""The reading in the contract's shape: plain objects with id, line, span, text and confidence."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any

from pcmt.core.reading.agencies import Agency
from pcmt.core.reading.limits import Limit
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.parts import Project
from pcmt.core.reading.result import READER_VERSION, SCHEMA, Reading, digest
from pcmt.core.reading.source import Places
from pcmt.core.reading.targets import PHRASE
from pcmt.core.reading.tasks import Assignment
from pcmt.core.text import Span, find_dates

_HEADER_ITEMS = (
    "issuer",
    "parent_issuer",
    "number",
    "place",
    "date",
    "doc_type",
    "title",
    "geographic_scope",
    "period",
    "archive",
    "article_title",
    "article_date",
    "author",
)
_CONFIDENCE = {
    "issuer": 0.9,
    "parent_issuer": 0.85,
    "number": 0.97,
    "place": 0.95,
    "date": 0.97,
    "doc_type": 0.98,
    "title": 0.93,
    "geographic_scope": 0.7,
    "period": 0.8,
    "archive": 0.9,
    "article_title": 0.85,
    "article_date": 0.9,
    "author": 0.75,
}


def as_contract(reading: Reading, name: str) -> dict[str, Any]:
    """The contract's object for a reading of the file `name`."""
    source = reading.source
    given = source.given
    placer = _Placer(reading)
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "reader": READER_VERSION,
        "source": {"name": name, "sha256": digest(given), "chars": len(given), "lines": given.count("\n") + 1},
        "header": _header(reading, placer),
        "outline": [_clause(c, placer) for c in reading.outline.clauses],
        "sections": [
            _section(c, placer, n)
            for n, c in enumerate(
                (
                    c
                    for c in reading.outline.clauses
                    if c.parent is None and c.style != "para" or c.own_role and c.children
                ),
                1,
            )
        ],
    }
    deadlines = [
        _deadline(placer, limit, clause, n, reading) for n, (limit, clause) in enumerate(_all_limits(reading), 1)
    ]
    starts = [deadline["span"][0] for deadline in deadlines]
    by_clause: dict[str, list[str]] = {}
    for deadline in deadlines:
        by_clause.setdefault(deadline["clause"], []).append(deadline["id"])
    result["targets"] = [_target(placer, t, deadlines, starts) for t in reading.targets]
    result["allocations"] = [
        placer.item(
            (s.start, s.end),
            s.confidence,
            id=f"L{n}",
            target_ref=s.target.id,
            agencies=[placer.agency(a) for a in s.names],
            value=s.value,
            unit=s.unit,
        )
        for n, s in enumerate(reading.shares, 1)
    ]
    target_at: dict[str, list[str]] = {}
    for t in reading.targets:
        target_at.setdefault(t.clause.id, []).append(t.id)
    result["tasks"] = [
        placer.item(
            (t.start, t.end),
            t.confidence,
            id=t.id,
            clause=t.clause.id,
            role=t.role,
            assignment_ref=t.assignment.id if t.assignment else None,
            actor=t.actor.name if t.actor else None,
            **({"inferred": True} if t.actor and t.actor.inferred else {}),
            partners=[placer.agency(a) for a in t.partners],
            advises=[placer.agency(a) for a in t.advises],
            condition=t.condition,
            deadline_refs=list(by_clause.get(t.clause.id, [])),
            target_refs=target_at.get(t.clause.id, []),
        )
        for t in reading.tasks
    ]
    result["assignments"] = [
        placer.item(
            (a.start, a.end),
            a.confidence,
            id=a.id,
            clause=a.clause.id,
            kind=a.kind,
            mode=a.mode,
            agencies=[placer.agency(x) for x in a.agencies],
        )
        for a in reading.assignments
    ]
    _bind_deadlines(reading, deadlines, result["targets"])
    result["deadlines"] = deadlines
    result["reporting_duties"] = [
        placer.item(
            (d.start, d.end),
            d.confidence,
            id=d.id,
            clause=d.clause.id,
            reporter=[placer.agency(a) for a in d.reporter],
            recipient=[placer.agency(a) for a in d.recipient],
            onward_to=[placer.agency(a) for a in d.onward],
            via=placer.agency(d.via) if d.via else None,
            prepared_by=placer.agency(d.prepared_by) if d.prepared_by else None,
            kind=d.kind,
            period=d.period,
            due=_due(placer, d.due),
            due_text=d.due_text,
            what=d.what,
        )
        for d in reading.duties
    ]
    blocks = {id(a.clause): a for a in reading.assignments}
    actors = {id(t.clause): t.actor for t in reading.tasks if t.actor}
    result["projects"] = [_project(placer, p, blocks, actors) for p in reading.projects]
    result["campaign_windows"] = [
        placer.item(
            (w.start, w.end),
            0.94,
            id=w.id,
            clause=w.clause.id if w.clause else None,
            name=w.name,
            **{"from": w.first.isoformat(), "to": w.last.isoformat()},
            inferred=True,
        )
        for w in reading.windows
    ]
    result["events"] = [
        placer.item(e["span"], 0.8, id=f"E{n}", name=e["name"], date=e["date"], inferred=True)
        for n, e in enumerate(reading.events, 1)
    ]
    result["cited_documents"] = [
        placer.item(
            c["span"],
            0.9,
            id=f"Q{n}",
            **{k: c[k] for k in ("doc_type", "number", "date", "issuer", "mentions")},
            inferred=True,
        )
        for n, c in enumerate(reading.cited, 1)
    ]
    result["funding"] = [
        placer.item(f["span"], 0.7, id=f"M{n}", clause=f["clause"].id, amount=f["amount"])
        for n, f in enumerate(reading.funding, 1)
    ]
    result["figures"] = [
        placer.item((f.start, f.end), 0.7, id=f"F{n}", role=f.role, value=f.value, unit=f.unit, measure=f.measure)
        for n, f in enumerate(reading.figures, 1)
    ]
    result["noise"] = [
        placer.item((a, b), 0.9, id=f"N{n}", type=kind)
        for n, (a, b, kind) in enumerate(sorted(set(reading.noise)), 1)
        if a < b
    ]
    result["unclaimed"] = _unclaimed(reading, placer, result)
    result["diagnostics"] = [
        {
            "code": r.code,
            "severity": r.severity,
            "span": source.span(*r.span) if r.span else None,
            "line": source.line(r.span[0]) if r.span else None,
            "args": dict(r.args),
        }
        for r in sorted(reading.remarks, key=lambda r: r.span or (0, 0))
    ]
    return result


class _Placer:
    """Turns places of the working copy into the contract's line, span and text."""

    def __init__(self, reading: Reading) -> None:
        self.source = reading.source

    def item(self, place: Span, confidence: float, **facts: Any) -> dict[str, Any]:
        """An item with its place; `facts` follow."""
        source = self.source
        start, end = place
        head = {"id": facts.pop("id")} if "id" in facts else {}
        return {
            **head,
            "line": source.line(start),
            "span": source.span(start, end),
            "text": source.text(start, end),
            "confidence": round(confidence, 2),
            **facts,
        }

    def agency(self, agency: Agency) -> dict[str, Any]:
        """A body with its place."""
        source = self.source
        return {
            "name": agency.name,
            "span": source.span(agency.start, agency.end),
            "line": source.line(agency.start),
            "text": source.text(agency.start, agency.end),
            "inferred": agency.inferred or _spliced(source.text(agency.start, agency.end), agency.name),
        }


def _spliced(text: str, name: str) -> bool:
    """Whether a name is not literally the words of its place (a bracket left out, an emphasis sign inside)."""
    return re.sub(r"[\W_]+", " ", name).strip().casefold() not in re.sub(r"[\W_]+", " ", text).casefold()


def _header(reading: Reading, placer: _Placer) -> dict[str, Any]:
    fields = reading.head.fields
    header: dict[str, Any] = {"document_kind": fields["document_kind"]}
    for name in _HEADER_ITEMS:
        value = fields[name]
        if not value:
            header[name] = None
            continue
        facts = {k: v for k, v in value.items() if k not in ("span", "sep")}
        header[name] = placer.item(value["span"], 0.6 if value.get("inferred") else _CONFIDENCE[name], **facts)
    header["legal_bases"] = [
        placer.item(b["span"], 0.93, **{k: v for k, v in b.items() if k != "span"}, inferred=True)
        for b in fields["legal_bases"]
    ]
    header["recipients"] = [
        placer.item(r["span"], 0.93, **{k: v for k, v in r.items() if k != "span"}) for r in fields["recipients"]
    ]
    signer = fields["signer"]
    if signer:
        shown: dict[str, Any] = {}
        for part in ("authority", "acting_for", "position", "name"):
            value = signer[part]
            shown[part] = (
                placer.item(
                    value["span"], 0.93, value=value["value"], **({"inferred": True} if value.get("inferred") else {})
                )
                if value
                else None
            )
        places = [tuple(v["span"]) for v in shown.values() if v]
        first, last = min(p[0] for p in places), max(p[1] for p in places)
        given = reading.source.given
        header["signer"] = {
            "line": given.count("\n", 0, first) + 1,
            "span": [first, last],
            "text": given[first:last],
            "confidence": 0.93,
            **shown,
        }
    else:
        header["signer"] = None
    return header


def _clause(clause: Clause, placer: _Placer) -> dict[str, Any]:
    source = placer.source
    return {
        "id": clause.id,
        "address": clause.address,
        "label": clause.label or None,
        "level": clause.level,
        "parent": clause.parent.id if clause.parent else None,
        "kind": clause.kind,
        "style": clause.style,
        "heading": source.plain(clause.body, clause.end)[:300],
        "span": source.span(clause.start, clause.end),
        "body": source.span(clause.body, clause.end)[0],
        "line": source.line(clause.start),
        "role": clause.role,
    }


def _section(clause: Clause, placer: _Placer, number: int) -> dict[str, Any]:
    return placer.item(
        (clause.start, clause.end),
        0.9,
        id=f"S{number}",
        clause=clause.id,
        label=clause.label or None,
        level=clause.level,
        heading=placer.source.plain(clause.body, clause.end)[:300],
        role=clause.role or "other",
    )


def _all_limits(reading: Reading) -> list[tuple[Limit, Clause]]:
    """Every limit once, dues of reports among them, in order."""
    every = [*reading.limits, *((d.due, d.clause) for d in reading.duties if d.due)]
    found: list[tuple[Limit, Clause]] = []
    for limit, clause in sorted(every, key=lambda pair: (pair[0].start, -pair[0].end)):
        if not found or limit.start >= found[-1][0].end:
            found.append((limit, clause))
    return found


def _deadline(placer: _Placer, limit: Limit, clause: Clause, number: int, reading: Reading) -> dict[str, Any]:
    return placer.item(
        (limit.start, limit.end),
        0.97 if limit.precision in ("day", "recurring", "month", "quarter") else 0.93,
        id=f"D{number}",
        clause=clause.id,
        **limit.as_dict(),
        tentative=limit.tentative,
        binds=None,
    )


def _bind_deadlines(reading: Reading, deadlines: list[dict[str, Any]], shown: list[dict[str, Any]]) -> None:
    """Each limit binds the report it dates, else the nearest target of its clause, else the task."""
    source = reading.source
    dated = {tuple(source.span(d.due.start, d.due.end)): d.id for d in reading.duties if d.due}
    clauses = {clause.id: clause for clause in reading.outline.clauses}
    tasks = {id(task.clause): task.id for task in reading.tasks}
    starts = [row["span"][0] for row in shown]
    for deadline in deadlines:
        duty = dated.get(tuple(deadline["span"]))
        if duty:
            deadline["binds"] = {"type": "report", "ref": duty}
            continue
        target = _nearest(shown, starts, deadline["span"][0], deadline["clause"])
        if target:
            deadline["binds"] = {"type": "target", "ref": target["id"]}
            continue
        task = next((tasks[id(up)] for up in clauses[deadline["clause"]].up() if id(up) in tasks), None)
        if task:
            deadline["binds"] = {"type": "task", "ref": task}


def _due(placer: _Placer, limit: Limit | None) -> dict[str, Any] | None:
    return placer.item((limit.start, limit.end), 0.9, **limit.as_dict()) if limit else None


def _nearest(rows: list[Any], starts: list[int], at: int, clause: str) -> Any:
    """The row of a clause that begins nearest to a place; `starts` are the beginnings of the rows, in order."""
    place = bisect_left(starts, at)
    around = [row for row in rows[max(0, place - 1) : place + 1] if row["clause"] == clause]
    return min(around, key=lambda row: abs(row["span"][0] - at), default=None)


def _target(placer: _Placer, target: Any, deadlines: list[dict[str, Any]], starts: list[int]) -> dict[str, Any]:
    facts = {k: v for k, v in target.facts.items() if k != "frequency_span"}
    start = placer.source.span(target.start, target.end)[0]
    best = _nearest(deadlines, starts, start, target.clause.id)
    return placer.item(
        (target.start, min(target.end, target.start + PHRASE)),
        target.confidence,
        id=target.id,
        clause=target.clause.id,
        **facts,
        deadline_ref=best["id"] if best else None,
        inferred=True,
    )


def _project(
    placer: _Placer, project: Project, blocks: dict[int, Assignment], actors: dict[int, Agency]
) -> dict[str, Any]:
    up = project.clause.up()
    block = next((blocks[id(clause)] for clause in up if id(clause) in blocks), None)
    owner = next((actors[id(clause)] for clause in up if id(clause) in actors), None) or (
        block.agencies[0] if block and block.agencies else None
    )
    return placer.item(
        (project.start, project.end),
        0.96,
        id=project.id,
        clause=project.clause.id,
        number=project.number,
        title=project.title,
        kind=project.kind,
        owner=owner.name if owner else None,
        guided_by=project.guided_by,
        assignment_ref=block.id if block else None,
        inferred=True,
        sub_projects=[_project(placer, sub, blocks, actors) for sub in project.subs],
    )


# ---- what nobody claimed -------------------------------------------------------------------------------------------
_NUMBERS, _DIGITS = re.compile(r"\d+(?:[.,]\d+)*"), re.compile(r"\d+")


def _unclaimed(reading: Reading, placer: _Placer, result: dict[str, Any]) -> list[dict[str, Any]]:
    """Every number and date outside what the items claim, in order."""
    source = reading.source
    claimed = Places(_claims(reading))
    days = [day for day in find_dates(source.low) if not claimed.meet(day.start, day.end)]
    found = [(day.start, day.end, "date") for day in days]
    taken = Places([*_claims(reading), *((day.start, day.end) for day in days)])
    for number in _NUMBERS.finditer(source.low):
        whole = not taken.meet(*number.span())  # else "1.330" of which a label took the "1": what is left of it
        for part in (number,) if whole else _DIGITS.finditer(source.low, *number.span()):
            if whole or not taken.meet(*part.span()):
                found.append((*part.span(), "number"))
    return [placer.item((a, b), 1.0, id=f"U{n}", kind=kind) for n, (a, b, kind) in enumerate(sorted(found), 1)]


def _claims(reading: Reading) -> list[tuple[int, int]]:
    """The places whose numbers and dates somebody answers for."""
    head = reading.head
    claimed = [tuple(span) for span in head.claims]
    for name in _HEADER_ITEMS:
        if head.fields[name]:
            claimed.append(tuple(head.fields[name]["span"]))
    claimed += [
        tuple(x["span"])
        for x in [*head.fields["legal_bases"], *head.fields["recipients"], *reading.cited, *reading.events]
    ]
    claimed += reading.citation_places
    claimed += [(a, b) for a, b, _ in reading.noise]
    claimed += [(c.start, c.body) for c in reading.outline.clauses if c.body > c.start]
    claimed += [(c.cells[0][0], c.cells[0][1]) for c in reading.outline.clauses if c.cells and c.label]
    claimed += [(t.start, t.end) for t in reading.targets] + [
        t.facts["frequency_span"] for t in reading.targets if t.facts.get("frequency_span")
    ]
    claimed += [(s.start, s.end) for s in reading.shares] + [(f.start, f.end) for f in reading.figures]
    claimed += [(limit.start, limit.end) for limit, _ in _all_limits(reading)]
    claimed += [(w.start, w.end) for w in [*reading.windows, *reading.own_windows]]
    claimed += [(d.start, d.end) for d in reading.duties] + [span for d in reading.duties for span in d.extra]
    for project in reading.projects:
        for p in (project, *project.subs):
            claimed.append((p.start, p.end))
            if p.number_span:
                claimed.append(p.number_span)
    return sorted({(int(a), int(b)) for a, b in claimed})
