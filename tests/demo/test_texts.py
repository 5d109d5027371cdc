"""The demo's plan texts are in words of our own: same facts as the plans they retell, none of their sentences."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = sorted((ROOT / "src/pcmt/demo/texts").glob("*.txt"))
SEEDS = ROOT.parent / "shared/seeds"
RUN = 10

# Titles, names and citations are facts: they may be the same. Each pattern is cut out before the words are compared.
FACTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[“\"][^”\"]*[”\"]",
        r"Nơi nhận:(?s:.*)",
        r"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\s+Độc lập - Tự do - Hạnh phúc",
        r"Số: ?\d*/[^\n]*\s+[^\n,]*, ngày \d+ tháng \d+ năm \d+",
        r"Thực hiện Tháng hành động[^\n]*năm 2024",
        r"THỰC HIỆN CHƯƠNG TRÌNH PHÒNG[^\n]*TRÊN ĐỊA BÀN TỈNH",
        r"Thực hiện công tác phòng, chống ma túy năm 2021",
        r"Ban hành kế hoạch thực hiện Chương trình phòng, chống ma túy năm 2019\s+Thứ 6[^\n]*",
        r"Thực hiện Chương trình phòng, chống ma túy \(PCMT\) năm 2019",
        r"(?:Chỉ thị|Nghị quyết|Quyết định|Kế hoạch|Kết luận|Chương trình hành động) số \S+ ngày [\d/]+",
        r" của (?:Bộ Chính trị|Ban Thường vụ \w+ ủy|Đảng ủy xã|Ủy ban nhân dân tỉnh)",
        r"từ ngày [\d/]+ đến ngày [\d/]+",
        r"Trung tâm Văn hóa, Thể thao và Truyền thông",
        r"(?:Phòng|Sở) Lao động( -|,) Thương binh và Xã hội",
        r"Sở Văn hóa, Thể thao và Du lịch",
        r"Bộ Chỉ huy Bộ đội Biên phòng tỉnh",
        r"Bộ Tư lệnh Vùng 1 Cảnh sát biển",
        r"Viện kiểm sát nhân dân( tỉnh)?, Tòa án nhân dân (?:tỉnh|thị xã)",
        r"Đồn Biên phòng Cửa khẩu cảng Cửa Lò - Bến Thủy",
        r"Ủy ban Mặt trận Tổ quốc( Việt Nam)?( tỉnh)?",
        r"Tỉnh đoàn, Hội Liên hiệp Phụ nữ tỉnh[^\n]*",
        r"Đoàn Thanh niên Cộng sản Hồ Chí Minh",
        r"Hội Liên hiệp Phụ nữ Việt Nam",
    )
)


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).lower())


def runs(text: str) -> set[str]:
    """Every run of RUN words inside one paragraph of a text, facts left out."""
    for pattern in FACTS:
        text = pattern.sub("\n", text)
    found: set[str] = set()
    for paragraph in text.split("\n"):
        listed = words(paragraph)
        found |= {" ".join(listed[i : i + RUN]) for i in range(len(listed) - RUN + 1)}
    return found


@pytest.fixture(scope="module")
def seeds() -> str:
    if not SEEDS.is_dir():
        pytest.skip("the source plans are not here")
    return " ".join(" ".join(words(path.read_text(encoding="utf-8"))) for path in sorted(SEEDS.glob("*.txt")))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_no_sentence_is_taken_over(path: Path, seeds: str) -> None:
    assert sorted(run for run in runs(path.read_text(encoding="utf-8")) if run in seeds) == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_texts_are_of_a_real_plans_length(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert 3_000 < len(text.encode()) < 12_500
    assert unicodedata.is_normalized("NFC", text)
