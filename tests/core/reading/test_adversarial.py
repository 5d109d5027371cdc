"""Texts made to hurt: the reader finishes, stays well-formed, and its work grows in a straight line.

Work is counted, not timed: every call of a function or of a built-in one while reading, and the code points that the
regular expressions of phrases were given.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from pcmt.core.reading import read
from tests.core.reading.kit import ASSIGNMENT, REPORTING, TARGETS, TASKS, plan
from tests.core.reading.test_contract import check

EVERYTHING = (
    "số luật đó tuần ( trước thời từ ngày trong phí đồng khi nếu : không báo cáo dự án “ tham mưu phối hợp hằng tháng "
    "giảm 5% so với 12/4 trở lên / nay "
)
SHAPES: dict[str, Callable[[int], str]] = {
    "bullets": lambda n: plan(TASKS, *(f"- Tuyên truyền ở ấp {i}." for i in range(n))),
    "targets": lambda n: plan(TARGETS, *(f"- Ít nhất {i} người được cai nghiện." for i in range(n))),
    "one line": lambda n: plan(TASKS, "- " + "tuyên truyền phòng, chống ma túy ở xã " * n),
    "one line of targets": lambda n: plan(TARGETS, "- " + "đạt 95% hộ dân ký cam kết, " * n),
    "one character": lambda n: plan(TASKS, "- " + "a" * n * 20),
    "one letter, no plan": lambda n: "x" * n * 20,
    "blanks": lambda n: plan(TASKS, "- a" + " " * n * 20 + "b"),
    "blanks behind everything": lambda n: plan(TARGETS, "- " + EVERYTHING + " " * n * 10 + "b"),
    "tabs": lambda n: "KẾ HOẠCH" + "\t " * n * 10 + "b",
    "hard blanks": lambda n: "ỦY BAN" + "\u00a0" * n * 10 + "b",
    "line ends": lambda n: "\n" * n * 10,
    "quotes": lambda n: plan(TASKS, "- " + '"' * n * 10),
    "quoted letters": lambda n: plan(TASKS, "- " + "“a” " * n),
    "digits": lambda n: plan(TARGETS, "- " + EVERYTHING + "1" * n * 10),
    "grouped digits": lambda n: plan(TARGETS, "- " + EVERYTHING + "1.111." * n * 3),
    "shares": lambda n: plan(TARGETS, "- " + "12/" * n * 3),
    "per cents": lambda n: plan(TARGETS, "- " + "12% " * n),
    "ranges": lambda n: plan(TARGETS, "- " + "12-" * n * 3),
    "brackets": lambda n: plan(TARGETS, "- " + "(" * n * 10),
    "splits": lambda n: plan(TARGETS, "- Kiểm tra " + "12 cơ sở (Đội 1: 09; Đội 2: 03), " * n),
    "stars": lambda n: plan(TASKS, "- " + "*" * n * 10),
    "bars": lambda n: plan(TASKS, "a | " * n * 3),
    "dots": lambda n: plan(TASKS, "a" + "." * n * 10 + "b"),
    "before day": lambda n: plan(TASKS, "- " + "trước ngày " * n),
    "limits": lambda n: plan(TASKS, "- " + "trước ngày 12/4 " * n),
    "windows": lambda n: plan(TASKS, "- " + "từ ngày 01/2/2026 đến " * n),
    "names": lambda n: plan(ASSIGNMENT, "1. " + "Công an, " * n),
    "partners": lambda n: plan(TASKS, "- " + "phối hợp với Công an, " * n),
    "report to": lambda n: plan(REPORTING, "- " + "báo cáo về " * n),
    "duties": lambda n: plan(REPORTING, "- " + "báo cáo về Công an xã hằng tháng, " * n),
    "submissions": lambda n: plan(REPORTING, "- " + "gửi kế hoạch về Công an xã. " * n),
    "recipients": lambda n: plan(TASKS) + "\n".join(["Nơi nhận:", *(f"- Công an xã {i} (b/c);" for i in range(n))]),
    "rows": lambda n: plan(
        TASKS,
        "| TT | Nhiệm vụ | Đơn vị thực hiện | Thời gian |",
        *(f"| {i} | Tuyên truyền ở ấp {i} | Công an xã | Quý I/2026 |" for i in range(n)),
    ),
    "quotas": lambda n: plan(TARGETS, "| TT | Đơn vị | Số vụ |", *(f"| {i} | Xã A{i} | {i} |" for i in range(n))),
    "flattened rows": lambda n: plan(
        TARGETS, "STT", "Đơn vị", "Chỉ tiêu", *(f"{i}\nXã A{i}\n{i * 3}" for i in range(1, n))
    ),
    "deep": lambda n: plan(TASKS, *(["1. Việc:", "1.1. Việc:", "a) Việc:", "- Việc:", "+ Việc:", "* Làm việc."] * n)),
    "sections": lambda n: "\n".join(f"{('I', 'II', 'III')[i % 3]}. NHIỆM VỤ {i}\n- Làm việc {i}" for i in range(n)),
    "assignments": lambda n: plan(
        ASSIGNMENT, *(f"{i % 90 + 1}. Công an xã: Tuyên truyền ở ấp {i}, phối hợp với Hội Phụ nữ." for i in range(n))
    ),
    "bases": lambda n: plan("Căn cứ Nghị quyết số 12/NQ-CP ngày 01/02/2024 của Chính phủ; " * n),
    "projects": lambda n: plan(TASKS, "- " + "dự án 1: “phòng, chống ma túy” " * n),
    "signatures": lambda n: plan(TASKS, "- Làm việc.") + "KT. CHỦ TỊCH\n" * n,
    "marks": lambda n: plan(TASKS, "- a" + "\u0301" * n * 10),
    "everything": lambda n: plan(TARGETS, "- " + EVERYTHING * n),
    "everything to report": lambda n: plan(REPORTING, "- " + EVERYTHING * n),
    "everything in the preamble": lambda n: plan(EVERYTHING * n),
}


def work(text: str) -> int:
    """How much is done to read a text: calls of Python functions and of built-in ones."""
    count = 0

    def seen(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        read(text)
    finally:
        sys.setprofile(None)
    return count


# what is read sentence by sentence grows faster within a sentence; sentences are bounded (source.PIECE)
SIZES = {"names": 450, "duties": 150, "digits": 400, "flattened rows": 120}


@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_in_a_straight_line(shape: str) -> None:
    make, size = SHAPES[shape], SIZES.get(shape, 60)
    for times in (1, 4 * size):  # patterns are compiled once, by whichever text asks for them first
        read(make(times))
    base, small, large = work(make(1)), work(make(size)), work(make(4 * size))
    assert large - base < 5 * max(small - base, 400)


@pytest.mark.parametrize("shape", SHAPES)
def test_long_ones_stay_well_formed(shape: str) -> None:
    check(SHAPES[shape](150))


@pytest.mark.parametrize(
    ("shape", "size", "name", "least"),
    [
        ("bullets", 20_000, "tasks", 20_000),
        ("rows", 20_000, "tasks", 19_999),
        ("recipients", 30_000, "outline", 1),
        ("one line", 27_000, "tasks", 1),
    ],
)
def test_large_ones_finish(shape: str, size: int, name: str, least: int) -> None:
    reading = read(SHAPES[shape](size))
    assert len(reading[name]) >= least
