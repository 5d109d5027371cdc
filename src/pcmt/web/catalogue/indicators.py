"""Indicators: the list and its file, one indicator, trying words, and what administrators do."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import catalogue
from pcmt.apps.facts.models import Indicator
from pcmt.apps.facts.operations import add_indicator, end_indicator, version_indicator
from pcmt.apps.facts.policies import can_keep_catalogue
from pcmt.web.catalogue import listing
from pcmt.web.catalogue.acting import acted, keeping, trail_to
from pcmt.web.catalogue.elements import A_PAGE, in_order, tabs, targets_of
from pcmt.web.catalogue.forms import EndForm, IndicatorForm
from pcmt.web.catalogue.sheet import sent, sheet_of
from pcmt.web.catalogue.words import source_words, window_words
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate

MOST_WORDS = 600
PROPOSALS = 5


def listed(request: HttpRequest) -> HttpResponse:
    """The list as of a day: filter, pages; with a sentence to try the words on."""
    actor = acting(request)
    form = listing.IndicatorFilter(request.GET)
    page = Paginator(listing.indicators(actor, form.chosen), A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "form": form,
        "page": page,
        "rows": _lines(page.object_list, actor),
        "tabs": tabs("indicators"),
        "keeps": can_keep_catalogue(actor),
        "sheet_url": f"{reverse('catalogue:indicators-xlsx')}?{request.GET.urlencode()}",
    }
    return render(request, "catalogue/indicators.html", context)


def listed_xlsx(request: HttpRequest) -> HttpResponse:
    """The same list as a spreadsheet."""
    actor = acting(request)
    form = listing.IndicatorFilter(request.GET)
    day = form.chosen["ngay"] or actor.on
    columns = [
        (_("Mã"), 26), (_("Chỉ số"), 52), (_("Loại"), 12), (_("Số đếm, hoặc tử số"), 52), (_("Mẫu số"), 44),
        (_("Cách gọi trong kế hoạch"), 52), (_("Căn cứ"), 36), (_("Mã chính thức"), 14), (_("Thời gian dùng"), 28),
    ]  # fmt: skip
    rows = [
        (
            line["row"].code, line["version"].name, line["kind"], line["counted"], line["whole"],
            "\n".join(" + ".join(way) for way in line["version"].words), line["version"].source,
            line["version"].official, window_words(line["version"].valid_from, line["version"].valid_to),
        )
        for line in _lines(listing.indicators(actor, form.chosen), actor)
    ]  # fmt: skip
    heading = _("Danh mục chỉ số, ngày %(day)s") % {"day": vdate(day)}
    return sent(request, sheet_of(_("Chỉ số"), heading, columns, rows), f"chi-so-{day:%Y-%m-%d}.xlsx", form.words)


def indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator: what it counts, its versions, which targets it measures."""
    actor = acting(request)
    row = seen(actor, indicator)
    versions = list(in_order(row).select_related("made_by"))
    context = {
        "row": row,
        "now": versions[-1],
        "versions": _lines(list(reversed(versions)), actor),
        "sources": source_words(versions[-1].source),
        "trail": trail_to((_("Chỉ số"), reverse("catalogue:indicators"))),
        **targets_of(actor, [row.pk]),
        "keeps": can_keep_catalogue(actor),
        "over": versions[-1].valid_to is not None,
    }
    return render(request, "catalogue/indicator.html", context)


def tried(request: HttpRequest) -> HttpResponse:
    """Which indicators a sentence of a plan would be taken to mean."""
    actor = acting(request)
    words = request.GET.get("cau", "")[:MOST_WORDS]
    found = catalogue(actor.on).bind(words)[:PROPOSALS] if words.strip() else ()
    context = {
        "words": words,
        "found": found,
        "trail": trail_to((_("Chỉ số"), reverse("catalogue:indicators"))),
        "keeps": can_keep_catalogue(actor),
    }
    return render(request, "catalogue/try.html", context)


