"""Sentences made by rules: the table of cases, what every sentence keeps to, numbers that no longer hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.core.evaluating import Verdict
from pcmt.core.evaluating.narrating import (
    NAMED,
    THIS,
    Basis,
    OfEvent,
    OfTarget,
    OfTask,
    Row,
    Sentence,
    narrate,
    not_said,
    paragraphs,
    percent_of,
    refreshed,
    sentence_data,
    sentence_from,
    stale_numbers,
)
from pcmt.core.measures import number_label
from pcmt.core.schemas import RECIPES

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases/narrating/lines.yaml").read_text("utf-8"))


def row(case: Mapping[str, Any], key: str = "a") -> Row:
    def decimal(value: Any) -> Decimal | None:
        return None if value is None else Decimal(str(value))

    return Row(
        key=key, label=case["line"], unit_word=case.get("unit", ""), value=decimal(case["now"]),
        before=decimal(case.get("before")), against="before", since=case.get("since", "cùng kỳ năm trước"),
        share=case.get("share", False), applies=case.get("applies", True),
    )  # fmt: skip


def told(*rows: Row, recipe: str = "comparison", **more: Any) -> tuple[Sentence, ...]:
    return narrate([recipe], Basis(tables={"t": [rows]} if rows else {}, **more), ["t"])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    rows = [row(each, f"line{order}") for order, each in enumerate(case.get("lines", [case]))]
    found = told(*rows, recipe="comparison" if case.get("compared", True) else "figures")
    assert " ".join(each.text for each in found) == case["says"]


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 40


NUMBERS = st.none() | st.integers(0, 10**7).map(lambda value: Decimal(value).scaleb(-1))
ROWS = st.lists(
    st.builds(
        Row, key=st.uuids().map(str), label=st.sampled_from([case["line"] for case in CASES if "line" in case]),
        unit_word=st.sampled_from(["vụ", "người", "kg", ""]), value=NUMBERS, before=NUMBERS,
        against=st.just("before"), share=st.booleans(), applies=st.booleans(),
    ),
    min_size=1, max_size=9, unique_by=lambda each: each.key,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(ROWS)
def test_narrated_numbers_are_the_figures(rows: list[Row]) -> None:
    """Whatever the figures: every link tells its figure, and no digit of a number stands outside the links."""
    by_key = {each.key: each for each in rows}
    for sentence in told(*rows):
        for link in sentence.links:
            said = sentence.said(link)
            if link.line.startswith("@"):
                assert link.column == "blank"
                assert (
                    int(said)
                    == len([each for each in rows if each.applies and each.value is each.before is None]) - NAMED
                )
                continue
            line = by_key[link.line]
            value, before = line.value, line.before
            if sentence.text.startswith("Chưa có số liệu"):
                assert value is None
                assert before is None
            elif link.column == THIS:
                assert said == ("chưa có số liệu" if value is None else number_label(value))
            elif link.column == "before":
                none = "không có" if not before and value and not line.share else number_label(before or Decimal(0))
                assert said == ("chưa có số liệu" if before is None else none)
            else:
                assert value is not None
                assert before is not None
                kind, _colon, column = link.column.partition(":")
                gone = abs(value - before)
                exact = percent_of(value, before) if kind == "percent" else gone
                assert column == "before"
                assert said == ("không thay đổi" if not gone else number_label(exact))
                assert (kind == "points") == (line.share and bool(gone))
        bare = list(sentence.text)
        for link in sentence.links:
            bare[link.start : link.end] = " " * (link.end - link.start)
        assert not any(each.isdigit() for each in bare), sentence.text
        assert sentence_from(sentence_data(sentence)) == sentence


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS, st.text(max_size=40))
def test_a_text_brought_up_to_date_says_what_is_so(before: list[Row], now: list[Row], own: str) -> None:
    """After the sentences were replaced nothing in the text is stale, and people's own words stand as they were."""
    own = " ".join(own.split())
    now = [
        Row(**{**{name: getattr(new, name) for name in ("value", "before", "applies", "share", "unit_word")},
               "key": old.key, "label": old.label, "against": "before"})
        for old, new in zip(before, now, strict=False)
    ] + before[len(now) :]  # fmt: skip
    draft, fresh = told(*before), told(*now)
    text = f"{own}\n{paragraphs(draft)}"
    after = refreshed(text, draft, fresh)
    assert not stale_numbers(after, fresh, fresh)
    assert own in after
    kept = {each.key for each in draft} & {each.key for each in fresh}
    assert all(each.text in after for each in fresh if each.key in kept)


LINE = Row(key="a", label="Số vụ phát hiện", unit_word="vụ", value=Decimal(12), before=Decimal(10), against="before")


