"""What tables that are filled in by rows have in common."""

from __future__ import annotations

from django.utils.translation import ngettext


def rows_said(saved: int, refused: int, nothing: str) -> str:
    """How many rows were saved and how many were not; `nothing`: what to say where there was none."""
    if not saved and not refused:
        return nothing
    words = ngettext("Đã lưu %(count)d dòng.", "Đã lưu %(count)d dòng.", saved) % {"count": saved}
    if refused:
        words += " " + ngettext(
            "%(refused)d dòng chưa lưu được, xem lý do ở dòng đó.",
            "%(refused)d dòng chưa lưu được, xem lý do ở từng dòng.",
            refused,
        ) % {"refused": refused}
    return words
