"""What words around a project say of its time and money; the phrase is the exact one."""

from __future__ import annotations

from datetime import date

import pytest

from pcmt.core.reading.project_words import Window, read_project_words

D = date
WINDOWS = [
    ("Dự án “Cai nghiện” giai đoạn 2021-2025", "giai đoạn 2021-2025", D(2021, 1, 1), D(2025, 12, 31)),
    ("Dự án “Cai nghiện” giai đoạn\n2021 - 2025", "giai đoạn\n2021 - 2025", D(2021, 1, 1), D(2025, 12, 31)),
    ("thực hiện trong 02 năm 2024 – 2025", "trong 02 năm 2024 – 2025", D(2024, 1, 1), D(2025, 12, 31)),
    ("từ năm 2022 đến hết năm 2024", "từ năm 2022 đến hết năm 2024", D(2022, 1, 1), D(2024, 12, 31)),
    ("hoàn thành trong năm 2023.", "trong năm 2023", D(2023, 1, 1), D(2023, 12, 31)),
    ("phòng, chống ma túy trong trường học đến năm 2025", "đến năm 2025", None, D(2025, 12, 31)),
    (
        "từ ngày 01/3/2022 đến hết ngày 30/6/2024",
        "từ ngày 01/3/2022 đến hết ngày 30/6/2024",
        D(2022, 3, 1),
        D(2024, 6, 30),
    ),
    ("nghiệm thu trước ngày 15/10/2024", "trước ngày 15/10/2024", None, D(2024, 10, 14)),
    ("hoàn thành đến hết ngày 15/10/2024", "đến hết ngày 15/10/2024", None, D(2024, 10, 15)),
    # No time of the project: a law's number, a year backwards, a number of people.
    ("theo Luật số 73/2021/QH14", None, None, None),
    ("giai đoạn 2025-2021", None, None, None),
    ("cho 2024 người", None, None, None),
]
SUMS = [
    ("tổng kinh phí 12,5 tỷ đồng", "tổng kinh phí 12,5 tỷ đồng", 12_500_000_000),
    ("Kinh phí thực hiện: 3.400 triệu đồng", "Kinh phí thực hiện: 3.400 triệu đồng", 3_400_000_000),
    ("mua sắm 1.250.000.000 đồng", "1.250.000.000 đồng", 1_250_000_000),
    ("tổng mức đầu tư\n8 tỷ đồng, trong đó ngân sách tỉnh 5 tỷ đồng", "tổng mức đầu tư\n8 tỷ đồng", 8_000_000_000),
    # Parts without their whole say no sum; a rate is none; a part of a đồng is none.
    ("ngân sách trung ương 8 tỷ đồng, địa phương 4 tỷ đồng", None, None),
    ("hỗ trợ 50.000 đồng/người", None, None),
    ("kinh phí do ngân sách bảo đảm", None, None),
    ("0,0001 nghìn đồng", None, None),
]


@pytest.mark.parametrize(("words", "phrase", "first", "last"), WINDOWS)
def test_the_time_of_a_project(words: str, phrase: str | None, first: date | None, last: date | None) -> None:
    found = read_project_words(words).window
    assert (words[found.start : found.end] if found else None) == phrase
    assert (found.value if found else None) == (Window(first, last) if last else None)


@pytest.mark.parametrize(("words", "phrase", "amount"), SUMS)
def test_the_money_of_a_project(words: str, phrase: str | None, amount: int | None) -> None:
    found = read_project_words(words).money
    assert (words[found.start : found.end] if found else None) == phrase
    assert (found.value if found else None) == amount


def test_what_was_read_may_be_long_and_say_nothing() -> None:
    found = read_project_words("Dự án “" + "rất dài " * 400 + "”")
    assert (found.window, found.money) == (None, None)
