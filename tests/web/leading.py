"""A province with kept verdicts for every commune, as rows: for the pages of leaders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from pcmt.apps.targets.models import Standing, Target
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Verdict

SENTENCES = {
    Verdict.MET: "Đạt: 12/10 vụ.",
    Verdict.ON_TRACK: "Đúng tiến độ: 6/10 vụ khi đã qua 50% thời gian.",
    Verdict.BEHIND: "Chậm: 3/10 vụ khi đã qua 80% thời gian; còn thiếu 7.",
    Verdict.MISSED: "Không đạt: 8/10 vụ.",
    Verdict.NOT_DUE: "Chưa đến hạn.",
    Verdict.UNDETERMINED: "Chưa xác định: chưa có số liệu.",
    Verdict.NOT_APPLICABLE: "Không áp dụng.",
}


def stand(target: Target, unit: Unit, verdict: Verdict, on: date, *, whole: bool = False) -> Standing:
    """A kept verdict, not saved."""
    numbers = {"measured": 3, "goal": 10} if verdict in (Verdict.BEHIND, Verdict.MISSED) else {}
    at = datetime(on.year, on.month, on.day, 1, tzinfo=UTC)
    return Standing(
        target=target,
        unit=unit,
        whole=whole,
        verdict=verdict,
        sentence=SENTENCES[verdict],
        on=on,
        judged_at=at,
        **numbers,
    )


def judged(targets: Sequence[Target], units: Sequence[Unit], seat: Unit, on: date) -> None:
    """Every target for the whole and for each of the units; what holds goes round by place and target."""
    turn = (
        *(Verdict.MET, Verdict.ON_TRACK, Verdict.BEHIND, Verdict.MET, Verdict.UNDETERMINED, Verdict.MISSED),
        *(Verdict.NOT_DUE, Verdict.MET, Verdict.ON_TRACK, Verdict.NOT_APPLICABLE),
    )
    rows = [stand(target, seat, turn[place % 6], on, whole=True) for place, target in enumerate(targets)]
    for row, unit in enumerate(units):
        step = row % 4 + 1
        rows += [
            stand(target, unit, turn[(row + place * step) % len(turn)], on) for place, target in enumerate(targets)
        ]
    Standing.objects.bulk_create(rows, batch_size=500)
