"""What is done and where: kinds as versioned data, events, places with their states, and work in progress."""

from pcmt.apps.activities.models.events import (
    COUNTING,
    LONGEST,
    Event,
    EventFile,
    EventPlace,
    EventState,
    EventStep,
    StepWhat,
    Way,
)
from pcmt.apps.activities.models.kinds import Kind, KindNoun, KindState, KindVersion
from pcmt.apps.activities.models.places import (
    Place,
    PlaceBefore,
    PlaceSpell,
    RecordQuerySet,
    held_units,
    named,
    unindexed,
    within,
)
from pcmt.apps.activities.models.work import (
    EntryState,
    EventMark,
    KeptSince,
    OfflineEntry,
    RecordSheet,
    SheetState,
)

__all__ = [
    "COUNTING",
    "LONGEST",
    "EntryState",
    "Event",
    "EventFile",
    "EventMark",
    "EventPlace",
    "EventState",
    "EventStep",
    "KeptSince",
    "Kind",
    "KindNoun",
    "KindState",
    "KindVersion",
    "OfflineEntry",
    "Place",
    "PlaceBefore",
    "PlaceSpell",
    "RecordQuerySet",
    "RecordSheet",
    "SheetState",
    "StepWhat",
    "Way",
    "held_units",
    "named",
    "unindexed",
    "within",
]
