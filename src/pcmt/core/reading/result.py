"""What was understood of a plan, as objects, before it takes the shape of the contract."""

from __future__ import annotations

import hashlib
from typing import Any

from attrs import define, field

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.reading.duties import Duty
from pcmt.core.reading.head import Head
from pcmt.core.reading.limits import Era, Limit
from pcmt.core.reading.outline import Clause, Outline
from pcmt.core.reading.parts import Project
from pcmt.core.reading.shares import Share
from pcmt.core.reading.source import Source
from pcmt.core.reading.targets import Figure, Target
from pcmt.core.reading.tasks import Assignment, Task
from pcmt.core.reading.windows import Window

SCHEMA = "pcmt-plan/1"
READER_VERSION = "1"


@define(eq=False)
class Reading:
    """All that was understood, as objects that know their clauses."""

    source: Source
    head: Head
    outline: Outline
    era: Era
    zones: set[int] = field(factory=set)
    targets: list[Target] = field(factory=list)
    shares: list[Share] = field(factory=list)
    figures: list[Figure] = field(factory=list)
    assignments: list[Assignment] = field(factory=list)
    tasks: list[Task] = field(factory=list)
    limits: list[tuple[Limit, Clause]] = field(factory=list)
    duties: list[Duty] = field(factory=list)
    projects: list[Project] = field(factory=list)
    windows: list[Window] = field(factory=list)
    own_windows: list[Window] = field(factory=list)
    events: list[dict[str, Any]] = field(factory=list)
    cited: list[dict[str, Any]] = field(factory=list)
    citation_places: list[tuple[int, int]] = field(factory=list)
    funding: list[dict[str, Any]] = field(factory=list)
    remarks: list[Diagnostic] = field(factory=list)
    noise: list[tuple[int, int, str]] = field(factory=list)
    headings: list[tuple[int, int]] = field(factory=list)


def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes (lone surrogates kept as they came)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
