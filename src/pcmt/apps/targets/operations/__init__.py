"""What people and programs do with targets."""

from pcmt.apps.targets.operations.adopting import adopt_targets, date_targets
from pcmt.apps.targets.operations.proposing import propose, propose_missing

__all__ = ["adopt_targets", "date_targets", "propose", "propose_missing"]
