"""Where the targets of a plan are read; a test of the pages holds the path."""


def targets_address(plan_id: int) -> str:
    """The path of the targets of a plan."""
    return f"/ke-hoach/{plan_id}/chi-tieu/"
