"""The map and the band of a place's life as plain SVG: numbers only, no tiles, no script.

The projection is the plainest one: degrees east, shortened by the cosine of the middle latitude, against degrees north.
Over a province that is as good as any; over the country distances differ by some percent, and nobody measures here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import attrs
from django.utils.translation import gettext as _

from pcmt.apps.activities.queries.maps import EVENTS, Dot, Drawn
from pcmt.apps.activities.queries.places import PlacePage
from pcmt.core.periods import Span
from pcmt.core.schemas import StateSort
from pcmt.web.plan.timeline import WIDTH, Scale
from pcmt.web.templatetags.pcmt import vdate, vnumber

SIZE = 400.0
"""Width of the map in its own units: about the points of a phone, so that letters stay letters there."""
LOWEST, HIGHEST = 240.0, 560.0
MARGIN = 34.0
NARROWEST = 0.02
"""Degrees that a map shows at least: about two kilometres."""
KM_A_DEGREE = 111.2
LOOKS = (str(StateSort.STANDING), str(StateSort.WATCHED), str(StateSort.GONE), EVENTS)
"""In this order they stand side by side; also the shapes: circle, triangle, square, diamond."""
MOST_UNITS = 300
LABELLED = 14
"""So many of the largest are named in the picture, where names do not overlap; the table names all."""
LETTER, LINE = 5.6, 12.0
"""About how wide a letter and how high a line is."""


@attrs.frozen
class Mark:
    """A mark at `x`, `y` of radius `r`: its look, its number, what it is in words, where it leads (unit or record)."""

    x: str
    y: str
    r: str
    path: str
    look: str
    count: int
    title: str
    area_id: int
    pk: int
    label: str
    label_x: str
    label_y: str


@attrs.frozen
class Row:
    """A line of the table of units: its name and how many of each look, and whether the map shows it."""

    area_id: int
    area: str
    counts: Sequence[int]
    total: int
    placed: bool


@attrs.frozen
class Map:
    """The whole. `ground`: one path of dots. `bar`: length of the scale bar, `bar_km` what it stands for."""

    height: str
    ground: str
    marks: Sequence[Mark]
    bar: str
    bar_km: str
    looks: Sequence[str]
    rows: Sequence[Row]
    sums: Sequence[int]
    total: int
    unplaced: int
    more_units: int


def map_of(found: Drawn, close: bool) -> Map:
    """The map of what was found; `close`: each record by itself, else units."""
    rows = _rows(found.dots)
    shown = {row.area_id for row in rows[:MOST_UNITS]}
    dots = [dot for dot in found.dots if dot.lat is not None and (close or dot.area_id in shown)]
    points = [(dot.lat, dot.lon) for dot in dots if dot.lat is not None and dot.lon is not None]
    frame = _Frame.around([*points, *found.ground])
    looks = [look for look in LOOKS if any(dot.look == look for dot in found.dots)]
    sums = [sum(dot.count for dot in found.dots if dot.look == look) for look in looks]
    km = frame.bar_km()
    return Map(
        height=_n(frame.height),
        ground="".join(f"M{_n(x)} {_n(y)}h0" for x, y in (frame.at(*each) for each in found.ground)),
        marks=_marks(dots, frame, close),
        bar=_n(km / KM_A_DEGREE * frame.scale),
        bar_km=vnumber(km),
        looks=looks,
        rows=rows[:MOST_UNITS],
        sums=sums,
        total=sum(sums),
        unplaced=sum(dot.count for dot in found.dots if dot.lat is None),
        more_units=max(0, len(rows) - MOST_UNITS),
    )


@attrs.frozen
class _Frame:
    """From degrees to the picture."""

    west: float
    north: float
    shorten: float
    scale: float
    left: float
    top: float
    height: float

    @staticmethod
    def around(points: Sequence[tuple[float, float]]) -> _Frame:
        """The frame in which all points lie, with a margin; the outline of the map is their extent."""
        lats = [each[0] for each in points] or [16.0]
        lons = [each[1] for each in points] or [106.0]
        shorten = math.cos(math.radians((min(lats) + max(lats)) / 2))
        wide = max((max(lons) - min(lons)) * shorten, NARROWEST)
        tall = max(max(lats) - min(lats), NARROWEST)
        scale = min((SIZE - 2 * MARGIN) / wide, (HIGHEST - 2 * MARGIN) / tall)
        height = max(tall * scale + 2 * MARGIN, LOWEST)
        drawn_wide = (max(lons) - min(lons)) * shorten * scale
        drawn_tall = (max(lats) - min(lats)) * scale
        return _Frame(
            west=min(lons), north=max(lats), shorten=shorten, scale=scale,
            left=(SIZE - drawn_wide) / 2, top=(height - drawn_tall) / 2, height=height,
        )  # fmt: skip

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a point lies in the picture."""
        return self.left + (lon - self.west) * self.shorten * self.scale, self.top + (self.north - lat) * self.scale

    def bar_km(self) -> float:
        """A round number of kilometres whose bar is a fifth of the width at most."""
        most = SIZE / 5 / self.scale * KM_A_DEGREE
        step = 10 ** math.floor(math.log10(most))
        return next(step * each for each in (5, 2, 1) if step * each <= most)


def _rows(dots: Iterable[Dot]) -> list[Row]:
    """By unit, the largest first."""
    counted: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    known: dict[int, tuple[str, bool]] = {}
    for dot in dots:
        counted[dot.area_id][dot.look] += dot.count
        known[dot.area_id] = (dot.area, dot.lat is not None)
    looks = [look for look in LOOKS if any(look in each for each in counted.values())]
    rows = [
        Row(pk, known[pk][0], [by_look[look] for look in looks], sum(by_look.values()), known[pk][1])
        for pk, by_look in counted.items()
    ]
    return sorted(rows, key=lambda row: (-row.total, row.area, row.area_id))


