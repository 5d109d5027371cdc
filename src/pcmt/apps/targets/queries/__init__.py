"""What targets ask for, how they stand on the facts, and the limits that bind them."""

from pcmt.apps.targets.queries.editions import Amended, amendments, edition_of, spec_in, spec_of, takes_effect
from pcmt.apps.targets.queries.judging import Judged, judge, load, seat_of
from pcmt.apps.targets.queries.limits import Hanging, targets_on_events, window_by
from pcmt.apps.targets.queries.paths import way_of

__all__ = [
    "Amended",
    "Hanging",
    "Judged",
    "amendments",
    "edition_of",
    "judge",
    "load",
    "seat_of",
    "spec_in",
    "spec_of",
    "takes_effect",
    "targets_on_events",
    "way_of",
    "window_by",
]
