"""Targets with their allocations and whether these add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import attrs
from django.utils.translation import gettext as _

from pcmt.apps.targets.models import Allocation, Target
from pcmt.core.measures import PartsCheck, number_label, parts_and_total
from pcmt.web.templatetags.pcmt import vdate

AROUND = 140
"""How many code points of its clause are shown on either side of a target."""


@attrs.frozen
class TargetRow:
    """One target: its sentence, what it is compared with, when it holds, its shares and their sum."""

    target: Target
    sentence: str
    baseline: str
    window: str
    allocations: Sequence[Allocation]
    check: PartsCheck | None
    check_words: str


def shares_of(targets: Iterable[Target], text: str) -> list[TargetRow]:
    """Rows in the order given; `text` is that of the revision. A sum that differs is said, never mended."""
    return [_row(target, text) for target in targets]


def sentence_around(text: str, start: int, end: int, first: int, last: int) -> str:
    """The words around `[start, end)` inside `[first, last)`, on one line, cut at blanks where they are many."""
    left, right = max(first, start - AROUND), min(last, end + AROUND)
    before, after = text[left:start], text[end:right]
    if left > first:
        before = "… " + before.partition(" ")[2]
    if right < last:
        after = after.rpartition(" ")[0] + " …"
    return " ".join(f"{before}{text[start:end]}{after}".split())


def _row(target: Target, text: str) -> TargetRow:
    allocations = list(target.allocations.all())
    check = parts_and_total(target.value, [allocation.value for allocation in allocations]) if allocations else None
    return TargetRow(
        target=target,
        sentence=_sentence(target, text),
        baseline=_baseline(target),
        window=_window(target.window_from, target.window_to),
        allocations=allocations,
        check=check,
        check_words=check_words(check) if check else "",
    )


def _sentence(target: Target, text: str) -> str:
    clause = target.clause
    first, last = (clause.start, clause.end) if clause else (target.start, target.end)
    return sentence_around(text, target.start, target.end, min(first, target.start), max(last, target.end))


def _baseline(target: Target) -> str:
    if target.baseline_kind == "previous_year":
        return _("năm trước")
    if target.baseline_kind == "same_period":
        return _("cùng kỳ")
    if target.baseline_year:
        return _("năm %(year)d") % {"year": target.baseline_year}
    return target.baseline_text


def _window(first: date | None, last: date | None) -> str:
    if first and last:
        return f"{vdate(first)} – {vdate(last)}"
    if last:
        return _("đến hết %(day)s") % {"day": vdate(last)}
    return _("từ %(day)s") % {"day": vdate(first)} if first else ""


def check_words(check: PartsCheck) -> str:
    """Whether the shares of a target make it, in words."""
    if check.agrees:
        return _("cộng %(sum)s, khớp với tổng") % {"sum": number_label(check.sum)}
    if check.difference is None:
        return _("chưa cộng được: %(missing)d phần chưa có số") % {"missing": check.missing}
    return _("cộng %(sum)s, lệch %(difference)s so với tổng %(total)s") % {
        "sum": number_label(check.sum),
        "difference": number_label(check.difference),
        "total": number_label(check.total or check.sum),
    }