def test_a_number_that_no_longer_holds_is_found_with_what_to_say_instead() -> None:
    draft = told(LINE)
    fresh = told(Row(key="a", label=LINE.label, unit_word="vụ", value=Decimal(9), before=Decimal(10), against="before"))
    text = f"Tình hình ổn định. {draft[0].text} Không có điểm nóng."
    found = stale_numbers(text, draft, fresh)
    assert len(found) == 1
    assert text[found[0].start : found[0].end] == draft[0].text
    assert found[0].proposal == "Phát hiện 9 vụ, giảm 10% (10 vụ) so với cùng kỳ năm trước."
    assert found[0].wrong == (("12", "9"), ("20", "10"))
    assert refreshed(text, draft, fresh) == f"Tình hình ổn định. {found[0].proposal} Không có điểm nóng."


def test_words_that_somebody_changed_are_theirs() -> None:
    draft = told(LINE)
    text = draft[0].text.replace("Phát hiện", "Đã phát hiện")
    fresh = told(Row(key="a", label=LINE.label, unit_word="vụ", value=Decimal(9), before=Decimal(10), against="before"))
    # The words of the program still stand inside when only something was put before them.
    assert stale_numbers(draft[0].text.replace("12", "mười hai"), draft, fresh) == ()
    assert stale_numbers(text, draft, fresh) == ()
    assert refreshed(text, draft, fresh) == text


def test_a_sentence_twice_in_the_text_is_found_twice() -> None:
    draft = told(LINE)
    fresh = told(Row(key="a", label=LINE.label, unit_word="vụ", value=None, before=Decimal(10), against="before"))
    text = f"{draft[0].text}\n{draft[0].text}"
    assert [each.start for each in stale_numbers(text, draft, fresh)] == [0, len(draft[0].text) + 1]


def test_what_has_nothing_to_tell_any_more_is_taken_out() -> None:
    draft = told(LINE)
    text = f"Mở đầu. {draft[0].text} Kết thúc."
    assert stale_numbers(text, draft, ())[0].proposal == ""
    assert refreshed(text, draft, ()) == "Mở đầu. Kết thúc."


def test_of_two_sentences_that_overlap_the_longer_stands() -> None:
    short, long = Sentence("x", "Có 1 vụ."), Sentence("y", "Tháng này: Có 1 vụ.")
    assert not_said("Tháng này: Có 1 vụ.", (short, long)) == (short,)


def target(key: str, verdict: Verdict, sentence: str) -> OfTarget:
    return OfTarget(key=key, name=f"Chỉ tiêu {key}", verdict=verdict, sentence=sentence)


def test_targets_are_counted_and_those_not_reached_have_their_reason() -> None:
    found = told(
        recipe="verdicts",
        targets=[
            target("A", Verdict.MET, "Đạt: 12/10 vụ."),
            target("B", Verdict.BEHIND, "Chậm: 3/10 vụ khi đã qua 50% thời gian."),
            target("C", Verdict.UNDETERMINED, "Chưa xác định: chưa có số liệu thực hiện."),
            target("D", Verdict.MISSED, "Không đạt: có 2 trường hợp."),
        ],
    )
    assert [each.text for each in found] == [
        "Trong 4 chỉ tiêu của kế hoạch: 1 đạt, 1 chậm, 1 không đạt, 1 chưa xác định.",
        "Chỉ tiêu “Chỉ tiêu A”: đạt, 12/10 vụ.",
        "Chỉ tiêu “Chỉ tiêu D”: không đạt, có 2 trường hợp.",
        "Chỉ tiêu “Chỉ tiêu B”: chậm, 3/10 vụ khi đã qua 50% thời gian.",
        "Chỉ tiêu “Chỉ tiêu C”: chưa xác định, chưa có số liệu thực hiện.",
    ]
    assert {(link.line, link.column) for link in found[0].links} == {
        ("@targets", "all"), ("@targets", "met"), ("@targets", "behind"), ("@targets", "missed"),
        ("@targets", "undetermined"),
    }  # fmt: skip


def test_no_more_targets_are_named_than_can_be_read() -> None:
    many = [target(str(each), Verdict.BEHIND, "Chậm: 1/2 vụ.") for each in range(30)]
    assert len(told(recipe="verdicts", targets=many)) == 1 + NAMED


