"""What a target measures: its shape, comparator, values and baseline, as a closed type; elements and facts."""

from pcmt.core.measures.elements import Element, Fact, Figure, Nature, OverTime, OverUnits, figure
from pcmt.core.measures.labels import describe, number_label, quantity_label
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
    "Baseline",
    "BaselineKind",
    "Comparator",
    "Direction",
    "Element",
    "Fact",
    "Figure",
    "Nature",
    "OverTime",
    "OverUnits",
    "PartsCheck",
    "Shape",
    "TargetSpec",
    "decimal_from",
    "describe",
    "expected_count",
    "figure",
    "number_label",
    "parts_and_total",
    "quantity_label",
    "target_from",
]
