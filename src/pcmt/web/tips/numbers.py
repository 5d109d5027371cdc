"""How many tips there are and what became of them; no row about any of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tips.policies import handles_tips, sees_statistics
from pcmt.apps.tips.queries.statistics import GROUPS, RECEIVED, statistics, top_of, units_to_choose
from pcmt.apps.tips.values import Channel, Outcome
from pcmt.apps.units.models import Unit
from pcmt.core.periods import ADMINISTRATIVE, DAY, Kind, Span, period_label
from pcmt.web.shell.access import acting
from pcmt.web.tips.views import trail

WORDS: dict[str, str | Promise] = {
    RECEIVED: gettext_lazy("Tiếp nhận"),
    "waiting": gettext_lazy("Mới tiếp nhận, trong hạn"),
    "verifying": gettext_lazy("Đang xác minh, trong hạn"),
    "late_open": gettext_lazy("Chưa xong, quá hạn"),
    "in_time": gettext_lazy("Giải quyết trong hạn"),
    "late": gettext_lazy("Giải quyết sau hạn"),
    "passed_on": gettext_lazy("Chuyển cơ quan khác"),
    **{each.value: each.label for each in (*Outcome, *Channel)},
}
TITLES: dict[str, str | Promise] = {
    "state": gettext_lazy("Tiếp nhận, xác minh, giải quyết"),
    "outcome": gettext_lazy("Kết quả của tin đã giải quyết"),
    "channel": gettext_lazy("Theo kênh"),
}
BELOW = (RECEIVED, "in_time", "late", "late_open", "passed_on")
MONTHS, YEARS = 12, 3


class Choice(forms.Form):
    """Which unit, which period."""

    don_vi = forms.ModelChoiceField(label=gettext_lazy("Đơn vị"), queryset=Unit.objects.none(), required=False)
    ky = forms.ChoiceField(label=gettext_lazy("Kỳ"), required=False)

    def __init__(self, *args: Any, actor: Actor, spans: Sequence[Span], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit, period = self.fields["don_vi"], self.fields["ky"]
        assert isinstance(unit, forms.ModelChoiceField)
        assert isinstance(period, forms.ChoiceField)
        unit.queryset = units_to_choose(actor)
        unit.empty_label = top_of(actor).name
        period.choices = [(_key(span), period_label(span, ADMINISTRATIVE)) for span in spans]


def _key(span: Span) -> str:
    return f"{span.start:%Y%m%d}-{span.end:%Y%m%d}"


def _spans(actor: Actor) -> list[Span]:
    """This year and those before, then the reporting months, the last first."""
    found = []
    for kind, count in ((Kind.YEAR, YEARS), (Kind.MONTH, MONTHS)):
        day = actor.on
        for _time in range(count):
            found.append(ADMINISTRATIVE.around(kind, day))
            day = found[-1].start - DAY
    return found


def page(request: HttpRequest) -> HttpResponse:
    """The numbers of a unit for a period, in words too."""
    actor = acting(request)
    if not sees_statistics(actor):
        raise PermissionDenied(_("Trang này dành cho người theo dõi tình hình địa bàn."))
    spans = _spans(actor)
    form = Choice(request.GET or None, actor=actor, spans=spans)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    unit = data.get("don_vi") or top_of(actor)
    span = next((each for each in spans if _key(each) == data.get("ky")), spans[0])
    found = statistics(actor, unit, span)
    sections = [
        (
            TITLES[name],
            [(WORDS[part], found.whole[part]) for part in ((RECEIVED, *parts) if name == "state" else parts)],
        )
        for name, parts in GROUPS.items()
    ]
    context = {
        "heading": _("Thống kê tin báo"),
        "trail": trail() if handles_tips(actor) else (),
        "under": f"{unit.name} · {period_label(span, ADMINISTRATIVE)}",
        "form": form,
        "found": found,
        "sections": sections,
        "heads": [WORDS[name] for name in BELOW],
        "lines": [(each.unit, [each.amounts[name] for name in BELOW]) for each in found.lines],
        "sentence": _sentence(found.checked),
        "key": _key(span),
    }
    return render(request, "tips/numbers.html", context)


def _sentence(checked: tuple[int, int, int] | None) -> str:
    """Whether all tips were verified, as the plans ask."""
    if checked is None:
        return ""
    received, done, in_time = checked
    if not received:
        return _("Không có tin nào được tiếp nhận trong kỳ.")
    words = {
        "received": received,
        "done": done,
        "share": f"{done * 1000 // received / 10:g}".replace(".", ","),
        "in_time": in_time,
    }
    if done == received:
        return _("100%% tin tiếp nhận trong kỳ đã được xác minh, giải quyết: %(done)s trên %(received)s tin.") % words
    return (
        _(
            "%(done)s trên %(received)s tin tiếp nhận trong kỳ đã được xác minh, giải quyết (%(share)s%%);"
            " mục tiêu của kế hoạch là 100%%."
        )
        % words
    )
