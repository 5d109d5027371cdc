"""Plan texts with a reading laid over them by hand, so that tests of operations do not hang on the reader's skill."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Item, Revision
from pcmt.apps.plans.operations import Adopted, accept_confident, adopt, create_bodies, start_reading
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW

TEXT = """ỦY BAN NHÂN DÂN TỈNH AN BÌNH
Số: 12/KH-UBND
An Bình, ngày 05 tháng 01 năm 2026
KẾ HOẠCH
Làm sạch địa bàn năm 2026
I. CHỈ TIÊU
1. Bắt giữ ít nhất 10 vụ trong năm, trong đó: Công an xã Đông Hòa: 06 vụ; Công an phường Tây Hòa: 04 vụ.
2. Ít nhất 80% hộ dân ký cam kết.
II. PHÂN CÔNG
1. Sở Y tế
- Lập danh sách người cần hỗ trợ, xong trước ngày 15/6/2026.
- Phối hợp Sở Tài chính cấp thuốc cho trạm.
2. Sở Tài chính, Công an tỉnh
- Cấp kinh phí cho các đội.
3. Đề nghị Ủy ban Mặt trận Tổ quốc tỉnh
- Vận động bà con ký cam kết trước ngày 01/02/2026.
4. UBND các xã, phường
- Họp dân mỗi tháng, trước ngày 20 hằng tháng.
III. BÁO CÁO
Sở Y tế và UBND các xã, phường báo cáo Công an tỉnh trước ngày 15 hằng tháng.
Công an tỉnh báo cáo UBND tỉnh 6 tháng trước ngày 16/6/2026.
"""


@attrs.define
class Draft:
    """A text and the contract object over it; `add` finds the words and gives them a key."""

    text: str = TEXT
    reading: dict[str, Any] = attrs.field(factory=dict)

    def add(self, list_name: str, words: str, *, confidence: float = 0.9, at: int = 0, **facts: Any) -> str:
        start = self.text.index(words, at)
        entries = self.reading.setdefault(list_name, [])
        key = f"{LETTERS[list_name]}{len(entries) + 1}"
        clause = [each["id"] for each in self.reading["outline"] if each["span"][0] <= start]
        entries.append(
            {
                "id": key,
                "line": self.text.count("\n", 0, start) + 1,
                "span": [start, start + len(words)],
                "text": words,
                "confidence": confidence,
                "clause": clause[-1] if clause else None,
                **facts,
            }
        )
        return key


EVENT = "trước thời điểm đề nghị công nhận"
EVENT_TEXT = TEXT.replace("cho các đội.", f"cho các đội, {EVENT}.")
"""The plan with a limit that hangs on an event: two bodies owe it."""

LETTERS = {
    "targets": "T",
    "allocations": "L",
    "assignments": "A",
    "tasks": "K",
    "deadlines": "D",
    "reporting_duties": "R",
    "projects": "P",
    "campaign_windows": "W",
}
SECTION = re.compile(r"[IVX]+\. ")
NUMBERED = re.compile(r"\d+\. ")


def outlined(text: str) -> list[dict[str, Any]]:
    """Every line is a clause; Roman numbers hold Arabic ones, these hold dashes."""
    found: list[dict[str, Any]] = []
    above: dict[int, str] = {}
    start = 0
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        words = line.rstrip("\n")
        level = 1 if SECTION.match(words) else 2 if NUMBERED.match(words) else 3 if words.startswith("- ") else 0
        if level and words:
            parent = next((above[upper] for upper in range(level - 1, 0, -1) if upper in above), None)
            above = {upper: key for upper, key in above.items() if upper < level}
            label = words.split(" ", 1)[0].strip(".")
            base = next((each["address"] for each in found if each["id"] == parent), "")
            if label == "-":
                counts[base] = counts.get(base, 0) + 1
                label = f"-{counts[base]}"
            key = f"C{len(found) + 1}"
            above[level] = key
            found.append(
                {
                    "id": key,
                    "address": f"{base}.{label}".strip("."),
                    "label": label,
                    "level": level,
                    "parent": parent,
                    "kind": "section" if level == 1 else "item" if level == 2 else "bullet",
                    "heading": words,
                    "span": [start, start + len(words)],
                    "line": number,
                    "role": "tasks",
                }
            )
        start += len(line)
    return found


def agency(name: str) -> dict[str, Any]:
    return {"name": name, "span": None, "line": None, "text": name, "inferred": False}


def draft(text: str = TEXT) -> Draft:
    """The reading of `TEXT` (or of a variation that keeps the phrases which it names)."""
    found = Draft(text)
    found.reading = {
        "schema": "pcmt-plan/1",
        "reader": "hand",
        "header": {
            "document_kind": "plan",
            "issuer": {"name": "Ủy ban nhân dân tỉnh An Bình", "level": "province", "in_header": True},
            "number": {"value": "12", "symbol": "KH-UBND", "blank": False},
            "date": {"value": "2026-01-05"},
            "doc_type": {"value": "Kế hoạch"},
            "title": {"value": text.splitlines()[4]},
            "period": {"from": "2026-01-05", "to": "2026-12-31", "source": "text"},
        },
        "outline": outlined(text),
        "unclaimed": [],
        "diagnostics": [],
    }
    _targets(found)
    _tasks(found)
    _reports(found)
    return found


def _targets(found: Draft) -> None:
    if "ít nhất 10 vụ" in found.text:
        facts = {"kind": "count", "comparator": "gte", "value": 10, "unit": "vụ", "measure": "vụ bắt giữ"}
        ref = found.add("targets", "ít nhất 10 vụ", **facts)
        for name, number in (("Công an xã Đông Hòa", 6), ("Công an phường Tây Hòa", 4)):
            words = f"{name}: {number:02} vụ"
            if words in found.text:
                found.add("allocations", words, target_ref=ref, agencies=[agency(name)], value=number, unit="vụ")
    share = re.search(r"[Íí]t nhất (\d+)% hộ dân", found.text)
    if share:
        found.add(
            "targets",
            share[0],
            kind="coverage",
            comparator="gte",
            value=int(share[1]),
            unit="percent",
            measure="hộ dân",
        )


def _tasks(found: Draft) -> None:
    def heading(words: str, names: list[str], mode: str = "assigned") -> str | None:
        if words not in found.text:
            return None
        return found.add("assignments", words, kind="block", mode=mode, agencies=[agency(name) for name in names])

    def task(words: str, ref: str | None, **facts: Any) -> str | None:
        if words not in found.text or ref is None:
            return None
        return found.add(
            "tasks", words, **{"role": "own", "assignment_ref": ref, "partners": [], "deadline_refs": [], **facts}
        )

    def limit(words: str, ref: str | None, **facts: Any) -> None:
        if ref is not None and words in found.text:
            key = found.add("deadlines", words, **facts, binds={"type": "task", "ref": ref})
            for entry in found.reading["tasks"]:
                if entry["id"] == ref:
                    entry["deadline_refs"].append(key)

    health = heading("Sở Y tế\n-"[:7], ["Sở Y tế"])
    first = task("Lập danh sách người cần hỗ trợ", health)
    limit("trước ngày 15/6/2026", first, relation="before", precision="day", date="2026-06-15")
    task("Phối hợp Sở Tài chính cấp thuốc cho trạm.", health, role="coordinate", partners=[agency("Sở Tài chính")])
    money = heading("Sở Tài chính, Công an tỉnh", ["Sở Tài chính", "Công an tỉnh"])
    paid = re.search("Cấp kinh phí.*", found.text)
    payment = task(paid[0] if paid else "Cấp kinh phí", money, role="lead")
    limit(EVENT, payment, relation="before", precision="event", event=EVENT)
    front = heading("Ủy ban Mặt trận Tổ quốc tỉnh", ["Ủy ban Mặt trận Tổ quốc tỉnh"], "requested")
    asked = task("Vận động bà con ký cam kết", front)
    limit("trước ngày 01/02/2026", asked, relation="before", precision="day", date="2026-02-01")
    communes = heading("UBND các xã, phường", ["UBND các xã, phường"])
    monthly = task("Họp dân mỗi tháng", communes)
    if words := re.search(r"(?<=tháng, )trước ngày (\d+) hằng tháng", found.text):
        rule = f"FREQ=MONTHLY;BYMONTHDAY={words[1]}"
        limit(words[0], monthly, relation="before", precision="recurring", rule=rule)


def _reports(found: Draft) -> None:
    if monthly := re.search(r"báo cáo Công an tỉnh trước ngày (\d+) hằng tháng", found.text):
        found.add(
            "reporting_duties",
            monthly[0],
            reporter=[agency("Sở Y tế"), agency("UBND các xã, phường")],
            recipient=[agency("Công an tỉnh")],
            kind="periodic",
            period="monthly",
            due={"relation": "before", "precision": "recurring", "rule": f"FREQ=MONTHLY;BYMONTHDAY={monthly[1]}"},
        )
    half = "báo cáo UBND tỉnh 6 tháng trước ngày 16/6/2026"
    if half in found.text:
        found.add(
            "reporting_duties",
            half,
            reporter=[agency("Công an tỉnh")],
            recipient=[agency("UBND tỉnh")],
            kind="periodic",
            period="six_monthly",
            due={"relation": "before", "precision": "day", "date": "2026-06-16"},
        )


ALL_CODES = frozenset(
    {
        *("no_number", "same_number", "unmatched_others", "empty_group", "undecided", "no_body", "lost_allocation"),
        *("limit_left_out", "limit_before_issue", "parts_differ", "no_due", "ends", "only_report"),
    }
)
"""Every problem that may be confirmed."""


def sent(actor: Actor, text: str = TEXT, *, at: datetime = NOW, plan_id: int | None = None) -> Revision:
    """A revision under review. The reader has to be replaced (fixture `reader`) or has to read the text."""
    revision = start_reading(actor=actor, at=at, pasted=text, plan_id=plan_id, again=True)
    assert isinstance(revision, Revision), revision
    assert revision.state == "review", revision.message
    return revision


def reviewed(actor: Actor, text: str = TEXT, *, at: datetime = NOW, plan_id: int | None = None) -> Revision:
    """A revision with everything accepted and every body matched."""
    revision = sent(actor, text, at=at, plan_id=plan_id)
    assert not isinstance(accept_confident(actor=actor, at=at, revision_id=revision.pk, threshold=0), Refusal)
    made = create_bodies(actor=actor, at=at, revision_id=revision.pk)
    assert not isinstance(made, Refusal), made
    revision.refresh_from_db()
    return revision


def adopted(
    actor: Actor,
    text: str = TEXT,
    *,
    at: datetime = NOW,
    plan_id: int | None = None,
    confirmed: Collection[str] = ALL_CODES,
) -> Revision:
    """An adopted revision."""
    revision = reviewed(actor, text, at=at, plan_id=plan_id)
    receipt = adopt(actor=actor, at=at, revision_id=revision.pk, version=revision.version, confirmed=confirmed)
    assert isinstance(receipt, Adopted), receipt
    revision.refresh_from_db()
    return revision


def item(revision: Revision, list_name: str, words: str = "") -> Item:
    """The first item of a list, or the one with these words."""
    found = Item.objects.filter(revision=revision, list_name=list_name, text__contains=words).order_by("start").first()
    assert found is not None, (list_name, words)
    return found
