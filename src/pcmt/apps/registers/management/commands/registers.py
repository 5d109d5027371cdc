"""`pcmt registers rotate`, `pcmt registers reindex`, `pcmt registers check`."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pcmt.apps.registers.operations import keys

BROKEN = 1
SHOWN = 20


class Command(BaseCommand):
    """Looks after the keys under which the registers seal who people are."""

    help = "Khóa của hồ sơ: niêm phong lại bằng khóa mới (rotate), lập lại chỉ mục mù (reindex), kiểm tra (check)."

    def add_arguments(self, parser: CommandParser) -> None:
        """One word."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("rotate", help="niêm phong lại bằng khóa đầu tiên của PCMT_REGISTER_KEYS; chạy lại được")
        acts.add_parser("reindex", help="lập lại chỉ mục sau khi đổi PCMT_REGISTER_INDEX_KEY; chạy lại được")
        acts.add_parser("check", help="thử mở mọi dòng; mã kết thúc 0 mở được hết, 1 có dòng không mở được")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        if options["act"] == "rotate":
            turn = keys.rotate(at=timezone.now(), progress=self._progress)
            self.stdout.write(f"Đã niêm phong lại {turn.done} dòng.")
        elif options["act"] == "reindex":
            turn = keys.reindex(at=timezone.now(), progress=self._progress)
            self.stdout.write(f"Đã lập lại chỉ mục của {turn.done} trong {turn.seen} hồ sơ.")
        else:
            turn = keys.check()
            self.stdout.write(f"Mở được {turn.done} trong {turn.seen} dòng.")
        self._tell_keys()
        if turn.broken:
            for label, pk in turn.broken[:SHOWN]:
                self.stdout.write(f"KHÔNG MỞ ĐƯỢC  {label} {pk}")
            if len(turn.broken) > SHOWN:
                self.stdout.write(f"… và {len(turn.broken) - SHOWN} dòng nữa.")
            sys.exit(BROKEN)

    def _tell_keys(self) -> None:
        newest = next(iter(settings.REGISTER_KEYS))
        for key_id, count in sorted(keys.keys_in_use().items()):
            known = (
                "khóa đang dùng"
                if key_id == newest
                else "khóa cũ"
                if key_id in settings.REGISTER_KEYS
                else "KHÔNG CÓ KHÓA"
            )
            self.stdout.write(f"{key_id}: {count} dòng, {known}.")

    def _progress(self, label: str, seen: int) -> None:
        self.stderr.write(f"{label}: {seen}")
