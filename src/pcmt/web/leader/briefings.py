"""A briefing while it is held: the screen, conclusions typed on the spot, the minutes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from pcmt.apps.plans.policies import can_hold_meeting
from pcmt.apps.tasks import operations
from pcmt.apps.tasks.briefing import digest_of, standing_minutes
from pcmt.apps.tasks.minutes import minutes_name
from pcmt.apps.tasks.models import Decision, DueItem, Minutes
from pcmt.apps.tasks.policies import plans_to_urge
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.web.audit.acts import noted
from pcmt.web.leader.briefing import Briefing, briefing_of, choices_of, seen_meeting
from pcmt.web.leader.forms import DecisionForm, MinutesForm
from pcmt.web.leader.minutes import change_blocks
from pcmt.web.shell.access import acting, deny
from pcmt.web.urging.forms import NumberForm, letter_initial

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def screen(request: HttpRequest, briefing_id: int) -> HttpResponse:
    """The screen of a briefing; `viec`, `don_vi` and `lai` in the address fill the form of a conclusion."""
    briefing = briefing_of(request, briefing_id)
    return _screen(request, briefing, _form(request, briefing, initial=_initial(request, briefing)))


@require_POST
def decide(request: HttpRequest, briefing_id: int) -> HttpResponse:
    """A conclusion is written down, and given to the bodies."""
    briefing = briefing_of(request, briefing_id)
    if not can_hold_meeting(briefing.actor, briefing.meeting.unit_id):
        return deny(request, _("Chỉ cơ quan thường trực của địa bàn được ghi kết luận giao ban."))
    form = _form(request, briefing, data=request.POST)
    if not form.is_valid():
        return _screen(request, briefing, form, status=422)
    answer = operations.decide(
        actor=briefing.actor,
        at=timezone.now(),
        meeting_id=briefing_id,
        key=form.cleaned_data["key"],
        said=form.said(),
    )
    if isinstance(answer, Refusal):
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
        return _screen(request, briefing_of(request, briefing_id), form, status=_status(answer))
    count = answer.due_items.count()
    said = _("Đã ghi kết luận %(number)d, giao cho %(count)d đơn vị.") if count else _("Đã ghi kết luận %(number)d.")
    messages.success(request, said % {"number": answer.order, "count": count})
    return redirect(f"{reverse('leader:briefing', args=[briefing_id])}#ket-luan")


@require_POST
def undo(request: HttpRequest, briefing_id: int, decision_id: int) -> HttpResponse:
    """A conclusion is taken back; its words come back into the form."""
    meeting, _area = seen_meeting(request, briefing_id)
    actor = acting(request)
    if not Decision.objects.visible_to(actor).filter(pk=decision_id, meeting=meeting).exists():
        raise Http404
    if not can_hold_meeting(actor, meeting.unit_id):
        return deny(request, _("Chỉ cơ quan thường trực của địa bàn được ghi kết luận giao ban."))
    answer = operations.undo_decision(actor=actor, at=timezone.now(), decision_id=decision_id)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        return redirect(f"{reverse('leader:briefing', args=[briefing_id])}#ket-luan")
    messages.success(request, _("Đã rút kết luận; các đơn vị được báo là không phải làm nữa. Nội dung còn ở ô nhập."))
    return redirect(f"{reverse('leader:briefing', args=[briefing_id])}?lai={decision_id}#id_words")


def minutes(request: HttpRequest, briefing_id: int) -> HttpResponse:
    """The notice of the briefing: what it would say and who signs it; sent, it is issued."""
    briefing = briefing_of(request, briefing_id)
    actor = briefing.actor
    if briefing.minutes is not None:
        if request.method == "POST":
            messages.info(request, _("Thông báo kết luận của lần giao ban này đã ban hành."))
            return redirect("leader:minutes", briefing_id)
        return _issued(request, briefing, briefing.minutes)
    if not can_hold_meeting(actor, briefing.meeting.unit_id):
        if request.method == "POST":
            return deny(request, _("Chỉ cơ quan thường trực của địa bàn được ra thông báo kết luận."))
        return _preview(request, briefing, None)
    if request.method != "POST":
        usual = letter_initial(Unit.objects.get(pk=actor.unit_id), actor.on)
        last = Minutes.objects.visible_to(actor).filter(office_id=actor.unit_id).first()
        usual |= {"symbol": last.symbol if last else "", "recipients": "Như mục kết luận"}
        return _preview(request, briefing, MinutesForm(initial={**usual, "seen": digest_of(briefing.rows)}))
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return _preview(request, briefing, form, status=422)
    with override("vi"):
        changes = change_blocks(briefing)
    answer = operations.issue_minutes(
        actor=actor,
        at=timezone.now(),
        meeting_id=briefing_id,
        seen=form.cleaned_data["seen"],
        words=form.words(),
        changes=changes,
    )
    if isinstance(answer, Refusal):
        if answer.code == "stale":
            # What is shown now is what the next press of the button has seen.
            briefing = briefing_of(request, briefing_id)
            typed = request.POST.copy()
            typed["seen"] = digest_of(briefing.rows)
            form = MinutesForm(typed)
            form.is_valid()
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
        return _preview(request, briefing, form, status=_status(answer))
    messages.success(request, _("Đã ban hành thông báo kết luận. Ghi số sau khi ký."))
    return redirect("leader:minutes", briefing_id)


def minutes_docx(request: HttpRequest, briefing_id: int) -> FileResponse:
    """The notice as a Word file."""
    meeting, _area = seen_meeting(request, briefing_id)
    found = standing_minutes(acting(request), meeting)
    if found is None:
        raise Http404
    name = minutes_name(meeting)
    noted(request, "tasks.minutes.downloaded", found, file=name)
    return FileResponse(default_storage.open(found.file.path), as_attachment=True, filename=name, content_type=DOCX)


@require_POST
def sign(request: HttpRequest, briefing_id: int) -> HttpResponse:
    """Keeps number and day of the notice that was signed."""
    briefing = briefing_of(request, briefing_id)
    if briefing.minutes is None:
        raise Http404
    form = NumberForm(request.POST)
    if not can_hold_meeting(briefing.actor, briefing.meeting.unit_id):
        return deny(request, _("Chỉ cơ quan thường trực của địa bàn được ra thông báo kết luận."))
    if not form.is_valid():
        return _issued(request, briefing, briefing.minutes, form=form, status=422)
    answer = operations.sign_minutes(
        actor=briefing.actor, at=timezone.now(), minutes_id=briefing.minutes.pk, **form.cleaned_data
    )
    if isinstance(answer, Refusal):
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
        return _issued(request, briefing, briefing.minutes, form=form, status=_status(answer))
    messages.success(request, _("Đã ghi số %(number)s.") % {"number": answer.designation})
    return redirect("leader:minutes", briefing_id)


@require_POST
def withdraw(request: HttpRequest, briefing_id: int) -> HttpResponse:
    """Takes a notice back that was not signed."""
    briefing = briefing_of(request, briefing_id)
    if briefing.minutes is None:
        raise Http404
    if not can_hold_meeting(briefing.actor, briefing.meeting.unit_id):
        return deny(request, _("Chỉ cơ quan thường trực của địa bàn được ra thông báo kết luận."))
    version = request.POST.get("version", "")
    answer = operations.withdraw_minutes(
        actor=briefing.actor,
        at=timezone.now(),
        minutes_id=briefing.minutes.pk,
        version=int(version) if version.isdecimal() and len(version) < 9 else 0,
        reason=request.POST.get("reason", ""),
    )
    if isinstance(answer, Refusal):
        return _issued(request, briefing, briefing.minutes, refusal=answer, status=_status(answer))
    messages.success(request, _("Đã rút thông báo; sửa kết luận rồi ban hành lại được."))
    return redirect("leader:briefing", briefing_id)


def _form(request: HttpRequest, briefing: Briefing, **given: Any) -> DecisionForm:
    data, initial = given.get("data"), given.get("initial") or {}
    typed = data.getlist("units") if data is not None else initial.get("units", [])
    ticked = [int(each) for each in typed if str(each).isdecimal() and len(str(each)) < 18]
    # Who typed while the minutes were issued finds what was typed, with the reason.
    writes = briefing.may_write or data is not None
    choices = choices_of(briefing.actor, briefing.area, ticked) if writes else []
    form = DecisionForm(
        data,
        initial={"key": uuid4(), **initial},
        units=[each.unit for each in choices],
        plans=plans_to_urge(briefing.actor).order_by("-issued_on", "-pk"),
    )
    form.choices = choices  # type: ignore[attr-defined]
    return form


def _initial(request: HttpRequest, briefing: Briefing) -> dict[str, Any]:
    """What the address asks to be filled in: the item that is spoken of, a body, or a conclusion taken back."""
    plans = list(plans_to_urge(briefing.actor).order_by("-issued_on", "-pk")[:2])
    found: dict[str, Any] = {"plan": plans[0].pk} if len(plans) == 1 else {}
    asked = {name: request.GET.get(name, "") for name in ("viec", "don_vi", "lai")}
    ids = {name: int(value) for name, value in asked.items() if value.isdecimal() and len(value) < 18}
    if "don_vi" in ids:
        found["units"] = [ids["don_vi"]]
    if "viec" in ids and (item := _item(briefing, ids["viec"])):
        found |= {"about": item.pk, "seen": item.version, "units": [item.unit_id] if item.unit_id else []}
    again = Decision.objects.visible_to(briefing.actor).filter(meeting=briefing.meeting, withdrawn_at__isnull=False)
    if "lai" in ids and (was := again.filter(pk=ids["lai"]).first()):
        units = list(was.due_items.order_by("pk").values_list("unit_id", flat=True))
        found |= {"words": was.words, "due_on": was.due_on, "plan": was.plan_id, "units": units}
        if was.about_id and (item := _item(briefing, was.about_id)):
            found |= {"about": item.pk, "seen": item.version}
    return found


def _item(briefing: Briefing, pk: int) -> DueItem | None:
    rows = DueItem.objects.visible_to(briefing.actor).select_related("unit", "plan")
    return rows.filter(pk=pk, kind="task").first()


def _screen(request: HttpRequest, briefing: Briefing, form: DecisionForm, status: int = 200) -> HttpResponse:
    about = form["about"].value()
    context = {
        "briefing": briefing,
        "form": form,
        "choices": form.choices,  # type: ignore[attr-defined]
        "about": _item(briefing, int(about)) if str(about or "").isdecimal() else None,
    }
    return render(request, "leader/briefing.html", context, status=status)


def _preview(request: HttpRequest, briefing: Briefing, form: MinutesForm | None, status: int = 200) -> HttpResponse:
    with override("vi"):
        blocks = change_blocks(briefing)
    context = {"briefing": briefing, "form": form, "blocks": [_block(each) for each in blocks]}
    return render(request, "leader/minutes.html", context, status=status)


def _issued(
    request: HttpRequest,
    briefing: Briefing,
    found: Minutes,
    *,
    form: NumberForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    if form is None:
        initial = {"version": found.version, "number": found.number, "symbol": found.symbol}
        form = NumberForm(initial={**initial, "signed_on": found.signed_on or briefing.actor.on})
    context = {
        "briefing": briefing,
        "minutes": found,
        "form": form,
        "refusal": refusal,
        "may_keep": can_hold_meeting(briefing.actor, briefing.meeting.unit_id),
        "typed_reason": request.POST.get("reason", ""),
    }
    return render(request, "leader/issued.html", context, status=status)


def _block(part: Any) -> dict[str, Any]:
    """A block of the document for the template."""
    if isinstance(part, str):
        return {"text": part}
    if hasattr(part, "words"):
        return {"heading": part.words}
    return {"columns": part.columns, "rows": part.rows}


def _status(refusal: Refusal) -> int:
    return 409 if refusal.code in ("stale", "issued") else 422
