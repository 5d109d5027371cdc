"""Adding units, their names, codes and members; the bodies a unit usually has; importing lists; reorganising.

`actor` is None for what the program does by itself (loading reference data, the demo).
"""

from pcmt.apps.units.operations.bodies import CreatedBodies, create_usual_bodies
from pcmt.apps.units.operations.imports import (
    choose_columns,
    commit_import,
    start_import,
    undo_import,
    withdraw_import,
)
from pcmt.apps.units.operations.particulars import edit_particulars, name_alias, remove_alias
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
    "CreatedBodies",
    "Difference",
    "LoadedUnits",
    "NewUnit",
    "add_alias",
    "cancel_reorganisation",
    "carry_out_reorganisation",
    "carry_out_reorganisations",
    "choose_columns",
    "commit_import",
    "create_unit",
    "create_units",
    "create_usual_bodies",
    "edit_particulars",
    "load_units",
    "lock_tree",
    "name_alias",
    "plan_reorganisation",
    "remove_alias",
    "set_members",
    "start_import",
    "undo_import",
    "withdraw_import",
    "share_tree",
]
