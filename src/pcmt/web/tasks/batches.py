"""Batches: items chosen in the list, what would become of them, doing it, undoing it; workbooks that come back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import Batch, BatchState, BatchWay
from pcmt.apps.tasks.operations import (
    ACTS,
    MOST_ROWS,
    carry_out,
    check_batch,
    start_batch,
    start_sheet,
    undo_batch,
    withdraw_batch,
)
from pcmt.apps.tasks.policies import can_batch
from pcmt.apps.tasks.queries import may_hold
from pcmt.core.diagnostics import Refusal
from pcmt.web.audit.acts import noted
from pcmt.web.downloads.views import XLSX
from pcmt.web.shell.access import acting
from pcmt.web.tasks.batch_forms import URGE, BatchForm, SheetForm
from pcmt.web.tasks.batch_page import lines_of, picked, tabs_of, title_of
from pcmt.web.tasks.choosing import chosen_items
from pcmt.web.tasks.marked import marked_sheet

PER_PAGE = 100
LATEST = 30
MOST_URGED = 200
"""Items whose ids an address can carry to the page of urging letters."""


def batches(request: HttpRequest) -> HttpResponse:
    """What one did in batches lately; a list of chosen items begins a new one."""
    actor = _worker(request)
    if request.method == "POST":
        return _start(request, actor)
    seen = Batch.objects.visible_to(actor).exclude(state=BatchState.WITHDRAWN)
    latest = seen.defer("grid", "rows", "outcomes", "touched")[:LATEST]
    return render(request, "tasks/batches.html", {"batches": [(each, title_of(each)) for each in latest]})


def _start(request: HttpRequest, actor: Actor) -> HttpResponse:
    query = QueryDict(request.POST.get("loc", ""))
    back = reverse("tasks:owed") + (f"?{query.urlencode()}" if query else "")
    items = _chosen(request, actor, query)
    if request.POST.get("viec") == URGE and 0 < len(items) <= MOST_URGED:
        return redirect(f"{reverse('urging:new')}?{urlencode([('viec', due_id) for due_id, _version in items])}")
    if request.POST.get("viec") == URGE and items:
        messages.error(request, _("Đôn đốc tối đa %(most)d việc một lần. Lọc bớt rồi chọn lại.") % {"most": MOST_URGED})
        return redirect(back)
    answer = start_batch(actor=actor, at=timezone.now(), act=request.POST.get("viec", ""), items=items)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        return redirect(back)
    if not ACTS[answer.act].needed:
        check_batch(actor=actor, at=timezone.now(), batch_id=answer.pk, given={})
    return redirect("tasks:batch", answer.pk)


def _chosen(request: HttpRequest, actor: Actor, query: QueryDict) -> list[tuple[int, int]]:
    """The items that were marked, with the versions that were seen; or all items of the filter, as they are now."""
    if request.POST.get("ca"):
        items = chosen_items(actor, query)
        return list(items.values_list("pk", "version")[: MOST_ROWS + 1])
    marked = (text.partition(".")[::2] for text in request.POST.getlist("chon"))
    return [(int(due_id), int(version)) for due_id, version in marked if _whole(due_id, version)]


def _whole(*texts: str) -> bool:
    return all(text.isdecimal() and len(text) < 12 for text in texts)


def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """A batch: what is said for all items, then what becomes of each; afterwards what became of them."""
    made = _seen(request, batch_id)
    actor = acting(request)
    if made.state == BatchState.WITHDRAWN:
        return redirect("tasks:batches")
    waiting = made.state == BatchState.WAITING
    form = None
    if waiting and made.act:
        form = _form(actor, made, request.POST or None)
        if request.method == "POST" and form.is_valid():
            answer = check_batch(actor=actor, at=timezone.now(), batch_id=made.pk, given=form.given)
            if not isinstance(answer, Refusal):
                return redirect(reverse("tasks:batch", args=[made.pk]) + "#ket-qua")
            form.add_error(answer.field if answer.field in form.fields else None, answer.message)
    return _page(request, made, form, status=422 if form is not None and form.errors else 200)


def _page(request: HttpRequest, made: Batch, form: BatchForm | None = None, status: int = 200) -> HttpResponse:
    actor = acting(request)
    waiting = made.state == BatchState.WAITING
    if form is None and waiting and made.act:
        form = _form(actor, made)
    first = "refused" if made.counts.get("refused") else ""
    asked = request.GET.get("xem", first)
    chosen = asked if made.counts.get(asked) else ""
    page = Paginator(picked(made, chosen), PER_PAGE).get_page(request.GET.get("trang"))
    context: dict[str, Any] = {
        "batch": made,
        "title": title_of(made),
        "form": form,
        "waiting": waiting,
        "checked": bool(made.seen),
        "page": page,
        "lines": lines_of(actor, made, list(page.object_list)),
        "tabs": tabs_of(made, chosen) if made.seen else [],
        "sheet": made.way == BatchWay.SHEET,
        "to_do": made.counts.get("done", 0),
        "chosen_count": len(made.rows),
    }
    return render(request, "tasks/batch.html", context, status=status)


def _form(actor: Actor, made: Batch, typed: QueryDict | None = None) -> BatchForm:
    return BatchForm(typed, act=made.act, people=may_hold(actor.unit_id, actor.on), initial=made.given)


@require_POST
def carry(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Do it; where things are otherwise by now, the page shows how."""
    made = _seen(request, batch_id)
    answer = carry_out(actor=acting(request), at=timezone.now(), batch_id=made.pk, seen=request.POST.get("seen", ""))
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        made.refresh_from_db()
        if made.state != BatchState.WAITING:
            return redirect("tasks:batch", made.pk)
        return _page(request, made, status=409 if answer.code == "stale" else 422)
    count = answer.counts["done"]
    said = ngettext("Đã cập nhật %(count)d việc.", "Đã cập nhật %(count)d việc.", count)
    messages.success(request, said % {"count": count})
    return redirect("tasks:batch", made.pk)


