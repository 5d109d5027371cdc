"""The places of an area as a table and a spreadsheet: what the map and the ranking are made of."""

from __future__ import annotations

import io
from collections.abc import Sequence

import attrs
import xlsxwriter
from django.utils.translation import gettext as _

from pcmt.apps.tasks.areas import plans_of
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Place, Verdict, class_of
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
    """The table as a spreadsheet. Nothing in it can become a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Các nơi"))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet.write_string(0, 0, heading, book.add_format({"bold": True, "font_size": 13}))
    heads = [
        _("Nơi"),
        _("Kết quả"),
        *(str(word.word) for _verdict, word in COLUMNS),
        _("Đạt, đúng tiến độ (%)"),
        _("Việc muộn, quá hạn"),
        _("Việc đã xong hoặc quá hạn"),
    ]
    for at, label in enumerate(heads):
        sheet.set_column(at, at, 34 if at < 2 else 12)
        sheet.write_string(2, at, label, head)
    for row, line in enumerate(lines, 3):
        sheet.write_string(row, 0, line.unit.name, cell)
        sheet.write_string(row, 1, str(line.sign.words), cell)
        for at, (_word, count) in enumerate(line.counts, 2):
            sheet.write_number(row, at, count, cell)
        at = len(COLUMNS) + 2
        if line.share is None:
            sheet.write_string(row, at, "—", cell)
        else:
            sheet.write_number(row, at, line.share, cell)
        sheet.write_number(row, at + 1, line.place.late, cell)
        sheet.write_number(row, at + 2, line.place.owed, cell)
    sheet.freeze_panes(3, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    book.close()
    return out.getvalue()
