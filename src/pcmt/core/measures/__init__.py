"""What a target measures: its shape, comparator, values and baseline, as a closed type; elements and facts."""

<<<<<<< HEAD
from pcmt.core.measures.catalogue import Binding, Catalogue, Indicator, catalogue_from, check_catalogue
from pcmt.core.measures.elements import Element, Fact, Figure, Nature, OverTime, OverUnits, add_up, figure
=======
from pcmt.core.measures.breakdowns import (
    Breakdown,
    Option,
    Parts,
    breakdowns_from,
    check_part,
    parse_part,
    part_label,
    part_text,
    parts_of,
)
from pcmt.core.measures.catalogue import Binding, Catalogue, Indicator, catalogue_from, check_catalogue, element_from
from pcmt.core.measures.checks import Balance, Cell, PartOf, Past, Rules, Usual, check_entries, rules_from
from pcmt.core.measures.elements import Element, Fact, Figure, Nature, OverTime, OverUnits, figure
>>>>>>> targetpages
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
from pcmt.core.measures.written import Says, Written, read_written

__all__ = [
<<<<<<< HEAD
    "MOVES",
=======
    "Balance",
>>>>>>> targetpages
    "Baseline",
    "BaselineKind",
    "Binding",
    "Breakdown",
    "Catalogue",
    "Cell",
    "Comparator",
    "Direction",
    "Element",
    "Fact",
    "Figure",
    "Indicator",
    "Nature",
    "Option",
    "OverTime",
    "OverUnits",
    "PartOf",
    "Parts",
    "PartsCheck",
    "Past",
    "Rules",
    "Says",
    "Shape",
    "Strength",
    "Stronger",
    "TargetSpec",
<<<<<<< HEAD
    "add_up",
    "catalogue_from",
    "check_catalogue",
    "compare_strength",
    "decimal_from",
    "describe",
    "each_level",
=======
    "Usual",
    "Written",
    "breakdowns_from",
    "catalogue_from",
    "check_catalogue",
    "check_entries",
    "check_part",
    "decimal_from",
    "describe",
    "element_from",
>>>>>>> targetpages
    "expected_count",
    "figure",
    "number_label",
    "parse_part",
    "part_label",
    "part_text",
    "parts_and_total",
    "parts_of",
    "quantity_label",
    "read_written",
    "rules_from",
    "target_from",
]
