"""The code of a file in addresses. It never matches a fixed word, so the order of addresses does not matter."""


class FileCode:
    """`HS-7K2M-4P9Q`."""

    regex = "HS-[2-9A-Z]{4}-[2-9A-Z]{4}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value
