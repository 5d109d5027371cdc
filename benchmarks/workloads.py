"""Facts to measure with: a workload is units, elements, periods and numbers, the same in every run.

To try another one, make a `Workload` and hand it to `benchmarks.rollup.run`, `targets.run` or `dashboard.run`: they ask
nothing else of it. `public(size)` makes the public one; `VARIANTS` are what real years look like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import attrs
import numpy as np
from numpy.typing import NDArray

from pcmt.core.periods import STATISTICAL, Kind, Span

Ints = NDArray[np.int64]
SEED = 20_260_701
MISSING = 0.02
FIRST_YEAR = 2021


@attrs.frozen
class Node:
    """A unit. `parent` is its number in the workload's list (None: the nation); `moves` are later parents by day."""

    level: str
    parent: int | None
    kind: str = "administrative"
    moves: tuple[tuple[date, int], ...] = ()


@attrs.frozen
class Counted:
    """A data element: `nature`, `over_time` take the words of `core.measures`. All numbers are whole."""

    code: str
    nature: str = "flow"
    over_time: str = "sum"


@attrs.frozen
class Facts:
    """Numbers as columns of equal length: of which unit, element and period (their numbers in the workload), how many.

    Of several numbers for the same cell the later one corrects those before.
    """

    unit: Ints
    element: Ints
    period: Ints
    value: Ints

    def __len__(self) -> int:
        return len(self.value)


@attrs.frozen
class Workload:
    """What is measured with.

    `chunks` are told one after the other; `corrections` come after all of them and take the place of what was told.
    `plain` says that facts never overlap, all are flows and no unit ever moved: then a sum over the tree is the answer,
    which is all that the peers can do. Others are compared with a recount by the core.
    """

    name: str
    nodes: tuple[Node, ...]
    elements: tuple[Counted, ...]
    periods: tuple[Span, ...]
    chunks: tuple[Facts, ...]
    corrections: tuple[Facts, ...] = ()
    plain: bool = True

    @property
    def count(self) -> int:
        """How many facts stand at the end."""
        return sum(len(chunk) for chunk in self.chunks)

    def paths(self, on: date = date.max) -> list[list[int]]:
        """For each unit the numbers of it and all above it, itself first, as of a day."""
        parents = self.parents(on)
        found: list[list[int]] = []
        for unit in range(len(self.nodes)):
            path, at = [unit], parents[unit]
            while at is not None:
                path.append(at)
                at = parents[at]
            found.append(path)
        return found

    def parents(self, on: date = date.max) -> list[int | None]:
        """The parent of each unit as of a day."""
        return [next((to for day, to in reversed(node.moves) if day <= on), node.parent) for node in self.nodes]

    def days(self) -> list[date]:
        """The days on which a unit moved, in order."""
        return sorted({day for node in self.nodes for day, _to in node.moves})

    def final(self) -> Iterator[Facts]:
        """The facts that stand in the end: those told, with the corrections in their place."""
        later: dict[tuple[int, int, int], int] = {}
        for chunk in self.corrections:
            later.update(zip(zip(*(col.tolist() for col in (chunk.unit, chunk.element, chunk.period)), strict=True),
                             chunk.value.tolist(), strict=True))  # fmt: skip
        touched = {key[2] for key in later}
        for chunk in self.chunks:
            if not touched or not touched & set(np.unique(chunk.period).tolist()):
                yield chunk
                continue
            value = chunk.value.copy()
            for row, key in enumerate(
                zip(*(col.tolist() for col in (chunk.unit, chunk.element, chunk.period)), strict=True)
            ):
                value[row] = later.get(key, value[row])
            yield attrs.evolve(chunk, value=value)


@attrs.frozen
class Size:
    """How many provinces, communes, elements and months; districts between them where there are any."""

    provinces: int
    communes: int
    elements: int
    months: int
    districts: int = 0


SIZES: Mapping[str, Size] = {
    "S": Size(5, 120, 12, 60),
    "M": Size(34, 3_321, 60, 12),
    "L": Size(34, 3_321, 60, 60),
    "XL": Size(63, 10_600, 60, 60, 700),
}


