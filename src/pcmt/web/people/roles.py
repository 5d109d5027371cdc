"""Giving, delegating, ending, extending, taking back and handing on roles; one's own roles and what one did in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Actor, Grant, GrantKind, Role, User
from pcmt.apps.accounts.operations import (
    delegate_grant,
    end_grant,
    extend_grant,
    grant_role,
    hand_over,
    withdraw_grant,
)
from pcmt.apps.accounts.policies import can_delegate, can_grant_at
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Revision, RevisionState
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.web.audit.words import tell
from pcmt.web.people.forming import acted
from pcmt.web.people.forms import DelegateForm, EndForm, ExtendForm, GiveForm, HandOverForm, WithdrawForm
from pcmt.web.people.person import person_page, roles_of
from pcmt.web.people.views import keeping, seen, trail_to
from pcmt.web.people.words import held_words, role_words, window_words
from pcmt.web.shell.access import acting

DAY = timedelta(days=1)
ENTRIES_A_PAGE = 30


def after(last_day: date | None) -> date | None:
    """The first day on which something whose last day is given no longer holds."""
    return last_day + DAY if last_day else None


def give(request: HttpRequest, user_id: int) -> HttpResponse:
    """A role for a person."""
    actor = keeping(request)
    user = seen(actor, user_id)
    if user.pk == actor.user_id:
        raise PermissionDenied(_("Không tự giao vai trò cho mình. Đề nghị người quản trị khác."))
    initial = {"role": Role.OFFICER, "kind": GrantKind.ORDINARY, "valid_from": actor.on}

    def act(typed: Mapping[str, Any]) -> Any:
        return grant_role(
            actor=actor,
            at=timezone.now(),
            user_id=user.pk,
            role=typed["role"],
            unit_id=typed["unit"].pk,
            valid_from=typed["valid_from"],
            valid_to=after(typed["last_day"]),
            kind=typed["kind"],
            ground=typed["ground"],
            reason=typed["reason"],
        )

    return acted(
        request,
        GiveForm(request.POST or None, actor=actor, initial=initial),
        act,
        heading=_("Giao vai trò cho %(name)s") % {"name": user},
        submit=_("Giao vai trò"),
        back=reverse("people:person", args=[user.pk]) + "#vai-tro",
        done=lambda grant: _("Đã giao: %(role)s.") % {"role": held_words(grant)},
        trail=trail_to(user),
        under=user.post,
    )


def delegate(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Let somebody act for the holder: by the holder, or by an administrator with the paper at hand."""
    actor = acting(request)
    source = _grant(actor, grant_id)
    if not can_delegate(actor, source) or source.kind == GrantKind.DELEGATION:
        raise PermissionDenied(_("Chỉ người giữ vai trò hoặc người quản trị ủy quyền được."))
    own = source.user_id == actor.user_id

    def act(typed: Mapping[str, Any]) -> Any:
        return delegate_grant(
            actor=actor,
            at=timezone.now(),
            grant_id=source.pk,
            user_id=typed["user"].pk,
            unit_id=typed["unit"].pk,
            valid_from=typed["valid_from"],
            valid_to=typed["last_day"] + DAY,
            ground=typed["ground"],
            reason=typed["reason"],
        )

    initial = {"unit": source.unit, "valid_from": max(actor.on, source.valid_from or actor.on)}
    return acted(
        request,
        DelegateForm(request.POST or None, actor=actor, unit=source.unit, initial=initial),
        act,
        heading=_("Ủy quyền vai trò %(role)s") % {"role": source.get_role_display()},
        submit=_("Ủy quyền"),
        back=reverse("roles:mine") if own else reverse("people:person", args=[source.user_id]) + "#vai-tro",
        done=lambda grant: _("%(name)s được ủy quyền: %(role)s.") % {"name": grant.user, "role": held_words(grant)},
        trail=[(_("Vai trò của tôi"), reverse("roles:mine"))] if own else trail_to(source.user),
        under=_("Người được ủy quyền làm thay trong thời hạn ghi ở đây, không ủy quyền lại cho người khác."),
        facts=[
            (_("Người ủy quyền"), source.user.get_full_name()),
            (_("Vai trò"), role_words(source)),
            (_("Tại"), source.unit.name),
            (_("Thời hạn"), window_words(source)),
        ],
    )


