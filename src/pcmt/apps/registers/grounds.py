"""By which group of the law somebody of a status is tested, and what an absence may give ground for.

The groups themselves are data (`pcmt.reference.groups_tested`; Law 120/2025/QH15, article 23): nobody else is tested.
"""

from __future__ import annotations

from pcmt.core.law import Category

GROUND_OF = {
    Category.ILLEGAL_USER: "managed",
    Category.IN_REHAB: "rehab",
    Category.ON_SUBSTITUTION: "substitution",
    Category.POST_REHAB: "post_rehab",
}
"""The group of who is tested under a status."""
PLANNED = "plan"
"""The group of others whom a plan has tested."""

PROPOSES = {
    Category.ILLEGAL_USER: "user.absent",
    Category.IN_REHAB: "rehab.absent",
    Category.POST_REHAB: "post_rehab.absent",
}
"""The ground that an absence without notice may give, by category: its days are not counted into the term."""
