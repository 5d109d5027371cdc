"""`pcmt kinds load` and `pcmt kinds check`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pcmt.apps.activities.operations.kinds import compare_kinds, load_kinds
from pcmt.apps.facts.catalogue import breakdowns, shipped
from pcmt.core.schemas import kind_problems
from pcmt.reference import kinds


class Command(BaseCommand):
    """Takes in the ready kinds of records, or says how the database differs from them and what is wrong with them."""

    help = "Nạp các loại nội dung ghi nhận có sẵn (load), hoặc so với tệp và kiểm tra (check)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The word that says what to do."""
        words = parser.add_subparsers(dest="what", required=True, metavar="load | check")
        words.add_parser("load", help="nạp loại còn thiếu, lập bản mới của loại đã sửa; chạy lại không đổi gì")
        words.add_parser("check", help="so với tệp và kiểm tra; mã thoát 1 nếu cần nạp hoặc có lỗi")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or check."""
        if options["what"] == "load":
            found = load_kinds(at=timezone.now())
            if found.is_needed:
                self.stdout.write(f"Đã thêm {len(found.created)} loại, lập bản mới của {len(found.changed)} loại.")
            else:
                self.stdout.write("Các loại đã đủ, không có gì để nạp thêm.")
            self._named("Không còn trong tệp, giữ nguyên", found.gone)
            return
        found = compare_kinds()
        self._named("Chưa có trong cơ sở dữ liệu", found.created)
        self._named("Khác với tệp", found.changed)
        self._named("Không còn trong tệp, giữ nguyên", found.gone)
        on = timezone.localdate()
        elements, parts = shipped(on), breakdowns(on)
        wrong = [
            (code, each)
            for code, ready in kinds().items()
            for each in kind_problems(ready.schema, elements, parts)
            if each.blocking
        ]
        for code, each in wrong:
            self.stdout.write(f"{code}: {each.message}")
        if found.is_needed or wrong:
            sys.exit(1)
        self.stdout.write("Các loại đủ và đúng.")

    def _named(self, words: str, codes: Sequence[str]) -> None:
        if codes:
            self.stdout.write(f"{words} ({len(codes)}): {', '.join(codes)}")