def end(request: HttpRequest, grant_id: int) -> HttpResponse:
    """The last day of a role."""
    actor, grant = _changing(request, grant_id)
    follow = grant.delegations.not_over(actor.on).select_related("user", "unit")

    def act(typed: Mapping[str, Any]) -> Any:
        return end_grant(
            actor=actor,
            at=timezone.now(),
            grant_id=grant.pk,
            on=typed["last_day"] + DAY,
            reason=typed["reason"],
            version=typed["version"],
        )

    initial = {"version": grant.version, "last_day": actor.on}
    return _on_grant(
        request,
        grant,
        EndForm(request.POST or None, initial=initial),
        act,
        heading=_("Thôi giữ vai trò"),
        submit=_("Ghi ngày thôi giữ"),
        done=_("Đã ghi ngày thôi giữ vai trò."),
        warnings=[
            _("Ủy quyền cho %(name)s cũng kết thúc: %(role)s.") % {"name": each.user, "role": held_words(each)}
            for each in follow
        ],
        grave=True,
    )


def extend(request: HttpRequest, grant_id: int) -> HttpResponse:
    """A later last day."""
    actor, grant = _changing(request, grant_id)

    def act(typed: Mapping[str, Any]) -> Any:
        return extend_grant(
            actor=actor,
            at=timezone.now(),
            grant_id=grant.pk,
            valid_to=after(typed["last_day"]),
            ground=typed["ground"],
            reason=typed["reason"],
            version=typed["version"],
        )

    return _on_grant(
        request,
        grant,
        ExtendForm(request.POST or None, initial={"version": grant.version, "ground": grant.ground}),
        act,
        heading=_("Gia hạn vai trò"),
        submit=_("Gia hạn"),
        done=_("Đã gia hạn."),
    )