def test_tasks_done_and_overdue() -> None:
    found = told(
        recipe="tasks",
        tasks=[
            OfTask(key="1", text="Lập danh sách.", state="done"),
            OfTask(key="2", text="Cấp kinh phí cho các đội.", state="overdue", due_on=date(2026, 6, 14), days_late=12),
            OfTask(key="3", text="Họp dân", state="waiting"),
            OfTask(key="4", text="Họp dân", state="open"),
        ],
    )
    assert [each.text for each in found] == [
        "Đã hoàn thành 1/4 nhiệm vụ được giao; 1 nhiệm vụ chờ nghiệm thu; 1 nhiệm vụ quá hạn.",
        "Trong đó đã hoàn thành: “Lập danh sách”.",
        "Quá hạn: “Cấp kinh phí cho các đội” (hạn hết ngày 14/6/2026, chậm 12 ngày).",
    ]


def test_who_was_only_asked_is_never_blamed() -> None:
    found = told(
        recipe="tasks",
        tasks=[
            OfTask(key="1", text="Vận động", state="overdue", requested=True, due_on=date(2026, 1, 1), days_late=90),
            OfTask(key="2", text="Vận động", state="done", requested=True),
        ],
    )
    assert [each.text for each in found] == ["Trong 2 nội dung được đề nghị phối hợp, 1 nội dung đã có kết quả."]


def test_what_is_due_next() -> None:
    def task(key: str, text: str, **more: Any) -> OfTask:
        return OfTask(key=key, text=text, state="open", due_on=date(2026, 7, int(key)), **more)

    found = told(recipe="ahead", ahead=[task("1", "Họp."), task("2", "Soát"), task("3", "Vận động", requested=True)])
    assert [each.text for each in found] == [
        (
            "Tập trung thực hiện 2 nhiệm vụ đến hạn trong kỳ tới: "
            "“Họp” (hạn hết ngày 01/7/2026); “Soát” (hạn hết ngày 02/7/2026)."
        ),
        "Tập trung thực hiện 1 nội dung được đề nghị phối hợp trong kỳ tới: “Vận động” (hạn hết ngày 03/7/2026).",
    ]


def test_events_and_letters() -> None:
    found = narrate(
        ["events", "urging"],
        Basis(events=[OfEvent(key="1", words="Lễ phát động", on=date(2026, 6, 1))], letters=3, urged=2),
    )
    assert [each.text for each in found] == [
        "Ngày 01/6/2026: lễ phát động.",
        "Đã gửi 3 công văn đôn đốc tới 2 cơ quan, đơn vị.",
    ]


def test_nothing_to_tell_says_nothing() -> None:
    assert narrate(RECIPES, Basis()) == ()
    assert narrate(["no such recipe"], Basis()) == ()


def test_a_text_tells_of_its_own_tables_or_of_the_first_lines_of_all() -> None:
    def line(key: str, label: str, value: int) -> Row:
        return Row(key=key, label=label, unit_word="vụ", value=Decimal(value), before=Decimal(value), against="before")

    tables = {
        "a": [[line("a1", "Khởi tố", 1), line("a2", "Truy tố", 2), line("a3", "Xét xử", 3), line("a4", "Bắt", 4)],
              [line("a5", "Kiểm tra", 5)]],
        "b": [[line("b1", "Rà soát", 6)]],
    }  # fmt: skip
    basis = Basis(tables=tables)
    assert [each.text for each in narrate(["figures"], basis, ["a"])] == [
        "Khởi tố 1 vụ; truy tố 2 vụ; xét xử 3 vụ.", "Bắt 4 vụ.", "Kiểm tra 5 vụ.",
    ]  # fmt: skip
    assert [each.text for each in narrate(["figures"], basis)] == [
        "Khởi tố 1 vụ; truy tố 2 vụ; xét xử 3 vụ.", "Rà soát 6 vụ.",
    ]  # fmt: skip
    assert paragraphs(narrate(["figures"], basis)) == "Khởi tố 1 vụ; truy tố 2 vụ; xét xử 3 vụ.\nRà soát 6 vụ."
    # What is compared is not told alone as well.
    assert narrate(["figures", "comparison"], basis, ["b"]) == narrate(["comparison"], basis, ["b"])


def test_of_many_blank_lines_some_are_named() -> None:
    rows = [Row(key=str(each), label=f"Dòng {'abcdefghijklmno'[each]}") for each in range(15)]
    (found,) = told(*rows)
    assert found.text.startswith("Chưa có số liệu: dòng a; dòng b;")
    assert found.text.endswith("dòng j và 5 dòng khác.")


def test_a_line_that_is_told_after_all_leaves_the_blank_ones() -> None:
    blank = Row(key="b", label="Khởi tố", unit_word="vụ", against="before")
    draft = told(LINE, blank)
    fresh = told(LINE, Row(key="b", label="Khởi tố", unit_word="vụ", value=Decimal(2), against="before"))
    text = paragraphs(draft)
    assert text.endswith("Chưa có số liệu: khởi tố.")
    after = refreshed(text, draft, fresh)
    assert after == fresh[0].text
    assert not_said(after, fresh) == ()
