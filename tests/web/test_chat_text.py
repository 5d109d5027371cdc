"""What is pasted into chat groups: complete, short enough, and without anybody's name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pcmt.web.notices.chat import PART_CHARS, ChatGroup, ChatLine, chat_text

TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE = "https://pcmt.example.vn"


def line(number: int, **facts: Any) -> ChatLine:
    return ChatLine(title=f"Việc {number}", address=f"/nhiem-vu/{number}/", **facts)


def test_bodies_titles_limits_and_addresses() -> None:
    groups = [
        ChatGroup("Sở Y tế", [line(1, due_on=date(2026, 2, 28), days_late=2, clause="II.1"), line(2)]),
        ChatGroup("Xã Đông Hòa", [line(3, due_on=date(2026, 3, 2))]),
    ]
    assert chat_text(groups, on=TODAY) == [
        "Việc cần làm đến ngày 02/03/2026\n"
        "\nSỞ Y TẾ\n"
        "1. Việc 1 (mục II.1)\nHạn: hết ngày 28/02/2026, quá 2 ngày\nhttps://pcmt.example.vn/nhiem-vu/1/\n"
        "2. Việc 2\nKhông ghi hạn\nhttps://pcmt.example.vn/nhiem-vu/2/\n"
        "\nXÃ ĐÔNG HÒA\n"
        "1. Việc 3\nHạn: hết ngày 02/03/2026\nhttps://pcmt.example.vn/nhiem-vu/3/"
    ]


def test_nothing_owed_is_no_message() -> None:
    assert chat_text([], on=TODAY) == []
    assert chat_text([ChatGroup("Sở Y tế", [])], on=TODAY) == []


def test_long_lists_become_several_messages_and_none_is_lost() -> None:
    groups = [ChatGroup(f"Xã số {body}", [line(100 * body + n) for n in range(40)]) for body in range(3)]
    parts = chat_text(groups, on=TODAY, opening="Đề nghị các đơn vị làm ngay:")
    assert len(parts) > 3
    assert all(len(part) <= PART_CHARS for part in parts)
    assert parts[0].startswith("Đề nghị các đơn vị làm ngay:\n\nXÃ SỐ 0\n1. Việc 0\n")
    told = "\n".join(parts)
    for body in range(3):
        for n in range(40):
            assert told.count(f"/nhiem-vu/{100 * body + n}/\n") + told.endswith(f"/nhiem-vu/{100 * body + n}/") == 1
    # Whoever sees one message alone knows whose work it is.
    assert all(part.splitlines()[0].startswith("XÃ SỐ") for part in parts[1:])
    assert any(part.startswith("XÃ SỐ 0 (tiếp)\n") for part in parts)


def test_titles_from_broken_lines_stay_on_one() -> None:
    words = chat_text([ChatGroup("Sở\nY tế", [ChatLine("Rà  soát\n" + "rất dài " * 60, "/nhiem-vu/1/")])], on=TODAY)[0]
    assert "SỞ Y TẾ\n1. Rà soát rất dài" in words
    assert max(len(each) for each in words.splitlines()) < 170
