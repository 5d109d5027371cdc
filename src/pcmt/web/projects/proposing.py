"""What the text of a plan says of its projects, shown with its words, put right and confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pcmt.apps.projects.operations.proposing import Confirmed, confirm_proposals
from pcmt.apps.projects.policies import can_keep
from pcmt.apps.projects.queries.proposals import Proposal, proposals
from pcmt.core.diagnostics import Refusal
from pcmt.web.fields import WrittenDateField
from pcmt.web.plan.header import seen_plan
from pcmt.web.projects.forms import DongField, blame, text
from pcmt.web.projects.forms_views import home_of, refuse_unless
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate


class ProposalForm(forms.Form):
    """A project as its text tells of it. What was not ticked is not looked at."""

    take = forms.BooleanField(label=gettext_lazy("Xác nhận"), required=False)
    ministry = text(gettext_lazy("Bộ, ngành hướng dẫn"), 200, required=False)
    first = WrittenDateField(label=gettext_lazy("Từ ngày"))
    last = WrittenDateField(label=gettext_lazy("Đến hết ngày"))
    estimate = DongField(label=gettext_lazy("Kinh phí (đồng)"), required=False)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        initial = {"take": True, "ministry": proposal.ministry, "estimate": proposal.money}
        initial |= {name: vdate(day) if day else "" for name, day in _days(proposal)}
        kwargs |= {"prefix": f"du-an-{proposal.plan.pk}", "initial": initial}
        super().__init__(*args, **kwargs)
        self.proposal = proposal
        self.fields["take"].widget.attrs["aria-label"] = _("Xác nhận: %(title)s") % {"title": proposal.plan.title}

    @property
    def taken(self) -> bool:
        """Whether it was ticked."""
        return bool(self.data.get(self.add_prefix("take")))

    def full_clean(self) -> None:
        """What was not ticked may be wrong: it is not written."""
        super().full_clean()
        if self.is_bound and not self.taken:
            self._errors = forms.utils.ErrorDict()

    def said(self) -> Confirmed:
        """What the operation takes."""
        data = {name: self.cleaned_data[name] for name in ("ministry", "first", "last", "estimate")}
        return Confirmed(self.proposal.plan.pk, **data)


def _days(proposal: Proposal) -> tuple[tuple[str, Any], ...]:
    return ("first", proposal.first), ("last", proposal.last)


def from_text(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The projects that the text names and nobody has confirmed; all that were ticked are written, or none."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    refuse_unless(can_keep(actor, plan))
    sent = request.POST if request.method == "POST" else None
    rows = [ProposalForm(sent, proposal=each) for each in proposals(plan.pk)]
    wrong = ""
    if sent is not None:
        ticked = [row for row in rows if row.taken]
        if not any(row.errors for row in ticked):
            answer = confirm_proposals(
                actor=actor, at=timezone.now(), plan_id=plan.pk, rows=[row.said() for row in ticked]
            )
            if not isinstance(answer, Refusal):
                words = ngettext("Đã xác nhận %(n)d dự án.", "Đã xác nhận %(n)d dự án.", answer) % {"n": answer}
                messages.success(request, words)
                return redirect(home_of(plan))
            about = next((row for row in ticked if row.proposal.plan.pk == answer.ref), None)
            if about is None:
                wrong = answer.message
            else:
                blame(about, answer)
        wrong = wrong or _("Chưa ghi dự án nào: sửa các ô được đánh dấu.")
    page = {"plan": plan, "rows": rows, "back": home_of(plan), "wrong": wrong}
    return render(request, "projects/proposals.html", page, status=422 if wrong else 200)
