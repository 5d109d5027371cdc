"""The public page: what it is, where it happened, the tip, the check, the receipt, and coming back with it.

Nothing is kept between two pages but what the form itself carries: no session, no cookie. Against forms that other
sites send stands what browsers say of themselves (`Sec-Fetch-Site`) and the signed mark of the form.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from pcmt.apps.tips.operations.receiving import PICTURES, receive
from pcmt.apps.tips.operations.talking import write_again
from pcmt.apps.tips.queries import public
from pcmt.apps.tips.receipts import new_nonce, typed, words_of
from pcmt.apps.tips.topics import TOPICS
from pcmt.core.diagnostics import Refusal
from pcmt.web.tipline.floods import FLOODS, Gate, new_task, solved
from pcmt.web.tipline.forms import MessageForm, ReceiptForm, TipForm
from pcmt.web.tipline.uploads import in_memory, too_large

MARK = "pcmt.tipline.form"
MARK_AGE = 4 * 3600
STATES = {
    "received": gettext_lazy("Đã nhận. Tin đang chờ được kiểm tra."),
    "verifying": gettext_lazy("Đang được kiểm tra, xác minh."),
    "settled": gettext_lazy("Đã giải quyết xong."),
    "passed_on": gettext_lazy("Đã chuyển cho cơ quan có thẩm quyền."),
}
View = Callable[[HttpRequest], HttpResponse]


def open_page(view: View) -> View:
    """A page for everybody, without account, session or cookie."""
    return csrf_exempt(login_not_required(view))


@open_page
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this is, what happens with a tip, how to stay safe."""
    return _page(request, "start.html", {})


@open_page
@require_safe
def area(request: HttpRequest) -> HttpResponse:
    """Where it happened: by name, or province and then commune."""
    on = timezone.localdate()
    asked, province = request.GET.get("tim", "").strip()[:100], _number(request.GET.get("tinh"))
    page: dict[str, Any] = {"asked": asked, "provinces": public.provinces(on)}
    if asked:
        page["found"] = public.areas_called(asked, on)
    elif province is not None and (chosen := public.area(province, on)) is not None:
        page |= {"province": chosen, "found": public.communes(province, on)}
    return _page(request, "area.html", page)


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """The tip, the check, and the receipt: three pages, one address. What was written goes along in the form."""
    in_memory(request)
    posted = request.method == "POST"
    if posted and too_large(request):
        return _page(request, "too_large.html", {"problem": _too_large()}, 413)
    on = timezone.localdate()
    place = public.area(_number((request.POST if posted else request.GET).get("xa")) or 0, on)
    if place is None:
        return redirect("tipline:area")
    team = public.receiving(place.unit_id, on)
    page: dict[str, Any] = {"place": place, "team": team, "most_pictures": PICTURES}
    if team is None:
        return _page(request, "no_team.html", page)
    form = TipForm(request.POST if posted else None, bodies=public.bodies_to_name(place.unit_id, on))
    page["form"] = form
    if not posted:
        return _page(request, "form.html", page)
    if _foreign(request) or not form.is_valid():
        return _page(request, "form.html", page, 422)
    if "sua" in request.POST:
        return _page(request, "form.html", page)
    page |= {"answers": _answers(form), "hidden": _hidden(request, form)}
    nonce = _nonce(request.POST.get("mark", ""))
    if "gui" not in request.POST or not nonce:
        return _page(request, "check.html", {**page, "mark": _mark()})
    page["mark"] = request.POST["mark"]
    if (stopped := _stopped(request, "send")) is not None:
        return _page(request, "check.html", {**page, **stopped}, 429)
    pictures = [each.read() for each in request.FILES.getlist("pictures")]
    made = receive(at=timezone.now(), area_id=place.unit_id, pictures=pictures, nonce=nonce, **form.told())
    if isinstance(made, Refusal):
        if made.field in form.fields:
            form.add_error(made.field, made.message)
            return _page(request, "form.html", page, 422)
        return _page(request, "check.html", {**page, "problem": made.message}, 422)
    words = words_of(made.words)
    return _page(request, "receipt.html", {**page, "words": words, "receipt": ", ".join(words)})


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """With the receipt: how the tip stands, what the team wrote, and room for an answer. Else the field for it.

    Every receipt that opens nothing gets the same words: one that never was, one of a tip destroyed for age.
    """
    in_memory(request)
    if request.method != "POST":
        return _page(request, "follow.html", {"form": ReceiptForm()})
    if too_large(request):
        form = ReceiptForm({})
        form.full_clean()
        form.add_error(None, _too_large())
        return _page(request, "follow.html", {"form": form}, 422)
    form = ReceiptForm(request.POST)
    if _foreign(request) or not form.is_valid():
        return _page(request, "follow.html", {"form": form}, 422)
    read = typed(form.cleaned_data["receipt"])
    if read.receipt and (stopped := _stopped(request, "look")) is not None:
        return _page(request, "follow.html", {"form": form, **stopped}, 429)
    tip = public.own_tip(read.receipt)
    if tip is None:
        form.add_error("receipt", _wrong_words(read))
        return _page(request, "follow.html", {"form": form}, 422)
    page: dict[str, Any] = {"receipt": read.receipt, "most_pictures": PICTURES}
    said = MessageForm(request.POST if "nhan" in request.POST else None)
    status = 200
    if "nhan" in request.POST:
        status = _write(request, said, read.receipt)
        if status == 200:
            tip, page["sent"], said = public.own_tip(read.receipt) or tip, True, MessageForm()
    page |= {"tip": tip, "state": STATES[tip.state], "said": said, "mark": _mark()}
    return _page(request, "own.html", page, status)


