"""The boards: targets by how often, one target as a grid, what a kind of activity has not reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Kind, KindState, KindVersion
from pcmt.apps.activities.policies import can_record
from pcmt.apps.activities.queries.coverage import (
    Coverage,
    communes_reached,
    covering_kinds,
    place_kinds,
    places_reached,
)
from pcmt.apps.activities.queries.kinds import kinds_for
from pcmt.apps.targets.models import Standing, Target
from pcmt.core.evaluating import Verdict
from pcmt.core.measures import Shape
from pcmt.core.periods import SCHOOL_TERMS, Span
from pcmt.core.schemas import KindSchema
from pcmt.documents.output.workbook import Sheet, write_workbook
from pcmt.web.activities.views import can_look
from pcmt.web.audit.acts import noted
from pcmt.web.boards.turns import grid_of
from pcmt.web.fields import FilterForm
from pcmt.web.notices.chat import ChatGroup, ChatLine, chat_text
from pcmt.web.shell.access import acting
from pcmt.web.targets.target_views import seen_target
from pcmt.web.targets.views import download
from pcmt.web.templatetags.pcmt import vdate

PER_PAGE = 100
MOST_TARGETS = 80
IN_CHAT = 60
"""So many bodies are named in words for a chat group; a longer list is for a workbook."""
COMMUNES = "xa"
"""The word in addresses for communes as what is to be reached."""
BAD = (str(Verdict.MISSED), str(Verdict.BEHIND))


@attrs.frozen
class Line:
    """A frequency target with its verdict for the whole, and for how many of its units it is not kept."""

    target: Target
    verdict: str
    sentence: str
    bad: int
    units: int


class CoverageForm(FilterForm):
    """Which time, and what is to be reached."""

    thoi_gian = forms.ChoiceField(label=gettext_lazy("Thời gian"), required=False)
    noi = forms.ChoiceField(label=gettext_lazy("Cần đến"), required=False)
    arranges = ("thoi_gian", "noi")

    def __init__(self, data: Any, *, spans: Sequence[tuple[str, str, Span]], places: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["thoi_gian"].choices = [(key, label) for key, label, _span in spans]
        fields["noi"].choices = list(places)
        self.initial = {"thoi_gian": spans[0][0], "noi": places[0][0]}


def start(request: HttpRequest) -> HttpResponse:
    """Frequency targets with what is short of them, and the kinds of activities by what they have to reach."""
    actor = _looker(request)
    kinds = [
        {"kind": kind, "to_places": bool(place_kinds(schema))} for kind, schema in covering_kinds(actor)
    ]  # fmt: skip
    return render(request, "boards/start.html", {"lines": _lines(actor), "kinds": kinds, "today": actor.on})


def _lines(actor: Actor) -> list[Line]:
    targets = Target.objects.visible_to(actor).active().filter(shape=Shape.FREQUENCY, frequency_n__isnull=False)
    found = list(targets.select_related("plan", "clause").order_by("-plan_id", "order", "pk")[:MOST_TARGETS])
    rows = Standing.objects.filter(target__in=found)
    whole = {each.target_id: each for each in rows.filter(whole=True)}
    bad: Counter[int] = Counter()
    units: Counter[int] = Counter()
    for target, verdict, n in (
        rows.filter(whole=False).order_by().values_list("target", "verdict").annotate(n=Count("pk"))
    ):
        units[target] += n
        bad[target] += n if verdict in BAD else 0
    lines = [
        Line(each, whole[each.pk].verdict, whole[each.pk].sentence, bad[each.pk], units[each.pk])
        for each in found
        if each.pk in whole
    ]
    return sorted(lines, key=lambda line: line.verdict not in BAD)


def frequency(request: HttpRequest, target_id: int) -> HttpResponse:
    """One target: unit by period, done and asked for."""
    actor, target = _looker(request), seen_target(request, target_id)
    if target.shape != Shape.FREQUENCY:
        return redirect("targets:target", target.pk)
    grid = grid_of(actor, target, page=request.GET.get("trang"), last=request.GET.get("den"))
    standing = Standing.objects.filter(target=target, whole=True).first()
    context = {"target": target, "plan": target.plan, "grid": grid, "standing": standing, "today": actor.on}
    return render(request, "boards/frequency.html", context)


@attrs.frozen
class Look:
    """What is looked at: the kind, its schema, the time in words, what is to be reached and what of it is."""

    kind: Kind
    schema: KindSchema
    form: CoverageForm
    span: Span
    time: str
    of: str
    found: Coverage


def coverage(request: HttpRequest, kind_code: str) -> HttpResponse:
    """What a kind of activity has not reached yet, first; then what it has, with the last day."""
    actor = _looker(request)
    look = _looked(request, actor, kind_code)
    page = Paginator(look.found.rows, PER_PAGE).get_page(request.GET.get("trang"))
    choice = next((each for each in kinds_for(actor, "event") if each.kind.pk == look.kind.pk), None)
    write = reverse("activities:write", args=[kind_code]) if choice and can_record(actor) else ""
    query = urlencode({"thoi_gian": look.form.chosen["thoi_gian"] or "", "noi": look.of})
    context = {
        "look": look,
        "form": look.form,
        "page": page,
        "missing": len(look.found.missing),
        "total": len(look.found.rows),
        "done": len(look.found.rows) - len(look.found.missing),
        "write": write,
        "sheet_url": f"{reverse('boards:coverage-xlsx', args=[kind_code])}?{query}",
        "chat": _chat(actor, look, f"{request.path}?{query}"),
    }
    return render(request, "boards/coverage.html", context)


def coverage_xlsx(request: HttpRequest, kind_code: str) -> HttpResponse:
    """The same list as a workbook."""
    actor = _looker(request)
    look = _looked(request, actor, kind_code)
    name = f"chua-den-{kind_code.replace('_', '-')}.xlsx"
    noted(request, "activities.coverage.exported", look.kind, format="xlsx", filter=f"{look.time}; {look.of}")
    return download(_sheet(look), name)


def _sheet(look: Look) -> bytes:
    with override("vi"):
        columns = [
            ("STT", 6),
            ("Nơi", 44),
            ("Xã, phường", 28),
            ("Đơn vị giữ", 32),
            ("Số lần", 10),
            ("Lần gần nhất", 14),
        ]
        rows = [
            [n, row.place.name if row.place else row.unit.name, row.unit.name, row.body.name, row.count, row.last]
            for n, row in enumerate(look.found.rows, start=1)
        ]
        heading = f"{look.kind.label}: {look.time}"
        words = f"Chưa đến {len(look.found.missing)} trên {len(look.found.rows)} nơi"
        return write_workbook([Sheet("Độ phủ", heading, columns, rows, words, fixed=3)])


def _looked(request: HttpRequest, actor: Actor, kind_code: str) -> Look:
    found = next((pair for pair in covering_kinds(actor) if pair[0].code == kind_code), None)
    if found is None:
        raise Http404
    kind, schema = found
    codes = place_kinds(schema)
    labels = dict(Kind.objects.visible_to(actor).filter(code__in=codes).values_list("code", "label"))
    places = [*((code, labels[code]) for code in codes if code in labels), (COMMUNES, _("Xã, phường, đặc khu"))]
    spans = _spans(actor.on)
    form = CoverageForm(request.GET, spans=spans, places=places)
    chosen = form.chosen
    _key, time, span = next((each for each in spans if each[0] == chosen["thoi_gian"]), spans[0])
    of = chosen["noi"] or places[0][0]
    reached = communes_reached(actor, kind, span) if of == COMMUNES else places_reached(actor, kind, [of], span)
    return Look(kind, schema, form, span, time, of, reached)


def _spans(on: date) -> list[tuple[str, str, Span]]:
    """Times to choose from: this year (in which places count once), its quarters' like, the school term, last year."""

    def year(number: int) -> Span:
        return Span(date(number, 1, 1), date(number + 1, 1, 1))

    terms = [term for back in (1, 0) for term in SCHOOL_TERMS.of_year(on.year - back) if term.start <= on]
    month = Span(on.replace(day=1), date(on.year + on.month // 12, on.month % 12 + 1, 1))
    return [
        ("nam", _("Năm %(year)s") % {"year": on.year}, year(on.year)),
        ("thang", _("Tháng %(month)s") % {"month": f"{on:%m/%Y}"}, month),
        ("hoc-ky", _("Học kỳ từ %(start)s đến %(end)s") % {
            "start": vdate(terms[-1].start), "end": vdate(terms[-1].last)}, terms[-1]),
        ("nam-truoc", _("Năm %(year)s") % {"year": on.year - 1}, year(on.year - 1)),
    ]  # fmt: skip


def _chat(actor: Actor, look: Look, address: str) -> list[str]:
    """Words for a chat group: how many places each body still has to reach. None of places that are kept inside."""
    inside = KindVersion.objects.filter(kind__code=look.of, state=KindState.IN_USE, body__inside=True)
    if look.of != COMMUNES and inside.exists():
        return []
    missing = Counter(row.body.pk for row in look.found.missing)
    names = {row.body.pk: row.body.name for row in look.found.missing}
    with override("vi"):
        groups = [
            ChatGroup(names[pk], [ChatLine(f"{look.kind.label}: {n} nơi chưa làm", address, due_on=look.span.last)])
            for pk, n in list(missing.items())[:IN_CHAT]
        ]
        return chat_text(groups, on=actor.on, opening=f"Chưa thực hiện, {look.time}, đến ngày {vdate(actor.on)}")


def _looker(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not can_look(actor):
        raise Http404
    return actor
