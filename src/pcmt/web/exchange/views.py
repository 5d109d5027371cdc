"""Packets out as a zip; packets in: first what would come of each row, then the same for good."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from pcmt.apps.audit.operations import Thing
from pcmt.apps.plans.models import SourceFile
from pcmt.apps.reports.operations.exchanging import Outcome, State, import_packets, keep_packets
from pcmt.apps.reports.policies import takes_packets_in
from pcmt.apps.reports.queries.exchanging import moment_name, packets_of
from pcmt.documents.packets import Packets, read_packets, write_zip
from pcmt.documents.values import Unreadable
from pcmt.reference import qcvn125
from pcmt.web.audit.acts import noted
from pcmt.web.exchange.forms import FileForm, PacketsForm
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate

STATE_WORDS: dict[State, tuple[str | Promise, str | Promise]] = {
    State.NEW: (pgettext_lazy("trao đổi", "Nhận"), pgettext_lazy("trao đổi", "Đã nhận")),
    State.SAME: (gettext_lazy("Giống dữ liệu đang có"), gettext_lazy("Giống dữ liệu đang có")),
    State.KEPT: (gettext_lazy("Khác, giữ dữ liệu đang có"), gettext_lazy("Khác, đã giữ dữ liệu đang có")),
    State.UNKNOWN: (gettext_lazy("Không có ở đây"), gettext_lazy("Không có ở đây")),
    State.REFUSED: (gettext_lazy("Không nhận được"), gettext_lazy("Không nhận được")),
}
SHOWN = 300
"""Rows named on the page; all of them are counted."""
SALT = "exchange"
HOURS = 12 * 3600
"""So long what was looked at may be taken in."""


def packets(request: HttpRequest) -> HttpResponse:
    """What can be taken away and taken in."""
    return _page(request, PacketsForm(actor=acting(request)), FileForm())


def download(request: HttpRequest) -> HttpResponse:
    """The chosen packets in one zip."""
    actor, at = acting(request), timezone.now()
    form = PacketsForm(request.GET, actor=actor)
    if not form.is_valid():
        return _page(request, form, FileForm(), status=422)
    asked = form.asked()
    found = packets_of(actor, at, asked)
    name = f"goi-tin-{moment_name(at)}.zip"
    noted(
        request,
        "reports.packets.exported",
        Thing("reports.Packet", "", name),
        packets=", ".join(asked.names),
        rows=sum(len(each.rows) for each in found),
        plan=str(form.cleaned_data["ke_hoach"] or ""),
        period=f"{vdate(asked.first)} – {vdate(asked.last)}",
        format=form.cleaned_data["dang"],
    )
    data = write_zip(found, form.cleaned_data["dang"])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type="application/zip", headers=headers)


@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """A file is looked at, and taken in when it was looked at before: the file that is kept, and no other."""
    if not takes_packets_in(acting(request)):
        raise PermissionDenied
    if "ma" in request.POST:
        return _take_in(request)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, PacketsForm(actor=acting(request)), form, status=422)
    file = form.cleaned_data["file"]
    data = file.read()
    found = read_packets(file.name, data)
    if isinstance(found, Unreadable):
        form.add_error("file", f"{found.message} {found.hint}")
        return _page(request, PacketsForm(actor=acting(request)), form, status=422)
    actor, at = acting(request), timezone.now()
    outcomes = import_packets(actor=actor, at=at, packets=found.packets, dry=True)
    kept = keep_packets(actor=actor, at=at, name=file.name, data=data)
    token = signing.dumps({"file": kept.sha256, "user": actor.user_id, "unit": actor.unit_id}, salt=SALT)
    return _outcomes(request, found, outcomes, name=file.name, token=token)


def _take_in(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    try:
        told = signing.loads(request.POST["ma"], salt=SALT, max_age=HOURS)
    except signing.BadSignature:
        told = {}
    file = SourceFile.objects.filter(sha256=told.get("file", "")).first()
    if file is None or (told["user"], told["unit"]) != (actor.user_id, actor.unit_id):
        messages.error(request, _("Bản xem trước này không còn dùng được. Chọn lại tệp."))
        return redirect("exchange:packets")
    with default_storage.open(file.path) as kept:
        found = read_packets(file.name, kept.read())
    if isinstance(found, Unreadable):
        messages.error(request, found.message)
        return redirect("exchange:packets")
    outcomes = import_packets(actor=actor, at=timezone.now(), packets=found.packets, dry=False)
    return _outcomes(request, found, outcomes, name=file.name, token="")


def _page(request: HttpRequest, form: PacketsForm, file_form: FileForm, status: int = 200) -> HttpResponse:
    receives = takes_packets_in(acting(request))
    context = {"form": form, "file_form": file_form, "layout": qcvn125(), "receives": receives}
    return render(request, "exchange/packets.html", context, status=status)


def _outcomes(request: HttpRequest, found: Packets, outcomes: list[Outcome], *, name: str, token: str) -> HttpResponse:
    types = qcvn125().types
    index = 0 if token else 1
    counts = Counter(each.state for each in outcomes)
    order = [State.REFUSED, State.UNKNOWN, State.KEPT, State.NEW, State.SAME]
    lines: list[dict[str, Any]] = [
        {"title": types[each.packet].title, "word": STATE_WORDS[each.state][index], "outcome": each}
        for each in sorted(outcomes, key=lambda each: order.index(each.state))
    ]
    context = {
        "name": name,
        "token": token,
        "faults": found.faults,
        "counts": [(STATE_WORDS[state][index], counts[state]) for state in State if counts[state]],
        "lines": lines[:SHOWN],
        "more": max(len(lines) - SHOWN, 0),
        "packets": [types[each.name].title for each in found.packets],
        "useful": counts[State.NEW] > 0,
    }
    return render(request, "exchange/outcomes.html", context)
