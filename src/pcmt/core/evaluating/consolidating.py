"""The report of the next level from those of the bodies below: numbers added up, ratios computed anew, texts gathered.

Everything here is pure. A number is added only where its element adds up over units; an indicator is never added or
averaged, it is computed from the sums of its parts. Nobody's blank is a zero: a line that no body told stays blank, and
every line says how many of the bodies stand behind it. Why so: docs/decisions/0041.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import attrs

from pcmt.core.measures import Element, Indicator, OverUnits, number_label
from pcmt.core.periods import DAY, Step, held_up
from pcmt.core.schemas import Content, Figure, Line, Part, Provenance, ReportSchema, SectionKind
from pcmt.core.text import fold

PERCENT_PLACES = 2
"""Decimals of a share in percent, rounded half up."""
NAMED = 5
"""How many bodies a sentence names."""
HUNDRED = Decimal(100)


@attrs.frozen(kw_only=True)
class Child:
    """One accepted report that goes in, in the words of its own form (`schema`).

    `unit_id` is the unit whose figures it tells, `holds` those whose figures are in its numbers: units that merged into
    it within the period. They come from dated successions, which have no circles. `seat` is the expected body in whose
    place it counts among those that told: itself, or the heir where the body has ended.
    """

    unit_id: int
    name: str
    edition_id: int
    seal: str
    schema: ReportSchema
    content: Content
    holds: tuple[int, ...] = ()
    seat: int = 0


@attrs.frozen(kw_only=True)
class Left:
    """A report that was taken in and is not added, and why."""

    edition_id: int
    name: str
    why: str


@attrs.frozen(kw_only=True)
class Words:
    """What one body wrote in a section; `title` is that of its own form, where no section of the report takes it."""

    unit_id: int
    body: str
    text: str
    title: str = ""


@attrs.frozen(kw_only=True)
class Check:
    """Something a person should look at before the report goes up: a sentence, the line and the bodies it is about."""

    code: str
    words: str
    line: str = ""
    bodies: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Consolidated:
    """What came of it: a figure for each line that holds a number, the parts that were added, those left out, texts by
    section in the order of the bodies (under "" what no section takes), and what to look at.
    """

    figures: Mapping[str, Figure]
    parts: tuple[Part, ...]
    left: tuple[Left, ...]
    texts: Mapping[str, tuple[Words, ...]]
    checks: tuple[Check, ...]


@attrs.define
class _Sum:
    """What is known of a line while bodies are added: None until one told a number."""

    value: Decimal | None = None
    seats: set[int] = attrs.field(factory=set)
    applying: set[int] = attrs.field(factory=set)
    blank: list[str] = attrs.field(factory=list)
    unasked: list[str] = attrs.field(factory=list)


def consolidate(
    schema: ReportSchema,
    children: Sequence[Child],
    *,
    elements: Mapping[str, Element],
    indicators: Mapping[str, Indicator],
    expected: int | None = None,
    typed: Mapping[str, Decimal | None] | None = None,
) -> Consolidated:
    """The figures of a form from accepted reports, given in the official order of their bodies.

    `elements` and `indicators` are those of the catalogue on the last day of the period; an element that it does not
    know is added like any count. `expected` is how many bodies should report (none: as many as did). `typed` are
    numbers that a person wrote for lines of the report: they stand, and what they differ in is checked.

    The numbers are the same however the bodies are ordered or parted into levels. A report that says there was nothing
    tells 0 of every line whose number counts what came up in the period (a flow): that is what its sentence means. Of
    what stands at the end of a period, and of everything that does not add up, it tells nothing.
    """
    counted, left = _once(children)
    lines = {line.key: line for _section, line in schema.lines() if not line.is_heading}
    sums = {key: _Sum() for key, line in lines.items() if line.is_filled}
    parts = []
    checks = [_held(each) for each in left]
    matches: dict[int, Mapping[str, str]] = {}
    for child in counted:
        own = matches.get(id(child.schema))
        if own is None:
            own = matches[id(child.schema)] = matching(schema, child.schema)
        values = {
            key: _add(known, child, own.get(key), elements.get(lines[key].element)) for key, known in sums.items()
        }
        parts.append(_part(child, values))
        checks += _wrong_sums(child)
    total = len({child.seat or child.unit_id for child in counted}) if expected is None else expected
    figures = _figures(lines, sums, elements, indicators, total)
    checks += _line_checks(lines, sums, elements)
    checks += _ratio_checks(lines, sums, figures, indicators, elements)
    checks += _typed_checks(lines, figures, typed or {})
    return Consolidated(
        figures=figures,
        parts=tuple(parts),
        left=tuple(left),
        texts=_texts(schema, counted),
        checks=tuple(checks),
    )


def matching(schema: ReportSchema, own: ReportSchema) -> Mapping[str, str]:
    """Which line of a body's own form answers each line of another: keys by keys.

    Lines with the same element and part are the same line, whatever they are called in other versions; a key that
    means another element by now is another line. Lines that the own form lacks are left out.
    """
    theirs = {line.key: line for _section, line in own.lines()}
    bound: dict[tuple[str, str], str] = {}
    for key, line in theirs.items():
        if line.is_filled:
            bound.setdefault((line.element, line.breakdown), key)
    found = {}
    for _section, line in schema.lines():
        if not line.is_filled:
            continue
        same = theirs.get(line.key)
        if same is not None and (same.element, same.breakdown) == (line.element, line.breakdown):
            found[line.key] = line.key
        elif (line.element, line.breakdown) in bound:
            found[line.key] = bound[line.element, line.breakdown]
    return found


def _once(children: Sequence[Child]) -> tuple[list[Child], list[Left]]:
    """Those that are added, and those whose figures are in another one's already."""
    holder = {unit_id: child for child in children for unit_id in child.holds if unit_id != child.unit_id}
    counted: list[Child] = []
    left: list[Left] = []
    seen: dict[int, Child] = {}
    for child in children:
        by = holder.get(child.unit_id)
        if by is not None:
            why = f"Số liệu đã nằm trong báo cáo của {by.name} (tiếp nhận khi sắp xếp đơn vị trong kỳ)."
        elif (first := seen.get(child.unit_id)) is not None:
            why = f"Cùng số liệu với báo cáo của {first.name}."
        else:
            seen[child.unit_id] = child
            counted.append(child)
            continue
        left.append(Left(edition_id=child.edition_id, name=child.name, why=why))
    return counted, left


