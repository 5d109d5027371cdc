"""What a list needs to offer saved filters: which it has, which one is open, with which it opens.

A list takes part by a line in LISTS, `{% saved_filters "its-name" %}` in its template, and `opens_with` in its view.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import parse_qsl

import attrs
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor, SavedFilter


@attrs.frozen
class List:
    """A list whose filters may be saved. `url_name` is where one opens; `keeps` are the words that belong to a filter.

    A list with several views of the same rows is one: its filters open in whichever view is on the screen.
    """

    label: str | Promise
    url_name: str
    keeps: Collection[str]


LISTS: Mapping[str, List] = {
    "tasks": List(
        _("Nhiệm vụ"),
        "tasks:owed",
        (
            *("q", "ke_hoach", "don_vi", "rieng", "nguoi", "muc", "loai", "trang_thai", "tu", "den"),
            *("nhom", "xep", "tach", "cot", "kieu"),
        ),
    ),
    "targets": List(
        pgettext_lazy("danh mục", "Chỉ tiêu"), "targets:list", ("q", "ke_hoach", "don_vi", "ket_luan", "dang", "dvt")
    ),
    "reports": List(
        pgettext_lazy("danh mục", "Báo cáo"),
        "reports:list",
        ("xem", "q", "ke_hoach", "che_do", "ky", "don_vi", "trang_thai", "muon"),
    ),
    "files": List(
        _("Hồ sơ"),
        "registers:list",
        (
            *("ma", "dien", "hinh_thuc", "trang_thai", "het_han", "xet_nghiem", "gioi", "tuoi", "don_vi"),
            *("qua_han", "tam_dinh_chi", "chua_18", "xep"),
        ),
    ),
    "places": List(_("Địa điểm"), "places:list", ("q", "loai", "tinh_trang", "don_vi", "con", "xep")),
    "plans": List(pgettext_lazy("danh mục", "Kế hoạch"), "plans:list", ("q", "state")),
}
CLEARED = "bo_loc"
"""A word of the address that says: no filter, not even the one with which the list opens."""


@attrs.frozen
class Choice:
    """A saved filter as a list offers it."""

    saved: SavedFilter
    url: str
    own: bool
    current: bool


def kept_words(page: str, query: str) -> str:
    """The part of an address that a filter of this list keeps, in one order, without empty words."""
    keeps = LISTS[page].keeps
    pairs = sorted((name, value) for name, value in parse_qsl(query) if name in keeps and value.strip())
    return urlencode(pairs)


def choices(actor: Actor, page: str, path: str, query: str) -> Sequence[Choice]:
    """The filters that the actor may use at a list, own ones first; one statement."""
    now = kept_words(page, query)
    found = SavedFilter.objects.visible_to(actor).filter(page=page).select_related("user")
    offered = [
        Choice(each, f"{path}?{each.query}", own=each.user_id == actor.user_id, current=each.query == now)
        for each in found.order_by("name", "pk")
    ]
    return sorted(offered, key=lambda choice: not choice.own)


def opens_with(request: HttpRequest, page: str) -> HttpResponse | None:
    """Leads on to the filter with which the list opens for this person, when its address is asked for bare."""
    if request.META.get("QUERY_STRING") or request.method != "GET":
        return None
    actor: Actor | None = getattr(request, "actor", None)
    first = SavedFilter.objects.visible_to(actor).filter(page=page, is_default=True)
    query = first.filter(user_id=actor.user_id).values_list("query", flat=True).first() if actor else None
    return HttpResponseRedirect(f"{request.path}?{query}") if query else None


def address_of(saved: SavedFilter) -> str:
    """Where a saved filter opens."""
    known = LISTS.get(saved.page)
    return f"{reverse(known.url_name)}?{saved.query}" if known else ""
