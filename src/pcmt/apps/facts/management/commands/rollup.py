"""`pcmt rollup rebuild`, `pcmt rollup verify`."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pcmt.apps.facts.models import Element
from pcmt.apps.facts.operations import Checked, rebuild, verify
from pcmt.apps.facts.queries import Difference
from pcmt.apps.units.models import Unit
from pcmt.core.periods import date_label

DIFFERS, USAGE = 1, 2


class Command(BaseCommand):
    """Looks after the sums that are kept of all numbers told."""

    help = "Số cộng dồn: cộng lại từ đầu (rebuild), kiểm tra bằng cách đếm lại (verify)."

    def add_arguments(self, parser: CommandParser) -> None:
        """One word, then what it needs."""
        acts = parser.add_subparsers(dest="act", required=True)
        again = acts.add_parser("rebuild", help="cộng lại từ đầu; từng chỉ tiêu một, người khác vẫn làm việc")
        check = acts.add_parser("verify", help="đếm lại và so; mã kết thúc 0 khớp, 1 sai lệch, 2 sai cách dùng")
        check.add_argument("--json", action="store_true", help="in kết quả cho chương trình khác")
        for each in (again, check):
            each.add_argument("--element", action="append", metavar="MÃ", help="chỉ chỉ tiêu này; ghi được nhiều lần")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        codes = options["element"]
        unknown = set(codes or ()) - set(Element.objects.values_list("code", flat=True))
        if unknown:
            raise CommandError(f"Không có chỉ tiêu thống kê: {', '.join(sorted(unknown))}.", returncode=USAGE)
        if options["act"] == "rebuild":
            cells = rebuild(at=timezone.now(), codes=codes, progress=self._progress)
            self.stdout.write(f"Đã cộng lại: {cells} ô.")
            return
        found = verify(at=timezone.now(), codes=codes, progress=None if options["json"] else self._progress)
        if options["json"]:
            self.stdout.write(json.dumps(_json(found), ensure_ascii=False, indent=1))
        else:
            self._tell(found)
        if found.differing:
            sys.exit(DIFFERS)

    def _progress(self, done: int, whole: int, code: str) -> None:
        self.stderr.write(f"{done}/{whole} {code}")

    def _tell(self, found: Checked) -> None:
        names = dict(Unit.objects.filter(pk__in={each.unit_id for each in found.differing}).values_list("pk", "name"))
        for each in found.differing:
            period = f"{date_label(each.span.start)}–{date_label(each.span.last)}"
            basis = " (theo địa giới hiện nay)" if each.basis == "n" else ""
            part = f" [{each.breakdown}]" if each.breakdown else ""
            self.stdout.write(
                f"{names.get(each.unit_id, each.unit_id)}, {each.element}{part}, {period}{basis}: "
                f"đang giữ {each.kept[0]} của {each.kept[1]} đơn vị, "
                f"đếm lại {each.counted[0]} của {each.counted[1]} đơn vị"
            )
        if found.differing:
            self.stdout.write(f"{len(found.differing)} trong {found.cells} ô sai lệch. Cộng lại: pcmt rollup rebuild.")
        else:
            self.stdout.write(f"Khớp: {found.cells} ô.")


def _json(found: Checked) -> dict[str, Any]:
    return {"cells": found.cells, "differing": [_line(each) for each in found.differing]}


def _line(each: Difference) -> dict[str, Any]:
    return {
        "element": each.element, "unit": each.unit_id, "breakdown": each.breakdown, "basis": each.basis,
        "start": each.span.start.isoformat(), "end": each.span.end.isoformat(),
        "kept": each.kept, "counted": each.counted,
    }  # fmt: skip
