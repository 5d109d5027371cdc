"""`pcmt catalogue load` and `pcmt catalogue check`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pcmt.apps.facts.catalogue import catalogue
from pcmt.apps.facts.operations import LoadedCatalogue, compare_catalogue, load_catalogue
from pcmt.core.measures import check_catalogue

MOST_NAMED = 20


class Command(BaseCommand):
    """Takes in the program's tables of elements and indicators, or says how the database differs from them."""

    help = "Nạp danh mục chỉ tiêu thống kê và chỉ số (load), hoặc so danh mục trong cơ sở dữ liệu với bảng (check)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The word that says what to do."""
        words = parser.add_subparsers(dest="what", required=True, metavar="load | check")
        words.add_parser("load", help="nạp những gì còn thiếu hoặc đã sửa trong bảng; chạy lại không đổi gì")
        words.add_parser("check", help="so với bảng và kiểm tra danh mục; mã thoát 1 nếu cần nạp hoặc có lỗi")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or check."""
        if options["what"] == "load":
            found = load_catalogue(at=timezone.now())
            if found.is_needed:
                self.stdout.write(f"Đã thêm {len(found.created)} mục, sửa {len(found.changed)} mục theo bảng.")
            else:
                self.stdout.write("Danh mục đã đủ, không có gì để nạp thêm.")
            self._left(found)
            return
        found = compare_catalogue()
        self._named("Chưa có trong cơ sở dữ liệu", found.created)
        self._named("Khác với bảng", found.changed)
        self._left(found)
        wrong = check_catalogue(catalogue(timezone.localdate()))
        for each in wrong:
            self.stdout.write(f"Lỗi {each.code}: {', '.join(map(str, each.args.values()))}")
        if found.is_needed or wrong:
            sys.exit(1)
        self.stdout.write("Danh mục đủ và đúng.")

    def _left(self, found: LoadedCatalogue) -> None:
        self._named("Quản trị đã sửa, giữ nguyên", found.own)
        self._named("Cách gộp khác với bảng, giữ nguyên", found.fixed)
        self._named("Không còn trong bảng, giữ nguyên", found.gone)

    def _named(self, words: str, codes: Sequence[str]) -> None:
        if codes:
            more = ", …" if len(codes) > MOST_NAMED else ""
            self.stdout.write(f"{words} ({len(codes)}): {', '.join(codes[:MOST_NAMED])}{more}")
