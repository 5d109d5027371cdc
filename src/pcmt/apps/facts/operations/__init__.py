"""What people and programs do with the catalogue, forms and facts."""

from pcmt.apps.facts.operations.rebuilding import Checked, keep_span, rebuild, verify
from pcmt.apps.facts.operations.recording import CellRefusal, Entry, accept_facts, record_facts, undo_recording
from pcmt.apps.facts.operations.registering import load_catalogue

__all__ = [
    "CellRefusal",
    "Checked",
    "Entry",
    "accept_facts",
    "keep_span",
    "load_catalogue",
    "rebuild",
    "record_facts",
    "undo_recording",
    "verify",
]
