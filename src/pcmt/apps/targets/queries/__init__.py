"""What targets ask for, how they stand on the facts, and the limits that bind them."""

from pcmt.apps.targets.queries.editions import Amended, amendments, edition_of, spec_in, spec_of, takes_effect
from pcmt.apps.targets.queries.hiding import KEPT_BACK, bare_kept, kept_back, told_to
from pcmt.apps.targets.queries.judging import Judged, judge, load, seat_of
from pcmt.apps.targets.queries.limits import Hanging, targets_on_events, window_by
from pcmt.apps.targets.queries.paths import way_of

__all__ = [
    "KEPT_BACK",
    "Amended",
    "Hanging",
    "Judged",
    "amendments",
    "bare_kept",
    "edition_of",
    "judge",
    "kept_back",
    "load",
    "seat_of",
    "spec_in",
    "spec_of",
    "takes_effect",
    "targets_on_events",
    "told_to",
    "way_of",
    "window_by",
]
