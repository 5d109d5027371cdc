"""Vietnamese first, English second; one time zone for the whole country."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [Path(__file__).parents[2] / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
"""Templates also write row numbers and offsets; figures for people go through the filter `vnumber`."""
