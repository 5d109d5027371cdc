"""The places of an area as a table and a spreadsheet: what the map and the ranking are made of."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from django.utils.translation import gettext as _

from pcmt.apps.tasks.areas import plans_of
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Place, Verdict, class_of
from pcmt.documents.output.workbook import Sheet, write_workbook
from pcmt.web.leader.page import Ground, beside_of, ground_verdicts
from pcmt.web.leader.tiles import SIGNS, Sign
from pcmt.web.targets.words import VERDICT_WORDS, VerdictWord

COLUMNS: Sequence[tuple[Verdict, VerdictWord]] = [(Verdict(key), word) for key, word in VERDICT_WORDS.items()]


@attrs.frozen
class PlaceLine:
    """One place with its letter on the map, and how many of its targets have each verdict."""

    unit: Unit
    place: Place
    sign: Sign
    url: str
    counts: Sequence[tuple[VerdictWord, int]]
    ranked: bool

    @property
    def share(self) -> int | None:
        """Whole percent of the judged targets that are met or on track, rounded down."""
        share = self.place.tally.share
        return None if share is None else int(share * 100)


def place_lines(ground: Ground) -> list[PlaceLine]:
    """The places in official order."""
    plans = plans_of(ground.actor, ground.area, ground.period)
    beside = beside_of(ground, ground_verdicts(ground, plans))
    if beside is None:
        return []
    lines = []
    for unit in beside.units:
        place = beside.places[unit.pk]
        counts = [(word, place.tally.counts.get(verdict, 0)) for verdict, word in COLUMNS]
        url = ground.address("screen", don_vi=unit.pk)
        lines.append(PlaceLine(unit, place, SIGNS[class_of(place.tally)], url, counts, place.tally.ranks))
    return lines


def places_sheet(lines: Sequence[PlaceLine], *, heading: str) -> bytes:
    """The table as a workbook."""
    columns = [
        (_("Nơi"), 34), (_("Kết quả"), 34), *((str(word.word), 12) for _verdict, word in COLUMNS),
        (_("Đạt, đúng tiến độ (%)"), 12), (_("Việc muộn, quá hạn"), 12), (_("Việc đã xong hoặc quá hạn"), 12),
    ]  # fmt: skip
    rows = [
        (
            line.unit.name, str(line.sign.words), *(count for _word, count in line.counts),
            "—" if line.share is None else line.share, line.place.late, line.place.owed,
        )
        for line in lines
    ]  # fmt: skip
    return write_workbook([Sheet(_("Các nơi"), heading, columns, rows)])
