"""Dated reference data of `data/`, each with its legal source, as values of the core. No Django and no database."""

from pcmt.reference.calendars import ladders, school_terms, work_calendar
from pcmt.reference.exchange import FieldKind, Layout, PacketField, PacketType, qcvn125
from pcmt.reference.files import folder, table, tables

__all__ = [
    "FieldKind",
    "Layout",
    "PacketField",
    "PacketType",
    "folder",
    "ladders",
    "qcvn125",
    "school_terms",
    "table",
    "tables",
    "work_calendar",
]