@require_POST
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take it back, or say what stands in the way."""
    made = _seen(request, batch_id)
    answer = undo_batch(actor=acting(request), at=timezone.now(), batch_id=made.pk)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    else:
        count = answer.counts["undone"]
        said = ngettext("Đã hoàn tác %(count)d việc.", "Đã hoàn tác %(count)d việc.", count)
        messages.success(request, said % {"count": count})
    return redirect("tasks:batch", made.pk)


@require_POST
def withdraw(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Give up."""
    made = _seen(request, batch_id)
    answer = withdraw_batch(actor=acting(request), at=timezone.now(), batch_id=made.pk)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        return redirect("tasks:batch", made.pk)
    messages.success(request, _("Đã bỏ, không có gì thay đổi."))
    return redirect("tasks:owed")


def send(request: HttpRequest) -> HttpResponse:
    """The form for a workbook that was downloaded from the list and filled in."""
    actor = _worker(request)
    form = SheetForm(request.POST or None, request.FILES or None, initial={"ke_hoach": request.GET.get("ke_hoach")},
                     actor=actor)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        file, plan = form.cleaned_data["file"], form.cleaned_data["ke_hoach"]
        answer = start_sheet(
            actor=actor, at=timezone.now(), name=file.name, data=file.read(), plan_id=plan.pk if plan else None
        )
        if isinstance(answer, Batch):
            return redirect("tasks:batch", answer.pk)
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
    latest = Batch.objects.visible_to(actor).filter(way=BatchWay.SHEET).exclude(state=BatchState.WITHDRAWN)
    page = {"form": form, "batches": latest.defer("grid", "rows", "outcomes", "touched")[:10]}
    return render(request, "tasks/send.html", page, status=422 if form.errors else 200)


def marked(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The workbook again, with coloured cells and reasons."""
    made = _seen(request, batch_id)
    if made.way != BatchWay.SHEET or made.state != BatchState.WAITING:
        raise Http404
    data = marked_sheet(acting(request), made)
    noted(request, "tasks.batch.downloaded", made, file=made.name)
    name = f"da-kiem-tra-{made.pk}.xlsx"
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _seen(request: HttpRequest, batch_id: int) -> Batch:
    """The batch when the actor may see it; else the page does not exist."""
    return get_object_or_404(Batch.objects.visible_to(acting(request)), pk=batch_id)


def _worker(request: HttpRequest) -> Actor:
    """The actor, where it may change due items at all."""
    actor = acting(request)
    if not can_batch(actor):
        raise PermissionDenied(_("Vai trò của bạn chỉ xem, không cập nhật được việc."))
    return actor
