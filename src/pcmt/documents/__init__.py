"""Files in and out: any document to text with places; a read plan to JSON, Akoma Ntoso, Excel and Word.

Heavy libraries are loaded by the function that needs them, so importing this room costs little.
"""

from __future__ import annotations

from pcmt.documents.intake.detect import Kind
from pcmt.documents.intake.extract import MAX_BYTES, extract, identify, screen
from pcmt.documents.intake.grids import UNCALCULATED, Grid, GridSheet, address, grid_from, read_grid
from pcmt.documents.intake.lists import after_numbering, is_signature, is_sum, last_of_head, reached_down
from pcmt.documents.intake.pictures import is_picture, plain_picture, small_picture
from pcmt.documents.intake.secrecy import STAMPED
from pcmt.documents.values import Cell, Extracted, Place, Unreadable, note_text

__all__ = [
    "MAX_BYTES",
    "STAMPED",
    "UNCALCULATED",
    "Cell",
    "Extracted",
    "Grid",
    "GridSheet",
    "Kind",
    "Place",
    "Unreadable",
    "address",
    "after_numbering",
    "extract",
    "grid_from",
    "identify",
    "is_picture",
    "is_signature",
    "is_sum",
    "last_of_head",
    "note_text",
    "plain_picture",
    "reached_down",
    "read_grid",
    "screen",
    "small_picture",
]
