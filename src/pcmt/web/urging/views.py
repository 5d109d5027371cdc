"""Urging letters in one go: choose, look at what they would say, make them; and the register of what was made."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.audit.operations import Thing
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks import operations
from pcmt.apps.tasks.letters import again_words, clause_words
from pcmt.apps.tasks.models import Urging, UrgingItem
from pcmt.apps.tasks.policies import can_keep_urging, can_urge
from pcmt.apps.tasks.urging import register_of, with_sums
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.web.audit.acts import noted
from pcmt.web.shell.access import acting, deny
from pcmt.web.templatetags.pcmt import vdate
from pcmt.web.urging import page as pages
from pcmt.web.urging.forms import ChoiceForm, LetterForm, NumberForm, RegisterFilter, letter_initial

ROWS_A_PAGE = 50
WHOLE = 100
"""With more items than this on the page, each letter brings its own when it is opened."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def register(request: HttpRequest) -> HttpResponse:
    """The register of urging letters that the actor sees."""
    actor, form = acting(request), _filter(request)
    page = Paginator(register_of(actor, form.wanted()), ROWS_A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "form": form,
        "page": page,
        "may_urge": can_urge(actor),
        "sheet_url": f"{reverse('urging:register-xlsx')}?{request.GET.urlencode()}",
    }
    return render(request, "urging/register.html", context)


def register_xlsx(request: HttpRequest) -> HttpResponse:
    """The register with the same filter, as a spreadsheet."""
    actor, form = acting(request), _filter(request)
    heading = _("Sổ đôn đốc, %(unit)s, ngày %(day)s") % {"unit": actor.unit_name, "day": vdate(actor.on)}
    data = pages.register_sheet(register_of(actor, form.wanted())[: pages.MOST_ROWS], heading=heading)
    name = f"so-don-doc-{actor.on:%Y-%m-%d}.xlsx"
    told = "; ".join(f"{label}: {value}" for label, value in form.words)
    noted(request, "tasks.urgings.exported", Thing("tasks.Urging", "", name), format="xlsx", filter=told)
    return _download(data, XLSX, name)


def new(request: HttpRequest) -> HttpResponse:
    """What the letters would say, and the words above and below them; sent, the letters are made."""
    actor = acting(request)
    if not can_urge(actor):
        return deny(request, _("Chỉ cơ quan thường trực giữ kế hoạch được lập công văn đôn đốc."))
    choice = pages.choice_of(actor, ChoiceForm(request.GET, actor=actor), _ids(request.GET.getlist("viec")))
    if request.method == "GET" and (asked := request.GET.get("cong_van")):
        return _items(request, choice, asked)
    if request.method != "POST":
        form = LetterForm(initial=letter_initial(Unit.objects.get(pk=actor.unit_id), actor.on))
        return _preview(request, choice, form)
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _preview(request, choice, form, status=422)
    batch = _batch(request)
    # A second press of the button finds the letters made: what is on the screen has changed by that.
    if request.POST.get("seen") != choice.seen and not Urging.objects.filter(batch=batch).exists():
        message = _("Danh sách việc vừa thay đổi. Xem lại rồi lập công văn.")
        return _preview(request, choice, form, Refusal(code="stale", message=message), status=409)
    answer = operations.urge(
        actor=actor,
        at=timezone.now(),
        batch=batch,
        item_ids=pages.kept_items(choice, request.POST.getlist("letter"), request.POST.getlist("left")),
        words=form.words(),
    )
    if isinstance(answer, Refusal):
        if answer.field in form.fields:
            form.add_error(answer.field, answer.message)
            return _preview(request, choice, form, status=422)
        return _preview(request, choice, form, answer, status=409 if answer.code == "stale" else 422)
    messages.success(request, _("Đã lập %(count)d công văn.") % {"count": len(answer)})
    return redirect("urging:batch", batch)


def batch_page(request: HttpRequest, batch: UUID) -> HttpResponse:
    """The letters that were made in one go, while they are written and afterwards."""
    return render(request, "urging/batch.html", _batch_context(request, batch))


