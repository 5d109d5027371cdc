"""`pcmt demo load` and `pcmt demo reset`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pcmt.core.diagnostics import Refusal
from pcmt.demo.loader import load, reset


class Command(BaseCommand):
    """Fills the database with the demonstration story, or empties it and fills it again."""

    help = "Nạp dữ liệu minh họa (load), hoặc xóa và nạp lại từ đầu (reset)."

    def add_arguments(self, parser: CommandParser) -> None:
        """One word: what to do."""
        parser.add_argument("what", choices=("load", "reset"), help="load: nạp nếu chưa có; reset: xóa và nạp lại")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or reset, and say who can sign in."""
        at = timezone.now()
        loaded = load(at) if options["what"] == "load" else reset(at)
        if isinstance(loaded, Refusal):
            raise CommandError(loaded.message)
        say = self.stdout.write
        if loaded.already:
            say("Dữ liệu minh họa đã có từ trước, không nạp lại. Muốn làm mới: pcmt demo reset")
        else:
            say(f"Đã nạp {loaded.plans} kế hoạch.")
        say(f"\nMật khẩu chung: {loaded.password}\n")
        width = max(len(each.username) for each in loaded.users)
        for each in loaded.users:
            say(f"  {each.username:<{width}}  {each.name} · {each.role}, {each.unit}")
        say(f"\nTệp mẫu để tải lên: {', '.join(str(path) for path in loaded.samples)}")
