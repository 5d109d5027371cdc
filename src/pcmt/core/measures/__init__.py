"""What a target measures: its shape, comparator, values and baseline, as a closed type; elements and facts."""

from pcmt.core.measures.catalogue import Binding, Catalogue, Indicator, catalogue_from, check_catalogue
from pcmt.core.measures.elements import Element, Fact, Figure, Nature, OverTime, OverUnits, add_up, figure
from pcmt.core.measures.labels import describe, number_label, quantity_label
from pcmt.core.measures.reach import each_level
from pcmt.core.measures.strength import MOVES, Strength, Stronger, compare_strength
from pcmt.core.measures.targets import (
    Baseline,
    BaselineKind,
    Comparator,
    Direction,
    PartsCheck,
    Shape,
    TargetSpec,
    decimal_from,
    expected_count,
    parts_and_total,
    target_from,
)

__all__ = [
    "MOVES",
    "Baseline",
    "BaselineKind",
    "Binding",
    "Catalogue",
    "Comparator",
    "Direction",
    "Element",
    "Fact",
    "Figure",
    "Indicator",
    "Nature",
    "OverTime",
    "OverUnits",
    "PartsCheck",
    "Shape",
    "Strength",
    "Stronger",
    "TargetSpec",
    "add_up",
    "catalogue_from",
    "check_catalogue",
    "compare_strength",
    "decimal_from",
    "describe",
    "each_level",
    "expected_count",
    "figure",
    "number_label",
    "parts_and_total",
    "quantity_label",
    "target_from",
]
