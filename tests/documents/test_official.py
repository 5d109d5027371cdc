"""Official documents of Decree 30/2020/NĐ-CP: what stands where, read back from the file and seen by LibreOffice."""

from __future__ import annotations

import io
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.shared import Mm, Pt

from pcmt.documents.intake.programs import find_office
from pcmt.documents.output.official import Column, Heading, Mark, Official, Part, Signature, Table, write_official

TABLE = Table(
    [Column("STT", 10, "center"), Column("Nội dung công việc", 90, "both"), Column("Thời hạn", 30, "center")],
    [["1", "Lập danh sách", "hết ngày 14/6/2026"], ["2", "=1+1", "hết ngày 20/6/2026"]],
    ["", "Cộng", "2"],
)
BODY: tuple[Part, ...] = ("Kính đề nghị quan tâm.", Heading("1. Việc quá hạn"), TABLE, "Trân trọng.")


def letter(**changed: Any) -> Official:
    facts: dict[str, Any] = {
        "agency": "Công an tỉnh An Bình",
        "parent": "Bộ Công an",
        "symbol": "CAT-PC04",
        "place": "An Bình",
        "subject": "đôn đốc thực hiện Kế hoạch số 12/KH-UBND",
        "to": ["Sở Y tế"],
        "body": BODY,
        "signature": Signature(post="Phó Giám đốc", name="Trần Văn An", mark=Mark.DEPUTY, head="Giám đốc"),
        "recipients": ["Như trên;", "- Ủy ban nhân dân tỉnh (để b/c)"],
        "archive": "PC04",
    }
    return Official(**{**facts, **changed})


def opened(document: Official) -> Any:
    return docx.Document(io.BytesIO(write_official(document)))


def cells(file: Any, table: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in file.tables[table].rows]


def test_page_font_and_number_of_pages() -> None:
    section = opened(letter()).sections[0]
    sides = (section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin,
             section.right_margin)  # fmt: skip
    assert [round(side.mm) for side in sides] == [210, 297, 20, 20, 30, 15]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml
    assert opened(letter()).styles["Normal"].font.name == "Times New Roman"
    across = opened(letter(landscape=True)).sections[0]
    assert across.page_width > across.page_height


def test_an_official_letter() -> None:
    file = opened(letter())
    head = cells(file, 0)
    assert head[0] == [
        "BỘ CÔNG AN\nCÔNG AN TỈNH AN BÌNH\n",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n",
    ]
    assert head[1][0] == "Số:      /CAT-PC04\nV/v đôn đốc thực hiện Kế hoạch số 12/KH-UBND"
    assert head[1][1] == "An Bình, ngày …… tháng …… năm ………"
    place = file.tables[0].rows[1].cells[1].paragraphs[0].runs[0]
    assert place.italic
    words = [paragraph.text for paragraph in file.paragraphs if paragraph.text]
    assert words == ["Kính gửi: Sở Y tế", "Kính đề nghị quan tâm.", "1. Việc quá hạn", "Trân trọng./."]
    body = next(each for each in file.paragraphs if each.text == "Kính đề nghị quan tâm.")
    assert body.paragraph_format.first_line_indent == Mm(12.7)
    assert body.alignment is not None
    assert body.alignment.name == "JUSTIFY"
    assert body.runs[0].font.size == Pt(14)
    assert cells(file, 1)[0] == ["STT", "Nội dung công việc", "Thời hạn"]
    assert cells(file, 1)[2][1] == "=1+1", "words stay words"
    assert cells(file, 1)[-1] == ["", "Cộng", "2"]
    foot = cells(file, 2)[0]
    assert foot[0] == "Nơi nhận:\n- Như trên;\n- Ủy ban nhân dân tỉnh (để b/c);\n- Lưu: VT, PC04."
    assert foot[1].split("\n") == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "", "", "", "", "Trần Văn An"]


def test_a_document_with_a_type_name() -> None:
    file = opened(letter(kind="Báo cáo", symbol="BC-UBND", number="07", day=date(2026, 2, 5)))
    head = cells(file, 0)
    assert head[1] == ["Số: 07/BC-UBND", "An Bình, ngày 05 tháng 02 năm 2026"]
    words = [paragraph.text for paragraph in file.paragraphs if paragraph.text]
    assert words[:2] == ["BÁO CÁO", "đôn đốc thực hiện Kế hoạch số 12/KH-UBND"]
    assert not any(text.startswith("Kính gửi") for text in words)


def test_several_addressees_stand_below_one_another() -> None:
    words = [paragraph.text for paragraph in opened(letter(to=["Sở Y tế", "Sở Tài chính"])).paragraphs]
    assert [text for text in words if text][:3] == ["Kính gửi:", "- Sở Y tế;", "- Sở Tài chính."]


@pytest.mark.parametrize(
    ("signature", "lines"),
    [
        (Signature(post="Giám đốc"), ("GIÁM ĐỐC",)),
        (Signature(post="Chủ tịch", mark=Mark.COLLECTIVE, body="Ủy ban nhân dân"), ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        (
            Signature(post="Phó Chủ tịch", mark=Mark.COLLECTIVE_DEPUTY, body="Ủy ban nhân dân", head="Chủ tịch"),
            ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        ),
        (Signature(post="Phó Giám đốc", mark=Mark.DEPUTY, head="Giám đốc"), ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")),
        (Signature(post="Chánh Văn phòng", mark=Mark.ORDER, head="Chủ tịch"), ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")),
        (Signature(post="Trưởng phòng", mark=Mark.DELEGATE, head="Giám đốc"), ("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG")),
        (Signature(post="Giám đốc", mark=Mark.ACTING), ("Q. GIÁM ĐỐC",)),
        (Signature(), ("………",)),
    ],
    ids=["head", "collective", "deputy of a collective", "deputy", "order", "delegate", "acting", "unknown"],
)
def test_who_signs_for_whom(signature: Signature, lines: tuple[str, ...]) -> None:
    """The marks of article 13."""
    assert signature.lines() == lines


@pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")
def test_libreoffice_numbers_the_pages_from_the_second_on(tmp_path: Path) -> None:
    long = Table(
        TABLE.columns, [[str(number), "Rà soát, lập danh sách " * 6, "hết ngày 14/6/2026"] for number in range(25)]
    )
    (tmp_path / "letter.docx").write_bytes(write_official(letter(body=["Mở đầu.", long, "Trân trọng."])))
    program = find_office()
    assert program is not None
    subprocess.run(
        [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(tmp_path / "letter.docx")],
        check=True, capture_output=True, timeout=120, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / "letter.pdf")]
    assert len(pages) > 1
    assert not pages[0].lstrip().startswith("1")
    assert pages[1].lstrip().startswith("2")
    # where no font of the usual widths is installed, the head of the narrow column breaks
    assert "".join(pages[1].split()).count("STT") == 1, "the head of the table is repeated"
    assert "KT. GIÁM ĐỐC" in pages[-1]
    assert "Trân trọng./." in pages[-1], "nobody signs an empty page"
