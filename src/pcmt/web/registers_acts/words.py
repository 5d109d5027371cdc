"""Words for codes on the pages of acts."""

from django.utils.translation import gettext_lazy as _

GROUND_WORDS = {
    "id": _("cùng số giấy tờ"),
    "name_date": _("tên gần giống, cùng ngày sinh"),
    "name_year": _("tên gần giống, năm sinh gần nhau"),
    "phone": _("cùng số điện thoại"),
}
"""What two files agree in."""
