"""`pcmt reports forms load` and `pcmt reports forms check`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pcmt.apps.facts.catalogue import breakdowns, shipped
from pcmt.apps.reports.operations import load_forms
from pcmt.apps.reports.operations.forms import compare_forms
from pcmt.apps.reports.queries.forms import ready_forms
from pcmt.core.schemas import problems


class Command(BaseCommand):
    """Takes in the ready report forms, or says how the database differs from them and what is wrong with them."""

    help = "Nạp các mẫu báo cáo có sẵn (forms load), hoặc so với tệp và kiểm tra (forms check)."

    def add_arguments(self, parser: CommandParser) -> None:
        """What it is about, and what to do."""
        about = parser.add_subparsers(dest="about", required=True, metavar="forms")
        words = about.add_parser("forms", help="mẫu báo cáo").add_subparsers(dest="what", required=True)
        words.add_parser("load", help="nạp mẫu còn thiếu, lập bản mới của mẫu đã sửa; chạy lại không đổi gì")
        words.add_parser("check", help="so với tệp và kiểm tra mẫu; mã thoát 1 nếu cần nạp hoặc có lỗi")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or check."""
        if options["what"] == "load":
            found = load_forms(at=timezone.now())
            if found.is_needed:
                self.stdout.write(f"Đã thêm {len(found.created)} mẫu, lập bản mới của {len(found.changed)} mẫu.")
            else:
                self.stdout.write("Mẫu báo cáo đã đủ, không có gì để nạp thêm.")
            self._named("Không còn trong tệp, giữ nguyên", found.gone)
            return
        found = compare_forms()
        self._named("Chưa có trong cơ sở dữ liệu", found.created)
        self._named("Khác với tệp", found.changed)
        self._named("Không còn trong tệp, giữ nguyên", found.gone)
        on = timezone.localdate()
        elements, parts = shipped(on), breakdowns(on)
        wrong = [(code, each) for code, schema in ready_forms().items() for each in problems(schema, elements, parts)]
        for code, each in wrong:
            self.stdout.write(f"{code}: {each.message}")
        if found.is_needed or any(each.blocking for _code, each in wrong):
            sys.exit(1)
        self.stdout.write("Mẫu báo cáo đủ và đúng.")

    def _named(self, words: str, codes: Sequence[str]) -> None:
        if codes:
            self.stdout.write(f"{words} ({len(codes)}): {', '.join(codes)}")
