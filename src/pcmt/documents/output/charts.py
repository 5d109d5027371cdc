"""Charts in Word files, as the native charts of Office: vectors, with their numbers in a workbook inside the file.

The drawing is made by the library that writes our workbooks and carried over, so that Word, LibreOffice and Excel see
what they know; whoever opens the file in Word may change the numbers and the looks.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attrs import frozen

from pcmt.documents.output import paper

SHEET = "Số liệu"
FILLS = ("#0B6B6B", "#B8C4C4", "#E0E7E7")
"""Dark to light: series can be told apart on a grey copy too."""
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHARTS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_MADE = datetime(2020, 3, 5, tzinfo=UTC)
"""One same report gives one same chart."""


@frozen(kw_only=True)
class Chart:
    """Bars that lie: one group a name, one bar a series; None leaves the place of its bar empty."""

    caption: str
    names: Sequence[str]
    series: Sequence[tuple[str, Sequence[Decimal | None]]]

    def words(self) -> str:
        """The chart for who does not see it."""
        parts = [f"{label}: {_pairs(self.names, values)}" for label, values in self.series]
        return ". ".join([self.caption, *parts])


def _pairs(names: Sequence[str], values: Sequence[Decimal | None]) -> str:
    return "; ".join(f"{name} {'—' if value is None else value}" for name, value in zip(names, values, strict=True))


def add_chart(file: Any, chart: Chart, width_mm: float, number: int) -> None:
    """The chart on a line of its own, with its caption below; `number` counts the charts of the file from 1."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml
    from docx.shared import Mm

    drawing, book = _drawn(chart)
    package = file.part.package
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART, b"", package)
    numbers = Part(PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"), _BOOK, book, package)
    link = part.relate_to(numbers, f"{_RELATIONS}/package")
    part._blob = _linked(drawing, link)
    where = file.part.relate_to(part, f"{_RELATIONS}/chart")
    height = 22 + (6.5 * len(chart.series) + 4) * len(chart.names)
    paragraph = paper.write(file.add_paragraph(), "", 12, before=6, together=True)
    inline = parse_xml(
        f'<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        f' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        f' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{_RELATIONS}">'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{Mm(width_mm)}" cy="{Mm(min(height, 200))}"/>'
        f'<wp:docPr id="{1000 + number}" name="Biểu đồ {number}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{_CHARTS}"><c:chart xmlns:c="{_CHARTS}" r:id="{where}"/></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing>"
    )
    inline[0][1].set("descr", chart.words()[:2000])
    paragraph.runs[0]._element.append(inline)
    paper.write(file.add_paragraph(), chart.caption, 12, italic=True, before=2, after=4)


def _drawn(chart: Chart) -> tuple[bytes, bytes]:
    """The chart as DrawingML, and the workbook that it was drawn from."""
    import xlsxwriter

    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _MADE.replace(tzinfo=None)})
    page = book.add_worksheet(SHEET)
    page.set_column(0, 0, 40)
    last = len(chart.names)
    for row, name in enumerate(chart.names, 1):
        page.write_string(row, 0, name)
    bars: Any = book.add_chart({"type": "bar"})
    font = {"name": paper.FONT, "size": 11}
    for column, (label, values) in enumerate(chart.series, 1):
        page.write_string(0, column, label)
        for row, value in enumerate(values, 1):
            if value is not None:
                page.write_number(row, column, float(value))
        bars.add_series(
            {
                "name": [SHEET, 0, column],
                "categories": [SHEET, 1, 0, last, 0],
                "values": [SHEET, 1, column, last, column],
                "fill": {"color": FILLS[(column - 1) % len(FILLS)]},
                "border": {"color": FILLS[0], "width": 0.5},
                "data_labels": {"value": True, "font": font, "num_format": "#,##0.##"},
                "gap": 60,
            }
        )
    # The first name stands on top and the first series above the others, as people read.
    bars.set_y_axis({"reverse": True, "num_font": font, "line": {"color": "#808080"}})
    bars.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    bars.set_legend({"position": "bottom", "font": font})
    bars.set_chartarea({"border": {"none": True}})
    page.insert_chart(0, len(chart.series) + 2, bars)
    book.close()
    made = output.getvalue()
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return archive.read("xl/charts/chart1.xml"), made


def _linked(drawing: bytes, link: str) -> bytes:
    """The chart of a workbook as the chart of a document: its numbers are in the workbook of a relation."""
    from lxml import etree

    root = etree.fromstring(drawing)
    for print_settings in root.findall(f"{{{_CHARTS}}}printSettings"):
        root.remove(print_settings)
    for labels in root.iter(f"{{{_CHARTS}}}dLbls"):
        # What is not said is shown by LibreOffice: the number alone is wanted. The format wants this order.
        shown = labels.find(f"{{{_CHARTS}}}showVal")
        legend = etree.Element(f"{{{_CHARTS}}}showLegendKey", {"val": "0"})
        shown.addprevious(legend)
        for kind in ("showBubbleSize", "showPercent", "showSerName", "showCatName"):
            shown.addnext(etree.Element(f"{{{_CHARTS}}}{kind}", {"val": "0"}))
    etree.SubElement(root, f"{{{_CHARTS}}}externalData", {f"{{{_RELATIONS}}}id": link})
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True))
