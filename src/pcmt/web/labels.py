"""The label of a model, such as `plans.Plan`, as a part of an address: `<label:label>`."""

from django.urls import register_converter


class Label:
    """An app and a model."""

    regex = r"[a-z_]+\.[A-Za-z]+"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(Label, "label")
