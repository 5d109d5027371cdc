"""What people and programs do with the catalogue, forms and facts."""

from pcmt.apps.facts.operations.recording import CellRefusal, Entry, accept_facts, record_facts, undo_recording
from pcmt.apps.facts.operations.registering import LoadedCatalogue, compare_catalogue, load_catalogue

__all__ = [
    "CellRefusal",
    "Entry",
    "LoadedCatalogue",
    "accept_facts",
    "compare_catalogue",
    "load_catalogue",
    "record_facts",
    "undo_recording",
]
