"""Acts on places: opening one, moving it on, putting right, taking back, closing, voiding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.operations import places as doing
from pcmt.apps.activities.policies import areas, can_record
from pcmt.apps.activities.queries import places as asking
from pcmt.core.diagnostics import Refusal
from pcmt.web.activities.forms import boxed
from pcmt.web.places.forms import ActForm, CloseForm, DescribedForm, MoveForm, OpenForm, VoidForm
from pcmt.web.places.views import kinds_to_open, reader
from pcmt.web.templatetags.pcmt import vdate

Made = tuple[ActForm, str, str, Callable[[], Any], str]
"""The form, the heading, a hint, what to do when it is sent rightly, and what to say then."""


def opening(request: HttpRequest) -> HttpResponse:
    """Opening a place: first of which kind and in which state, then the kind's questions."""
    actor = reader(request)
    if not can_record(actor, "activities.Place"):
        raise PermissionDenied
    offered = kinds_to_open(actor)
    code, state = request.GET.get("loai", ""), request.GET.get("tinh_trang", "")
    chosen = next((each for each in offered if each.kind.code == code), None)
    if chosen is not None and not state and len(chosen.schema.first_states) == 1:
        state = chosen.schema.first_states[0].key
    begun = next((each for each in chosen.schema.first_states if each.key == state), None) if chosen else None
    if chosen is None or begun is None:
        return render(request, "places/choose.html", {"kinds": offered, "chosen": chosen})
    schema = chosen.schema
    asked = (*schema.own_fields, *schema.asked_by(state))
    here = [(unit.pk, unit.name) for unit in areas(actor, actor.unit_id).in_official_order()[:4000]]
    form = OpenForm(
        request.POST or None, asked=asked, areas=here, models=asking.models_to_follow(actor, chosen.kind.pk),
        named=bool(schema.title), initial={"on": actor.on, "area_id": here[0][0] if len(here) == 1 else None},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        key: UUID = form.cleaned_data["key"]
        made = doing.open_place(
            actor=actor, at=timezone.now(), key=key, kind=code, state=begun.key, typed=form.typed,
            again=form.cleaned_data["again"], **form.described,
        )  # fmt: skip
        if not isinstance(made, Refusal):
            messages.success(request, _("Đã mở địa điểm."))
            return redirect("places:place", made.pk)
        form.blame(made)
    heading = _("Mở địa điểm: %(kind)s") % {"kind": schema.label}
    return _shown(request, form, heading, begun.label, None)


def act(request: HttpRequest, place_id: int, act: str) -> HttpResponse:
    """One of the acts on a place that is there."""
    actor = reader(request)
    make = ACTS.get(act)
    page = asking.place_page(actor, place_id) if make is not None else None
    if page is None or make is None:
        raise Http404
    if not page.may_change:
        raise PermissionDenied
    form, heading, hint, run, done = make(request, actor, page)
    if request.method == "POST" and form.is_valid():
        made = run()
        if not isinstance(made, Refusal):
            messages.success(request, done)
            return redirect("places:place", place_id)
        form.blame(made)
    return _shown(request, form, heading, hint, page)


def _shown(request: HttpRequest, form: ActForm, heading: str, hint: str, page: asking.PlacePage | None) -> HttpResponse:
    context = {
        "form": form, "heading": heading, "hint": hint, "page": page, "located": "lat" in form.fields,
        "optional_word": _("không bắt buộc"),
    }  # fmt: skip
    return render(request, "places/form.html", context, status=422 if form.errors else 200)


def _held(request: HttpRequest, page: asking.PlacePage) -> dict[str, Any]:
    """What an operation is told of the place: its version as it stood when the page was made."""
    sent = request.POST.get("version", "")
    return {"place_id": page.place.pk, "version": int(sent) if sent.isdecimal() and len(sent) < 9 else 0}


def _move(request: HttpRequest, actor: Actor, page: asking.PlacePage) -> Made:
    key = request.GET.get("tinh_trang", "")
    state = next((each for each in page.next_states if each.key == key), None)
    if state is None and len(page.next_states) == 1:
        state = page.next_states[0]
    if state is None:
        raise Http404
    events = [(each.pk, f"{vdate(each.on)} {each.title}") for each in page.events]
    form = MoveForm(
        request.POST or None, asked=page.schema.asked_by(state.key), acts=events,
        initial={"version": page.place.version, "on": actor.on},
    )  # fmt: skip

    def run() -> Any:
        data = form.cleaned_data
        return doing.move_place(
            actor=actor, at=timezone.now(), **_held(request, page), state=state.key, on=data["on"],
            typed=form.typed, words=data["words"], event_id=data.get("event_id"),
        )  # fmt: skip

    heading = _("Chuyển sang: %(state)s") % {"state": state.label}
    hint = _("Đang ở: %(state)s") % {"state": page.state.label}
    return form, heading, hint, run, _("Đã chuyển tình trạng.")


def _correct(request: HttpRequest, actor: Actor, page: asking.PlacePage) -> Made:
    place = page.place
    asked = asking.asked_now(page.schema, place)
    here = {unit.pk: unit.name for unit in areas(actor, place.body_id).in_official_order()[:4000]}
    here.setdefault(place.area_id, place.area.name)
    follow = asking.models_to_follow(actor, place.kind_id, but=place.pk)
    if place.follows_id is not None and page.follows is None:
        follow = []  # it follows one that the reader does not see: that stays as it is
    last = place.spells.order_by("-from_on", "-pk").values_list("data", flat=True).first() or {}
    initial: dict[str, Any] = {
        "version": place.version, "name": place.name, "area_id": place.area_id, "on": place.from_on,
        "address": place.address, "lat": _degrees(place.lat), "lon": _degrees(place.lon),
        "follows_id": place.follows_id, **boxed(asked, {**place.data, **last}),
    }  # fmt: skip
    form = DescribedForm(
        request.POST or None, asked=asked, areas=list(here.items()), models=follow, named=bool(page.schema.title),
        initial=initial,
    )  # fmt: skip

    def run() -> Any:
        described = form.described
        if "follows_id" not in form.fields:
            described["follows_id"] = place.follows_id
        return doing.correct_place(
            actor=actor, at=timezone.now(), **_held(request, page), typed=form.typed, **described
        )

    hint = _("Tình trạng ghi sai thì lấy lại lần chuyển đó.")
    return form, _("Sửa địa điểm"), hint, run, _("Đã sửa địa điểm.")


def _degrees(value: Any) -> str:
    return "" if value is None else format(value.normalize(), "f").replace(".", ",")


def _undo(request: HttpRequest, actor: Actor, page: asking.PlacePage) -> Made:
    form = ActForm(request.POST or None, initial={"version": page.place.version})

    def run() -> Any:
        return doing.undo_move(actor=actor, at=timezone.now(), **_held(request, page))

    if page.place.to_on is not None:
        hint = _("Địa điểm lại được theo dõi, như chưa thôi từ ngày %(day)s.") % {"day": vdate(page.place.to_on)}
    else:
        last = page.spells[-1]
        hint = _("Bỏ lần chuyển sang “%(state)s” ngày %(day)s; địa điểm trở lại tình trạng trước đó.")
        hint %= {"state": last.state.label, "day": vdate(last.from_on)}
    return form, _("Lấy lại bước gần nhất"), hint, run, _("Đã lấy lại.")


def _close(request: HttpRequest, actor: Actor, page: asking.PlacePage) -> Made:
    form = CloseForm(request.POST or None, initial={"version": page.place.version, "on": actor.on})

    def run() -> Any:
        data = form.cleaned_data
        return doing.close_place(
            actor=actor, at=timezone.now(), **_held(request, page), on=data["on"], words=data["words"]
        )

    hint = _("Từ ngày này địa điểm không còn được đếm; quá trình vẫn đọc được.")
    return form, _("Thôi theo dõi"), hint, run, _("Đã thôi theo dõi địa điểm.")


def _void(request: HttpRequest, actor: Actor, page: asking.PlacePage) -> Made:
    form = VoidForm(request.POST or None, initial={"version": page.place.version})

    def run() -> Any:
        return doing.void_place(
            actor=actor, at=timezone.now(), **_held(request, page), words=form.cleaned_data["words"]
        )

    hint = _("Chỉ khi ghi nhầm cả địa điểm. Nơi đã xử lý xong thì chuyển tình trạng, không bỏ.")
    return form, _("Bỏ địa điểm ghi sai"), hint, run, _("Đã bỏ địa điểm.")


ACTS: dict[str, Callable[[HttpRequest, Actor, asking.PlacePage], Made]] = {
    "chuyen": _move,
    "sua": _correct,
    "lay-lai": _undo,
    "thoi": _close,
    "bo": _void,
}
