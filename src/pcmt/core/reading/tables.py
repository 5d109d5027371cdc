"""Tables in plain text: rows with bars, and tables flattened to one cell per line."""

from __future__ import annotations

from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.lines import Line
from pcmt.core.reading.source import Source
from pcmt.core.text import roman_value

_COLUMNS = tuple(
    (name, phrase(source))
    for name, source in (
        ("number", r"^(?:stt|tt|số tt|số thứ tự)$"),
        ("chair", r"chủ trì"),
        ("lead", r"(?:cơ quan|đơn vị|người|cán bộ|bộ phận) (?:thực hiện|chịu trách nhiệm|phụ trách|tham mưu)"),
        ("partners", r"phối hợp|tham gia"),
        ("due", r"^tháng$|thời gian|thời hạn|hoàn thành|tiến độ|hạn"),
        (
            "past",
            r"có mặt|hiện có|hiện tại|hiện nay|kết quả (?:năm|thực hiện)|năm trước|đã (?:đạt|thực hiện)|đầu (?:năm|kỳ)",
        ),
        (
            "value",
            r"^(?:chỉ tiêu(?: giao)?|số (?!thứ|tt)\w+|giao|kế hoạch|mục tiêu)\b|chỉ tiêu (?:giao|năm)|đơn vị tính|^đvt",
        ),
        ("task", r"nhiệm vụ|nội dung|công việc|hoạt động|giải pháp"),
        ("unit", r"đơn vị|địa phương|địa bàn|xã|phường|huyện|tên|^(?:thôn|ấp|bản|khối|khu phố|tổ|cơ sở|trường)\b"),
        ("note", r"ghi chú|sản phẩm|kết quả"),
    )
)


_FIRST_COLUMN = frozenset({"stt", "tt", "số tt", "số thứ tự"})


def unbarred(line: Line, start: int, end: int) -> Line:
    """The text line that a line with one stray bar really is; [start, end) are its words."""
    return Line(line.number, start, end, start, "text", after_blank=line.after_blank)


def table_cells(source: Source, line: Line) -> list[tuple[int, int]]:
    """The places of the non-empty cells of a line with bars; empty cells keep a zero-length place between bars."""
    cells, at = [], line.start
    work = source.work
    while at <= line.end:
        bar = work.find("|", at, line.end)
        stop = bar if bar >= 0 else line.end
        start, end = source.trim(at, stop)
        if at > line.start or start < end:
            cells.append((start, end))
        at = stop + 1
    while cells and cells[-1][0] >= cells[-1][1]:
        cells.pop()
    return cells if any(a < b for a, b in cells) else []


def column_names(source: Source, cells: list[tuple[int, int]]) -> dict[str, int] | None:
    """The columns of a table's head by what they hold, or None when a row is no head."""
    found: dict[str, int] = {}
    if sum(end - start for start, end in cells) > 300 or len(cells) < 2:
        return None
    for place, (start, end) in enumerate(cells):
        words = source.low[start:end].strip()
        if any(char.isdigit() for char in words) and len(words) < 4:
            return None
        for name, pattern in _COLUMNS:
            if name not in found and len(words) <= 60 and pattern.of(source.bare).search(words):
                found[name] = place
                if name == "chair":
                    found["lead"] = place
                break
    return found if len(found) >= 2 and len(found) * 2 >= len(cells) else None


def row_label(source: Source, cells: list[tuple[int, int]]) -> str:
    """The number in the first cell of a row ("1", "IV"), or "" when there is none."""
    words = source.work[slice(*cells[0])].strip(" .*")
    return words if len(words) <= 6 and (words.isdigit() or roman_value(words)) else ""


def restore_tables(source: Source, lines: list[Line]) -> list[Line]:
    """Tables that were flattened to one cell per line: "STT / Đơn vị / Chỉ tiêu / 1 / Xã A / 30 / ...".

    The head begins with the column of numbers and ends before the first "1"; each row repeats as many lines. Lines with
    one bar that stand together are a table, too.
    """
    restored: list[Line] = []
    i = 0
    lines = _two_columns(source, lines)
    while i < len(lines):
        line = lines[i]
        if (
            line.kind == "text"
            and line.end - line.start <= 12
            and source.low[line.start : line.end].strip(" .") in _FIRST_COLUMN
        ):
            table, after = _flat_table(source, lines, i)
            if table:
                restored += table
                i = after
                continue
        restored.append(line)
        i += 1
    return restored


def _two_columns(source: Source, lines: list[Line]) -> list[Line]:
    """Lines with one bar each, three or more in a row, are a table of two columns: "Thôn | Số người / Thôn 1 | 03"."""
    barred = [line.kind == "text" and source.work.count(" | ", line.start, line.end) == 1 for line in lines]
    found, i = list(lines), 0
    while i < len(lines):
        j = i
        while j < len(lines) and barred[j]:
            j += 1
        if j - i >= 3:
            found[i:j] = [Line(x.number, x.start, x.end, x.start, "table") for x in lines[i:j]]
        i = max(j, i + 1)
    return found


def _flat_table(source: Source, lines: list[Line], at: int) -> tuple[list[Line], int]:
    def number(j: int) -> str:
        return source.work[lines[j].start : lines[j].end].strip(" .")

    def row(first: int, last: int) -> Line:
        cells = [(x.start, x.end) for x in lines[first:last] if x.kind != "blank"]
        head = lines[first]
        return Line(head.number, head.start, lines[last - 1].end, head.start, "table", cells=cells)

    stop = next((j for j in range(at + 2, min(at + 9, len(lines))) if number(j) in ("1", "01")), None)
    if stop is None or any(lines[j].kind == "blank" for j in range(at, stop)):
        return [], at
    width = stop - at
    table = [row(at, stop)]
    expected, j = 1, stop
    while j + width <= len(lines) and number(j).isdigit() and int(number(j)) == expected:
        table.append(row(j, j + width))
        j += width
        expected += 1
    if expected < 3:
        return [], at
    if (
        j < len(lines)
        and source.low.startswith(("tổng", "cộng", "tong", "cong"), lines[j].start)
        and j + width - 1 <= len(lines)
    ):
        table.append(row(j, j + width - 1))
        j += width - 1
    return table, j
