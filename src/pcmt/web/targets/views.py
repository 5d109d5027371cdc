"""The list of targets, on a page and as a workbook."""

from __future__ import annotations

from typing import Any

import attrs
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing
from pcmt.apps.targets.models import Target
from pcmt.apps.targets.queries import bare_kept
from pcmt.apps.units.models import Unit
from pcmt.web.audit.acts import noted
from pcmt.web.filters.saved import CLEARED, opens_with
from pcmt.web.shell.access import acting
from pcmt.web.targets import listing
from pcmt.web.targets.forms import TargetFilter
from pcmt.web.targets.sheet import MOST_ROWS, XLSX, list_sheet
from pcmt.web.templatetags.pcmt import vdate

SAVED = "targets"
"""The name under which filters of the list are saved."""


@attrs.frozen
class Look:
    """Who looks, through which filter, at which targets. `everything` are those of every verdict."""

    actor: Actor
    form: TargetFilter
    verdict: str
    everything: QuerySet[Target]
    items: QuerySet[Target]

    @property
    def unit(self) -> Unit | None:
        """The unit for which the list tells how targets stand; None for the whole of each."""
        return self.form.chosen.get("don_vi")


def targets(request: HttpRequest) -> HttpResponse:
    """All targets of visible plans with their kept verdicts, grouped by plan."""
    if (first := opens_with(request, SAVED)) is not None:
        return first
    look = _looked(request)
    query = {name: request.GET.get(name) for name in request.GET if name != CLEARED}
    listed = listing.listing_of(look.actor, look.items, request.GET.get("trang"), whole=look.unit is None)
    context = {
        "form": look.form,
        "clear_url": f"{request.path}?{CLEARED}=1",
        "tallies": listing.tallies_of(look.everything, query, look.verdict),
        "listing": listed,
        "page": listed.page,
        "unit": look.unit,
        "today": look.actor.on,
        "now": timezone.now(),
        "sheet_url": f"{reverse('targets:list-xlsx')}?{request.GET.urlencode()}",
    }
    return render(request, "targets/list.html", context)


def targets_xlsx(request: HttpRequest) -> HttpResponse:
    """The very view as a workbook, without page breaks."""
    look = _looked(request)
    ordered = list(listing.in_order(look.items)[:MOST_ROWS])
    bare_kept(look.actor, ordered)
    words = "; ".join(f"{label}: {value}" for label, value in look.form.words)
    heading = _("Chỉ tiêu, %(unit)s, tính đến hết ngày %(day)s") % {
        "unit": look.actor.unit_name,
        "day": vdate(look.actor.on),
    }
    groups = listing.groups_of(ordered, listing.counts_by_plan(look.items), whole=look.unit is None)
    data = list_sheet(groups, heading=heading, words=words)
    name = f"chi-tieu-{look.actor.on:%Y-%m-%d}.xlsx"
    noted(request, "targets.list.exported", Thing("targets.Target", "", name), format="xlsx", filter=words)
    return download(data, name)


def download(data: bytes, name: str) -> HttpResponse:
    """A workbook as an answer."""
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _looked(request: HttpRequest) -> Look:
    actor = acting(request)
    form = TargetFilter(
        request.GET,
        plans=listing.plans_to_choose(actor),
        units=listing.units_to_choose(actor),
        unit_words=listing.unit_words(actor),
    )
    chosen: dict[str, Any] = form.chosen
    everything = listing.narrowed(actor, chosen)
    slug = chosen.get("ket_luan") or ""
    return Look(actor, form, slug, everything, listing.of_verdict(everything, slug))
