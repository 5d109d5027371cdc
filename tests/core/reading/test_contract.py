"""What holds for every reading, whatever the text: shape, places, ids, coverage of numbers, same answer twice."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.core.reading import READER_VERSION, SCHEMA, read
from pcmt.core.reading.contract import _claims
from pcmt.core.reading.plan import understand
from pcmt.core.reading.source import Places
from pcmt.core.text.fold import strip_marks
from tests.core.reading.kit import ASSIGNMENT, CORPUS, LISTS, REPORTING, TARGETS, TASKS, plan, texts

HEADER = {
    "document_kind", "issuer", "parent_issuer", "number", "place", "date", "doc_type", "title", "geographic_scope",
    "period", "legal_bases", "recipients", "archive", "signer", "article_title", "article_date", "author",
}  # fmt: skip
TOP = {"schema", "reader", "source", "header", "outline", "sections", "diagnostics", *LISTS}
KINDS = {"plan", "plan_attached_to_decision", "article_about_plan", "fragment", "other"}


def placed(node: Any) -> Iterator[dict[str, Any]]:
    """Every object with a place in a reading."""
    if isinstance(node, list):
        for entry in node:
            yield from placed(entry)
    elif isinstance(node, dict):
        if node.get("span") is not None:
            yield node
        for value in node.values():
            yield from placed(value)


def check(text: str) -> dict[str, Any]:
    """Everything the contract promises for any text; returns the reading."""
    reading = read(text)
    assert json.loads(json.dumps(reading)) == reading
    assert set(reading) == TOP
    assert set(reading["header"]) == HEADER
    assert (reading["schema"], reading["reader"]) == (SCHEMA, READER_VERSION)
    assert reading["header"]["document_kind"] in KINDS
    assert reading["source"]["chars"] == len(text)
    assert reading["source"]["lines"] == text.count("\n") + 1
    for item in placed(reading):
        start, end = item["span"]
        assert 0 <= start <= end <= len(text), item
        if "text" in item:
            assert item["text"] == text[start:end], item
        if "line" in item:
            assert item["line"] == text.count("\n", 0, start) + 1, item
        if "confidence" in item:
            assert 0 < item["confidence"] <= 1, item
    ids: list[str] = []
    for name in (*LISTS, "sections", "outline"):
        own = [item["id"] for item in reading[name]]
        own += [sub["id"] for item in reading[name] for sub in item.get("sub_projects", ())]
        assert len(own) == len(set(own)), name
        ids += own
    clauses = {clause["id"] for clause in reading["outline"]}
    for name in LISTS:
        for item in reading[name]:
            assert item.get("clause") is None or item["clause"] in clauses, item
    for task in reading["tasks"]:
        assert {task["assignment_ref"], *task["deadline_refs"], *task["target_refs"]} - {None} <= set(ids), task
    for share in reading["allocations"]:
        assert share["target_ref"] in ids, share
    check_outline(reading)
    check_numbers(text, reading)
    return reading


def check_outline(reading: dict[str, Any]) -> None:
    """Clauses stand in order, do not overlap, and their parents stand before them."""
    known: dict[str, dict[str, Any]] = {}
    last = 0
    for clause in reading["outline"]:
        start, end = clause["span"]
        assert last <= start <= clause["body"] <= end, clause
        assert clause["parent"] is None or clause["parent"] in known, clause
        last = end
        known[clause["id"]] = clause
    assert len({clause["address"] for clause in reading["outline"]}) == len(reading["outline"])


def check_numbers(text: str, reading: dict[str, Any]) -> None:
    """Every number is claimed by something or listed as unclaimed, and nothing listed is claimed."""
    understood = understand(text)
    claims = [tuple(understood.source.span(*place)) for place in _claims(understood)]
    claims += [tuple(item["span"]) for name in ("targets", "allocations", "deadlines") for item in reading[name]]
    claimed, listed = Places(claims), Places(tuple(loose["span"]) for loose in reading["unclaimed"])
    for number in re.finditer(r"\d+", text):
        assert claimed.meet(*number.span()) != listed.meet(*number.span()), number


@pytest.mark.parametrize("text", texts())
def test_annotated_texts(text: str) -> None:
    reading = check(text)
    assert read(text) == reading


@pytest.mark.parametrize("text", texts())
def test_places_survive_another_composition(text: str) -> None:
    """The same plan decomposed, with CRLF and BOM: the same items at the places of that text."""
    other = "\ufeff" + unicodedata.normalize("NFD", text).replace("\n", "\r\n")
    reading, plain = check(other), read(text)
    for name in ("targets", "tasks", "deadlines", "assignments", "allocations"):
        assert [opening(item) for item in reading[name]] == [opening(item) for item in plain[name]], name


def opening(item: dict[str, Any]) -> str:
    """The first words of an item (where a long phrase is cut depends on the length of line ends)."""
    return " ".join(unicodedata.normalize("NFC", item["text"]).split())[:40]


@pytest.mark.parametrize("text", texts())
def test_texts_without_marks_still_read(text: str) -> None:
    reading, plain = check(strip_marks(text)), read(text)
    assert len(reading["outline"]) >= len(plain["outline"]) * 0.8
    assert len(reading["targets"]) >= len(plain["targets"]) * 0.6


PIECES = (
    "Công an xã", "các phòng, ban, ngành", "UBND các xã, phường", "Đề nghị Hội Liên hiệp Phụ nữ huyện",
    "phối hợp với", "chủ trì", "tham mưu UBND xã", "báo cáo về", "định kỳ hằng tháng", "06 tháng",
    "trước ngày 15/6", "ngày 31/02/2026", "trong quý II/2026", "đến hết năm 2027",
    "từ ngày 01/6/2026 đến ngày 30/6/2026", "ít nhất 02 lượt/tuần", "100%", "từ 5 - 10%",
    "giảm 5% so với năm 2025", "không để phát sinh", "1.330/1.280", "12,5 ha", "08/8 ấp", "trong đó:",
    "Dự án 1: “Nâng cao năng lực”", "Tiểu dự án 2: “Cai nghiện”", "kinh phí 120 triệu đồng",
    "Kế hoạch số 4/KH-UBND", "(", ")", '"', ";", ":", ".", ",", "|", "**", "- ", "+ ", "* ", "1. ", "a) ",
    "II. ", "1.1. ", "# ", "\n", "\n\n", "\t", "\u00a0", "\u0301", "\ud800", "\x00", "\x0c", "\r", "\ufeff", "ß",
    "İ", "𝟏𝟐", "٣", "²", "½", "KẾ HOẠCH", "QUYẾT ĐỊNH", "Nơi nhận:", "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH",
    "PHỤ LỤC", "Điều 1.", "TT | Nội dung | Đơn vị chủ trì | Thời gian", "| 1 | Tuyên truyền | Công an | Quý I |",
    "Số: 12/KH-UBND", "An Bình, ngày 05 tháng 01 năm 2026", "STT\nĐơn vị\nSố vụ\n1\nXã A\n2",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=60), st.sampled_from(("", " ", "\n")))
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_pieces(pieces: list[str], glue: str) -> None:
    check(glue.join(pieces))


@given(
    st.sampled_from((TARGETS, TASKS, ASSIGNMENT, REPORTING)),
    st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9), min_size=1, max_size=6),
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_pieces_in_a_plan(section: str, lines: list[list[str]]) -> None:
    check(plan(section, *("- " + " ".join(line) for line in lines)))


def mutate(text: str, chance: random.Random) -> str:
    """A text as bad scans and careless copying leave it."""
    lines = text.split("\n")
    for _ in range(chance.randrange(1, 4)):
        match chance.randrange(8):
            case 0:
                lines = [line for line in lines if chance.random() > 0.2]
            case 1:
                lines = [copy for line in lines for copy in [line] * (1 + (chance.random() < 0.15))]
            case 2:
                chance.shuffle(lines)
            case 3:
                lines = [chance.choice((str.upper, str.lower, str.title, str))(line) for line in lines]
            case 4:
                lines = [unicodedata.normalize("NFD", line) + "\r" for line in lines]
            case 5:
                lines = [strip_marks(line) for line in lines]
            case 6:
                lines = [line[: chance.randrange(len(line) + 1)] + chance.choice(PIECES) for line in lines]
            case _:
                lines = [" ".join(lines)]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(70))
def test_damaged_plans(seed: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(sorted(CORPUS.glob("*.txt")))
    check(mutate(path.read_bytes().decode("utf-8"), chance))


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", " ", "I.", "-", "|", "12", "\ud800", "\u0301", "KẾ HOẠCH", "Số:"])
def test_next_to_nothing(text: str) -> None:
    reading = check(text)
    assert not reading["targets"]
    assert not reading["tasks"]
