"""What had changed since the briefing before, as blocks of the minutes: short, so that the whole stays on two pages.

The document is Vietnamese; the caller sets the language.
"""

from __future__ import annotations

from django.utils.text import Truncator

from pcmt.documents.output.official import Column, Heading, Part, Table
from pcmt.web.leader.briefing import Briefing, Line
from pcmt.web.templatetags.pcmt import vdate

MOST = 4
"""Single items named of each sort; the others are counted."""
WORDS = 110


def change_blocks(briefing: Briefing) -> list[Part]:
    """The numbers of both days side by side, then what has to be named."""
    stretch = briefing.stretch
    first = vdate(stretch.first)
    parts: list[Part] = [Heading(f"Thay đổi từ ngày {first} đến hết ngày {vdate(stretch.last)}")]
    if briefing.lines:
        columns = [
            Column("Nội dung", 90),
            Column(f"Đầu ngày {first}", 30, "center"),
            Column(f"Hết ngày {vdate(stretch.last)}", 30, "center"),
            Column("Tăng, giảm", 21, "center"),
        ]
        parts.append(Table(columns, [_row(line) for line in briefing.lines]))
    parts.extend(_named(briefing))
    return parts


def _row(line: Line) -> list[str]:
    then = str(line.then) if line.known_then is None else f"{line.then} (khi đó biết {line.known_then})"
    return [f"{line.group}: {str(line.label).lower()}", then, str(line.now), line.change or "–"]


def _named(briefing: Briefing) -> list[str]:
    agenda, news = briefing.agenda, briefing.news
    late = [f"{body.row.name} ({body.row.total})" for body in agenda.bodies]
    worse = [f"{_short(line.turn.change.target.text)}, {line.turn.change.unit.name}" for line in agenda.worse]
    overdue = [f"{_short(item.label)}, {item.unit.name if item.unit else item.unit_name}" for item in agenda.items]
    returned = [each.unit.name for each in agenda.returned]
    restated = [f"{each.label}, {each.unit}: {each.old} → {each.new}" for each in agenda.restated]
    sorts = (
        ("Đơn vị có việc quá hạn", late, len(late)),
        ("Chỉ tiêu xấu đi", worse, news.sums.worse),
        ("Việc mới quá hạn", overdue, max(news.sums.overdue, len(overdue))),
        ("Báo cáo bị trả lại chưa gửi lại", returned, briefing.reports.returned.count()),
        ("Số liệu báo cáo đã đính chính", restated, briefing.reports.restated.count()),
    )
    return [_sentence(name, lines, count) for name, lines, count in sorts if lines]


def _sentence(name: str, lines: list[str], count: int) -> str:
    more = count - min(len(lines), MOST)
    rest = f"; và {more} trường hợp khác" if more > 0 else ""
    return f"{name}: {'; '.join(lines[:MOST])}{rest}."


def _short(text: str) -> str:
    return Truncator(" ".join(text.split()).rstrip(".;")).chars(WORDS)
