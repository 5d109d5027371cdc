"""The places to which sealed values are bound (`vault.seal`): one rule for each table that holds any.

A value moved to another row, table or column does not open. Rows are named by what never changes: the code of a file,
the key that a row was made with, the number of a paper's row.
"""

from __future__ import annotations

from uuid import UUID


def identity_place(code: str) -> str:
    """Of who somebody is, by the code of the file."""
    return f"registers.Identity:{code}"


def paper_place(paper_id: int) -> str:
    """Of what was typed into a paper."""
    return f"registers.Paper:{paper_id}"


def keyed_place(model: str, key: UUID | str) -> str:
    """Of a row with a `key`: TeamMember, Pledge, DataRequest, RegisterImport, OfflineConflict."""
    return f"registers.{model}:{key}"
