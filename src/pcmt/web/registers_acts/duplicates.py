"""Files that may be one person's: the queue, and two files side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.registers.operations.merging import decide_merge, overlapping, propose_merge, refuse_pair
from pcmt.apps.registers.operations.reading import open_identities
from pcmt.apps.registers.policies import can_decide_merge, communes, keeps_files
from pcmt.apps.registers.queries.duplicates import suspects
from pcmt.apps.registers.queries.lives import FileNow, merge_seen, merges_waiting
from pcmt.core.diagnostics import Refusal
from pcmt.web.protection.visits import needs_visit, visit_of
from pcmt.web.registers_acts.answering import kept, said, trail
from pcmt.web.registers_acts.forms import MergeForm, masked_block
from pcmt.web.registers_acts.words import GROUND_WORDS
from pcmt.web.shell.access import acting


def listed(request: HttpRequest) -> HttpResponse:
    """The queue: pairs that nobody has looked at, and those that wait for the second person."""
    actor = acting(request)
    if not keeps_files(actor):
        raise PermissionDenied
    places = list(communes(actor)[:400])
    asked = request.GET.get("xa", "")
    place = next((each for each in places if str(each.pk) == asked), places[0] if len(places) == 1 else None)
    context = {
        "heading": _("Hồ sơ nghi trùng"),
        "trail": trail(),
        "places": places if len(places) > 1 else (),
        "place": place,
        "pairs": [
            (each, [GROUND_WORDS[ground] for ground in each.grounds])
            for each in suspects(actor, place.pk if place else None)
        ],
        "waiting": merges_waiting(actor),
    }
    return render(request, "registers_acts/duplicates.html", context)


def pair(request: HttpRequest, one: str, other: str) -> HttpResponse:
    """Two files side by side, masked; proposes to join them, says that they are two, or decides a proposal."""
    _both(request, one, other)  # before anybody is asked what for
    return _pair(request, one, other)


def _both(request: HttpRequest, one: str, other: str) -> list[FileNow]:
    acting(request)
    if one == other:
        raise Http404
    return [kept(request, code)[1] for code in (one, other)]


@needs_visit
def _pair(request: HttpRequest, one: str, other: str) -> HttpResponse:
    actor, at = acting(request), timezone.now()
    files = _both(request, one, other)
    case = merge_seen(actor, one, other)
    waiting = case is not None and case.state == "proposed"
    second = case is not None and waiting and can_decide_merge(actor, case)
    form = MergeForm(
        request.POST or None, on=actor.on, codes=(one, other),
        overlaps=overlapping(one, other) if second else (), initial={"version": case.version if case else 0},
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        answer = _decided(request, form, case if waiting else None, one, other)
        if isinstance(answer, HttpResponse):
            return answer
        status = said(form, answer, current=case.version if case else None) if answer else 422
    found = open_identities(
        actor=actor, at=at, visit=visit_of(request), subjects=[each.subject for each in files], what="pair"
    )
    if isinstance(found, Refusal):
        raise PermissionDenied(found.message)
    blocks = [masked_block(found[each.subject.pk]) if each.subject.pk in found else {} for each in files]
    keys = list(blocks[0] | blocks[1])
    context = {
        "heading": _("So sánh hai hồ sơ"),
        "trail": trail((_("Hồ sơ nghi trùng"), reverse("registers_acts:duplicates"))),
        "files": files,
        "lines": [(key, blocks[0].get(key, "—"), blocks[1].get(key, "—")) for key in keys],
        "case": case if waiting else None,
        "second": second,
        "form": form,
    }
    return render(request, "registers_acts/pair.html", context, status=status)


def _decided(request: HttpRequest, form: MergeForm, case: Any, one: str, other: str) -> HttpResponse | Refusal | None:
    """Do what was pressed; None where the form itself is wrong."""
    actor, at, what = acting(request), timezone.now(), request.POST.get("viec", "")
    if not form.is_valid():
        return None
    if case is None:
        keep = form.cleaned_data["keep"] or one
        answer: Any = (
            refuse_pair(actor=actor, at=at, one_code=one, other_code=other)
            if what == "khac"
            else propose_merge(actor=actor, at=at, keep_code=keep, drop_code=other if keep == one else one)
        )
        done = _("Đã ghi là hai người khác nhau.") if what == "khac" else _("Đã đề nghị nhập; chờ người thứ hai.")
    else:
        answer = decide_merge(
            actor=actor,
            at=at,
            case_id=case.pk,
            version=form.cleaned_data["version"] or 0,
            agree=what == "nhap",
            holds=form.holds(),
            paper=form.paper() if form.cleaned_data["signed_on"] else None,
        )
        done = _("Đã nhập hai hồ sơ.") if what == "nhap" else _("Đã ghi là hai người khác nhau.")
    if isinstance(answer, Refusal):
        return answer
    messages.success(request, done)
    if what == "nhap":
        return redirect("registers:file", case.keep.code)
    return redirect("registers_acts:duplicates")
