"""What people and programs do with the catalogue, forms and facts."""

from pcmt.apps.facts.operations.administering import (
    Adding,
    ElementText,
    IndicatorText,
    add_element,
    add_indicator,
    end_element,
    end_indicator,
    version_element,
    version_indicator,
)
from pcmt.apps.facts.operations.forming import (
    FormText,
    Line,
    adopt_form,
    change_form,
    define_form,
    end_form,
    form_text,
    text_of,
)
from pcmt.apps.facts.operations.recording import CellRefusal, Entry, accept_facts, record_facts, undo_recording
from pcmt.apps.facts.operations.registering import LoadedCatalogue, compare_catalogue, load_catalogue

__all__ = [
    "Adding",
    "CellRefusal",
    "ElementText",
    "Entry",
    "FormText",
    "IndicatorText",
    "Line",
    "LoadedCatalogue",
    "accept_facts",
    "add_element",
    "add_indicator",
    "adopt_form",
    "change_form",
    "compare_catalogue",
    "define_form",
    "end_element",
    "end_form",
    "end_indicator",
    "form_text",
    "load_catalogue",
    "record_facts",
    "text_of",
    "undo_recording",
    "version_element",
    "version_indicator",
]
