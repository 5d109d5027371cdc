"""A file as a picture: bands of statuses with their interruptions, tests as dots, moves, treatment, papers.

Everything is placed in percent of the width, so that the server draws once and the page is as wide as it likes; the
words of each row stand beside it as text, and the tables below hold every date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

import attrs
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.registers.queries.files import File, SpellLine
from pcmt.core.periods import Span
from pcmt.web.plan.timeline import WIDTH, Scale
from pcmt.web.templatetags.pcmt import vdate

BEFORE, AFTER = timedelta(days=20), timedelta(days=45)
"""Room around what is drawn."""
SHORTEST = timedelta(days=240)
NARROW = 45.0
"""A division of the axis thinner than this has no room for its name."""


@attrs.frozen
class Mark:
    """A point: `x` in percent; `shape`: circle, triangle, square, cross or tick; `title` in words."""

    x: str
    shape: str
    title: str


@attrs.frozen
class Band:
    """A stretch: `x` and `width` in percent; `look`: run, paused, ended, term (planned, not lived yet), stay, care."""

    x: str
    width: str
    look: str
    title: str


@attrs.frozen
class Lane:
    """A row of the picture: what it is, said in words beside it, its bands and its marks."""

    label: str
    under: str
    bands: Sequence[Band]
    marks: Sequence[Mark]


@attrs.frozen
class Division:
    """A division of the axis. `named`: there is room for its name."""

    x: str
    label: str
    strong: bool
    named: bool


@attrs.frozen
class Picture:
    """The whole. `today`: where today is, in percent."""

    divisions: Sequence[Division]
    lanes: Sequence[Lane]
    today: str


def picture_of(file: File, on: date) -> Picture | None:
    """The picture of a file; None while there is nothing to draw."""
    days = list(_days(file))
    if not days:
        return None
    first, last = min([*days, on]), max([*days, on])
    if last - first < SHORTEST:
        first = last - SHORTEST
    scale = Scale(Span(first - BEFORE, last + AFTER))
    divisions = [
        Division(_share(tick.x), tick.label, tick.strong, tick.width > NARROW or tick.strong) for tick in scale.ticks()
    ]
    return Picture(divisions, list(_lanes(file, scale, on)), _share(scale.middle(on)))


def _share(x: float) -> str:
    """A place on the line in percent, with a point whatever the language."""
    return f"{x / WIDTH * 100:.2f}%"


def _days(file: File) -> Iterator[date]:
    for spell in file.spells:
        yield spell.starts_on
        yield from (each for each in (spell.ends_on, spell.ended_on) if each)
    yield from (each.on for each in file.tests if not each.voided)
    for episode in file.episodes:
        yield from (each for each in (episode.on, episode.ended_on) if each)
    if file.spells or file.tests:
        yield from (each.from_on for each in file.stays)


def _lanes(file: File, scale: Scale, on: date) -> Iterator[Lane]:
    for spell in file.spells:
        yield _spell_lane(spell, scale, on)
    if file.tests:
        yield _test_lane(file, scale)
    for episode in file.episodes:
        end = episode.ended_on or on + timedelta(days=1)
        words = _until(episode.on, episode.ended_on)
        stages = [_band(scale, each.from_on, each.to_on or end, "stage", each.words) for each in episode.stages]
        yield Lane(
            episode.words,
            " · ".join(filter(None, (words, episode.outcome))),
            [_band(scale, episode.on, end, "care", f"{episode.words}: {words}"), *stages],
            [],
        )
    if len(file.stays) > 1:
        bands = [
            _band(scale, each.from_on, each.to_on or on + timedelta(days=1), "stay", each.unit_name)
            for each in file.stays
        ]
        moved = [
            Mark(_share(scale.x(each.from_on)), "tick", f"{vdate(each.from_on)}: {each.unit_name}")
            for each in file.stays[1:]
        ]
        yield Lane(_("Nơi giữ hồ sơ"), file.stays[-1].unit_name, bands, moved)
    signed = [each for each in file.papers if each.signed_on]
    if signed:
        marks = [
            Mark(_share(scale.middle(each.signed_on)), "paper", f"{vdate(each.signed_on)}: {each.cited}")
            for each in signed
            if each.signed_on
        ]
        under = ngettext("%(count)s văn bản đã ký", "%(count)s văn bản đã ký", len(signed)) % {"count": len(signed)}
        yield Lane(_("Văn bản"), under, [], marks)


def _spell_lane(spell: SpellLine, scale: Scale, on: date) -> Lane:
    tomorrow = on + timedelta(days=1)
    lived = spell.ended_on or max(tomorrow, spell.starts_on)
    words = _until(spell.starts_on, spell.ended_on)
    bands = [_band(scale, spell.starts_on, lived, "run" if spell.running else "ended", f"{spell.words}: {words}")]
    if spell.running and spell.ends_on and spell.ends_on >= lived:
        rest = _("còn lại của thời hạn, đến hết ngày %(day)s") % {"day": vdate(spell.ends_on)}
        bands.append(_band(scale, lived, spell.ends_on + timedelta(days=1), "term", rest))
    bands += [
        _band(
            scale, each.from_on, each.to_on or max(tomorrow, each.from_on), "paused",
            f"{each.words}: {_until(each.from_on, each.to_on)}",
        )
        for each in spell.pauses
    ]  # fmt: skip
    under = words
    if spell.running and spell.ends_on:
        under = _("%(first)s – hết ngày %(last)s") % {"first": vdate(spell.starts_on), "last": vdate(spell.ends_on)}
    return Lane(spell.words, under, bands, [])


def _test_lane(file: File, scale: Scale) -> Lane:
    kept = [each for each in file.tests if not each.voided]
    marks = [
        Mark(_share(scale.middle(each.on)), each.shape, f"{vdate(each.on)}: {each.words}") for each in reversed(kept)
    ]
    positive = sum(each.result == "positive" for each in kept)
    count = ngettext("%(count)s lần", "%(count)s lần", len(kept)) % {"count": len(kept)}
    found = ngettext("%(count)s dương tính", "%(count)s dương tính", positive) % {"count": positive} if positive else ""
    missed = ngettext("%(count)s kỳ bỏ lỡ", "%(count)s kỳ bỏ lỡ", file.missed) % {"count": file.missed}
    return Lane(
        _("Xét nghiệm"), " · ".join(filter(None, (count, found, missed if file.missed else ""))), [], marks
    )  # fmt: skip


def _band(scale: Scale, start: date, end: date, look: str, title: str) -> Band:
    bar = scale.bar(start, end, look)
    return Band(_share(bar.x), _share(bar.width), look, title)


def _until(first: date, end: date | None) -> str:
    """A half-open stretch as people say it: with its last day."""
    if end is None:
        return _("từ %(first)s") % {"first": vdate(first)}
    last = max(first, end - timedelta(days=1))
    return f"{vdate(first)} – {vdate(last)}"


def looks(lanes: Iterable[Lane]) -> set[str]:
    """What is drawn, for the legend."""
    return {each.look for lane in lanes for each in lane.bands} | {each.shape for lane in lanes for each in lane.marks}
