"""Acts on a running status: interrupt it, take it up, decide it anew, end it; death and declared missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.registers.operations.grounding import FINDING, Ending, Starting
from pcmt.apps.registers.operations.spells import (
    end_spell,
    pause_spell,
    record_death,
    record_missing,
    renew_spell,
    resume_spell,
    takes_rest,
)
from pcmt.apps.registers.queries.lives import SpellNow, file_now, grounds_offered
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category, Effect, Ground
from pcmt.web.registers_acts.answering import chosen, day_asked, file_trail, kept, said
from pcmt.web.registers_acts.forms import GoneForm, SpellForm


@attrs.frozen
class Act:
    """One act on a status, as its page names it. `word`: how the operation names the ending it takes."""

    heading: str | Promise
    effects: tuple[Effect, ...]
    run: Callable[..., Any]
    word: str
    done: str | Promise
    fits: Callable[[SpellNow], bool]


ACTS = {
    "tam-dinh-chi": Act(
        gettext_lazy("Tạm đình chỉ, gián đoạn"), (Effect.PAUSES,), pause_spell, "pause",
        gettext_lazy("Đã ghi gián đoạn."), lambda spell: spell.paused_since is None,
    ),
    "tiep-tuc": Act(
        gettext_lazy("Tiếp tục thực hiện"), (Effect.RESUMES,), resume_spell, "resume",
        gettext_lazy("Đã ghi tiếp tục thực hiện."), lambda spell: spell.paused_since is not None,
    ),
    "quyet-dinh-moi": Act(
        gettext_lazy("Ghi quyết định mới"), (Effect.RENEWS,), renew_spell, "renew",
        gettext_lazy("Đã ghi quyết định mới."), lambda spell: spell.paused_since is None,
    ),
    "ket-thuc": Act(
        gettext_lazy("Kết thúc, dừng"), (Effect.ENDS, Effect.STOPS), end_spell, "end",
        gettext_lazy("Đã kết thúc diện quản lý."), lambda _spell: True,
    ),
}  # fmt: skip
APART = (".died", ".missing", ".moved")
"""Grounds that have pages of their own: they concern the person, not one status."""


def act(request: HttpRequest, code: str, spell_id: int, act: str) -> HttpResponse:
    """One act on one status: first the ground, then day and paper."""
    actor, file = kept(request, code)
    what = ACTS.get(act)
    spell = next((each for each in file.running if each.id == spell_id), None)
    if what is None or spell is None:
        raise Http404
    day = day_asked(request, actor)
    grounds = [
        each
        for each in grounds_offered(spell.category, what.effects, day)
        if not each.code.endswith(APART) and (not takes_rest(each) or spell.moved_since)
    ]
    ground = chosen(request, grounds)
    context: dict[str, Any] = {
        "heading": what.heading,
        "trail": file_trail(code),
        "file": file,
        "code": code,
        "spell": spell,
        "day": day,
        "act": act,
    }
    if ground is None:
        return render(request, "registers_acts/choose.html", context | {"offered": [(spell.words, grounds)]})
    form = SpellForm(request.POST or None, ground=ground, on=day, initial={"version": spell.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            ending = form.ending()
            more = {"then": found_addicted(ground, ending)} if what.word == "end" else {}
            answer = what.run(
                actor=actor,
                at=timezone.now(),
                spell_id=spell.id,
                version=form.cleaned_data["version"] or 0,
                **{what.word: ending},
                **more,
            )
            if not isinstance(answer, Refusal):
                messages.success(request, str(what.done))
                return _onward(code, ground, bool(more.get("then")))
            now = file_now(actor, code)
            current = next((each.version for each in now.spells if each.id == spell_id), None) if now else None
            status = said(form, answer, current=current)
    return render(request, "registers_acts/act.html", context | {"form": form, "ground": ground}, status=status)


def found_addicted(ground: Ground, ending: Ending) -> Starting | None:
    """Who was found addicted goes over to the list of addicts in the same act, by the finding that was typed."""
    finding = ending.evidence.get("medical_finding")
    if finding is None or Category.ADDICT not in ground.leads_to:
        return None
    day = finding.signed_on or ending.on
    return Starting(category=Category.ADDICT, ground=FINDING, on=ending.on, triggered_on=day, paper=finding)


def _onward(code: str, ground: Ground, begun: bool) -> HttpResponse:
    """To the status that the law opens next, if there is one and only one; else back to the file."""
    if ground.leads_to and not begun and ground.leads_to[0] == Category.POST_REHAB:
        return redirect(f"{reverse('registers_acts:start', args=[code])}?can_cu=post_rehab.decision")
    return redirect("registers:file", code)


GONE = {
    "chet": (gettext_lazy("Ghi người này đã chết"), record_death, gettext_lazy("Đã ghi; các diện quản lý đã dừng.")),
    "mat-tich": (
        gettext_lazy("Ghi Tòa án tuyên bố mất tích"), record_missing, gettext_lazy("Đã ghi; các diện quản lý đã dừng."),
    ),
}  # fmt: skip


def gone(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """The person has died, or a court has declared the person missing: all statuses stop."""
    actor, file = kept(request, code)
    if what not in GONE:
        raise Http404
    heading, run, done = GONE[what]
    titles = {"chet": "Trích lục khai tử", "mat-tich": "Quyết định tuyên bố mất tích"}
    initial = {"version": file.version, "title": titles[what]}
    form = GoneForm(request.POST or None, on=actor.on, initial=initial)
    form.fields["on"].label = _("Ngày chết") if what == "chet" else _("Có hiệu lực từ ngày")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = run(
                actor=actor,
                at=timezone.now(),
                code=code,
                version=form.cleaned_data["version"] or 0,
                on=form.cleaned_data["on"],
                paper=form.paper(),
            )
            if not isinstance(answer, Refusal):
                messages.success(request, str(done))
                return redirect("registers:file", code)
            now = file_now(actor, code)
            status = said(form, answer, current=now.version if now else None)
    context = {"heading": heading, "trail": file_trail(code), "file": file, "code": code, "form": form, "what": what}
    return render(request, "registers_acts/gone.html", context, status=status)