def _marks(dots: Sequence[Dot], frame: _Frame, close: bool) -> list[Mark]:
    here: dict[tuple[float | None, float | None], list[Dot]] = defaultdict(list)
    for dot in dots:
        here[dot.lat, dot.lon].append(dot)
    totals = {at: sum(dot.count for dot in some) for at, some in here.items()}
    names = _Names()
    marks: list[Mark] = []
    for at, some in sorted(here.items(), key=lambda each: -totals[each[0]]):  # small ones on top of large ones
        assert at[0] is not None
        assert at[1] is not None
        x, y = frame.at(at[0], at[1])
        some.sort(key=lambda dot: (LOOKS.index(dot.look), dot.pk))
        radii = [_radius(dot.count) for dot in some]
        left = x - sum(radii) + radii[0]
        largest = max(radii)
        for place, (dot, r) in enumerate(zip(some, radii, strict=True)):
            if place:
                left += radii[place - 1] + r
            name = _short(dot.name if close else dot.area) if place == 0 else ""
            label = name if name and names.fits(name, x, y + largest + 11) else ""
            marks.append(
                Mark(
                    _n(left),
                    _n(y),
                    _n(r),
                    _shape(dot.look, left, y, r),
                    dot.look,
                    dot.count,
                    _title(dot),
                    dot.area_id,
                    dot.pk,
                    label,
                    _n(_inside(x, label)),
                    _n(y + largest + 11),
                )
            )
    return marks


def _inside(x: float, name: str) -> float:
    """The middle of a name that stays inside the picture."""
    half = len(name) * LETTER / 2
    return min(max(x, half + 2), SIZE - half - 2)


class _Names:
    """Names placed so far, the most important first."""

    def __init__(self) -> None:
        self._boxes: list[tuple[float, float, float]] = []

    def fits(self, name: str, x: float, y: float) -> bool:
        """Whether there is room for a name; then it takes it."""
        if len(self._boxes) >= LABELLED:
            return False
        half, middle = len(name) * LETTER / 2, _inside(x, name)
        for left, right, line in self._boxes:
            if abs(y - line) < LINE and middle - half < right and left < middle + half:
                return False
        self._boxes.append((middle - half, middle + half, y))
        return True


def _short(label: str) -> str:
    return label if len(label) <= 24 else f"{label[:23]}…"


def look_words(look: str) -> str:
    """What a look means."""
    return {
        str(StateSort.STANDING): _("đang có"),
        str(StateSort.WATCHED): _("đang theo dõi"),
        str(StateSort.GONE): _("đã hết"),
        EVENTS: _("hoạt động"),
    }[look]


def _title(dot: Dot) -> str:
    if dot.name:
        return f"{dot.name}: {dot.words}"
    return f"{dot.area}: {vnumber(dot.count)} {look_words(dot.look)}"


def _radius(count: int) -> float:
    """The area grows with the number."""
    return min(3.0 + 1.8 * math.sqrt(count), 22.0)


def _shape(look: str, x: float, y: float, r: float) -> str:
    """The outline of all shapes but the circle, which is one of its own."""
    if look == str(StateSort.WATCHED):
        return f"M{_n(x)} {_n(y - r)}L{_n(x + r)} {_n(y + r * 0.8)}H{_n(x - r)}z"
    if look == str(StateSort.GONE):
        s = r * 0.85
        return f"M{_n(x - s)} {_n(y - s)}h{_n(2 * s)}v{_n(2 * s)}h{_n(-2 * s)}z"
    if look == EVENTS:
        return f"M{_n(x)} {_n(y - r)}L{_n(x + r)} {_n(y)}L{_n(x)} {_n(y + r)}L{_n(x - r)} {_n(y)}z"
    return ""


def key_path(look: str) -> str:
    """The shape in the legend."""
    return _shape(look, 8, 8, 6)


def _n(value: float) -> str:
    """A number of the drawing, with a point whatever the language."""
    return f"{value:.1f}".removesuffix(".0")


@attrs.frozen
class Band:
    """A stretch of a life: `x` and `width` in percent, its sort, what it is in words."""

    x: str
    width: str
    look: str
    title: str


@attrs.frozen
class Division:
    """A division of the axis; `named`: there is room for its name."""

    x: str
    label: str
    strong: bool
    named: bool


@attrs.frozen
class Life:
    """The bands of a place's life with the axis, where today is, and events as points."""

    divisions: Sequence[Division]
    bands: Sequence[Band]
    events: Sequence[tuple[str, str]]
    today: str


def life_of(page: PlacePage, on: date) -> Life:
    """The picture of a place's life until a day."""
    ended = page.place.to_on
    last = max(on, ended or on)
    first = min(page.place.from_on, last - timedelta(days=120))
    scale = Scale(Span(first, last + timedelta(days=15)))
    bands = []
    for spell in page.spells:
        end = spell.to_on or ended or on + timedelta(days=1)
        bar = scale.bar(spell.from_on, max(end, spell.from_on), "")
        title = f"{spell.state.label}: {vdate(spell.from_on)} – {vdate(spell.to_on or ended) if end else ''}"
        bands.append(Band(_share(bar.x), _share(bar.width), str(spell.state.sort), title))
    divisions = [
        Division(_share(tick.x), tick.label, tick.strong, tick.width > 45.0 or tick.strong) for tick in scale.ticks()
    ]
    events = [
        (_share(scale.middle(each.on)), f"{vdate(each.on)}: {each.title}") for each in page.events if each.on >= first
    ]
    return Life(divisions, bands, events, _share(scale.middle(on)))


def _share(x: float) -> str:
    return f"{x / WIDTH * 100:.2f}%"
