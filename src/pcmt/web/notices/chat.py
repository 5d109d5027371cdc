"""Words to paste into a chat group: who owes what, how late, and where to open it.

Chat groups carry the urging of offices and stand outside the house, so that what goes there names bodies and never
people: callers give titles of tasks and reports, which come from plans, and no notes, names or files. It is said in
Vietnamese whatever the language of the page, since others read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import attrs
from django.conf import settings

from pcmt.web.templatetags.pcmt import vdate

PART_CHARS = 1800
"""No longer than this is one message: messengers cut long ones, and nobody reads them on a phone."""
TITLE_CHARS = 160


@attrs.frozen
class ChatLine:
    """One thing owed. `address` is the path of its page; `days_late` is 0 while the limit has not passed."""

    title: str
    address: str
    due_on: date | None = None
    days_late: int = 0
    clause: str = ""


@attrs.frozen
class ChatGroup:
    """What one body owes, in the order in which it is said."""

    body: str
    lines: Sequence[ChatLine]


def chat_text(groups: Iterable[ChatGroup], *, on: date, opening: str = "") -> list[str]:
    """The messages to paste one after another, at least one unless nothing is owed, none longer than `PART_CHARS`.

    `on` is the day as of which lateness was counted; `opening` stands in front of the first message in place of the
    usual words. A body whose lines go over into the next message is named there again.
    """
    blocks = list(_blocks(groups))
    if not blocks:
        return []
    parts: list[str] = []
    held = opening.strip() or f"Việc cần làm đến ngày {vdate(on)}"
    body = ""
    for name, words in blocks:
        piece = words if name == body else f"\n{name}\n{words}"
        if len(held) + 1 + len(piece) > PART_CHARS and held:
            parts.append(held)
            held = f"{name} (tiếp)\n{words}" if name == body else f"{name}\n{words}"
        else:
            held = f"{held}\n{piece}"
        body = name
    return [*parts, held]


def _blocks(groups: Iterable[ChatGroup]) -> Iterator[tuple[str, str]]:
    """Each line with its body; the words of a line stay together."""
    for group in groups:
        body = _plain(group.body, TITLE_CHARS).upper()
        for number, line in enumerate(group.lines, start=1):
            title = _plain(line.title, TITLE_CHARS)
            clause = f" (mục {_plain(line.clause, 40)})" if line.clause else ""
            yield body, f"{number}. {title}{clause}\n{_limit(line)}\n{settings.SITE}{line.address}"


def _limit(line: ChatLine) -> str:
    if line.due_on is None:
        return "Không ghi hạn"
    late = f", quá {line.days_late} ngày" if line.days_late > 0 else ""
    return f"Hạn: hết ngày {vdate(line.due_on)}{late}"


def _plain(words: str, most: int) -> str:
    """On one line, not longer than `most`."""
    one = " ".join(words.split())
    return one if len(one) <= most else f"{one[: most - 1].rstrip()}…"
