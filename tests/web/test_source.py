"""The left pane: the text stays what it is, letter by letter, whatever is marked in it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pcmt.web.reading.source import Line, Mark, line_of, line_starts, lines_of, page_at

TAG = re.compile(r"<[^>]*>")
TEXT = "Một <b>dòng</b> & chữ\n\nhai\tđặc biệt “ngoặc”\n"


def plain(line: Line) -> str:
    return unescape(TAG.sub("", line.html))


def drawn(text: str, marks: list[Mark], **more: Any) -> list[Line]:
    return list(lines_of(text, marks, layer=more.pop("layer", {}), headings=more.pop("headings", {}), **more))


@given(
    st.text(alphabet="ab<&\n đ𝄞", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12),
)
def test_any_marks_leave_the_text_whole(text: str, spans: list[tuple[int, int]]) -> None:
    marks = [
        Mark(str(n), "targets", min(a, b), max(a, b))
        for n, (a, b) in enumerate(spans)
        if a != b and max(a, b) <= len(text)
    ]
    lines = drawn(text, marks)
    assert "\n".join(plain(line) for line in lines) == text
    assert [text[line.start : line.end] for line in lines] == text.split("\n")


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=8))
def test_every_marked_letter_stands_in_its_mark(spans: list[tuple[int, int]]) -> None:
    text = "x" * 30 + "\n" + "y" * 30
    marks = [Mark(f"r{n}", "tasks", a, min(a + size, 61)) for n, (a, size) in enumerate(spans)]
    lines = drawn(text, marks)
    for mark in marks:
        inside = 0
        for line in lines:
            opened: list[bool] = []
            for token in re.findall(r"<[^>]*>|[^<]", str(line.html)):
                if token.startswith("</"):
                    opened.pop()
                elif token.startswith("<"):
                    opened.append(f'data-r="{mark.ref}"' in token)
                elif any(opened):
                    inside += 1
        assert inside == len(text[mark.start : mark.end].replace("\n", ""))


def test_longer_marks_wrap_shorter_ones_and_each_has_one_anchor() -> None:
    text = "Giao 10 vụ trước ngày 15\nvà hơn nữa"
    html = "\n".join(line.html for line in drawn(text, [Mark("2", "targets", 5, 10), Mark("1", "tasks", 0, len(text))]))
    assert html.count('id="s1"') == html.count('id="s2"') == 1
    assert '<span class="m m-tasks" data-r="1"><span class="m m-targets" data-r="2" id="s2">10 vụ</span></span>' in html


def test_angle_brackets_are_text() -> None:
    lines = drawn(TEXT, [Mark("1", "targets", 4, 12)])
    assert "<b>" not in lines[0].html
    assert plain(lines[0]) == "Một <b>dòng</b> & chữ"


def test_some_lines_of_many() -> None:
    text = "\n".join(f"dòng {n}" for n in range(1, 9))
    marks = [Mark("1", "tasks", 0, len(text))]
    some = drawn(text, marks, only=(14, 20))
    assert [line.number for line in some] == [3]
    assert 'id="s1"' not in some[0].html, "its anchor stands in the first line"


def test_pages_begin_where_the_layer_says() -> None:
    text = "một\nhai\nba"
    layer = {
        "places": [
            {"start": 0, "end": 3, "page": 1},
            {"start": 4, "end": 7, "page": 1},
            {"start": 8, "end": 10, "page": 2},
        ]
    }
    assert [line.page for line in drawn(text, [], layer=layer)] == [1, None, 2]
    assert [page_at(offset, layer) for offset in (0, 5, 9)] == [1, 1, 2]
    assert page_at(0, {}) is None


def test_lines_are_found_by_place() -> None:
    starts = line_starts("ab\n\ncd")
    assert starts == [0, 3, 4]
    assert [line_of(starts, offset) for offset in (0, 2, 3, 4, 5, 99)] == [1, 1, 2, 3, 3, 3]


def test_one_line_with_ten_thousand_marks_is_drawn() -> None:
    text = "x" * 100_000
    marks = [Mark(str(n), "targets", n * 10, n * 10 + 5) for n in range(10_000)]
    [line] = drawn(text, marks)
    assert line.html.count('id="s') == 10_000
