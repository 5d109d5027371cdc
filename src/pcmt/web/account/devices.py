"""What a browser calls itself, in words that people know it by."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

BROWSERS = (
    ("CocCoc", r"coc_coc"),
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser"),
    ("Zalo", r"Zalo"),
    ("Firefox", r"Firefox|FxiOS"),
    ("Chrome", r"Chrom(?:e|ium)|CriOS"),
    ("Safari", r"Safari"),
)
"""In this order: most browsers also call themselves by the names further down."""
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Macintosh|Mac OS"),
    ("Linux", r"Linux"),
)


def device_words(agent: str) -> str:
    """`Chrome trên Windows`; what is not known is said so. Browsers say what they like: this is a help, no proof."""
    browser = next((name for name, sign in BROWSERS if re.search(sign, agent)), "")
    system = next((name for name, sign in SYSTEMS if re.search(sign, agent)), "")
    if browser and system:
        return _("%(browser)s trên %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Trình duyệt không rõ")
