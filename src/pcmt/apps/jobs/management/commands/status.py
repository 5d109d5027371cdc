"""`pcmt status`: how background work stands, for people and for programs that watch over it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from pcmt.apps.jobs.queries import Standing, standing

WORDS = {
    "no_worker": "KHÔNG có tiến trình việc nền nào đang chạy (pcmt worker)",
    "failed": "có việc lỗi, xem Quản trị, Việc nền",
    "late": "có lịch chạy đã quá giờ mà chưa chạy",
}


class Command(BaseCommand):
    """Prints what `queries.standing` found. Exit code 1 when somebody has to look."""

    help = "Cho biết việc nền đang thế nào. Mã kết thúc 1 khi không có tiến trình, có việc lỗi hoặc lịch chạy trễ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="in một đối tượng JSON")

    def handle(self, *, as_json: bool, **options: Any) -> None:
        found = standing(timezone.now())
        self.stdout.write(json.dumps(_values(found), ensure_ascii=False) if as_json else "\n".join(_lines(found)))
        if found.troubles:
            sys.exit(1)


def _values(found: Standing) -> dict[str, Any]:
    return {
        "at": _iso(found.at),
        "ok": not found.troubles,
        "troubles": list(found.troubles),
        "workers": [{"id": beat.worker_id, "seen_at": _iso(beat.seen_at)} for beat in found.workers],
        "waiting": found.waiting,
        "oldest_waiting_since": _iso(found.oldest),
        "to_be_tried_again": found.resting,
        "running": [{"task": job.task, "since": _iso(job.started_at)} for job in found.running],
        "failed": found.failures,
        "schedules": [
            {"name": turn.name, "next": _iso(turn.next_at), "last": _iso(turn.last_at), "late": turn.is_late}
            for turn in found.turns
        ],
    }


def _lines(found: Standing) -> list[str]:
    oldest = f", lâu nhất từ {_clock(found.oldest)}" if found.oldest else ""
    return [
        *(f"CHÚ Ý      {WORDS[trouble]}" for trouble in found.troubles),
        f"tiến trình {len(found.workers)}",
        f"đang chạy  {len(found.running)}",
        f"đang chờ   {found.waiting}{oldest}",
        f"chờ thử lại {found.resting}",
        f"lỗi        {found.failures}",
        *(
            f"lịch       {turn.name}: lần cuối {_clock(turn.last_at)}, lần tới {_clock(turn.next_at)}"
            + (" (QUÁ GIỜ)" if turn.is_late else "")
            for turn in found.turns
        ),
    ]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _clock(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y %H:%M}" if at else "chưa"