def add(request: HttpRequest) -> HttpResponse:
    """A new indicator."""
    actor = keeping(request)
    form = IndicatorForm(request.POST or None, on=actor.on)
    return acted(
        request, form,
        lambda data: add_indicator(actor=actor, at=timezone.now(), text=form.text, valid_from=data["valid_from"]),
        template="catalogue/indicator_form.html",
        page={
            "heading": _("Thêm chỉ số"), "submit": _("Thêm vào danh mục"), "cancel": reverse("catalogue:indicators"),
            "trail": trail_to((_("Chỉ số"), reverse("catalogue:indicators"))),
        },
        back=lambda made: reverse("catalogue:indicator", args=[made.code]),
        done=_("Đã thêm chỉ số vào danh mục."),
    )  # fmt: skip


def version(request: HttpRequest, indicator: str) -> HttpResponse:
    """What an indicator counts from a day on."""
    actor = keeping(request)
    row = seen(actor, indicator)
    last = in_order(row).last()
    initial = {
        "version": row.version, "name": last.name, "kind": "share" if last.whole else "sum", "counted": last.counted,
        "whole": last.whole, "words": last.words, "source": last.source, "official": last.official,
        "valid_from": actor.on,
    }  # fmt: skip
    form = IndicatorForm(request.POST or None, on=actor.on, initial=initial)
    here = reverse("catalogue:indicator", args=[indicator])
    return acted(
        request, form,
        lambda data: version_indicator(
            actor=actor, at=timezone.now(), code=indicator, version=data["version"] or 0, text=form.text,
            valid_from=data["valid_from"],
        ),
        template="catalogue/indicator_form.html",
        page={
            "heading": _("Phiên bản mới"), "row": row, "submit": _("Lưu phiên bản"), "cancel": here,
            "trail": trail_to((_("Chỉ số"), reverse("catalogue:indicators")), (last.name, here)),
        },
        back=lambda _made: here,
        done=_("Đã lưu phiên bản."),
        current=lambda: seen(actor, indicator).version,
    )  # fmt: skip


def end(request: HttpRequest, indicator: str) -> HttpResponse:
    """The day from which an indicator is proposed no more."""
    actor = keeping(request)
    row = seen(actor, indicator)
    form = EndForm(request.POST or None, initial={"version": row.version, "valid_to": actor.on})
    here = reverse("catalogue:indicator", args=[indicator])
    name = in_order(row).last().name
    return acted(
        request, form,
        lambda data: end_indicator(
            actor=actor, at=timezone.now(), code=indicator, version=data["version"] or 0, on=data["valid_to"]
        ),
        template="catalogue/end.html",
        page={
            "heading": _("Ngừng dùng chỉ số"), "under": name, "cancel": here,
            "trail": trail_to((_("Chỉ số"), reverse("catalogue:indicators")), (name, here)),
            "words": _("Chỉ tiêu đang đo bằng chỉ số này vẫn đo tiếp. Từ ngày này không đề xuất nó cho chỉ tiêu mới."),
        },
        back=lambda _made: here,
        done=_("Đã ngừng dùng chỉ số."),
        current=lambda: seen(actor, indicator).version,
    )  # fmt: skip


def seen(actor: Actor, code: str) -> Any:
    """An indicator; 404 for what is not there."""
    row = Indicator.objects.visible_to(actor).filter(code=code).first()
    if row is None:
        raise Http404
    return row


def _lines(versions: Any, actor: Actor) -> list[dict[str, Any]]:
    rows = list(versions)
    names = listing.names_of({code for row in rows for code in (*row.counted, *row.whole)}, actor.on)
    return [
        {
            "version": row, "row": row.indicator, "kind": _("Tỷ lệ") if row.whole else _("Số đếm"),
            "counted": " + ".join(names.get(code, code) for code in row.counted),
            "whole": " + ".join(names.get(code, code) for code in row.whole),
            "window": window_words(row.valid_from, row.valid_to),
            "by": row.made_by.get_full_name() if row.made_by_id else "",
        }
        for row in rows
    ]  # fmt: skip