def _add(known: _Sum, child: Child, key: str | None, element: Element | None) -> Decimal | None:
    """Add what a body told of a line; what it told, None where it told no number."""
    seat = child.seat or child.unit_id
    figure = child.content.figures.get(key) if key is not None else None
    if key is None:
        known.unasked.append(child.name)
        return None
    if figure is not None and not figure.applies:
        known.seats.add(seat)
        return None
    value = figure.value if figure is not None else None
    adds = element is None or element.over_units is OverUnits.SUM
    if value is None and child.content.nothing and adds and (element is None or element.cumulates):
        value = Decimal(0)
    if value is None:
        if not child.content.nothing:
            known.blank.append(child.name)
        return None
    known.seats.add(seat)
    known.applying.add(seat)
    if adds:
        known.value = value + (known.value or 0)
    return value


def _part(child: Child, values: Mapping[str, Decimal | None]) -> Part:
    return Part(
        unit_id=child.unit_id,
        name=child.name,
        edition_id=child.edition_id,
        seal=child.seal,
        values=values,
        holds=child.holds,
        nothing=child.content.nothing,
    )


def _figures(
    lines: Mapping[str, Line],
    sums: Mapping[str, _Sum],
    elements: Mapping[str, Element],
    indicators: Mapping[str, Indicator],
    expected: int,
) -> dict[str, Figure]:
    found = {}
    for key, known in sums.items():
        element = elements.get(lines[key].element)
        adds = element is None or element.over_units is OverUnits.SUM
        applies = not adds or bool(known.applying) or not known.seats
        found[key] = Figure(
            value=known.value,
            applies=applies,
            provenance=Provenance.NONE if known.value is None else Provenance.GATHERED,
            counted=known.value,
            told=len(known.seats),
            expected=expected,
        )
    without = {key for key, each in found.items() if not each.applies}
    values = computed(lines.values(), {key: each.value for key, each in found.items()}, indicators, elements, without)
    for key, value in values.items():
        seats = _seats(key, lines, sums, indicators, elements)
        found[key] = Figure(
            value=value,
            provenance=Provenance.NONE if value is None else Provenance.COMPUTED,
            counted=value,
            told=len(seats),
            expected=expected,
        )
    return {key: found[key] for key in lines}


