"""The poster for the box, the board and the door, for those who say who receives tips and those who handle them."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pcmt.apps.tips.policies import handles_tips, keeps_teams
from pcmt.apps.tips.queries import public
from pcmt.documents.output.poster import Poster, poster_pdf, qr_png, qr_svg
from pcmt.web.shell.access import acting


def _poster(request: HttpRequest) -> Poster:
    """The poster of the area that the actor's unit is or serves."""
    actor = acting(request)
    if not (keeps_teams(actor) or handles_tips(actor)):
        raise PermissionDenied(_("Áp phích dành cho người tiếp nhận tin báo và người phân công nơi tiếp nhận."))
    on = timezone.localdate()
    place = public.area_served(actor.unit_id, on)
    team = public.receiving(place.unit_id, on) if place else None
    way = f"{reverse('tipline:send')}?xa={place.unit_id}" if place and team else reverse("tipline:start")
    phone = team.phone if team else ""
    return Poster(
        area=place.name if place else actor.unit_name,
        heading=_("Báo tin về ma túy"),
        lead=_("Quét mã bằng điện thoại. Không cần tài khoản, không cần cho biết tên."),
        address=f"{settings.SITE}{way}",
        lines=[
            _("Ghi điều bạn biết, kèm ảnh nếu có."),
            _("Giữ mã tám cặp từ để xem trả lời."),
            _("Hoặc viết giấy bỏ vào hòm thư này."),
        ],
        foot=(_("Điện thoại tiếp nhận: %(phone)s. ") % {"phone": phone} if phone else "")
        + _("Có người đang gặp nguy hiểm: gọi 113."),
    )


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The poster on screen, with the files to print."""
    poster = _poster(request)
    back = (
        (_("Tin báo"), reverse("tips:list"))
        if handles_tips(acting(request))
        else (_("Nơi tiếp nhận tin báo"), reverse("tips:teams"))
    )
    context = {"poster": poster, "code": qr_svg(poster.address), "trail": [back]}
    return render(request, "tipline/poster.html", context)


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """The poster, A4."""
    return _file(poster_pdf(_poster(request)), "application/pdf", "ap-phich-bao-tin.pdf")


@require_safe
def png(request: HttpRequest) -> HttpResponse:
    """The code alone, for leaflets of one's own."""
    return _file(qr_png(_poster(request).address), "image/png", "ma-qr-bao-tin.png")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
