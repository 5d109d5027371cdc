"""What a target measures: its shape, comparator, values and baseline, as a closed type; elements and facts."""

from pcmt.core.measures.catalogue import Binding, Catalogue, Indicator, catalogue_from, check_catalogue
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
from pcmt.core.measures.written import Says, Written, read_written

__all__ = [
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
    "Says",
    "Shape",
    "TargetSpec",
    "Written",
    "catalogue_from",
    "check_catalogue",
    "decimal_from",
    "describe",
    "expected_count",
    "figure",
    "number_label",
    "parts_and_total",
    "quantity_label",
    "read_written",
    "target_from",
]
