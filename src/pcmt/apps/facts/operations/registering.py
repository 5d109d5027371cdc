"""The catalogue in the database: the tables of `data/indicators` taken in, and what administrators add."""

from __future__ import annotations

from django.db import transaction

from pcmt.apps.facts.catalogue import catalogue
from pcmt.apps.facts.models import Element, ElementVersion, Indicator, IndicatorVersion
from pcmt.core.text import fold


def load_catalogue() -> int:
    """Take in what the tables of `data/indicators` have and the database lacks; how many rows are new."""
    found = catalogue()
    with transaction.atomic():
        elements = set(Element.objects.values_list("code", flat=True))
        indicators = set(Indicator.objects.values_list("code", flat=True))
        new = 0
        for order, each in enumerate(found.elements.values(), start=1):
            if each.code in elements:
                continue
            row = Element.objects.create(
                code=each.code, nature=str(each.nature), over_time=str(each.over_time),
                over_units=str(each.over_units), order=order,
            )  # fmt: skip
            ElementVersion.objects.create(
                element=row, name=each.name, search_key=fold(each.name), unit_word=each.unit_word,
                breakdowns=list(each.breakdowns),
            )  # fmt: skip
            new += 1
        for order, one in enumerate(found.indicators.values(), start=1):
            if one.code in indicators:
                continue
            made = Indicator.objects.create(code=one.code, order=order)
            IndicatorVersion.objects.create(
                indicator=made, name=one.name, search_key=fold(one.name), counted=list(one.counted),
                whole=list(one.whole), words=[list(way) for way in one.words],
            )  # fmt: skip
            new += 1
    return new
