"""Report forms as data: what a report asks for (`forms`), and what one says (`content`). Kinds of records (`kinds`).

A form is an outline of sections; a section is text, a table whose lines are bound to data elements, or a list that the
program makes of what it knows. What a report says is kept apart from its form, so that reports over several versions of
a form can be read, compared and exported together.
"""

from pcmt.core.schemas.checking import FormProblem, problems
from pcmt.core.schemas.comparing import Difference, MergedLine, binding_of, compared, merged_lines, summary
from pcmt.core.schemas.content import Content, Correction, Figure, ListRow, Part, Picture, Provenance, SectionText
from pcmt.core.schemas.entries import FieldProblem, ReadEntry, entry_title, number_of, read_entry, read_value, shown
from pcmt.core.schemas.forms import RECIPES, Column, ColumnKind, Line, ReportSchema, Section, SectionKind
from pcmt.core.schemas.kind_checking import KindProblem, asks_for_person, kind_problems
from pcmt.core.schemas.kind_comparing import KindChange, kind_changes, kind_summary
from pcmt.core.schemas.kinds import (
    NUMBERS,
    CountOf,
    CountRule,
    FieldType,
    KindField,
    KindSchema,
    Noun,
    Option,
    Sensitivity,
    State,
    StateSort,
    When,
)
from pcmt.core.schemas.lives import Flow, Stretch, flows, summed
from pcmt.core.schemas.tabled import COLUMNS, bound_line, schema_of_table
from pcmt.core.schemas.written import (
    content_data,
    content_from,
    kind_data,
    kind_from,
    schema_data,
    schema_from,
    seal_of,
)

__all__ = [
    "COLUMNS",
    "NUMBERS",
    "RECIPES",
    "Column",
    "ColumnKind",
    "Content",
    "Correction",
    "CountOf",
    "CountRule",
    "Difference",
    "FieldProblem",
    "FieldType",
    "Figure",
    "Flow",
    "FormProblem",
    "KindChange",
    "KindField",
    "KindProblem",
    "KindSchema",
    "Line",
    "ListRow",
    "MergedLine",
    "Noun",
    "Option",
    "Part",
    "Picture",
    "Provenance",
    "ReadEntry",
    "ReportSchema",
    "Section",
    "SectionKind",
    "SectionText",
    "Sensitivity",
    "State",
    "StateSort",
    "Stretch",
    "When",
    "asks_for_person",
    "binding_of",
    "bound_line",
    "compared",
    "content_data",
    "content_from",
    "entry_title",
    "flows",
    "kind_changes",
    "kind_data",
    "kind_from",
    "kind_problems",
    "kind_summary",
    "merged_lines",
    "number_of",
    "problems",
    "read_entry",
    "read_value",
    "schema_data",
    "schema_from",
    "schema_of_table",
    "seal_of",
    "shown",
    "summary",
    "summed",
]
