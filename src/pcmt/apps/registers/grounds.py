"""Why somebody may be tested, and what an absence may give ground for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pcmt.core.law import Category


class GroundOfTest(models.TextChoices):
    """The six groups of Law 120/2025/QH15, article 23: nobody else may be tested."""

    CAUGHT = "caught", _("Bị phát hiện sử dụng trái phép chất ma túy")
    SUSPICION = "suspicion", _("Có căn cứ cho rằng sử dụng trái phép chất ma túy")
    MANAGED = "managed", _("Đang bị quản lý sử dụng trái phép chất ma túy")
    IN_REHAB = "in_rehab", _("Đang cai nghiện ma túy")
    ON_SUBSTITUTION = "on_substitution", _("Đang điều trị nghiện bằng thuốc thay thế")
    POST_REHAB = "post_rehab", _("Đang trong thời hạn quản lý sau cai nghiện")


GROUND_OF = {
    Category.ILLEGAL_USER: GroundOfTest.MANAGED,
    Category.IN_REHAB: GroundOfTest.IN_REHAB,
    Category.ON_SUBSTITUTION: GroundOfTest.ON_SUBSTITUTION,
    Category.POST_REHAB: GroundOfTest.POST_REHAB,
}
"""By which group somebody of a category is tested as planned; others need one of the first two."""

PROPOSES = {
    Category.ILLEGAL_USER: "user.absent",
    Category.IN_REHAB: "rehab.absent",
    Category.POST_REHAB: "post_rehab.absent",
}
"""The ground that an absence without notice may give, by category: its days are not counted into the term."""
