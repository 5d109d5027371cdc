"""`pcmt exchange export | import | check`: packets of QCVN 125:2021 out of and into this installation."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.audit.operations import Thing, record_reading
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.operations.exchanging import State, import_packets
from pcmt.apps.reports.queries.exchanging import Asked, packets_of, year_of
from pcmt.core.periods import parse_date
from pcmt.documents.packets import FORMATS, Packets, read_packets, write_zip
from pcmt.documents.values import Unreadable
from pcmt.reference import qcvn125

WRONG, USAGE = 1, 2
WORDS = {
    State.NEW: "nhận",
    State.SAME: "giống",
    State.KEPT: "khác, giữ dữ liệu đang có",
    State.UNKNOWN: "không có ở đây",
    State.REFUSED: "không nhận được",
}


class Command(BaseCommand):
    """Packets by the rights of a user: what that person sees leaves, what that person may do is done."""

    help = "Gói dữ liệu báo cáo theo tên gói của QCVN 125:2021: xuất (export), nhận (import), kiểm tra tệp (check)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The word that says what to do, and its options."""
        words = parser.add_subparsers(dest="what", required=True, metavar="export | import | check")
        out = words.add_parser("export", help="xuất ra một tệp zip")
        out.add_argument("output", metavar="TỆP.zip")
        out.add_argument("--plan", default="", metavar="SỐ", help="số, ký hiệu của kế hoạch; mặc định: mọi kế hoạch")
        out.add_argument("--from", dest="first", default="", metavar="NGÀY", help="2026-01-01; mặc định: đầu năm nay")
        out.add_argument("--to", dest="last", default="", metavar="NGÀY", help="mặc định: cuối năm nay")
        out.add_argument("--packets", default="", metavar="TÊN,TÊN", help=f"trong: {', '.join(qcvn125().types)}")
        out.add_argument("--format", default=FORMATS[0], choices=FORMATS)
        into = words.add_parser("import", help="nhận một tệp; không có --apply thì chỉ nói sẽ ra sao")
        into.add_argument("file", metavar="TỆP")
        into.add_argument("--apply", action="store_true", help="nhận thật")
        check = words.add_parser("check", help="đọc tệp và nêu chỗ sai; mã kết thúc 1 nếu có")
        check.add_argument("file", metavar="TỆP")
        for each in (out, into):
            each.add_argument("--user", required=True, metavar="TÊN", help="làm với quyền của người dùng này")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        getattr(self, f"_{options['what']}")(options)

    def _export(self, options: dict[str, Any]) -> None:
        actor, at = _actor(options["user"]), timezone.now()
        usual = year_of(actor.on)
        names = [each for each in options["packets"].split(",") if each] or list(qcvn125().types)
        unknown = set(names) - set(qcvn125().types)
        if unknown:
            raise CommandError(f"Không có gói: {', '.join(sorted(unknown))}.", returncode=USAGE)
        asked = Asked(
            names=names,
            plan_id=_plan(actor, options["plan"]),
            first=_day(options["first"], usual[0]),
            last=_day(options["last"], usual[1]),
        )
        found = packets_of(actor, at, asked)
        path = Path(options["output"])
        told = {"packets": ", ".join(names), "rows": sum(len(each.rows) for each in found), "format": options["format"]}
        thing = Thing("reports.Packet", "", path.name)
        record_reading(at=at, actor=actor, event="reports.packets.exported", obj=thing, purpose="", told=told)
        path.write_bytes(write_zip(found, options["format"]))
        for packet in found:
            self.stdout.write(f"{qcvn125().types[packet.name].title}: {len(packet.rows)}")

    def _import(self, options: dict[str, Any]) -> None:
        found, actor = self._read(options["file"]), _actor(options["user"])
        at, dry = timezone.now(), not options["apply"]
        outcomes = import_packets(actor=actor, at=at, packets=found.packets, dry=dry)
        for each in outcomes:
            if each.state is not State.SAME:
                self.stdout.write(f"{each.place}: {WORDS[each.state]}: {each.what} {each.message}".rstrip())
        counts = Counter(each.state for each in outcomes)
        self.stdout.write(
            ", ".join(f"{WORDS[state]} {counts[state]}" for state in State if counts[state]) or "không có gì"
        )
        if dry:
            self.stdout.write("Chưa thay đổi gì; thêm --apply để nhận.")
        if found.faults or counts[State.REFUSED] or counts[State.UNKNOWN]:
            sys.exit(WRONG)

    def _check(self, options: dict[str, Any]) -> None:
        found = self._read(options["file"])
        for packet in found.packets:
            self.stdout.write(f"{qcvn125().types[packet.name].title}: {len(packet.rows)}")
        if found.faults:
            sys.exit(WRONG)

    def _read(self, name: str) -> Packets:
        path = Path(name)
        if not path.is_file():
            raise CommandError(f"Không có tệp {name}.", returncode=USAGE)
        found = read_packets(path.name, path.read_bytes())
        if isinstance(found, Unreadable):
            raise CommandError(f"{found.message} {found.hint}", returncode=WRONG)
        for fault in found.faults:
            self.stderr.write(f"{fault.place}: {fault.message}")
        return found


def _actor(username: str) -> Actor:
    user = User.objects.filter(username=username).first()
    actor = actor_of(user, timezone.localdate()) if user else None
    if actor is None:
        raise CommandError(f"Không có người dùng {username}, hoặc người đó không giữ vai trò nào.", returncode=USAGE)
    return actor


def _plan(actor: Actor, number: str) -> int | None:
    if not number:
        return None
    found = [each.pk for each in Plan.objects.visible_to(actor).in_force() if each.designation == number]
    if len(found) != 1:
        raise CommandError(f"Không có, hoặc có nhiều kế hoạch số {number}.", returncode=USAGE)
    return found[0]


def _day(text: str, usual: date) -> date:
    found = parse_date(text) if text else usual
    if found is None:
        raise CommandError(f"Ngày ghi dạng 2026-01-31, không phải {text}.", returncode=USAGE)
    return found
