"""Adding units, their names and members; reorganising them.

`actor` is None for what the program does by itself (loading reference data, the demo).
"""

from pcmt.apps.units.operations.reorganisations import (
    cancel_reorganisation,
    carry_out_reorganisation,
    carry_out_reorganisations,
    plan_reorganisation,
)
from pcmt.apps.units.operations.tables import lock_tree, share_tree
from pcmt.apps.units.operations.units import (
    Difference,
    LoadedUnits,
    NewUnit,
    add_alias,
    create_unit,
    create_units,
    load_units,
    set_members,
)

__all__ = [
    "Difference",
    "LoadedUnits",
    "NewUnit",
    "add_alias",
    "cancel_reorganisation",
    "carry_out_reorganisation",
    "carry_out_reorganisations",
    "create_unit",
    "create_units",
    "load_units",
    "lock_tree",
    "plan_reorganisation",
    "set_members",
    "share_tree",
]
