"""A plan printed and read again is the same plan: same fields, same outline, same amounts, duties and dates."""

from __future__ import annotations

from typing import Any

import pytest

from pcmt.core.reading import read
from pcmt.core.reading.printer import print_plan

from .kit import plan, texts

# a heading broken off before its paragraph: the source itself does not say where one ends and the other begins
KNOWN = {"d1_dang_uy_xa": {"outline", "tasks"}}


def words(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def structure(found: dict[str, Any]) -> dict[str, Any]:
    """What a reading says, without its places in the text."""
    head = found["header"]
    stated = ("name", "value", "symbol", "level", "from", "to")
    return {
        "header": {
            field: head[field] and {part: words(said) for part, said in head[field].items() if part in stated}
            for field in (
                "issuer",
                "number",
                "place",
                "date",
                "title",
                "period",
                "doc_type",
                "article_title",
                "article_date",
            )
        },
        "signer": head["signer"]
        and {
            part: (head["signer"][part] or {}).get("value") for part in ("authority", "acting_for", "position", "name")
        },
        "recipients": [words(item["value"]) for item in head["recipients"]],
        "legal_bases": [(base["doc_type"], base["number"], base["date"]) for base in head["legal_bases"]],
        "outline": [(clause["style"], clause["label"], clause["level"], clause["role"]) for clause in found["outline"]],
        "targets": [
            (one["kind"], one["comparator"], one["value"], one["value_max"], words(one["unit"]))
            for one in found["targets"]
        ],
        "allocations": [
            ([words(body["name"]) for body in one["agencies"]], one["value"]) for one in found["allocations"]
        ],
        "tasks": [(one["role"], words(one["actor"])) for one in found["tasks"]],
        "assignments": [
            (one["kind"], one["mode"], [words(body["name"]) for body in one["agencies"]])
            for one in found["assignments"]
        ],
        "deadlines": [(one["relation"], *map(one.get, ("date", "from", "rule"))) for one in found["deadlines"]],
        "duties": [
            (one["kind"], one["period"], [words(body["name"]) for body in one["recipient"]])
            for one in found["reporting_duties"]
        ],
        "projects": [(words(one["title"]), one["number"], len(one["sub_projects"])) for one in found["projects"]],
        "campaign_windows": [(one["from"], one["to"]) for one in found["campaign_windows"]],
    }


@pytest.mark.parametrize("text", texts())
def test_read_print_read(text: str, request: pytest.FixtureRequest) -> None:
    first = read(text)
    second = read(print_plan(first, text))
    before, after = structure(first), structure(second)
    changed = {part for part in before if before[part] != after[part]}
    assert changed == KNOWN.get(request.node.callspec.id, set()), {
        part: (before[part], after[part]) for part in changed
    }


def test_broken_lines_are_joined_and_emphasis_falls_away() -> None:
    text = plan(
        "**I. CHỈ TIÊU**", "1. Trên 80% người nghiện có hồ sơ quản lý được", "tham gia cai nghiện trong năm 2026."
    )
    printed = print_plan(read(text), text)
    assert "1. Trên 80% người nghiện có hồ sơ quản lý được tham gia cai nghiện trong năm 2026.\n" in printed
    assert "**I." not in printed


def test_a_table_told_cell_by_cell_gets_its_bars() -> None:
    text = plan(
        "I. PHÂN BỔ CHỈ TIÊU",
        "| STT | Đơn vị | Chỉ tiêu |",
        "|---|---|---|",
        "| 1 | Xã Tân Lập | 12 |",
        "| 2 | Xã Yên Sơn | 9 |",
    )
    printed = print_plan(read(text), text)
    assert "| 1 | Xã Tân Lập | 12 |" in printed
    assert "---" not in printed
