"""Dated reference data of `data/`, each with its legal source, as values of the core. No Django and no database."""

from pcmt.reference.calendars import ladders, school_terms, work_calendar
from pcmt.reference.exchange import FieldKind, Layout, PacketField, PacketType, qcvn125
from pcmt.reference.files import folder, table, tables
from pcmt.reference.kinds import ReadyKind, kinds
from pcmt.reference.law import WrongLaw, groups_tested, law, law_from, rules_of
from pcmt.reference.papers import FormField, FormText, paper_form, paper_forms
from pcmt.reference.points import Centre, centres

__all__ = [
    "Centre",
    "FieldKind",
    "FormField",
    "FormText",
    "Layout",
    "PacketField",
    "PacketType",
    "ReadyKind",
    "WrongLaw",
    "centres",
    "folder",
    "groups_tested",
    "kinds",
    "ladders",
    "law",
    "law_from",
    "paper_form",
    "paper_forms",
    "qcvn125",
    "rules_of",
    "school_terms",
    "table",
    "tables",
    "work_calendar",
]
