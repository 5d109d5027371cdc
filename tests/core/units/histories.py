"""Random histories: a small land, and things that happen to it, in any order of days."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from pcmt.core.diagnostics import Refusal
from pcmt.core.units import (
    ALWAYS,
    STILL,
    Dissolution,
    Division,
    Event,
    Founding,
    History,
    Holding,
    Merger,
    Move,
    NewUnit,
    Part,
    Renaming,
    Transfer,
    Unit,
    UnitSpan,
    apply,
    history_of,
)

FIRST = date(2024, 1, 1)
"""The day before anything happens."""
LAST = FIRST + timedelta(days=60)
"""The day after everything."""


def unit(key: str, parent: str | None, level: str, code: str = "") -> Unit:
    return Unit(key, code, level, (UnitSpan(ALWAYS, STILL, key.upper(), parent),))


@st.composite
def lands(draw: st.DrawFn) -> History:
    """A nation, two to four provinces with a function or two, up to five communes in each."""
    units = [unit("nation", None, "central")]
    for at in range(draw(st.integers(2, 4))):
        units.append(unit(f"p{at}", "nation", "province"))
        units += [unit(f"p{at}c{n}", f"p{at}", "commune") for n in range(draw(st.integers(0, 5)))]
    holdings = [Holding("p0", "both"), Holding("p1", "both"), Holding("p1", "one")]
    return history_of(units, holdings=holdings)


@st.composite
def happenings(draw: st.DrawFn, history: History, number: int) -> Event | None:
    """Something that may happen to units of one level, new ones named by number; None where too few are left."""
    on = FIRST + timedelta(days=draw(st.integers(1, 50)))
    level = draw(st.sampled_from(["commune", "commune", "province"]))
    tree = history.tree(on)
    standing = sorted(key for key in tree.parents if history.units[key].level == level)
    provinces = sorted(key for key in tree.parents if history.units[key].level == "province")
    what = draw(
        st.sampled_from(["found", "merge", "absorb", "divide", "shrink", "rename", "move", "dissolve", "transfer"])
    )
    new = NewUnit(f"n{number}", f"N{number}", level)
    if what == "found":
        above = draw(st.sampled_from(provinces)) if level == "commune" and provinces else "nation"
        return Founding(on, NewUnit(new.key, new.name, level if above != "nation" else "province", parent=above))
    if what == "transfer":
        held = [(each.unit, each.function) for each in history.holdings if each.start <= on < each.end]
        source, function = draw(st.sampled_from(held)) if held else ("nation", "one")
        return Transfer(on, function, source, draw(st.sampled_from(sorted(tree.parents))))
    if len(standing) < 2:
        return None
    chosen = draw(st.permutations(standing))[: draw(st.integers(2, 4))]
    one, other = chosen[:2]
    if what == "merge":
        return Merger(on, tuple(chosen), new)
    if what == "absorb":
        return Merger(on, tuple(chosen), one)
    if what in {"divide", "shrink"}:
        below = sorted(tree.children.get(one, ()))
        cut = draw(st.integers(0, len(below)))
        measures = [draw(st.integers(1, 9)) for _part in range(3)]
        first: NewUnit | str = new if what == "divide" else one
        second = NewUnit(f"n{number}b", f"N{number}B", level)
        return Division(
            on,
            one,
            (
                Part(first, measures[0], True, tuple(below[:cut])),
                Part(other, measures[1], children=tuple(below[cut:])),
                Part(second, measures[2]),
            ),
        )
    if what == "rename":
        return Renaming(on, one, new.name)
    if what == "move" and level == "commune":
        return Move(on, one, draw(st.sampled_from(provinces)))
    return Dissolution(on, one, other)


@st.composite
def told(draw: st.DrawFn, at_most: int = 8) -> tuple[History, list[Event], History]:
    """A land, what happened to it (in the order in which it was written down, not of days), and the history of it."""
    land = history = draw(lands())
    events: list[Event] = []
    for number in range(draw(st.integers(1, at_most))):
        event = draw(happenings(history, number))
        after = apply(history, event) if event else None
        if isinstance(after, History):
            events.append(event)  # type: ignore[arg-type]
            history = after
        else:
            assert after is None or isinstance(after, Refusal)
    return land, events, history


def figures(land: History) -> st.SearchStrategy[dict[str, int]]:
    """A figure for every commune."""
    communes = sorted(key for key, each in land.units.items() if each.level == "commune")
    return st.fixed_dictionaries({key: st.integers(0, 1000) for key in communes})
