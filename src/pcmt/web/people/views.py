"""The list of people, the page of one, and what is done to an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor, User, reached_units
from pcmt.apps.accounts.operations import change_user, read_contact, start_again, stop_user, take_factors
from pcmt.apps.accounts.policies import can_audit, can_keep_people, can_keep_user
from pcmt.apps.audit.operations import Thing
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.web.audit.acts import noted
from pcmt.web.people import listing
from pcmt.web.people.fields import people_like, person_words, units_like
from pcmt.web.people.forming import acted, refuse
from pcmt.web.people.forms import PeopleFilter, PersonForm, PurposeForm, ReasonForm
from pcmt.web.people.person import person_page
from pcmt.web.people.sheet import MOST_ROWS, sheet_of
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate

PEOPLE_A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def seeing(request: HttpRequest) -> Actor:
    """Somebody who sees the people of a part of the tree; everyone else gets the page that says for whom this is."""
    actor = acting(request)
    if not actor.sees_below("accounts.User"):
        raise PermissionDenied(
            _("Danh sách người dùng dành cho người quản trị, cơ quan thường trực, lãnh đạo và kiểm toán.")
        )
    return actor


def keeping(request: HttpRequest) -> Actor:
    """Somebody who gives roles and keeps accounts."""
    actor = acting(request)
    if not can_keep_people(actor):
        raise PermissionDenied(_("Chỉ người quản trị mời người và giao vai trò."))
    return actor


def kept(request: HttpRequest, user_id: int) -> tuple[Actor, User]:
    """The administrator who asks, and a person whose account is theirs to keep."""
    actor = keeping(request)
    user = seen(actor, user_id)
    if not can_keep_user(actor, user_id):
        raise PermissionDenied(
            _("Bạn chỉ quản lý tài khoản của người khác, và chỉ khi họ làm việc trong phạm vi quản trị của bạn.")
        )
    return actor, user


def seen(actor: Actor, user_id: int) -> User:
    """A person whom the actor sees; 404 for all others."""
    return get_object_or_404(User.objects.visible_to(actor), pk=user_id)


def trail_to(user: User | None = None) -> list[tuple[str, str]]:
    """The way to a page about people, or about one of them."""
    way = [(_("Người dùng"), reverse("people:list"))]
    if user is not None:
        way.append((user.get_full_name(), reverse("people:person", args=[user.pk])))
    return way


def listed(request: HttpRequest) -> HttpResponse:
    """The list: filter, order, pages."""
    actor = seeing(request)
    form = PeopleFilter(request.GET, actor=actor)
    found = listing.narrowed(listing.people(actor, timezone.now()), actor, form.chosen)
    page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "form": form,
        "page": page,
        "lines": listing.lines(page.object_list, actor),
        "keeps": can_keep_people(actor),
        "looks": can_keep_people(actor) or can_audit(actor),
        "sheet_url": f"{reverse('people:list-xlsx')}?{request.GET.urlencode()}",
    }
    return render(request, "people/list.html", context)


def listed_xlsx(request: HttpRequest) -> HttpResponse:
    """The same list as a spreadsheet; taking it is logged."""
    actor = keeping(request)
    form = PeopleFilter(request.GET, actor=actor)
    found = listing.narrowed(listing.people(actor, timezone.now()), actor, form.chosen)
    heading = _("Người dùng và vai trò, ngày %(day)s, phạm vi của %(unit)s") % {
        "day": vdate(actor.on),
        "unit": actor.unit_name,
    }
    data = sheet_of(listing.lines(found[:MOST_ROWS], actor), heading=heading)
    name = f"nguoi-dung-{actor.on:%Y-%m-%d}.xlsx"
    narrowed = "; ".join(f"{label}: {value}" for label, value in form.words)
    noted(request, "accounts.list.exported", Thing("accounts.User", "", name), format="xlsx", filter=narrowed)
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def suggest_units(request: HttpRequest) -> HttpResponse:
    """Options for a box in which a unit is typed: units of the area of who gives roles or looks through the list."""
    actor = acting(request)
    seen_units = Unit.objects.filter(pk__in=reached_units(actor, actor.sees("accounts.User")))
    words = [said for _unit, said in units_like(seen_units, request.GET.get("q", ""), actor.on)]
    return render(request, "people/options.html", {"options": words})


def suggest_people(request: HttpRequest) -> HttpResponse:
    """Options for a box in which a person is typed."""
    found = people_like(User.objects.visible_to(acting(request)), request.GET.get("q", ""))
    return render(request, "people/options.html", {"options": [person_words(user) for user in found]})


def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: data, roles over time, sign-ins, protection."""
    actor = seeing(request)
    user = seen(actor, user_id)
    return _person(request, actor, user)


