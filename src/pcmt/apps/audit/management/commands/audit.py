"""`pcmt audit verify`, `pcmt audit prune`, `pcmt audit export`, `pcmt audit roles`."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import attrs
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pcmt.apps.audit.export import FORMATS, lines
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import Thing, prune, record
from pcmt.apps.audit.operations.roles import Unfit, planned, separate
from pcmt.apps.audit.queries import DayState, Kind, Problem, Report, verify
from pcmt.core.diagnostics import Refusal

BROKEN, USAGE = 1, 2

WORDS = {
    Kind.ALTERED: "bị sửa",
    Kind.REMOVED: "bị xóa",
    Kind.INSERTED: "bị chèn thêm",
    Kind.REORDERED: "bị đổi chỗ",
    Kind.DAY_ALTERED: "đầu chuỗi của ngày bị sửa, hoặc cả ngày bị viết lại",
    Kind.DAY_REMOVED: "đầu chuỗi của ngày bị xóa",
}


def day(text: str) -> date:
    """A day as 2026-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r}: ghi ngày theo dạng 2026-01-31") from None


class Command(BaseCommand):
    """Looks after the audit log."""

    help = (
        "Nhật ký: kiểm tra còn nguyên vẹn (verify), hủy phần quá hạn lưu (prune), kết xuất (export), "
        "tách vai trò cơ sở dữ liệu (roles)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One word, then what it needs."""
        acts = parser.add_subparsers(dest="act", required=True)
        check = acts.add_parser(
            "verify", help="kiểm tra; mã kết thúc 0 nguyên vẹn, 1 có dấu hiệu can thiệp, 2 sai cách dùng"
        )
        check.add_argument("--from", dest="since", type=day, metavar="NGÀY", help="từ ngày, ví dụ 2026-01-31")
        check.add_argument("--to", dest="until", type=day, metavar="NGÀY", help="đến hết ngày")
        check.add_argument(
            "--json", action="store_true", help="in kết quả cho chương trình khác, có đầu chuỗi từng ngày"
        )
        check.add_argument("--against", type=Path, metavar="TỆP", help="so với kết quả --json đã cất giữ ở nơi khác")
        cut = acts.add_parser("prune", help="hủy các mục trước một ngày; phải giữ ít nhất PCMT_AUDIT_MONTHS tháng")
        cut.add_argument("--before", type=day, required=True, metavar="NGÀY", help="hủy mọi ngày trước ngày này")
        cut.add_argument("--reason", default="", help="lý do, ghi vào nhật ký")
        out = acts.add_parser("export", help="kết xuất ra đầu ra chuẩn")
        out.add_argument("--from", dest="since", type=day, metavar="NGÀY", help="từ ngày")
        out.add_argument("--to", dest="until", type=day, metavar="NGÀY", help="đến hết ngày")
        out.add_argument("--format", choices=sorted(FORMATS), default="csv", help="csv, hoặc jsonl: mỗi dòng một mục")
        part = acts.add_parser(
            "roles",
            help="PostgreSQL: cho vai trò của tiến trình web chỉ đọc và ghi thêm nhật ký; chạy bằng vai trò chủ",
        )
        part.add_argument("web", metavar="VAI_TRÒ", help="vai trò dùng trong PCMT_DATABASE_URL của dịch vụ web")
        part.add_argument("--sql", action="store_true", help="chỉ in các câu lệnh, không chạy")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        since, until = options.get("since"), options.get("until")
        if since and until and until < since:
            raise CommandError("Ngày cuối đứng trước ngày đầu.", returncode=USAGE)
        match options["act"]:
            case "verify":
                self._verify(since, until, options)
            case "prune":
                self._prune(options["before"], options["reason"])
            case "roles":
                self._roles(options["web"], only_print=options["sql"])
            case _:
                self._export(since, until, options["format"])

    def _verify(self, since: date | None, until: date | None, options: dict[str, Any]) -> None:
        kept = _kept(options["against"]) if options["against"] else ()
        report = verify(since=since, until=until, kept=kept)
        if options["json"]:
            self.stdout.write(json.dumps(_json(report), ensure_ascii=False, indent=1))
        else:
            self._tell(report)
        if report.problems:
            sys.exit(BROKEN)

    def _tell(self, report: Report) -> None:
        for problem in report.problems:
            self.stdout.write(sentence(problem))
        if not report.problems:
            self.stdout.write(f"Nguyên vẹn: {len(report.days)} ngày, {report.entries} mục.")

    def _prune(self, before: date, reason: str) -> None:
        done = prune(at=timezone.now(), actor=None, before=before, reason=reason)
        if isinstance(done, Refusal):
            raise CommandError(done.message, returncode=USAGE)
        if isinstance(done, Report):
            self._tell(done)
            raise CommandError("Không hủy gì: phần này của nhật ký không còn nguyên vẹn.", returncode=BROKEN)
        self.stdout.write(f"Đã hủy {done.entries} mục của {done.days} ngày. Đầu chuỗi của các ngày ấy được giữ lại.")

    def _roles(self, web: str, *, only_print: bool) -> None:
        try:
            said = planned(web) if only_print else separate(web)
        except Unfit as problem:
            raise CommandError(str(problem), returncode=USAGE) from None
        if only_print:
            self.stdout.write("".join(f"{sql};\n" for sql in said), ending="")
        else:
            self.stdout.write(f"Vai trò {web} nay chỉ đọc và ghi thêm nhật ký, và dùng được mọi bảng khác.")

    def _export(self, since: date | None, until: date | None, form: str) -> None:
        asked = {"from": since, "to": until, "format": form}
        label = "Nhật ký"
        made = record(
            at=timezone.now(),
            actor=None,
            event="audit.entries.exported",
            obj=Thing("audit.Entry", "", label),
            after={name: value for name, value in asked.items() if value},
        )
        entries = Entry.objects.exclude(pk=made.pk).order_by("day", "number")
        if since:
            entries = entries.filter(day__gte=since)
        if until:
            entries = entries.filter(day__lte=until)
        for line in lines(entries, form):
            self.stdout.write(line, ending="")


def sentence(problem: Problem) -> str:
    """The finding as one line."""
    if problem.day is None:
        return f"Ngày thứ {problem.number} trong sổ: {WORDS[problem.kind]}, cả ngày không còn"
    where = f"Ngày {problem.day:%d/%m/%Y}"
    if problem.number is None:
        return f"{where}: {WORDS[problem.kind]}"
    what = f"mục số {problem.number}"
    if problem.last not in (None, problem.number):
        what += f" đến {problem.last}"
    if problem.now is not None:
        what += f", nay mang số {problem.now}"
    row = f" (dòng {problem.entry_id}, {problem.event})" if problem.entry_id else ""
    return f"{where}: {what}{row} {WORDS[problem.kind]}"


def _json(report: Report) -> dict[str, Any]:
    def plain(_instance: object, _field: object, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    return {
        "intact": not report.problems,
        "days": [attrs.asdict(each, value_serializer=plain) for each in report.days],
        "problems": [
            {**attrs.asdict(each, value_serializer=plain), "message": sentence(each)} for each in report.problems
        ],
    }


def _kept(path: Path) -> Iterable[DayState]:
    try:
        days = json.loads(path.read_text(encoding="utf-8"))["days"]
        return [
            DayState(date.fromisoformat(each["day"]), each["entries"], each["pruned"], each["head"]) for each in days
        ]
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandError(f"{path}: không phải kết quả của “pcmt audit verify --json”.", returncode=USAGE) from None
