"""A report as a form and its content: every kind of section, long names, blanks beside zeros, many bodies."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

from PIL import Image

from pcmt.core.schemas import (
    Column,
    ColumnKind,
    Content,
    Correction,
    Figure,
    Line,
    ListRow,
    Part,
    Picture,
    Provenance,
    ReportSchema,
    Section,
    SectionKind,
    SectionText,
)
from pcmt.documents.output.official import Mark, Official, Signature
from pcmt.documents.output.report import Report
from pcmt.documents.output.report_body import lay_out

COLUMNS = (
    Column(key="this", kind=ColumnKind.THIS, label="Kỳ này"),
    Column(key="year_ago", kind=ColumnKind.YEAR_AGO, label="Cùng kỳ"),
    Column(key="change", kind=ColumnKind.CHANGE, label="Tăng, giảm", against="year_ago"),
    Column(key="percent", kind=ColumnKind.PERCENT, label="Tỷ lệ (%)", against="year_ago"),
)
LINES = (
    Line(key="fight", label="Đấu tranh với tội phạm về ma túy", number="A"),
    Line(key="cases", label="Số vụ phát hiện, bắt giữ", number="1", unit_word="vụ", element="cases"),
    Line(key="gangs", label="Trong đó: số vụ có tổ chức, xuyên quốc gia", number="2", unit_word="vụ", element="gangs"),
    Line(key="all", label="Cộng", number="3", unit_word="vụ", sum_of=("cases", "gangs")),
    Line(key="people", label="Số người bị bắt", number="4", unit_word="người", element="people"),
    Line(key="ships", label="Số tàu, thuyền bị kiểm tra", number="5", unit_word="vụ", element="ships"),
    Line(key="rate", label="Tỷ lệ điều tra, khám phá", number="6", unit_word="percent", indicator="rate"),
)
SECTIONS = (
    Section(key="one", title="Tình hình", kind=SectionKind.NARRATIVE, number="I", required=True),
    Section(key="two", title="Kết quả thực hiện", kind=SectionKind.NARRATIVE, number="II"),
    Section(
        key="numbers", title="Kết quả bằng số", kind=SectionKind.FIGURES, number="1", level=2, lines=LINES,
        columns=COLUMNS,
    ),
    Section(key="goals", title="Chỉ tiêu của kế hoạch", kind=SectionKind.TARGETS, number="2", level=2),
    Section(key="point", title="Nhiệm vụ", kind=SectionKind.TASKS, number="a", level=3),
    Section(key="gone", title="Đơn vị chưa báo cáo", kind=SectionKind.MISSING, number="III"),
    Section(key="seen", title="Hình ảnh", kind=SectionKind.PICTURES, number="IV"),
    Section(key="old", title="Số liệu đính chính", kind=SectionKind.CORRECTIONS, number="V"),
    Section(
        key="bodies", title="Số liệu theo đơn vị", kind=SectionKind.BODIES, annex=True, landscape=True,
    ),
    Section(
        key="detail", title="Số liệu chi tiết", kind=SectionKind.FIGURES, annex=True, columns=COLUMNS,
        lines=tuple(
            Line(key=f"line{number}", label=f"Chỉ tiêu chi tiết số {number}", number=str(number), element=f"e{number}")
            for number in range(1, 61)
        ),
    ),
)  # fmt: skip
SCHEMA = ReportSchema(
    code="half", title="Báo cáo 6 tháng", subject="Kết quả thực hiện {kế hoạch}, {kỳ}", sections=SECTIONS
)
LONG = "Hội đồng quản lý Khu kinh tế, khu công nghiệp và các cụm công nghiệp, làng nghề vùng ven biển huyện đảo"


def pixels() -> bytes:
    """A small picture."""
    output = io.BytesIO()
    Image.new("RGB", (300, 200), "#0B6B6B").save(output, "PNG")
    return output.getvalue()


def told(value: int | str | None, ago: int | str | None = None, **more: object) -> Figure:
    """A number with that of a year ago, the difference and the percentage."""
    this, before = (None if each is None else Decimal(each) for each in (value, ago))
    both = this is not None and before is not None
    others = {
        "year_ago": before,
        "change": this - before if this is not None and before is not None else None,
        "percent": (this - before) / before * 100 if both and before else None,  # type: ignore[operator]
    }
    known = Provenance.NONE if this is None else Provenance.TYPED
    return Figure(value=this, provenance=known, others=others, **more)  # type: ignore[arg-type]


FIGURES = {
    "cases": told(12, 10, explanation="Tăng do mở đợt cao điểm."),
    "gangs": told(0, 3),
    "all": told(12, 13),
    "people": told(None, 7, told=28, expected=30),
    "ships": told(None).__class__(applies=False),
    "rate": told("91.67", "88.5"),
    **{f"line{number}": told(number * 1000, number * 900) for number in range(1, 61)},
}


def parts(count: int = 4) -> tuple[Part, ...]:
    """What bodies gave; the last one merged into the first."""
    found = [
        Part(
            unit_id=number, name=f"Xã {number}" if number > 1 else LONG, edition_id=number, seal="0" * 64,
            values={"cases": Decimal(number), "gangs": Decimal(0), "people": None, "all": Decimal(number)},
            holds=(count,) if number == 1 else (), nothing=number == 2,
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    return tuple(found)


def content(**changed: object) -> Content:
    """What the sample report says."""
    facts: dict[str, object] = {
        "form": "half", "form_version": 1, "body": "Ủy ban nhân dân tỉnh An Bình", "unit_id": 1,
        "first": date(2025, 12, 15), "last": date(2026, 6, 14), "cutoff": date(2026, 6, 14),
        "texts": {
            "one": SectionText(text="Tình hình ổn định.\n\nSố vụ tăng 20% so với cùng kỳ < & > năm trước."),
            "two": SectionText(text=""),
        },
        "figures": FIGURES,
        "lists": {
            "goals": (ListRow(cells=("Triệt xóa điểm phức tạp", "ít nhất 02", "3", "Đạt", "3/2 điểm")),),
            "gone": (ListRow(cells=("Xã Hòa Bình", "12/6/2026", "quá hạn 4 ngày", "Chủ tịch Ủy ban nhân dân xã")),),
        },
        "parts": parts(),
        "corrections": (
            Correction(line="cases", label="Số vụ phát hiện", period="Tháng 5/2026", old=Decimal(7), new=None,
                       reason="Báo trùng", body="Xã Hòa Bình"),
        ),
        "pictures": (Picture(section="seen", file_id=1, caption="Ra quân tháng hành động", digest="x"),
                     Picture(section="seen", file_id=2, caption="Ảnh đã bị hủy", digest="y")),
    }  # fmt: skip
    return Content(**{**facts, **changed})  # type: ignore[arg-type]


def frame(**changed: object) -> Official:
    """Letterhead, signature and recipients of the sample."""
    facts: dict[str, object] = {
        "agency": "Ủy ban nhân dân tỉnh An Bình", "parent": "", "number": "45", "symbol": "BC-UBND", "place": "An Bình",
        "day": date(2026, 6, 16), "kind": "BÁO CÁO",
        "subject": "Kết quả thực hiện Kế hoạch số 12/KH-UBND, 6 tháng đầu năm 2026", "body": (),
        "signature": Signature(post="Phó Chủ tịch", name="Trần Thị Bình", mark=Mark.COLLECTIVE_DEPUTY,
                               body="Ủy ban nhân dân", head="Chủ tịch"),
        "recipients": ["Bộ Công an (để b/c)", "Thường trực Tỉnh ủy"], "archive": "NC",
    }  # fmt: skip
    return Official(**{**facts, **changed})  # type: ignore[arg-type]


def report(schema: ReportSchema = SCHEMA, **changed: object) -> Report:
    """The sample report whole; `changed` are facts of its content."""
    body = lay_out(
        schema,
        content(**changed),
        opening=["Ủy ban nhân dân tỉnh An Bình báo cáo kết quả 6 tháng đầu năm 2026 như sau:"],
        closing="Trên đây là báo cáo kết quả 6 tháng đầu năm 2026, kính báo cáo Bộ Công an",
        picture={1: pixels()}.get,
    )
    return Report(
        frame=frame(),
        grounds=["Căn cứ Luật Phòng, chống ma túy", "Căn cứ Kế hoạch số 12/KH-UBND ngày 05/01/2026"],
        blocks=body.blocks,
        annexes=body.annexes,
        taken="Số liệu chốt đến hết ngày 14/6/2026",
        seal="3fa2b81c99d0" + "0" * 52,
    )
