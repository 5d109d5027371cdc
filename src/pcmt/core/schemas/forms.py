"""What a report asks for: an outline of sections and tables, as data with versions."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import attrs


class SectionKind(StrEnum):
    """What stands in a section."""

    NARRATIVE = "narrative"  # text
    FIGURES = "figures"  # a table: lines bound to elements, columns of periods
    BODIES = "bodies"  # lines of tables of figures again, body by body: the annex of a consolidated report
    TARGETS = "targets"  # the plan's targets with their verdicts
    TASKS = "tasks"  # tasks done and overdue
    MISSING = "missing"  # who has not reported, or late, and whose fault it is
    CORRECTIONS = "corrections"  # figures of earlier reports that were restated: old and new
    PICTURES = "pictures"


RECIPES = ("verdicts", "tasks", "ahead", "figures", "comparison", "events", "urging", "carried")
"""What the first text of a section can be made of: verdicts on targets, tasks done and overdue, tasks due next, the
figures of the form alone or compared, events of the plan, who was urged, and the words of the report before. See
`core.evaluating`."""


class ColumnKind(StrEnum):
    """What a column of a table of figures holds."""

    THIS = "this"  # the period reported: the one column that is filled
    PREVIOUS = "previous"  # the period before
    YEAR_AGO = "year_ago"  # the same period of the year before
    CUMULATIVE = "cumulative"  # since the start of the reporting year
    CHANGE = "change"  # this minus `against`
    PERCENT = "percent"  # this beside `against`, as a change in percent
    TARGET = "target"  # what the plan asks for
    NOTE = "note"


@attrs.frozen(kw_only=True)
class Line:
    """One line of a table.

    It is bound to a data element (one part of it by `breakdown`), to an indicator (computed from its parts, never
    typed), or is the sum of the lines in `sum_of`; a line with none of these is a heading. `number` is what stands in
    the STT column; `official` the code of the line in an official form.
    """

    key: str
    label: str
    number: str = ""
    unit_word: str = ""
    element: str = ""
    breakdown: str = ""
    indicator: str = ""
    sum_of: tuple[str, ...] = ()
    official: str = ""
    note: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether the line holds no number."""
        return not (self.element or self.indicator or self.sum_of)

    @property
    def is_filled(self) -> bool:
        """Whether a person may type its number: lines bound to an element are, computed ones are not."""
        return bool(self.element)


@attrs.frozen(kw_only=True)
class Column:
    """One column; `against` is the key of the column that CHANGE and PERCENT compare with."""

    key: str
    kind: ColumnKind
    label: str
    against: str = ""


@attrs.frozen(kw_only=True)
class Section:
    """One section of the outline, in the order of the document; `level` 1 to 3 is how deep its heading stands.

    `number` is written before the title ("I", "1", "a"). `guidance` tells who fills it what belongs there. `drafts`
    names what a first text is made of (`RECIPES`), where it is narrative. `band` is the change
    in percent against the same period of last year beyond which a figure has to be explained; None asks nothing.
    `annex` sections are printed after the signature, on pages of their own (`landscape` where they are wide).
    """

    key: str
    title: str
    kind: SectionKind
    number: str = ""
    level: int = 1
    guidance: str = ""
    required: bool = False
    drafts: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    columns: tuple[Column, ...] = ()
    band: int | None = None
    annex: bool = False
    landscape: bool = False


@attrs.frozen(kw_only=True)
class ReportSchema:
    """A whole form. `type_name` heads the document (`BÁO CÁO`; empty: an official letter), `subject` is its title.

    `subject` and `opening` may hold `{kỳ}` and `{kế hoạch}`. `source` is the legal act or the plan that asks for it.
    `suits` names the regimes that it is usual for: a kind (`final`), or a kind and a period (`periodic/monthly`).
    """

    code: str
    title: str
    type_name: str = "BÁO CÁO"
    subject: str = ""
    opening: str = ""
    source: str = ""
    suits: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    def lines(self) -> Iterator[tuple[Section, Line]]:
        """All lines of all tables of figures. Keys are unique in a form."""
        for section in self.sections:
            if section.kind is SectionKind.FIGURES:
                for line in section.lines:
                    yield section, line

    def section(self, key: str) -> Section | None:
        """A section by its key."""
        return next((each for each in self.sections if each.key == key), None)
