"""Elements: the list and its file, one element, and what administrators do to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import rules
from pcmt.apps.facts.models import Element, Form, IndicatorVersion
from pcmt.apps.facts.operations import add_element, end_element, version_element
from pcmt.apps.facts.policies import can_keep_catalogue, can_keep_forms
from pcmt.apps.targets.models import Target
from pcmt.apps.units.models import holds_on
from pcmt.web.catalogue import listing
from pcmt.web.catalogue.acting import acted, keeping, trail_to
from pcmt.web.catalogue.forms import ElementForm, ElementVersionForm, EndForm
from pcmt.web.catalogue.sheet import sent, sheet_of
from pcmt.web.catalogue.words import breakdown_words, source_words, window_words
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate

A_PAGE = 50
TARGETS_SHOWN = 30


def tabs(current: str) -> list[dict[str, Any]]:
    """The three lists."""
    return [
        {"label": label, "url": reverse(f"catalogue:{name}"), "count": None, "current": name == current}
        for name, label in (
            ("elements", _("Chỉ tiêu thống kê")),
            ("indicators", _("Chỉ số")),
            ("forms", _("Biểu số liệu")),
        )
    ]


def listed(request: HttpRequest) -> HttpResponse:
    """The list as of a day: filter, pages."""
    actor = acting(request)
    form = listing.ElementFilter(request.GET)
    page = Paginator(listing.elements(actor, form.chosen), A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "form": form,
        "page": page,
        "rows": [_line(version) for version in page.object_list],
        "tabs": tabs("elements"),
        "keeps": can_keep_catalogue(actor),
        "sheet_url": f"{reverse('catalogue:elements-xlsx')}?{request.GET.urlencode()}",
    }
    return render(request, "catalogue/elements.html", context)


def listed_xlsx(request: HttpRequest) -> HttpResponse:
    """The same list as a spreadsheet."""
    actor = acting(request)
    form = listing.ElementFilter(request.GET)
    day = form.chosen["ngay"] or actor.on
    columns = [
        (_("Mã"), 26), (_("Chỉ tiêu thống kê"), 52), (_("Đơn vị tính"), 12), (_("Tính chất"), 18),
        (_("Gộp theo thời gian"), 20), (_("Gộp theo đơn vị"), 20), (_("Phân tổ"), 34), (_("Căn cứ"), 40),
        (_("Mã chính thức"), 14), (_("Thời gian dùng"), 28),
    ]  # fmt: skip
    rows = [
        (
            version.element.code, version.name, version.unit_word, version.element.get_nature_display(),
            version.element.get_over_time_display(), version.element.get_over_units_display(),
            breakdown_words(version.breakdowns), version.source, version.official,
            window_words(version.valid_from, version.valid_to),
        )
        for version in listing.elements(actor, form.chosen)
    ]  # fmt: skip
    heading = _("Danh mục chỉ tiêu thống kê, ngày %(day)s") % {"day": vdate(day)}
    data = sheet_of(_("Chỉ tiêu thống kê"), heading, columns, rows)
    return sent(request, data, f"chi-tieu-thong-ke-{day:%Y-%m-%d}.xlsx", form.words)


def element(request: HttpRequest, element: str) -> HttpResponse:
    """One element: how it adds up, its versions, and what uses it."""
    actor = acting(request)
    row = seen(actor, element)
    versions = list(in_order(row).select_related("made_by"))
    indicators: Any = IndicatorVersion.objects.visible_to(actor).select_related("indicator")
    using = [each for each in indicators.filter(holds_on(actor.on)) if element in (*each.counted, *each.whole)]
    forms: Any = Form.objects.visible_to(actor).filter(lines__element=row).select_related("root", "group").distinct()
    context = {
        "row": row,
        "now": versions[-1],
        "versions": [_version(each) for each in reversed(versions)],
        "sources": source_words(versions[-1].source),
        "trail": trail_to(),
        "indicators": using,
        "forms": forms.order_by("title", "pk"),
        "checks": _checks(element),
        **targets_of(actor, [each.indicator_id for each in using]),
        "keeps": can_keep_catalogue(actor),
        "forms_kept": can_keep_forms(actor),
        "over": versions[-1].valid_to is not None,
    }
    return render(request, "catalogue/element.html", context)


def add(request: HttpRequest) -> HttpResponse:
    """A new element. `tu` names the one that could not be changed, for its words to begin with."""
    actor = keeping(request)
    like: Any = Element.objects.visible_to(actor).filter(code=request.GET.get("tu", "")).first()
    initial = _initial(like) | {"valid_from": actor.on} if like else {"over_units": "sum"}
    form = ElementForm(request.POST or None, initial=initial)
    return acted(
        request, form,
        lambda _data: add_element(
            actor=actor, at=timezone.now(), text=form.text, adding=form.adding,
            valid_from=form.cleaned_data["valid_from"],
        ),
        template="catalogue/element_form.html",
        page={
            "heading": _("Thêm chỉ tiêu thống kê"), "trail": trail_to(), "like": like, "submit": _("Thêm vào danh mục"),
            "cancel": reverse("catalogue:elements"),
        },
        back=lambda made: reverse("catalogue:element", args=[made.code]),
        done=_("Đã thêm chỉ tiêu thống kê vào danh mục."),
    )  # fmt: skip


def version(request: HttpRequest, element: str) -> HttpResponse:
    """What an element is called and counts from a day on."""
    actor = keeping(request)
    row = seen(actor, element)
    initial = _initial(row) | {"version": row.version, "valid_from": actor.on}
    form = ElementVersionForm(request.POST or None, initial=initial)
    here = reverse("catalogue:element", args=[element])
    return acted(
        request, form,
        lambda data: version_element(
            actor=actor, at=timezone.now(), code=element, version=data["version"] or 0, text=form.text,
            valid_from=data["valid_from"],
        ),
        template="catalogue/element_form.html",
        page={
            "heading": _("Phiên bản mới"), "row": row, "submit": _("Lưu phiên bản"), "cancel": here,
            "trail": trail_to((in_order(row).last().name, here)),
        },
        back=lambda _made: here,
        done=_("Đã lưu phiên bản."),
        current=lambda: seen(actor, element).version,
    )  # fmt: skip


def end(request: HttpRequest, element: str) -> HttpResponse:
    """The day from which an element is used no more."""
    actor = keeping(request)
    row = seen(actor, element)
    form = EndForm(request.POST or None, initial={"version": row.version, "valid_to": actor.on})
    here = reverse("catalogue:element", args=[element])
    name = in_order(row).last().name
    return acted(
        request, form,
        lambda data: end_element(
            actor=actor, at=timezone.now(), code=element, version=data["version"] or 0, on=data["valid_to"]
        ),
        template="catalogue/end.html",
        page={
            "heading": _("Ngừng dùng chỉ tiêu thống kê"), "under": name, "cancel": here,
            "trail": trail_to((name, here)),
            "words": _("Số đã nhập vẫn giữ nguyên và vẫn xem được. Từ ngày này không biểu nào hỏi số mới."),
        },
        back=lambda _made: here,
        done=_("Đã ngừng dùng chỉ tiêu thống kê."),
        current=lambda: seen(actor, element).version,
    )  # fmt: skip


def seen(actor: Actor, code: str) -> Any:
    """An element; 404 for what is not there."""
    row = Element.objects.visible_to(actor).filter(code=code).first()
    if row is None:
        raise Http404
    return row


def in_order(row: Any) -> Any:
    """The versions of an element or indicator, the first one first."""
    return row.versions.order_by(F("valid_from").asc(nulls_first=True))


def targets_of(actor: Actor, indicator_ids: Sequence[int]) -> dict[str, Any]:
    """Targets measured by indicators, as far as the actor sees them; the first few, and how many there are."""
    found = Target.objects.visible_to(actor).filter(measured_by__indicator__in=indicator_ids)
    found = found.select_related("plan").order_by("plan__title", "pk")
    few = list(found[: TARGETS_SHOWN + 1])
    return {"targets": few[:TARGETS_SHOWN], "more_targets": len(few) > TARGETS_SHOWN}


def _line(version: Any) -> dict[str, Any]:
    return {"version": version, "row": version.element, "breakdowns": breakdown_words(version.breakdowns)}


def _version(version: Any) -> dict[str, Any]:
    return {
        "version": version,
        "window": window_words(version.valid_from, version.valid_to),
        "breakdowns": breakdown_words(version.breakdowns),
        "by": version.made_by.get_full_name() if version.made_by else "",
    }


def _initial(row: Any) -> dict[str, Any]:
    last = in_order(row).last()
    return {
        "name": last.name, "unit_word": last.unit_word, "breakdowns": last.breakdowns, "source": last.source,
        "official": last.official, "nature": row.nature, "over_time": row.over_time, "over_units": row.over_units,
        "places": row.places,
    }  # fmt: skip


def _checks(code: str) -> list[str]:
    """How its figures are checked against others, in words."""
    found = rules()
    names = listing.names_of(
        {each for rule in found.parts for each in (*rule.part, *rule.whole)}
        | {each for rule in found.balances for each in (rule.stock, *rule.plus, *rule.minus)},
        timezone.localdate(),
    )

    def together(codes: Sequence[str]) -> str:
        return " + ".join(names.get(each, each) for each in codes)

    words = [
        (_("%(part)s = %(whole)s") if rule.equal else _("%(part)s ≤ %(whole)s"))
        % {"part": together(rule.part), "whole": together(rule.whole)}
        for rule in found.parts
        if code in (*rule.part, *rule.whole)
    ]
    words += [
        _("%(stock)s = số kỳ trước + %(plus)s − %(minus)s")
        % {"stock": names.get(rule.stock, rule.stock), "plus": together(rule.plus), "minus": together(rule.minus)}
        for rule in found.balances
        if code in (rule.stock, *rule.plus, *rule.minus)
    ]
    return words