def withdraw(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Take back what was given by mistake."""
    actor, grant = _changing(request, grant_id)

    def act(typed: Mapping[str, Any]) -> Any:
        return withdraw_grant(
            actor=actor, at=timezone.now(), grant_id=grant.pk, reason=typed["reason"], version=typed["version"]
        )

    return _on_grant(
        request,
        grant,
        WithdrawForm(request.POST or None, initial={"version": grant.version}),
        act,
        heading=_("Rút lại vai trò đã giao"),
        submit=_("Rút lại"),
        done=_("Đã rút lại; vai trò này coi như chưa có hiệu lực."),
        under=_("Dùng khi giao nhầm: có hiệu lực ngay, kể cả trong ngày."),
        grave=True,
    )


def hand(request: HttpRequest, user_id: int) -> HttpResponse:
    """Hand a person's post over to a successor."""
    actor = keeping(request)
    user = seen(actor, user_id)
    rows = [row.grant for row in person_page(actor, user, timezone.now())["handable"]]
    if not rows:
        raise PermissionDenied(_("Người này không giữ vai trò nào mà bạn bàn giao được."))

    def act(typed: Mapping[str, Any]) -> Any:
        return hand_over(
            actor=actor,
            at=timezone.now(),
            grant_ids=[int(pk) for pk in typed["grants"]],
            user_id=typed["user"].pk,
            on=typed["on"],
            kind=typed["kind"],
            ground=typed["ground"],
            reason=typed["reason"],
        )

    choices = [(str(grant.pk), held_words(grant)) for grant in rows]
    initial = {"grants": [pk for pk, _words in choices], "on": actor.on + DAY, "kind": GrantKind.ORDINARY}
    return acted(
        request,
        HandOverForm(request.POST or None, actor=actor, choices=choices, initial=initial),
        act,
        heading=_("Bàn giao công việc của %(name)s") % {"name": user},
        submit=_("Bàn giao"),
        back=reverse("people:person", args=[user.pk]) + "#vai-tro",
        done=lambda taken: (
            _("%(name)s nhận bàn giao từ ngày %(day)s.")
            % {"name": taken[0].user, "day": f"{taken[0].valid_from:%d/%m/%Y}" if taken[0].valid_from else ""}
        ),
        trail=trail_to(user),
        under=_("Vai trò của người bàn giao kết thúc và của người nhận bắt đầu trong cùng một ngày."),
        facts=_following(rows, actor),
    )


def _following(rows: list[Grant], actor: Actor) -> list[tuple[str, str]]:
    """What goes to the successor, counted: work hangs on the units at which the roles are held."""
    units = {grant.unit_id for grant in rows}
    due = DueItem.objects.filter(unit__in=units, state=DueState.OPEN).count()
    drafts = Revision.objects.filter(
        plan__owner__in=units, state__in=(RevisionState.REVIEW, RevisionState.WAITING, RevisionState.FAILED)
    ).count()
    delegations = Grant.objects.not_over(actor.on).filter(delegated_from__in=rows).select_related("user")
    facts = [
        (
            _("Người nhận thấy ngay"),
            ngettext("%(count)d việc đang mở của đơn vị", "%(count)d việc đang mở của đơn vị", due) % {"count": due},
        )
    ]
    if drafts:
        words = ngettext("%(count)d văn bản đang rà soát", "%(count)d văn bản đang rà soát", drafts)
        facts.append(("", words % {"count": drafts}))
    facts += [(_("Ủy quyền kết thúc theo"), str(each.user)) for each in delegations]
    facts.append((_("Người bàn giao"), _("chỉ còn xem lịch sử việc mình đã làm, nếu không giữ vai trò nào khác")))
    return facts


def mine(request: HttpRequest) -> HttpResponse:
    """One's own roles and what one did, also for somebody who holds no role any more."""
    user = request.user
    assert isinstance(user, User)
    actor: Actor | None = getattr(request, "actor", None)
    on = timezone.localdate()
    given = Grant.objects.not_over(on).filter(delegated_from__user=user).select_related("user", "unit")
    entries = Entry.objects.filter(actor_id=user.pk).order_by("-at", "-pk")
    page = Paginator(entries, ENTRIES_A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "person": user,
        "roles": roles_of(actor, user, on),
        "held": set(Grant.objects.as_of(on).filter(user=user).values_list("pk", flat=True)),
        "given": given,
        "page": page,
        "acts": tell(page.object_list),
        "today": on,
    }
    return render(request, "people/mine.html", context)


def _grant(actor: Actor, grant_id: int) -> Grant:
    """A role that the actor sees and that is not over; 404 for all others."""
    found = Grant.objects.visible_to(actor).not_over(actor.on).select_related("user", "unit", "delegated_from")
    return get_object_or_404(found, pk=grant_id)


def _changing(request: HttpRequest, grant_id: int) -> tuple[Actor, Grant]:
    """Who asks, and a role of somebody else that this person may end or extend."""
    actor = acting(request)
    grant = _grant(actor, grant_id)
    gave = grant.delegated_from is not None and grant.delegated_from.user_id == actor.user_id
    if grant.user_id == actor.user_id or not (gave or can_grant_at(actor, grant.unit_id)):
        raise PermissionDenied(
            _("Bạn chỉ thay đổi vai trò thuộc phạm vi quản trị của mình, không phải của chính mình.")
        )
    return actor, grant


def _on_grant(request: HttpRequest, grant: Grant, form: Any, act: Any, **page: Any) -> HttpResponse:
    """A page about one role of a person; who gave a delegation comes back to the own roles."""
    actor = acting(request)
    keeps = can_grant_at(actor, grant.unit_id)
    return acted(
        request,
        form,
        act,
        back=reverse("people:person", args=[grant.user_id]) + "#vai-tro" if keeps else reverse("roles:mine"),
        trail=trail_to(grant.user) if keeps else [(_("Vai trò của tôi"), reverse("roles:mine"))],
        facts=[
            (_("Người giữ"), grant.user.get_full_name()),
            (_("Vai trò"), role_words(grant)),
            (_("Tại"), grant.unit.name),
            (_("Thời hạn"), window_words(grant)),
        ],
        **page,
    )