@require_POST
def contact(request: HttpRequest, user_id: int) -> HttpResponse:
    """How to reach a person, once, after saying for what."""
    actor = acting(request)
    user = seen(actor, user_id)
    form = PurposeForm(request.POST)
    if form.is_valid():
        answer = read_contact(actor=actor, at=timezone.now(), user_id=user.pk, purpose=form.cleaned_data["purpose"])
        if not isinstance(answer, Refusal):
            response = _person(request, actor, user, contact=answer)
            response.headers["Cache-Control"] = "no-store"
            return response
        if answer.code == "not_allowed":
            raise Http404
        refuse(form, answer)
    return _person(request, actor, user, form=form, status=422)


def _person(
    request: HttpRequest, actor: Actor, user: User, *, contact: Any = None, form: Any = None, status: int = 200
) -> HttpResponse:
    page = person_page(actor, user, timezone.now())
    page |= {
        "trail": trail_to(),
        "contact": contact,
        "purpose": form or PurposeForm(),
        "form": form,
        "today": actor.on,
        "offers": [row for row in page["roles"].rows if row.may_delegate or row.may_change],
    }
    return render(request, "people/person.html", page, status=status)


def change(request: HttpRequest, user_id: int) -> HttpResponse:
    """Correct the name and the post."""
    actor, user = kept(request, user_id)
    form = PersonForm(request.POST or None, initial={"full_name": user.full_name, "post": user.post})

    def act(typed: Mapping[str, Any]) -> Any:
        return change_user(actor=actor, at=timezone.now(), user_id=user.pk, **typed)

    return acted(
        request,
        form,
        act,
        heading=_("Sửa tên, chức vụ"),
        submit=_("Lưu"),
        back=reverse("people:person", args=[user.pk]),
        done=_("Đã lưu."),
        trail=trail_to(user),
    )


def stop(request: HttpRequest, user_id: int) -> HttpResponse:
    """Stop an account."""
    actor, user = kept(request, user_id)

    def act(typed: Mapping[str, Any]) -> Any:
        return stop_user(actor=actor, at=timezone.now(), user_id=user.pk, reason=typed["reason"])

    return acted(
        request,
        ReasonForm(request.POST or None),
        act,
        heading=_("Ngừng tài khoản của %(name)s") % {"name": user},
        submit=_("Ngừng tài khoản"),
        back=reverse("people:person", args=[user.pk]),
        done=_("Đã ngừng tài khoản của %(name)s.") % {"name": user},
        trail=trail_to(user),
        under=_("Người này bị đăng xuất ngay và không đăng nhập được nữa. Mở lại được bất cứ lúc nào."),
        warnings=[
            _(
                "Vai trò vẫn ghi là đang giữ. Nếu người này thôi làm việc, hãy bàn giao cho người khác"
                " hoặc ghi ngày thôi giữ từng vai trò."
            )
        ],
        grave=True,
    )


@require_POST
def start(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open an account again that was stopped."""
    actor, user = kept(request, user_id)
    answer = start_again(actor=actor, at=timezone.now(), user_id=user.pk)
    if isinstance(answer, Refusal):
        messages.error(request, str(answer))
    else:
        messages.success(request, _("Đã mở lại tài khoản của %(name)s.") % {"name": user})
    return redirect("people:person", user.pk)


def take_protection(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take the second factors from somebody who lost them."""
    actor, user = kept(request, user_id)

    def act(typed: Mapping[str, Any]) -> Any:
        return take_factors(actor=actor, at=timezone.now(), user_id=user.pk, reason=typed["reason"])

    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = _("Lý do, và đã xác minh người đề nghị bằng cách nào")
    return acted(
        request,
        form,
        act,
        heading=_("Gỡ lớp bảo vệ thứ hai của %(name)s") % {"name": user},
        submit=_("Gỡ lớp bảo vệ"),
        back=reverse("people:person", args=[user.pk]),
        done=_("Đã gỡ. Lần đăng nhập tới, người này thêm lớp bảo vệ mới."),
        trail=trail_to(user),
        under=_(
            "Chỉ làm khi người này mất điện thoại hoặc khóa, và bạn chắc đúng người đang hỏi. Mật khẩu giữ nguyên."
        ),
        grave=True,
    )
