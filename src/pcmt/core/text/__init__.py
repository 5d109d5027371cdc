"""Vietnamese text: comparing, sorting and finding without being misled by marks, case and typing habits."""

from pcmt.core.text.dates import Day, Span, day_at, find_dates
from pcmt.core.text.fold import canonical, fold, is_bare, place_tones, sort_key
from pcmt.core.text.numerals import Numeral, find_numerals, parse_numeral, roman_value

__all__ = [
    "Day",
    "Numeral",
    "Span",
    "canonical",
    "day_at",
    "find_dates",
    "find_numerals",
    "fold",
    "is_bare",
    "parse_numeral",
    "place_tones",
    "roman_value",
    "sort_key",
]