def _write(request: HttpRequest, said: MessageForm, receipt: str) -> int:
    """Keep what the sender adds; the status of the answer, what is wrong stands in the form."""
    nonce = _nonce(request.POST.get("mark", ""))
    if not said.is_valid():
        return 422
    if not nonce:
        said.add_error(None, _("Trang đã mở quá lâu. Bấm gửi lại một lần nữa; nội dung vẫn còn đây."))
        return 422
    pictures = [each.read() for each in request.FILES.getlist("pictures")]
    made = write_again(
        at=timezone.now(), receipt=receipt, nonce=nonce, words=said.cleaned_data["words"], pictures=pictures
    )
    if isinstance(made, Refusal):
        said.add_error("words" if made.field == "words" else None, made.message)
        return 422
    return 200


def _page(request: HttpRequest, name: str, page: dict[str, Any], status: int = 200) -> HttpResponse:
    around = {"exit": settings.TIP_EXIT, "optional_word": _("không bắt buộc")}
    return render(request, f"tipline/{name}", {**around, **page}, status=status)


def _stopped(request: HttpRequest, kind: str) -> dict[str, Any] | None:
    """What the page says when too many forms come from a network; None when this one may go on."""
    post = request.POST
    mark = solved(post.get("task", ""), post.get("found", ""), post.get("answer", ""), time.time())
    gate = FLOODS.gate(kind, getattr(request, "tip_network", ""), solved=mark)
    if gate is Gate.OPEN:
        return None
    if gate is Gate.WAIT:
        words = _("Đang có quá nhiều lượt gửi từ cùng một mạng. Chờ khoảng mười phút rồi bấm lại; chưa có gì bị mất.")
        return {"problem": words}
    words = _("Đang có nhiều lượt gửi cùng lúc. Trả lời câu hỏi dưới đây, chờ mười giây rồi bấm lại.")
    return {"problem": words, "task": new_task()}


def _foreign(request: HttpRequest) -> bool:
    """Whether the browser says that another site sent the form."""
    return request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")


def _mark() -> str:
    return signing.dumps(new_nonce(), salt=MARK)


def _nonce(mark: str) -> str:
    """The nonce of a form, "" when the mark is none of ours or too old."""
    try:
        return str(signing.loads(mark, salt=MARK, max_age=MARK_AGE))
    except signing.BadSignature:
        return ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _answers(form: TipForm) -> list[tuple[str, str]]:
    """What the sender wrote, to be read once more."""
    said = form.cleaned_data
    bodies = dict(form.fields["named"].choices)  # type: ignore[attr-defined]
    named = "; ".join([*(bodies[each] for each in said["named"]), *([said["bodies"]] if said["bodies"] else [])])
    rows = [
        (str(form.fields["topic"].label), str(TOPICS[said["topic"]])),
        *((str(form.fields[each].label), said[each]) for each in ("words", "where", "when")),
        (_("Cơ quan, cán bộ được nói tới"), named),
    ]
    if said["who"] == "named":
        who = ", ".join(said[each] for each in ("name", "phone", "address") if said[each])
        rows.append((_("Người gửi (cất riêng)"), who))
    else:
        rows.append((_("Người gửi"), _("Ẩn danh")))
    return [(label, words) for label, words in rows if words]


def _hidden(request: HttpRequest, form: forms.Form) -> list[tuple[str, str]]:
    """The fields of the form as the check page carries them on."""
    names = ["xa", *form.fields]
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def _wrong_words(read: Any) -> str:
    if read.strange:
        places = "; ".join(f"{(place + 1) // 2}: “{said}”" for place, said in read.strange[:4])
        return _("Có chữ không nằm trong mã nào. Xem lại cặp từ thứ %(places)s.") % {"places": places}
    if not read.receipt:
        return _("Mã gồm tám cặp từ, tức mười sáu chữ; bạn đã ghi %(count)d chữ.") % {"count": read.count}
    return _("Không tìm thấy tin báo nào theo mã này. Xem lại từng cặp từ.")


def _too_large() -> str:
    return _("Ảnh gửi kèm quá lớn: cả thảy tối đa 22 MB. Chọn ít ảnh hơn rồi gửi lại.")
