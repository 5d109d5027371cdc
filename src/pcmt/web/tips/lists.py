"""The queue of tips by limit, and handing over all that somebody has in hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tips.operations.moving import hand_over_tips
from pcmt.apps.tips.policies import handles_tips
from pcmt.apps.tips.queries.tips import TipFilter, holders, officers_for, tip_counts, tips_listed
from pcmt.apps.tips.values import Channel, TipState
from pcmt.core.diagnostics import Refusal
from pcmt.web.shell.access import acting
from pcmt.web.tips.views import trail
from pcmt.web.tips.words import left_words

PAGE = 50


class ListForm(forms.Form):
    """Which tips."""

    so = forms.CharField(label=gettext_lazy("Số tin"), required=False, max_length=20)
    trang_thai = forms.ChoiceField(
        label=gettext_lazy("Tình trạng"),
        required=False,
        choices=[("", gettext_lazy("Chưa xong")), *TipState.choices, ("all", gettext_lazy("Tất cả"))],
    )
    kenh = forms.ChoiceField(
        label=gettext_lazy("Kênh"), required=False, choices=[("", gettext_lazy("Tất cả")), *Channel.choices]
    )
    cua_toi = forms.BooleanField(label=gettext_lazy("Chỉ tin tôi đang xử lý"), required=False)

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(1 for name in self.fields if self.data.get(name))


def officer(request: HttpRequest) -> Actor:
    """The actor, who handles tips."""
    actor = acting(request)
    if not handles_tips(actor):
        raise PermissionDenied(_("Chỉ cán bộ tiếp nhận tin báo làm việc ở đây."))
    return actor


def listed(request: HttpRequest) -> HttpResponse:
    """The queue: what is due first stands on top."""
    actor = officer(request)
    form = ListForm(request.GET)
    form.is_valid()
    data: dict[str, Any] = getattr(form, "cleaned_data", {})
    asked = TipFilter(
        state=data.get("trang_thai", ""), mine=bool(data.get("cua_toi")), channel=data.get("kenh", ""),
        number=data.get("so", ""),
    )  # fmt: skip
    page = Paginator(tips_listed(actor, asked), PAGE).get_page(request.GET.get("trang"))
    query = request.GET.copy()
    query.pop("trang", None)
    context = {
        "heading": _("Tin báo"),
        "counts": tip_counts(actor),
        "form": form,
        "page": page,
        "rows": [(tip, *left_words(tip, actor.on)) for tip in page],
        "query": query.urlencode(),
    }
    return render(request, "tips/list.html", context)


class HandOverForm(forms.Form):
    """From whom to whom, at which body."""

    holder = forms.ChoiceField(label=gettext_lazy("Tin của ai"))
    to_user = forms.ChoiceField(label=gettext_lazy("Bàn giao cho"))

    def __init__(self, *args: Any, held: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("%(name)s, %(unit)s: %(count)s tin")
        choices = [
            (f"{user.pk}-{unit_id}", words % {"name": user.get_full_name(), "unit": name, "count": count})
            for user, unit_id, name, count in held
        ]
        holder, to_user = self.fields["holder"], self.fields["to_user"]
        assert isinstance(holder, forms.ChoiceField)
        assert isinstance(to_user, forms.ChoiceField)
        holder.choices = [("", "—"), *choices]
        to_user.choices = [("", "—"), *((str(user.pk), user.get_full_name()) for user in people)]


def hand_over(request: HttpRequest) -> HttpResponse:
    """All open tips of one person to another: the person leaves, or is away."""
    actor = officer(request)
    held = holders(actor)
    people = {user.pk: user for _u, unit_id, _n, _c in held for user in officers_for(unit_id, actor.on)}
    form = HandOverForm(request.POST or None, held=held, people=people.values())
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            from_user, unit = (int(each) for each in form.cleaned_data["holder"].split("-"))
            answer = hand_over_tips(
                actor=actor, at=timezone.now(), from_user_id=from_user, unit_id=unit,
                to_user_id=int(form.cleaned_data["to_user"]),
            )  # fmt: skip
            if not isinstance(answer, Refusal):
                messages.success(request, _("Đã bàn giao %(count)s tin.") % {"count": len(answer)})
                return redirect("tips:list")
            form.add_error({"from_user": "holder"}.get(answer.field, answer.field) or None, answer.message)
    context = {"heading": _("Bàn giao tin báo"), "trail": trail(), "form": form, "held": held}
    return render(request, "tips/hand_over.html", context, status=status)
