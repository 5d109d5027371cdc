"""`pcmt tips rotate`, `pcmt tips check`."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pcmt.apps.tips.operations import keys

BROKEN = 1
SHOWN = 20


class Command(BaseCommand):
    """Looks after the keys under which tips and their senders are sealed."""

    help = "Khóa của tin báo: niêm phong lại bằng khóa mới (rotate), kiểm tra (check)."

    def add_arguments(self, parser: CommandParser) -> None:
        """One word."""
        acts = parser.add_subparsers(dest="act", required=True)
        text = "niêm phong lại bằng khóa đầu tiên của PCMT_TIP_KEYS, PCMT_TIP_IDENTITY_KEYS; chạy lại được"
        acts.add_parser("rotate", help=text)
        acts.add_parser("check", help="thử mở mọi dòng; mã kết thúc 0 mở được hết, 1 có dòng không mở được")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        if options["act"] == "rotate":
            turn = keys.rotate(at=timezone.now(), progress=self._progress)
            self.stdout.write(f"Đã niêm phong lại {turn.done} dòng.")
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
        sorts = {"": ("nội dung", settings.TIP_KEYS), "identity": ("danh tính", settings.TIP_IDENTITY_KEYS)}
        for (sort, key_id), count in sorted(keys.keys_in_use().items()):
            words, there = sorts[sort]
            newest = next(iter(there))
            known = "khóa đang dùng" if key_id == newest else "khóa cũ" if key_id in there else "KHÔNG CÓ KHÓA"
            self.stdout.write(f"{words}, {key_id}: {count} dòng, {known}.")

    def _progress(self, label: str, seen: int) -> None:
        self.stderr.write(f"{label}: {seen}")
