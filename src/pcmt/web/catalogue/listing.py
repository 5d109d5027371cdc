"""The lists of elements and indicators, as of a day, narrowed by words without tone marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import breakdowns
from pcmt.apps.facts.models import Element, ElementVersion, IndicatorVersion
from pcmt.core.text import fold
from pcmt.web.fields import FilterForm, WrittenDateField

ALL: tuple[str, str | Promise] = ("", _("Tất cả"))
OWN, SHIPPED = "rieng", "san"


class ElementFilter(FilterForm):
    """Which elements to list. Words that make no sense are left out, so that an old address still opens."""

    q = forms.CharField(label=_("Tìm tên, mã"), required=False, max_length=120)
    tinh_chat = forms.ChoiceField(
        label=_("Tính chất"), required=False, choices=lambda: [ALL, *((str(k), v) for k, v in Element.NATURES.items())]
    )
    phan_to = forms.ChoiceField(
        label=_("Phân tổ"), required=False, choices=lambda: [ALL, *((k, v.name) for k, v in breakdowns().items())]
    )
    nguon = forms.ChoiceField(
        label=_("Nguồn gốc"),
        required=False,
        choices=[ALL, (SHIPPED, _("Có sẵn trong chương trình")), (OWN, _("Quản trị thêm hoặc sửa"))],
    )
    ngay = WrittenDateField(label=_("Dùng vào ngày"), required=False, help_text=_("Để trống là hôm nay."))


class IndicatorFilter(FilterForm):
    """Which indicators to list."""

    q = forms.CharField(label=_("Tìm tên, mã"), required=False, max_length=120)
    loai = forms.ChoiceField(
        label=_("Loại"), required=False, choices=[ALL, ("dem", _("Số đếm")), ("ty-le", _("Tỷ lệ"))]
    )
    nguon = forms.ChoiceField(
        label=_("Nguồn gốc"),
        required=False,
        choices=[ALL, (SHIPPED, _("Có sẵn trong chương trình")), (OWN, _("Quản trị thêm hoặc sửa"))],
    )
    ngay = WrittenDateField(label=_("Dùng vào ngày"), required=False, help_text=_("Để trống là hôm nay."))


def elements(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Any]:
    """The versions of the elements in use on the day asked for."""
    found: Any = ElementVersion.objects.visible_to(actor).select_related("element")
    found = _narrowed(found.as_of(chosen["ngay"] or actor.on), chosen, "element")
    if chosen["tinh_chat"]:
        found = found.filter(element__nature=chosen["tinh_chat"])
    if chosen["phan_to"]:
        key = chosen["phan_to"]
        found = found.filter(pk__in=[pk for pk, keys in found.values_list("pk", "breakdowns") if key in keys])
    return found.order_by("element__order", "element_id")  # type: ignore[no-any-return]


def indicators(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Any]:
    """The versions of the indicators in use on the day asked for."""
    found: Any = IndicatorVersion.objects.visible_to(actor).select_related("indicator")
    found = _narrowed(found.as_of(chosen["ngay"] or actor.on), chosen, "indicator")
    if chosen["loai"]:
        counts = Q(whole=[])
        found = found.filter(counts if chosen["loai"] == "dem" else ~counts)
    return found.order_by("indicator__order", "indicator_id")  # type: ignore[no-any-return]


def _narrowed(found: Any, chosen: Mapping[str, Any], kind: str) -> Any:
    for word in fold(chosen["q"] or "").split():
        found = found.filter(
            Q(search_key__contains=word) | Q(**{f"{kind}__code__contains": word}) | Q(official__icontains=word)
        )
    if chosen["nguon"]:
        found = found.filter(made_by__isnull=chosen["nguon"] == SHIPPED)
    return found


def names_of(codes: Iterable[str], on: date) -> dict[str, str]:
    """What elements are called on a day, by their codes; elements that are not in use then by their last name."""
    wanted = set(codes)
    rows: Any = ElementVersion.objects.filter(element__code__in=wanted)
    found = dict(rows.order_by("element_id", "valid_from").values_list("element__code", "name"))
    return found | dict(rows.as_of(on).values_list("element__code", "name"))