def computed(
    lines: Iterable[Line],
    values: Mapping[str, Decimal | None],
    indicators: Mapping[str, Indicator],
    elements: Mapping[str, Element],
    without: Collection[str] = (),
) -> dict[str, Decimal | None]:
    """The numbers of the lines that are sums of others or indicators, from those of the lines that are filled.

    A sum is known when all its lines are; those that do not apply (`without`) add nothing. An indicator is known when
    each of its elements stands in the form with a number (its part, where the line has one); a share is in percent, and
    none where its whole is 0.
    """
    known = {line.key: line for line in lines}
    found: dict[str, Decimal | None] = {}

    def number(key: str, above: frozenset[str]) -> Decimal | None:
        line = known.get(key)
        if line is None or key in above:
            return None
        if line.is_filled:
            return values.get(key)
        if line.indicator:
            return _indicator(line, known, values, indicators, elements)
        parts = [part for part in line.sum_of if part in known and part not in without]
        return _together([number(part, above | {key}) for part in parts])

    for key, line in known.items():
        if not line.is_filled and not line.is_heading:
            found[key] = number(key, frozenset())
    return found


def _indicator(
    line: Line,
    lines: Mapping[str, Line],
    values: Mapping[str, Decimal | None],
    indicators: Mapping[str, Indicator],
    elements: Mapping[str, Element],
) -> Decimal | None:
    indicator = indicators.get(line.indicator)
    if indicator is None:
        return None
    cells = _cells(line, lines, elements)
    counted, whole = (
        _together([values.get(cells[code]) if code in cells else None for code in codes])
        for codes in (indicator.counted, indicator.whole)
    )
    if not indicator.whole or counted is None:
        return counted
    if not whole:
        return None
    return (counted * HUNDRED / whole).quantize(Decimal(1).scaleb(-PERCENT_PLACES), ROUND_HALF_UP)


