"""The words of the minutes of a briefing: an official notice (thông báo kết luận) in Vietnamese, of two pages or so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pcmt.apps.plans.models import Meeting
from pcmt.apps.tasks.briefing import Concluded
from pcmt.apps.tasks.letters import LetterWords, body_name, plan_short
from pcmt.core.periods import date_label
from pcmt.core.text import fold
from pcmt.documents.output.official import Column, Heading, Mark, Official, Part, Signature, Table, write_official

COLUMNS = (
    Column("STT", 9, "center"),
    Column("Kết luận", 92),
    Column("Đơn vị thực hiện", 48),
    Column("Hạn", 22, "center"),
)


def stored(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Blocks of a document as data."""
    return [_stored(part) for part in parts]


def parts_of(data: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Blocks of a document from stored data."""
    return [_part(each) for each in data]


def minutes_document(
    meeting: Meeting, words: LetterWords, changes: Sequence[Part], rows: Sequence[Concluded]
) -> Official:
    """The notice: what had changed, then what was concluded, who does it and until when."""
    day = date_label(meeting.on)
    about = f" ({meeting.words})" if meeting.words else ""
    opening = f"Ngày {day}, {words.agency} chủ trì giao ban về công tác phòng, chống ma túy tại "
    opening += f"{_place(meeting)}{about}. Sau khi xem tình hình và ý kiến các đơn vị, cuộc họp kết luận như sau:"
    table = [
        [str(number), _said(row), row.bodies or "Các đơn vị dự họp", _limit(row)] for number, row in enumerate(rows, 1)
    ]
    closing = "Các đơn vị có tên trên tổ chức thực hiện; kết quả báo trên phần mềm trước lần giao ban sau."
    return Official(
        agency=words.agency,
        parent=words.parent,
        symbol=words.symbol,
        place=words.place,
        kind="Thông báo",
        subject=f"Kết luận giao ban ngày {day} về công tác phòng, chống ma túy",
        body=[opening, *changes, Heading("Kết luận"), Table(COLUMNS, table), closing],
        signature=Signature(
            post=words.post, name=words.signer, mark=Mark(words.mark), head=words.head, body=words.collective
        ),
        recipients=words.recipients,
        archive=words.symbol.rpartition("-")[2] if "-" in words.symbol else "",
    )


def write_minutes(document: Official) -> bytes:
    """The notice as a Word file."""
    return write_official(document)


def minutes_name(meeting: Meeting) -> str:
    """A file name that every system takes: `ket-luan-giao-ban-tinh-an-binh-2026-06-16.docx`."""
    words = re.sub(r" +", "-", fold(meeting.unit.name))[:60].strip("-")
    return f"ket-luan-giao-ban-{words}-{meeting.on:%Y-%m-%d}.docx"


def _place(meeting: Meeting) -> str:
    name = meeting.unit.name
    return name if body_name(meeting.unit) == name else f"{name[:1].lower()}{name[1:]}"


def _said(row: Concluded) -> str:
    about = row.decision.about
    plan = row.decision.plan
    if about is not None:
        return f"{row.decision.words} (việc “{about.label[:120]}”, {plan_short(about.plan)})"
    return f"{row.decision.words} ({plan_short(plan)})" if plan else row.decision.words


def _limit(row: Concluded) -> str:
    return f"hết ngày {date_label(row.decision.due_on)}" if row.decision.due_on else ""


def _stored(part: Part) -> dict[str, Any]:
    match part:
        case Heading():
            return {"heading": part.words}
        case Table():
            columns = [[each.label, each.share, each.align] for each in part.columns]
            return {"columns": columns, "rows": [list(row) for row in part.rows], "total": list(part.total)}
    return {"text": part}


def _part(data: Mapping[str, Any]) -> Part:
    if "heading" in data:
        return Heading(data["heading"])
    if "columns" in data:
        return Table([Column(*each) for each in data["columns"]], data["rows"], data["total"])
    return str(data["text"])
