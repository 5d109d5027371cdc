"""What people and programs do with the catalogue, forms and facts."""

from pcmt.apps.facts.operations.recording import CellRefusal, Entry, accept_facts, record_facts, undo_recording
from pcmt.apps.facts.operations.registering import load_catalogue

__all__ = [
    "CellRefusal",
    "Entry",
    "accept_facts",
    "load_catalogue",
    "record_facts",
    "undo_recording",
]