def _together(told: Sequence[Decimal | None]) -> Decimal | None:
    known = [each for each in told if each is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(told) else None


def _cells(line: Line, lines: Mapping[str, Line], elements: Mapping[str, Element]) -> dict[str, str]:
    """The lines that hold the elements of an indicator line: of its part, where an element is split so."""
    keys = {pair.split("=")[0] for pair in line.breakdown.split(",") if pair}
    found: dict[str, str] = {}
    for key, each in lines.items():
        element = elements.get(each.element)
        part = line.breakdown if element is not None and keys <= {*element.breakdowns} else ""
        if each.is_filled and each.breakdown == part:
            found.setdefault(each.element, key)
    return found


def _seats(
    key: str,
    lines: Mapping[str, Line],
    sums: Mapping[str, _Sum],
    indicators: Mapping[str, Indicator],
    elements: Mapping[str, Element],
    above: frozenset[str] = frozenset(),
) -> set[int]:
    """The bodies that stand behind a computed line: that told one of the lines added, or every part of an indicator."""
    line = lines.get(key)
    if line is None or key in above:
        return set()
    if line.is_filled:
        return sums[key].seats
    if line.indicator:
        parts = [sums[each].seats for each in _lines_of(line, lines, indicators, elements)]
        return set.intersection(*parts) if parts else set()
    return set().union(*(_seats(each, lines, sums, indicators, elements, above | {key}) for each in line.sum_of))


def _lines_of(
    line: Line, lines: Mapping[str, Line], indicators: Mapping[str, Indicator], elements: Mapping[str, Element]
) -> list[str]:
    """The lines that an indicator line is computed from."""
    indicator = indicators.get(line.indicator)
    cells = _cells(line, lines, elements)
    return [cells[code] for code in (*indicator.counted, *indicator.whole) if code in cells] if indicator else []


def parts_of_line(
    line: Line, lines: Iterable[Line], indicators: Mapping[str, Indicator], elements: Mapping[str, Element]
) -> list[str]:
    """Keys of the lines that a computed line is made of; nothing for one that is filled."""
    known = {each.key: each for each in lines}
    return [key for key in line.sum_of if key in known] or _lines_of(line, known, indicators, elements)


def _texts(schema: ReportSchema, counted: Sequence[Child]) -> dict[str, tuple[Words, ...]]:
    """What bodies wrote, by section: under the same key, else the same heading; what fits none stands under ""."""
    sections = [section for section in schema.sections if section.kind is SectionKind.NARRATIVE]
    keys = {section.key for section in sections}
    titles = {fold(section.title): section.key for section in reversed(sections)}
    found: dict[str, list[Words]] = defaultdict(list)
    for child in counted:
        for section in child.schema.sections:
            said = child.content.texts.get(section.key)
            if section.kind is not SectionKind.NARRATIVE or said is None or not said.text.strip():
                continue
            key = section.key if section.key in keys else titles.get(fold(section.title), "")
            title = "" if key else section.title
            found[key].append(Words(unit_id=child.unit_id, body=child.name, text=said.text.strip(), title=title))
    order = [*(section.key for section in sections), ""]
    return {key: tuple(found[key]) for key in order if key in found}


def _held(left: Left) -> Check:
    return Check(code="held", words=f"{left.name}: không cộng. {left.why}", bodies=(left.name,))


def _wrong_sums(child: Child) -> Iterator[Check]:
    """Sums of a body's own report that are not the sum of their lines."""
    figures = child.content.figures
    for _section, line in child.schema.lines():
        told = figures[line.key].value if line.sum_of and line.key in figures else None
        parts = [each for key in line.sum_of if (each := figures.get(key)) is not None and each.applies]
        whole = _together([each.value for each in parts])
        if told is not None and whole is not None and whole != told:
            words = f"{child.name}: “{line.label}” ghi {number_label(told)}, cộng các dòng được {number_label(whole)}."
            yield Check(code="sum_differs", words=words, line=line.key, bodies=(child.name,))


def _line_checks(
    lines: Mapping[str, Line], sums: Mapping[str, _Sum], elements: Mapping[str, Element]
) -> Iterator[Check]:
    for key, known in sums.items():
        label, element = lines[key].label, elements.get(lines[key].element)
        if element is not None and element.over_units is OverUnits.NONE and known.applying:
            words = f"“{label}”: số này không cộng giữa các đơn vị; đơn vị tổng hợp tự nhập số của toàn địa bàn."
            yield Check(code="not_added", words=words, line=key)
        if known.blank and known.seats:
            words = f"“{label}”: {_count(known.blank)} để trống ({_names(known.blank)}); để trống không tính là 0."
            yield Check(code="blank", words=words, line=key, bodies=tuple(known.blank))
        if known.unasked and known.seats:
            words = f"“{label}”: mẫu của {_count(known.unasked)} không có dòng này ({_names(known.unasked)})."
            yield Check(code="not_asked", words=words, line=key, bodies=tuple(known.unasked))


def _ratio_checks(
    lines: Mapping[str, Line],
    sums: Mapping[str, _Sum],
    figures: Mapping[str, Figure],
    indicators: Mapping[str, Indicator],
    elements: Mapping[str, Element],
) -> Iterator[Check]:
    for key, line in lines.items():
        if not line.indicator or figures[key].value is None:
            continue
        told = [sums[each].seats for each in _lines_of(line, lines, indicators, elements)]
        if told and any(each != told[0] for each in told):
            least, most = min(map(len, told)), max(map(len, told))
            words = (
                f"“{line.label}”: các số để tính không do cùng những đơn vị báo cáo "
                f"(có số {least} đơn vị, có số {most} đơn vị)."
                if least != most
                else f"“{line.label}”: các số để tính không do cùng những đơn vị báo cáo."
            )
            yield Check(code="uneven", words=words, line=key)


def _typed_checks(
    lines: Mapping[str, Line], figures: Mapping[str, Figure], typed: Mapping[str, Decimal | None]
) -> Iterator[Check]:
    for key, value in typed.items():
        counted = figures[key].value if key in figures else None
        if value is None or counted is None or value == counted:
            continue
        words = (
            f"“{lines[key].label}”: số đã nhập {number_label(value)}, cộng các đơn vị được {number_label(counted)} "
            f"(lệch {number_label(value - counted)})."
        )
        yield Check(code="total_differs", words=words, line=key)


def _count(names: Sequence[str]) -> str:
    return f"{len(names)} đơn vị"


def _names(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" và {more} đơn vị khác" if more > 0 else "")


@attrs.frozen(kw_only=True)
class Snapshot:
    """What one run found, as it was kept: numbers by line (None is blank) and the edition of each body by its name."""

    values: Mapping[str, Decimal | None]
    editions: Mapping[int, int]
    names: Mapping[int, str]


@attrs.frozen(kw_only=True)
class Changed:
    """A number that is another one now."""

    line: str
    old: Decimal | None
    new: Decimal | None


@attrs.frozen(kw_only=True)
class Difference:
    """What lies between two runs: bodies that came, went, or sent another edition, and the numbers that changed."""

    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    figures: tuple[Changed, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.came or self.went or self.replaced or self.figures)


def difference(before: Snapshot, after: Snapshot) -> Difference:
    """What changed from one run to a later one. Bodies are told apart by the report that they owe (keys)."""
    keys = [*after.values, *(key for key in before.values if key not in after.values)]
    return Difference(
        came=tuple(after.names[each] for each in after.editions if each not in before.editions),
        went=tuple(before.names[each] for each in before.editions if each not in after.editions),
        replaced=tuple(
            after.names[each]
            for each, edition in after.editions.items()
            if before.editions.get(each, edition) != edition
        ),
        figures=tuple(
            Changed(line=key, old=before.values.get(key), new=after.values.get(key))
            for key in keys
            if before.values.get(key) != after.values.get(key)
        ),
    )


@attrs.frozen(kw_only=True)
class Rung:
    """One body of a ladder: from when it could report, by when it had to, and the day it sent (None: not yet)."""

    name: str
    opens_on: date | None
    due_on: date | None
    sent_on: date | None = None


def responsible(ladder: Sequence[Rung], on: date) -> tuple[str, ...]:
    """The bodies that made a report late as of a day, from the lowest up; nobody while it is in time.

    Rungs without a limit are left out: nobody is late there. See `core.periods.held_up` for the rule.
    """
    rungs = [each for each in ladder if each.due_on is not None]
    steps = []
    for at, rung in enumerate(rungs):
        assert rung.due_on is not None
        start = min(rung.opens_on or rung.due_on, rung.due_on)
        steps.append(Step(start, rung.due_on + DAY, str(at), rung.due_on))
    blamed = held_up(steps, {str(at): rung.sent_on for at, rung in enumerate(rungs)}, on=on)
    return tuple(rungs[int(each)].name for each in blamed)
