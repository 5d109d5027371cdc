"""What tips are about: a code kept with the tip, and its words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOPICS: Mapping[str, str | Promise] = {
    "selling": _("Mua bán ma túy"),
    "using": _("Tổ chức, chứa chấp sử dụng ma túy"),
    "storing": _("Cất giữ, vận chuyển ma túy"),
    "making": _("Sản xuất, pha chế ma túy"),
    "growing": _("Trồng cây có chứa chất ma túy"),
    "premises": _("Quán, nhà nghỉ, cơ sở kinh doanh có ma túy"),
    "online": _("Mua bán ma túy trên mạng"),
    "precursor": _("Tiền chất, thuốc bị lạm dụng"),
    "official": _("Cán bộ bao che hoặc làm sai"),
    "other": _("Việc khác liên quan đến ma túy"),
}
