"""Search keys, copies for matching, the order of the Vietnamese alphabet."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.text import canonical, fold, is_bare, place_tones, sort_key
from pcmt.core.text.fold import strip_marks


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ủy ban nhân dân xã", "uy ban nhan dan xa"),
        ("UỶ BAN NHÂN DÂN XÃ", "uy ban nhan dan xa"),
        ("Đội 3 – Cảnh sát", "doi 3 canh sat"),
        ("  Đắk   Lắk ", "dak lak"),
        (unicodedata.normalize("NFD", "Thừa Thiên Huế"), "thua thien hue"),
        ("SGD&ĐT", "sgd dt"),
        ("“Phường 4”", "phuong 4"),
        ("", ""),
        ("—", ""),
    ],
)
def test_fold(written: str, key: str) -> None:
    assert fold(written) == key


@given(st.text(max_size=60))
def test_fold_is_plain_and_stable(text: str) -> None:
    key = fold(text)
    assert key.isascii()
    assert key == key.lower().strip()
    assert fold(key) == key
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("late", "early"),
    [("hoá", "hóa"), ("uỷ", "ủy"), ("khoẻ", "khỏe"), ("quý", "quý"), ("toàn", "toàn"), ("tuý", "túy")],
)
def test_tones_stand_on_the_first_vowel(late: str, early: str) -> None:
    assert place_tones(late) == early
    assert place_tones(early) == early


def test_canonical_has_one_kind_of_each_sign() -> None:
    assert canonical("“MA\u00a0TUÝ” – **10**\n‘A’\u2011B ５％") == "\"ma túy\" -   10   'a'-b ５%"


@given(st.text(max_size=80))
def test_canonical_and_strip_marks_keep_every_place(text: str) -> None:
    low = canonical(text)
    assert len(low) == len(text)
    assert len(strip_marks(low)) == len(text)
    assert canonical(low) == low


def test_texts_without_marks_are_noticed() -> None:
    text = "Tăng cường công tác phòng, chống ma túy trên địa bàn xã. " * 8
    assert is_bare(strip_marks(text))
    assert not is_bare(text)
    assert not is_bare("ma tuy")  # too short to tell


ORDER = (
    "An",
    "Ăn",
    "Âu",
    "Bình",
    "Cần Thơ",
    "Dương",
    "Đà Nẵng",
    "Em",
    "Ê",
    "Lam",
    "Oanh",
    "Ô",
    "Ơn",
    "Tâm",
    "Ưng",
    "Y",
)
TONES = ("ma", "mà", "mả", "mã", "má", "mạ", "mả rừng")


def ordered(names: tuple[str, ...]) -> list[str]:
    backwards = list(reversed(names))
    return sorted(backwards, key=sort_key)


def test_letters_stand_in_the_order_of_the_alphabet() -> None:
    assert ordered(ORDER) == list(ORDER)


def test_tones_break_ties_only() -> None:
    assert ordered(TONES) == list(TONES)
    assert sort_key("mạ an") < sort_key("ma ba")  # letters of all words first
    assert sort_key("Xã An") < sort_key("Xã An Bình")


def test_numbers_stand_in_the_order_of_their_values() -> None:
    names = ("Phường 02", "Phường 3", "Phường 10", "Phường 100", "Phường An Bình")
    assert ordered(names) == list(names)


@given(st.text(max_size=40))
def test_sort_keys_are_ascii_and_know_no_case(text: str) -> None:
    assert sort_key(text).isascii()
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("name", ORDER)
def test_case_does_not_matter(name: str) -> None:
    assert sort_key(name.upper()) == sort_key(name.lower())
