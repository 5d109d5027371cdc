"""Report forms as data: what a report asks for (`forms`), and what one says (`content`).

A form is an outline of sections; a section is text, a table whose lines are bound to data elements, or a list that the
program makes of what it knows. What a report says is kept apart from its form, so that reports over several versions of
a form can be read, compared and exported together.
"""

from pcmt.core.schemas.content import (
    Content,
    Correction,
    Figure,
    ListRow,
    Part,
    Picture,
    Provenance,
    SectionText,
)
from pcmt.core.schemas.forms import Column, ColumnKind, Line, ReportSchema, Section, SectionKind
from pcmt.core.schemas.written import content_data, content_from, schema_data, schema_from, seal_of

__all__ = [
    "Column",
    "ColumnKind",
    "Content",
    "Correction",
    "Figure",
    "Line",
    "ListRow",
    "Part",
    "Picture",
    "Provenance",
    "ReportSchema",
    "Section",
    "SectionKind",
    "SectionText",
    "content_data",
    "content_from",
    "schema_data",
    "schema_from",
    "seal_of",
]
