"""What people and programs do with the catalogue, forms and facts."""

from pcmt.apps.facts.operations.recording import CellRefusal, Entry, accept_facts, record_facts, undo_recording
from pcmt.apps.facts.operations.registering import LoadedCatalogue, compare_catalogue, load_catalogue
from pcmt.apps.facts.operations.sheets import (
    aim_sheet,
    choose_meanings,
    say_dash,
    start_sheet,
    tell_sheet,
    tend_sheets,
    withdraw_sheet,
    work_on_sheet,
)

__all__ = [
    "CellRefusal",
    "Entry",
    "LoadedCatalogue",
    "accept_facts",
    "aim_sheet",
    "choose_meanings",
    "compare_catalogue",
    "load_catalogue",
    "record_facts",
    "say_dash",
    "start_sheet",
    "tell_sheet",
    "tend_sheets",
    "undo_recording",
    "withdraw_sheet",
    "work_on_sheet",
]
