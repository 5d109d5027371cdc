"""What should be looked at again among the figures of one unit and one period, and what should not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.measures import (
    Balance,
    Catalogue,
    Cell,
    PartOf,
    Past,
    Rules,
    breakdowns_from,
    catalogue_from,
    check_entries,
    rules_from,
)
from pcmt.reference import table

CATALOGUE: Catalogue = catalogue_from(table("indicators", "elements"), table("indicators", "indicators"))
BREAKDOWNS = breakdowns_from(table("indicators", "breakdowns"))
RULES: Rules = rules_from(table("indicators", "checks"), BREAKDOWNS)


def looked(
    values: dict[str | Cell, int | None], history: dict[str, Past] | None = None, rules: Rules = RULES
) -> tuple[Diagnostic, ...]:
    """The remarks about numbers given by element, or by (element, part)."""
    cells = {(cell, "") if isinstance(cell, str) else cell: value for cell, value in values.items()}
    told = {cell: None if value is None else Decimal(value) for cell, value in cells.items()}
    past = {(code, ""): each for code, each in (history or {}).items()}
    return check_entries(CATALOGUE.elements, told, past, rules)


def past(*earlier: int | None, year_ago: int | None = None) -> Past:
    found = tuple(None if each is None else Decimal(each) for each in earlier)
    return Past(found, None if year_ago is None else Decimal(year_ago))


def test_the_table_names_elements_of_one_sort() -> None:
    elements = CATALOGUE.elements
    for rule in RULES.parts:
        assert len({elements[code].unit_word for code in (*rule.part, *rule.whole)}) == 1, rule
    for balance in RULES.balances:
        assert elements[balance.stock].nature == "stock"
        for code in (*balance.plus, *balance.minus):
            assert (elements[code].nature, elements[code].unit_word) == ("flow", elements[balance.stock].unit_word)


def test_a_part_above_its_whole() -> None:
    (found,) = looked({"addicts": 100, "addicts_with_file": 120})
    assert (found.code, found.severity) == ("part_exceeds", "warning")
    assert (found.args["element"], found.args["difference"]) == ("addicts_with_file", "20")
    assert found.args["message"] == (
        "Số người nghiện có hồ sơ quản lý (120) lớn hơn Số người nghiện ma túy (100): thừa 20."
    )
    (found,) = looked({("addicts", "sex=male"): 5, ("addicts_with_file", "sex=male"): 6})
    assert found.args["breakdown"] == "sex=male"
    assert "nam (6)" in found.args["message"]
    for fine in (100, 99, 0, None):
        assert not looked({"addicts": 100, "addicts_with_file": fine})
    assert not looked({"addicts": None, "addicts_with_file": 120})


def test_parts_that_must_make_the_whole() -> None:
    (found,) = looked({"communes": 10, "communes_with_drugs": 6, "communes_without_drugs": 3})
    assert (found.code, found.args["difference"]) == ("parts_differ", "-1")
    assert not looked({"communes": 10, "communes_with_drugs": 6, "communes_without_drugs": 4})
    assert not looked({"communes": 10, "communes_with_drugs": 6})  # the other is not told yet
    (found,) = looked({"communes": 10, "communes_with_drugs": 11})
    assert found.code == "part_exceeds"


def test_options_against_their_total() -> None:
    male, female = ("addicts", "sex=male"), ("addicts", "sex=female")
    (found,) = looked({"addicts": 10, male: 8, female: 4})
    assert (found.code, found.args["difference"]) == ("options_exceed", "2")
    (found,) = looked({"addicts": 10, male: 5, female: 4})
    assert found.code == "options_differ"
    assert not looked({"addicts": 10, male: 5})  # women are not told yet
    assert not looked({"addicts": 10, male: 6, female: 4})
    assert not looked({male: 6, female: 4})
    heroin, opium = ("cases_detected", "substance=heroin"), ("cases_detected", "substance=opium")
    assert not looked({"cases_detected": 10, heroin: 8, opium: 8})  # a case may be of both
    (found,) = looked({"cases_detected": 10, heroin: 11})
    assert (found.code, found.args["cells"]) == ("option_exceeds", (heroin, ("cases_detected", "")))


def test_a_balance_names_the_line_that_breaks_it() -> None:
    def balance(opening: int | None, opened: int | None, closed: int | None, now: int) -> tuple[Diagnostic, ...]:
        told: dict[str | Cell, int | None] = {
            "addicts_file_opened": opened, "addicts_file_closed": closed, "addicts_with_file": now
        }  # fmt: skip
        return looked(told, {"addicts_with_file": past(opening)})

    assert not balance(50, 7, 3, 54)
    (found,) = balance(50, 7, 3, 61)
    assert (found.args["element"], found.args["difference"]) == ("addicts_with_file", "7")
    assert "50 kỳ trước + 7 − 3 = 54, nhưng đã nhập 61 (thừa 7)" in found.args["message"]
    (found,) = balance(50, 7, 3, 47)  # as if nobody had come
    assert found.args["element"] == "addicts_file_opened"
    assert "chênh lệch đúng bằng số của dòng này" in found.args["message"]
    (found,) = balance(50, 20, 3, 73)  # as if those who went had come: 50 + 20 + 3
    assert found.args["element"] == "addicts_file_closed"
    assert "ngược chiều" in found.args["message"]
    for open_end in (balance(None, 7, 3, 60), balance(50, None, 3, 60), balance(50, 7, None, 60)):
        assert not open_end


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_balance_that_holds_is_never_remarked(opening: int, came: int, went: int) -> None:
    now = opening + came - went
    rules = Rules(balances=(Balance("flashpoints", ("flashpoints_new",), ("flashpoints_cleared",)),))
    told: dict[str | Cell, int | None] = {"flashpoints": now, "flashpoints_new": came, "flashpoints_cleared": went}
    codes = [each.code for each in looked(told, {"flashpoints": past(opening)}, rules)]
    assert "balance" not in codes
    told["flashpoints"] = now + 1
    codes = [each.code for each in looked(told, {"flashpoints": past(opening)}, rules)]
    assert codes.count("balance") == 1


@pytest.mark.parametrize(
    ("value", "before", "code"),
    [
        (21, past(20, 22, 19, 20), None),
        (500, past(20, 22, 19, 20), "unusual"),
        (500, past(20, 22, 19, 20, year_ago=480), None),  # every year in this month
        (0, past(20, 22, 19, 20), "sudden_zero"),
        (0, past(20, 22, 19, 20, year_ago=0), None),  # nor was there anything in this month a year ago
        (0, past(2, 1, 3, 2), None),  # of two or three a zero is no surprise
        (0, past(20, 0, 19, 20), "unusual"),  # there were zeros before
        (9, past(1, 0, 2, 1), None),  # small counts do not shout
        (40, past(20, 22, 19, 300), "unusual"),  # one wrong number before does not hide it
        (25, past(20), None),
        (60, past(20), "unusual"),  # with few numbers: the one before
        (60, past(20, year_ago=55), None),
        (60, past(None, None), None),
        (60, past(), None),
    ],
)
def test_against_the_own_past(value: int, before: Past, code: str | None) -> None:
    found = looked({"broadcasts": value}, {"broadcasts": before})
    assert [each.code for each in found] == ([code] if code else [])
    assert all("Số lượt phát trên loa" in each.args["message"] for each in found)


def test_a_remark_is_the_same_as_long_as_its_figures_are() -> None:
    (one,) = looked({"addicts": 100, "addicts_with_file": 120, "posts": 1})
    (same,) = looked({"addicts": 100, "addicts_with_file": 120, "posts": 2})
    (other,) = looked({"addicts": 100, "addicts_with_file": 121})
    assert one.args["key"] == same.args["key"] != other.args["key"]


@given(st.dictionaries(st.sampled_from(sorted(CATALOGUE.elements)), st.integers(0, 10**6), max_size=30))
def test_whatever_is_told_gets_remarks_and_no_errors(values: dict[str, int]) -> None:
    told: dict[str | Cell, int | None] = {(code, ""): number for code, number in values.items()}
    for each in looked(told):
        assert each.severity == "warning"
        assert each.args["message"].endswith(".")
        assert all(cell[0] in values for cell in each.args["cells"])


def test_what_is_unknown_is_passed_over() -> None:
    rules = Rules(parts=(PartOf(("nonsense",), ("addicts",)),))
    assert not looked({"addicts": 1, "nonsense": 5}, {}, rules)