def batch_progress(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Polled while the letters are written."""
    context = _batch_context(request, batch)
    if context["written"] == context["total"]:
        return HttpResponse(headers={"HX-Redirect": reverse("urging:batch", args=[batch])})
    return render(request, "urging/_progress.html", context)


@require_POST
def again(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Queues the writing once more, where its job was lost."""
    if not _letters(request, batch):
        raise Http404
    answer = operations.write_again(actor=acting(request), batch=batch)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    return redirect("urging:batch", batch)


def batch_zip(request: HttpRequest, batch: UUID) -> HttpResponse:
    """All letters of a batch with their list."""
    letters = _letters(request, batch)
    if not letters or any(letter.file_id is None for letter in letters):
        raise Http404
    made_on = timezone.localdate(letters[0].made_at)
    title = f"Văn bản đôn đốc lập ngày {vdate(made_on)}"
    name = f"don-doc-{made_on:%Y-%m-%d}.zip"
    noted(request, "tasks.urgings.downloaded", Thing("tasks.Urging", str(batch), name), letters=len(letters))
    return _download(pages.zip_of(letters, title=title), "application/zip", name)


def letter(request: HttpRequest, urging_id: int) -> HttpResponse:
    """One letter: what it says, its number, its file."""
    return _letter_page(request, _letter(request, urging_id))


def letter_docx(request: HttpRequest, urging_id: int) -> FileResponse:
    """The letter as a Word file."""
    urging = _letter(request, urging_id)
    if urging.file is None:
        raise Http404
    noted(request, "tasks.urging.downloaded", urging, file=operations.letter_name(urging))
    file = default_storage.open(urging.file.path)
    return FileResponse(file, as_attachment=True, filename=operations.letter_name(urging), content_type=DOCX)


@require_POST
def sign(request: HttpRequest, urging_id: int) -> HttpResponse:
    """Keeps the number and the day of a letter that was signed."""
    urging = _letter(request, urging_id)
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _letter_page(request, urging, form=form, status=422)
    answer = operations.sign_urging(actor=acting(request), at=timezone.now(), urging_id=urging.pk, **form.cleaned_data)
    if isinstance(answer, Refusal):
        if answer.field in form.fields:
            form.add_error(answer.field, answer.message)
            return _letter_page(request, urging, form=form, status=422)
        return _letter_page(request, urging, refusal=answer, status=_status(answer))
    messages.success(request, _("Đã ghi số %(number)s.") % {"number": answer.designation})
    return redirect("urging:letter", urging.pk)


@require_POST
def withdraw(request: HttpRequest, urging_id: int) -> HttpResponse:
    """Takes a letter back that was not signed."""
    urging = _letter(request, urging_id)
    version = request.POST.get("version", "")
    answer = operations.withdraw_urging(
        actor=acting(request),
        at=timezone.now(),
        urging_id=urging.pk,
        version=int(version) if version.isdecimal() else 0,
        reason=request.POST.get("reason", ""),
    )
    if isinstance(answer, Refusal):
        return _letter_page(request, urging, refusal=answer, status=_status(answer))
    messages.success(request, _("Đã rút công văn này; lần đôn đốc này không được tính."))
    return redirect("urging:letter", urging.pk)


def _preview(
    request: HttpRequest,
    choice: pages.Choice,
    form: LetterForm,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    posted = request.method == "POST"
    left = set(request.POST.getlist("left"))
    context = {
        "choice": choice,
        "form": form,
        "refusal": refusal,
        "letters": [
            {
                "key": pages.letter_key(each),
                "letter": each,
                "ticked": not posted or pages.letter_key(each) in request.POST.getlist("letter"),
                # What was taken out has to be there again, so that it stays taken out.
                "whole": choice.total <= WHOLE or any(str(line.due.pk) in left for line in each.lines),
                "alone": _alone(request, each.unit.pk),
            }
            for each in choice.found.letters
        ],
        "left": left,
        "batch": _batch(request) if posted else uuid4(),
        "query": request.GET.urlencode(),
        "chat": pages.chat_of(acting(request), choice.found),
        "today": acting(request).on,
    }
    return render(request, "urging/new.html", context, status=status)


def _items(request: HttpRequest, choice: pages.Choice, key: str) -> HttpResponse:
    """The items of one letter of a long preview, when it is opened."""
    found = next((each for each in choice.found.letters if pages.letter_key(each) == key), None)
    if found is None:
        raise Http404
    return render(request, "urging/_items.html", {"letter": found, "left": set(), "today": acting(request).on})


def _alone(request: HttpRequest, unit_id: int) -> str:
    """The words of the address with one body alone."""
    words = request.GET.copy()
    words.setlist("don_vi", [str(unit_id)])
    return words.urlencode()


def _letter_page(
    request: HttpRequest,
    urging: Urging,
    *,
    form: NumberForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    may_keep = can_keep_urging(acting(request), urging) and urging.withdrawn_at is None
    if form is None:
        form = NumberForm(
            initial={
                "version": urging.version,
                "number": urging.number,
                "symbol": urging.symbol,
                "signed_on": urging.signed_on or acting(request).on,
            }
        )
    items = [
        {"item": item, "clause": clause_words(item.clause), "again": again_words(item)}
        for item in urging.items.order_by("order")
    ]
    context = {
        "urging": urging, "items": items, "form": form, "may_keep": may_keep, "refusal": refusal,
        "typed_reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "urging/letter.html", context, status=status)


def _letter(request: HttpRequest, urging_id: int) -> Urging:
    seen = Urging.objects.visible_to(acting(request)).select_related("unit", "office", "file")
    return get_object_or_404(seen, pk=urging_id)


def _letters(request: HttpRequest, batch: UUID) -> list[Urging]:
    """The letters of a batch, for the office that made it: others find theirs in the register."""
    actor = acting(request)
    if not can_urge(actor):
        return []
    seen = Urging.objects.visible_to(actor).filter(batch=batch, office_id=actor.unit_id)
    return list(with_sums(seen).select_related("unit", "file").order_by("requested", "unit__sort_key", "pk"))


def _batch_context(request: HttpRequest, batch: UUID) -> dict[str, Any]:
    letters = _letters(request, batch)
    if not letters:
        raise Http404
    return {
        "batch": batch,
        "letters": letters,
        "total": len(letters),
        "written": sum(letter.file_id is not None for letter in letters),
        "items": sum(letter.total for letter in letters),  # type: ignore[attr-defined]
        "made": letters[0],
    }


def _filter(request: HttpRequest) -> RegisterFilter:
    letters = Urging.objects.visible_to(acting(request))
    held = UrgingItem.objects.filter(urging__in=letters.values("pk")).values("due_item__plan_id")
    return RegisterFilter(
        request.GET,
        plans=Plan.objects.filter(pk__in=held).order_by("-issued_on", "-pk"),
        units=Unit.objects.filter(pk__in=letters.values("unit_id")).in_official_order(),
    )


def _batch(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("batch", ""))
    except ValueError:
        return uuid4()


def _ids(words: list[str]) -> list[int]:
    """Ids from `?viec=1&viec=2` or `?viec=1,2`."""
    return [int(word) for words_ in words for word in words_.split(",") if word.isdecimal()]


def _status(refusal: Refusal) -> int:
    return 409 if refusal.code == "stale" else 422


def _download(data: bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