def months(count: int, first_year: int = FIRST_YEAR) -> tuple[Span, ...]:
    """So many calendar months one after the other."""
    return tuple(STATISTICAL.named(Kind.MONTH, first_year + at // 12, at % 12 + 1) for at in range(count))


def weeks(first: date, end: date) -> tuple[Span, ...]:
    """Weeks from Monday to Sunday that begin in a window."""
    found, at = [], first + timedelta(days=-first.weekday() % 7)
    while at < end:
        found.append(Span(at, at + timedelta(days=7)))
        at += timedelta(days=7)
    return tuple(found)


def tree(size: Size) -> tuple[Node, ...]:
    """Nation, provinces, districts if any, communes: shared out evenly."""
    nodes = [Node("central", None), *(Node("province", 0) for _ in range(size.provinces))]
    above = range(1, 1 + size.provinces)
    if size.districts:
        nodes += [Node("district", above[at * size.provinces // size.districts]) for at in range(size.districts)]
        above = range(1 + size.provinces, len(nodes))
    nodes += [Node("commune", above[at * len(above) // size.communes]) for at in range(size.communes)]
    return tuple(nodes)


def told(
    random: np.random.Generator, units: Ints, scale: NDArray[np.float64], elements: Ints, periods: Sequence[int]
) -> tuple[Facts, ...]:
    """One chunk for each period: every unit tells every element, but a few reports are missing.

    Even elements count a population (skewed by the size of the unit), each odd one a part of the one before it.
    """
    chunks = []
    for period in periods:
        present = random.random(len(units)) >= MISSING
        who, size = units[present], scale[present]
        value = np.empty((len(who), len(elements)), dtype=np.int64)
        for at, element in enumerate(elements.tolist()):
            if element % 2 and at:
                value[:, at] = random.binomial(value[:, at - 1], 0.55 + 0.4 * (element % 7) / 7)
            else:
                value[:, at] = random.poisson(size * (1 + element % 9))
        chunks.append(
            Facts(
                np.repeat(who, len(elements)), np.tile(elements, len(who)),
                np.full(value.size, period, dtype=np.int64), value.ravel(),
            )
        )  # fmt: skip
    return tuple(chunks)


def public(name: str) -> Workload:
    """The public workload of a size: every commune tells every element every month."""
    size, random = SIZES[name], np.random.default_rng(SEED)
    nodes = tree(size)
    units = np.arange(len(nodes) - size.communes, len(nodes))
    scale = random.lognormal(1.0, 1.0, len(units))
    periods = months(size.months)
    elements = tuple(Counted(f"bench-{at:02}") for at in range(size.elements))
    return Workload(
        name, nodes, elements, periods, told(random, units, scale, np.arange(size.elements), range(len(periods)))
    )


def _small(
    random: np.random.Generator, kinds: Sequence[tuple[str, str]] = ()
) -> tuple[tuple[Node, ...], tuple[Counted, ...]]:
    kinds = kinds or [("flow", "sum")]
    elements = tuple(Counted(f"bench-{at:02}", *kinds[at // 2 % len(kinds)]) for at in range(8))
    return tree(Size(5, 60, 8, 24)), elements


def uneven() -> Workload:
    """Some communes stand straight below the nation, some below hamlets' districts five levels deep."""
    random = np.random.default_rng(SEED + 1)
    nodes, elements = _small(random)
    nodes = (*nodes, *(Node("commune", 0) for _ in range(3)))
    deep = len(nodes)
    nodes = (*nodes, Node("district", 1), Node("commune", deep), Node("hamlet", deep + 1), Node("hamlet", deep + 1))
    inner = {node.parent for node in nodes}
    units = np.array([at for at in range(len(nodes)) if at not in inner])
    periods = months(24)
    chunks = told(random, units, random.lognormal(1, 1, len(units)), np.arange(8), range(24))
    return Workload("uneven levels", nodes, elements, periods, chunks)


def mixed() -> Workload:
    """Agencies at the province and inner units tell their own numbers beside the communes; stocks beside flows."""
    random = np.random.default_rng(SEED + 2)
    nodes, elements = _small(random, [("flow", "sum"), ("stock", "last")])
    nodes = (*nodes, *(Node("province", 1 + at % 5, "agency") for at in range(10)))
    units = np.arange(1, len(nodes))
    chunks = told(random, units, random.lognormal(1, 1, len(units)), np.arange(8), range(24))
    return Workload("mixed reporters", nodes, elements, months(24), chunks, plain=False)


def weekly() -> Workload:
    """Half of the elements come in weekly as well as monthly, some communes tell only the one or the other."""
    random = np.random.default_rng(SEED + 3)
    nodes, elements = _small(random)
    by_month = months(12)
    by_week = weeks(by_month[0].start, by_month[-1].end - timedelta(days=7))
    periods = by_month + by_week
    units = np.arange(6, len(nodes))
    scale = random.lognormal(1, 1, len(units))
    chunks = told(random, units[:45], scale[:45], np.arange(8), range(12))
    chunks += told(random, units[15:], scale[15:], np.arange(4), range(12, len(periods)))
    return Workload("weekly and monthly", nodes, elements, periods, chunks, plain=False)


def late() -> Workload:
    """A tenth of all numbers is corrected later, some twice."""
    random = np.random.default_rng(SEED + 4)
    nodes, elements = _small(random)
    units = np.arange(6, len(nodes))
    chunks = told(random, units, random.lognormal(1, 1, len(units)), np.arange(8), range(24))
    corrections = []
    for _again in range(2):
        for chunk in chunks[::4]:
            rows = random.random(len(chunk)) < 0.2
            corrections.append(
                Facts(
                    chunk.unit[rows], chunk.element[rows], chunk.period[rows], random.poisson(chunk.value[rows] + 2.0)
                )
            )
    return Workload("late corrections", nodes, elements, months(24), chunks, tuple(corrections))


def reform() -> Workload:
    """In the middle a third of all communes go to another province."""
    random = np.random.default_rng(SEED + 5)
    nodes, elements = _small(random)
    day = date(FIRST_YEAR, 7, 1)
    moved = tuple(
        attrs.evolve(node, moves=((day, 1 + (at % 5)),))
        if at % 3 == 0 and node.level == "commune" and node.parent != 1 + (at % 5)
        else node
        for at, node in enumerate(nodes)
    )
    units = np.arange(6, len(nodes))
    chunks = told(random, units, random.lognormal(1, 1, len(units)), np.arange(8), range(12))
    return Workload("reform in the middle", moved, elements, months(12), chunks, plain=False)


VARIANTS = (uneven, mixed, weekly, late, reform)


def spans_of(workload: Workload) -> list[tuple[date, date | None]]:
    """The stretches of time between which no unit moved; None: without an end."""
    days = workload.days()
    return [*pairwise([date.min, *days]), (days[-1] if days else date.min, None)]
