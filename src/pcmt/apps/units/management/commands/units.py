"""`pcmt units load` and `pcmt units count`."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pcmt.apps.units.models import Level
from pcmt.apps.units.national import national_history
from pcmt.apps.units.operations import LoadedUnits, load_units
from pcmt.apps.units.queries import LevelCount, count_levels

MOST_DIFFERENCES = 20


class Command(BaseCommand):
    """Loads the national administrative units, or counts the units of a day."""

    help = "Nạp danh mục đơn vị hành chính cả nước (load), hoặc đếm đơn vị theo cấp tại một ngày (count)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The word that says what to do, and its options."""
        words = parser.add_subparsers(dest="what", required=True, metavar="load | count")
        words.add_parser("load", help="nạp các đơn vị hành chính còn thiếu; chạy lại không đổi gì")
        count = words.add_parser("count", help="đếm đơn vị hành chính theo cấp")
        count.add_argument("--on", type=_day, metavar="NGÀY", help="ngày cần đếm, dạng 2026-01-01 (mặc định: hôm nay)")
        count.add_argument("--json", action="store_true", help="in dạng JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or count."""
        now = timezone.now()
        if options["what"] == "load":
            self._loaded(load_units(actor=None, at=now, listed=national_history()))
            return
        on = options["on"] or timezone.localdate(now)
        counts = count_levels(on)
        self.stdout.write(_as_json(on, counts) if options["json"] else _as_text(on, counts))

    def _loaded(self, loaded: LoadedUnits) -> None:
        say = self.stdout.write
        if loaded.created or loaded.coded or loaded.successions:
            say(
                f"Đã nạp {loaded.created} đơn vị hành chính, {loaded.successions} quan hệ kế thừa;"
                f" {loaded.known} đơn vị đã có từ trước, trong đó {loaded.coded} đơn vị được ghi thêm mã."
            )
        else:
            say(f"Đã đủ {loaded.known} đơn vị hành chính, không có gì để nạp thêm.")
        if loaded.differences:
            say(f"\n{len(loaded.differences)} đơn vị khác với danh mục, được giữ nguyên:")
            for each in loaded.differences[:MOST_DIFFERENCES]:
                say(f"  {each.code}: {each.here} (danh mục: {each.listed})")
            if len(loaded.differences) > MOST_DIFFERENCES:
                say("  …")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” không phải ngày dạng 2026-01-01") from None


def _as_json(on: date, counts: list[LevelCount]) -> str:
    content: dict[str, Any] = {"on": on.isoformat(), **{each.level: each.official for each in counts}}
    content["without_code"] = {each.level: each.without_code for each in counts if each.without_code}
    return json.dumps(content)


def _as_text(on: date, counts: list[LevelCount]) -> str:
    lines = [f"Đơn vị hành chính ngày {on:%d/%m/%Y}:"]
    for each in counts:
        more = f" (và {each.without_code} đơn vị không có mã)" if each.without_code else ""
        lines.append(f"  {Level(each.level).label}: {each.official}{more}")
    return "\n".join(lines)
