"""Forms and contents survive being stored, and the seal tells every change."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

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
    content_data,
    content_from,
    schema_data,
    schema_from,
    seal_of,
)

SCHEMA = ReportSchema(
    code="plan_half_year",
    title="Báo cáo 6 tháng",
    sections=(
        Section(key="work", title="Kết quả", kind=SectionKind.NARRATIVE, number="I", required=True, drafts=("tasks",)),
        Section(
            key="table",
            title="Số liệu",
            kind=SectionKind.FIGURES,
            band=20,
            lines=(
                Line(key="cases", label="Số vụ", element="cases_detected", unit_word="vụ"),
                Line(key="all", label="Cộng", sum_of=("cases",)),
            ),
            columns=(Column(key="this", kind=ColumnKind.THIS, label="Kỳ này"),),
        ),
    ),
)
CONTENT = Content(
    form="plan_half_year",
    form_version=2,
    body="Phường Cửa Lò",
    unit_id=7,
    first=date(2025, 12, 15),
    last=date(2026, 6, 14),
    cutoff=date(2026, 6, 14),
    texts={"work": SectionText(text="Đã làm.\nCòn lại.", sources=("Công an phường",))},
    figures={
        "cases": Figure(
            value=Decimal("12.50"), provenance=Provenance.TYPED, counted=Decimal(10), others={"last": None}
        ),
        "none": Figure(),
    },
    lists={"tasks": (ListRow(cells=("1", "Tuyên truyền"), address="/nhiem-vu/1/"),)},
    parts=(Part(unit_id=8, name="Khối 1", edition_id=3, seal="ab", values={"cases": Decimal(0), "none": None}),),
    corrections=(
        Correction(line="cases", label="Số vụ", period="Quý I", old=Decimal(3), new=None, reason="Đếm hai lần"),
    ),
    pictures=(Picture(section="work", file_id=1, caption="Lễ phát động", digest="cd"),),
)


def test_a_form_comes_back_as_it_was() -> None:
    assert schema_from(json.loads(json.dumps(schema_data(SCHEMA)))) == SCHEMA


def test_what_a_report_says_comes_back_as_it_was() -> None:
    assert content_from(json.loads(json.dumps(content_data(CONTENT)))) == CONTENT


def test_blank_is_kept_apart_from_zero() -> None:
    back = content_from(content_data(CONTENT))
    assert back.parts[0].values == {"cases": Decimal(0), "none": None}


@pytest.mark.parametrize(
    "change",
    [
        {"nothing": True},
        {"cutoff": date(2026, 6, 15)},
        {"figures": {**CONTENT.figures, "none": Figure(value=Decimal(0))}},
        {"texts": {"work": SectionText(text="Đã làm.")}},
    ],
)
def test_the_seal_tells_every_change(change: dict[str, Any]) -> None:
    assert seal_of(attrs.evolve(CONTENT, **change)) != seal_of(CONTENT)


def test_the_seal_is_of_the_content_not_of_its_writing() -> None:
    figures = dict(reversed(list(CONTENT.figures.items())))
    same = attrs.evolve(CONTENT, figures={**figures, "cases": attrs.evolve(figures["cases"], value=Decimal("12.5"))})
    assert seal_of(same) == seal_of(CONTENT)
