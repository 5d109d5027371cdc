"""Reading settings from the environment. Django's ImproperlyConfigured names the variable that is wrong."""

import os

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The variable as it stands, or the default when it is absent."""
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """A yes or no: 1/0, true/false, yes/no, on/off."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: expected 1 or 0")


def number(name: str, default: int) -> int:
    """A whole number, not negative."""
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name}={value!r}: expected a whole number")
    return int(value)


def names(name: str, default: str = "") -> list[str]:
    """A list separated by commas; blanks around the items do not count."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def numbers(name: str, default: str) -> list[int]:
    """Whole numbers separated by commas, each once, the largest first."""
    items = names(name, default)
    if not all(item.isascii() and item.isdigit() for item in items):
        raise ImproperlyConfigured(f"{name}={text(name)!r}: expected whole numbers separated by commas")
    return sorted({int(item) for item in items}, reverse=True)
