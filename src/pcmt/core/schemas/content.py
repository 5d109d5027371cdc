"""What a report says: the value that is shown, previewed, frozen, consolidated, printed and exchanged.

Everything in it is plain: it can be written as JSON in one canonical way, whose hash is the seal of a sent report.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs


class Provenance(StrEnum):
    """Where a number of a report comes from."""

    COUNTED = "counted"  # from figures told before, registers, activities, or sums of them
    TYPED = "typed"  # a person wrote it
    GATHERED = "gathered"  # consolidated from accepted reports
    COMPUTED = "computed"  # from other numbers of the report
    NONE = "none"  # not reported: "—", never 0


@attrs.frozen(kw_only=True)
class Figure:
    """The number of one line for the period, and those beside it by column.

    `value` None with `applies` is "not reported"; without `applies` it does not apply. `counted` is what the program
    knew when the report was opened or last brought up to date; where a person wrote another number, `reason` says why.
    `explanation` is what is said about a change beyond the section's band. `told` of `expected` units stand behind it.
    """

    value: Decimal | None = None
    applies: bool = True
    provenance: Provenance = Provenance.NONE
    counted: Decimal | None = None
    reason: str = ""
    explanation: str = ""
    note: str = ""
    told: int | None = None
    expected: int | None = None
    others: Mapping[str, Decimal | None] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class SectionText:
    """The text of a section; paragraphs are parted by line ends. `sources` names the bodies whose words it gathers."""

    text: str = ""
    sources: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class ListRow:
    """One row of a list that the program made (targets, tasks, missing bodies): its cells in the order of the columns.

    `address` is the page that the row comes from, without host.
    """

    cells: tuple[str, ...]
    address: str = ""


@attrs.frozen(kw_only=True)
class Part:
    """What one body gave to a consolidated report: its numbers by line key, and its seal.

    `unit_id` is the unit whose figures it tells, `holds` are units whose figures are in its numbers (units that merged
    into it), so that a body reorganised within the period is counted once.
    """

    unit_id: int
    name: str
    edition_id: int
    seal: str
    values: Mapping[str, Decimal | None]
    holds: tuple[int, ...] = ()
    nothing: bool = False


@attrs.frozen(kw_only=True)
class Correction:
    """A figure of an earlier report that was restated: never silent, shown as old and new in the next report."""

    line: str
    label: str
    period: str
    old: Decimal | None
    new: Decimal | None
    reason: str
    body: str = ""


@attrs.frozen(kw_only=True)
class Picture:
    """A picture of a section: the id of the file kept, its words, and the digest of its bytes."""

    section: str
    file_id: int
    caption: str
    digest: str


@attrs.frozen(kw_only=True)
class Content:
    """What a report says, whole.

    `first` and `last` are the days covered, both included; `cutoff` the day at whose end the figures were taken;
    `form` and `form_version` say which form it answers. `nothing`: the body reports that there was nothing.
    """

    form: str
    form_version: int
    body: str
    unit_id: int
    first: date | None
    last: date | None
    cutoff: date
    nothing: bool = False
    texts: Mapping[str, SectionText] = attrs.field(factory=dict)
    figures: Mapping[str, Figure] = attrs.field(factory=dict)
    lists: Mapping[str, tuple[ListRow, ...]] = attrs.field(factory=dict)
    parts: tuple[Part, ...] = ()
    corrections: tuple[Correction, ...] = ()
    pictures: tuple[Picture, ...] = ()
