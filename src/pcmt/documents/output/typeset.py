"""A report as PDF without any other program: typeset by the library `typst`, from the same values as the Word file.

It looks as the decree wants it, but it is not the Word file printed: lines and pages may break elsewhere. What the
report says goes in as data, so that nothing in it can become markup. Letters are those of Times New Roman or Tinos
where the machine has them, else of Libertinus Serif, which comes with the library and has all of Vietnamese.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from pcmt.core.measures import number_label
from pcmt.documents.output import paper
from pcmt.documents.output.charts import Chart
from pcmt.documents.output.official import recipient_lines
from pcmt.documents.output.report import (
    LONG_ROW,
    Block,
    Centred,
    Grid,
    Photo,
    Report,
    Title,
    annex_number,
    annex_source,
    ended,
)

TEMPLATE = Path(__file__).with_name("report.typ")
PHOTO_MM = (132.0, 110.0)
"""As wide and as high as a picture may be."""


def typeset(report: Report) -> bytes:
    """The report as PDF."""
    import typst

    files: dict[str, bytes] = {TEMPLATE.name: TEMPLATE.read_bytes()}
    data = json.dumps(_data(report, files), ensure_ascii=False)
    with tempfile.TemporaryDirectory(prefix="pcmt-typeset-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        main = Path(folder) / TEMPLATE.name
        made: bytes = typst.compile(main, root=Path(folder), sys_inputs={"data": data}, format="pdf")
    return made


def _data(report: Report, files: dict[str, bytes]) -> dict[str, Any]:
    frame = report.frame
    signature = frame.signature
    return {
        "title": frame.subject,
        "parent": paper.agency_lines(frame.parent) if frame.parent else [],
        "agency": paper.agency_lines(frame.agency),
        "national": paper.NATIONAL_NAME,
        "motto": paper.MOTTO,
        "number": frame.designation,
        "mark": report.mark,
        "place": f"{frame.place or paper.BLANK}, {paper.long_date(frame.day)}",
        "type": frame.kind,
        "subject": frame.subject,
        "across": frame.landscape,
        "authority": report.authority,
        "grounds": report.ground_lines(),
        "blocks": list(_parts(ended(report.blocks), files)),
        "recipients": recipient_lines(frame),
        "signing": list(signature.lines()),
        "signer": signature.name or paper.BLANK,
        "foot": report.foot_words(),
        "annexes": [
            {
                "number": annex_number(number, len(report.annexes)),
                "title": annex.title,
                "source": annex_source(frame),
                "across": annex.landscape,
                "blocks": list(_parts(annex.blocks, files)),
            }
            for number, annex in enumerate(report.annexes, 1)
        ],
    }


def _parts(blocks: Iterable[Block], files: dict[str, bytes]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        match block:
            case Title():
                yield {"kind": "title", "words": block.words, "level": block.level}
            case Centred():
                yield {"kind": "centred", "words": block.words}
            case Grid():
                yield _grid(block)
            case Chart():
                yield _chart(block)
            case Photo():
                yield _photo(block, files)
            case _:
                yield {"kind": "words", "words": block}


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "kind": "grid",
        "title": grid.title,
        "size": grid.size,
        "labels": [column.label for column in grid.columns],
        "widths": [column.share for column in grid.columns],
        "aligns": [column.align for column in grid.columns],
        "rows": [
            {
                "cells": list(row.cells),
                "bold": row.bold,
                "group": row.group,
                "long": max(map(len, row.cells)) >= LONG_ROW,
            }
            for row in grid.rows
        ],
        "notes": list(grid.notes),
    }


def _chart(chart: Chart) -> dict[str, Any]:
    most = max((value for _label, values in chart.series for value in values if value is not None), default=Decimal(0))
    return {
        "kind": "chart",
        "caption": chart.caption,
        "series": [label for label, _values in chart.series],
        "groups": [
            {"name": name, "bars": [_bar(values[at], most) for _label, values in chart.series]}
            for at, name in enumerate(chart.names)
        ],
    }


def _bar(value: Decimal | None, most: Decimal) -> dict[str, Any]:
    share = None if value is None else float(max(value, Decimal(0)) / most) if most > 0 else 0.0
    return {"share": share, "words": "—" if value is None else number_label(value)}


def _photo(photo: Photo, files: dict[str, bytes]) -> dict[str, Any]:
    caption = f"Ảnh: {photo.caption}" if photo.caption else "Ảnh"
    size = _size(photo.data) if photo.data is not None else None
    if photo.data is None or size is None:
        return {"kind": "photo", "file": "", "caption": caption, "width": 0}
    width, height, extension = size
    name = f"photo{len(files)}.{extension}"
    files[name] = photo.data
    shown = min(PHOTO_MM[0], PHOTO_MM[1] * width / height, width * 25.4 / 72)
    return {"kind": "photo", "file": name, "caption": caption, "width": shown}


def _size(data: bytes) -> tuple[int, int, str] | None:
    """Width, height and file ending of a picture that both kinds of document can show."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            picture.load()  # a broken one would stop the whole document
            return picture.width, picture.height, "png" if picture.format == "PNG" else "jpg"
    except (OSError, SyntaxError, ValueError):
        return None
