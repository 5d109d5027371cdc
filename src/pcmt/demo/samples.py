"""The invented plan that a visitor uploads to try the reading: as text, and as the Word file an office would send."""

from __future__ import annotations

import io
import re
from itertools import groupby
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

TEXTS = Path(__file__).parent / "texts"
STEM = "ke-hoach-phuong-con-nhan"

_CENTRED = re.compile(r"^(?:ỦY BAN|PHƯỜNG|CỘNG HÒA|Độc lập|-+$|Số:|KẾ HOẠCH|TM\.|KT\.|PHÓ CHỦ TỊCH|Hồ Sỹ Lam|Cao điểm)")
_BOLD = re.compile(r"^(?:[IVX]+\.|\d+\. [^:]{3,60}$|[A-ZĐÀ-Ỹ .,]+$)")


def plan_text() -> str:
    """The plan as text."""
    return (TEXTS / "upload-me.txt").read_text(encoding="utf-8")


def plan_docx() -> bytes:
    """The same plan as a Word document; lines with bars become a table."""
    document = Document()
    section = document.sections[0]
    # Margins of Decree 30/2020/NĐ-CP, annex I.
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(14)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
    lines = [line for line in plan_text().splitlines() if line.strip()]
    for tabular, block in groupby(lines, key=lambda line: " | " in line):
        if tabular:
            rows = [line.split(" | ") for line in block]
            table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
            for cells, row in zip(table.rows, rows, strict=True):
                for cell, text in zip(cells.cells, row, strict=True):
                    cell.text = text
            continue
        for line in block:
            paragraph = document.add_paragraph()
            run = paragraph.add_run(line)
            run.bold = bool(_BOLD.match(line))
            if _CENTRED.match(line):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def write_samples(folder: Path) -> list[Path]:
    """Put both files into a folder and give their paths; what stands there under their names is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    text, word = folder / f"{STEM}.txt", folder / f"{STEM}.docx"
    text.write_text(plan_text(), encoding="utf-8")
    word.write_bytes(plan_docx())
    return [text, word]
