"""Giving roles, delegating, ending, extending and handing them on, and working on in another one.

Administrators act inside their area and never on their own roles; holders delegate what they hold. `actor` is None
for the program itself: the demo, the command line, a reorganisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, Grant, GrantKind, Role, User, reached_units
from pcmt.apps.accounts.policies import can_delegate, can_grant_at
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.accounts.rights import Reach
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.units.models import Level, Unit, UnitKind, holds_on
from pcmt.core.diagnostics import Refusal

NOT_DELEGATED = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
"""Who checks others, and who gives roles, is appointed; nobody passes that on for the while."""
TITLES = {
    GrantKind.ACTING: frozenset({Role.LEADER, Role.STANDING_OFFICE}),
    GrantKind.SUBSTITUTE: frozenset({Role.LEADER}),
}
"""The posts that have an acting head or a deputy who signs for the head."""
LOCAL = frozenset({Level.COMMUNE, Level.HAMLET, Level.SCHOOL})
"""The levels at which somebody is a commune officer."""
TEXT_CHARS = 2000


def grant_role(
    *,
    actor: Actor | None,
    at: datetime,
    user_id: int,
    role: str,
    unit_id: int,
    valid_from: date | None = None,
    valid_to: date | None = None,
    kind: str = GrantKind.ORDINARY,
    ground: str = "",
    reason: str = "",
) -> Grant | Refusal:
    """Give a role at a unit for a half-open window; giving one that is held for all of it already changes nothing.

    Acting heads and substitutes need a document (`ground`). Delegations are given by `delegate_grant`.
    """
    wrong = _wrong_role(role, kind, ground) or _wrong_window(valid_from, valid_to)
    if wrong is not None:
        return wrong
    if actor is not None and (refused := _may_not_give(actor, user_id, unit_id)) is not None:
        return refused
    with transaction.atomic():
        refused = _lock_people(at, user_id) or _wrong_unit(unit_id, role, valid_from or timezone.localdate(at))
        if refused is not None:
            return refused
        held = _same(user_id, role, unit_id, valid_from, valid_to)
        if held is not None:
            return held if _covers(held, valid_from, valid_to) else _overlaps(held)
        return _give(
            actor,
            at,
            user_id=user_id,
            role=role,
            unit_id=unit_id,
            valid_from=valid_from,
            valid_to=valid_to,
            kind=kind,
            ground=ground,
            reason=reason,
        )


def delegate_grant(
    *,
    actor: Actor | None,
    at: datetime,
    grant_id: int,
    user_id: int,
    valid_from: date,
    valid_to: date,
    ground: str,
    unit_id: int | None = None,
    reason: str = "",
) -> Grant | Refusal:
    """Let somebody else act in a role one holds (thừa ủy quyền), at its unit or one below it, inside its window.

    Decree 30/2020 Art 13: in writing and limited in time, and a delegate does not delegate again.
    """
    if not ground.strip():
        return Refusal(code="no_ground", message=_("Ghi văn bản ủy quyền: số, ký hiệu, ngày."), field="ground")
    if (wrong := _wrong_window(valid_from, valid_to)) is not None:
        return wrong
    with transaction.atomic():
        source = Grant.objects.select_related("user", "unit").filter(pk=grant_id).first()
        if source is None:
            return _gone()
        if (refused := _lock_people(at, user_id, source.user_id)) is not None:
            return refused
        source = Grant.objects.select_for_update(of=("self",)).select_related("user", "unit").get(pk=grant_id)
        target = unit_id or source.unit_id
        refused = (
            _may_not_delegate(actor, source, user_id)
            or _outside_source(source, target, valid_from, valid_to)
            or _past(actor, at, valid_from, "valid_from")
            or _wrong_unit(target, source.role, valid_from)
        )
        if refused is not None:
            return refused
        if (held := _same(user_id, source.role, target, valid_from, valid_to)) is not None:
            return _overlaps(held)
        return _give(
            actor,
            at,
            user_id=user_id,
            role=source.role,
            unit_id=target,
            valid_from=valid_from,
            valid_to=valid_to,
            kind=GrantKind.DELEGATION,
            ground=ground,
            reason=reason,
            delegated_from=source,
        )


def end_grant(
    *, actor: Actor | None, at: datetime, grant_id: int, on: date, reason: str = "", version: int | None = None
) -> Grant | Refusal:
    """Take a role back from the day `on`; delegations of it end with it. What begins later is withdrawn instead."""
    with transaction.atomic():
        grant = _locked(actor, at, grant_id, version)
        if isinstance(grant, Refusal):
            return grant
        if (refused := _past(actor, at, on, "on")) is not None:
            return refused
        if grant.valid_from and on <= grant.valid_from:
            return Refusal(code="window", message=_("Ngày thôi giữ vai trò phải sau ngày được giao."), field="on")
        if grant.valid_to is not None and on > grant.valid_to:
            return Refusal(
                code="window",
                message=_("Vai trò này đã đến hạn sớm hơn, ngày %(day)s. Muốn giữ lâu hơn thì gia hạn.")
                % {"day": _day(grant.valid_to)},
                field="on",
            )
        if (refused := _last_administrator(grant, on)) is not None:
            return refused
        _end(actor, at, grant, on, reason)
    return grant


def withdraw_grant(
    *, actor: Actor | None, at: datetime, grant_id: int, reason: str, version: int | None = None
) -> Grant | Refusal:
    """Take back a role that was given by mistake, on the day on which it begins or before: it never held."""
    if not reason.strip():
        return Refusal(code="no_reason", message=_("Ghi vì sao rút lại."), field="reason")
    today = timezone.localdate(at)
    with transaction.atomic():
        grant = _locked(actor, at, grant_id, version)
        if isinstance(grant, Refusal):
            return grant
        if grant.valid_from is None or grant.valid_from < today:
            return Refusal(
                code="begun",
                message=_("Vai trò này đã có hiệu lực từ trước hôm nay. Hãy ghi ngày thôi giữ."),
                field="reason",
            )
        if (refused := _last_administrator(grant, today)) is not None:
            return refused
        _withdraw(actor, at, grant, reason)
    return grant


def extend_grant(
    *,
    actor: Actor | None,
    at: datetime,
    grant_id: int,
    valid_to: date | None,
    ground: str = "",
    reason: str = "",
    version: int | None = None,
) -> Grant | Refusal:
    """Let a role that is not over yet be held longer: until before another day, or without an end."""
    with transaction.atomic():
        grant = _locked(actor, at, grant_id, version)
        if isinstance(grant, Refusal):
            return grant
        if grant.valid_to is None or (valid_to is not None and valid_to <= grant.valid_to):
            return Refusal(
                code="window", message=_("Ngày hết hạn mới phải sau ngày hết hạn đang ghi."), field="valid_to"
            )
        if grant.valid_to <= timezone.localdate(at):
            return Refusal(code="over", message=_("Vai trò này đã hết hạn. Hãy giao lại."), field="valid_to")
        if grant.delegated_from is not None:
            if valid_to is None:
                return Refusal(code="no_end", message=_("Ủy quyền phải có ngày hết hạn."), field="valid_to")
            outside = _outside_source(grant.delegated_from, grant.unit_id, grant.valid_from, valid_to)
            if outside is not None:
                return outside
        later = _same(grant.user_id, grant.role, grant.unit_id, grant.valid_to, valid_to)
        if later is not None:
            return _overlaps(later)
        before, grant.valid_to = grant.valid_to, valid_to
        if ground.strip():
            grant.ground = ground.strip()
        _save(grant, "valid_to", "ground")
        record(
            at=at,
            actor=actor,
            event="accounts.grant.extended",
            obj=grant,
            before={"to": before},
            after={"to": valid_to, "ground": ground.strip()} if ground.strip() else {"to": valid_to},
            reason=reason.strip(),
        )
    return grant


def hand_over(
    *,
    actor: Actor | None,
    at: datetime,
    grant_ids: Sequence[int],
    user_id: int,
    on: date,
    kind: str = GrantKind.ORDINARY,
    ground: str = "",
    reason: str = "",
) -> tuple[Grant, ...] | Refusal:
    """One person leaves a post, another takes it from the day `on`: the roles of one end as those of the other begin.

    Work hangs on units, so that the successor finds all that is open there, and the predecessor no longer does.
    Delegations that the predecessor gave end; the successor gives others. Where the successor holds a role of the post
    already for all that time, it is only ended for the predecessor. `kind` says by what title the successor heads it.
    """
    if kind not in GrantKind.values or kind == GrantKind.DELEGATION:
        return Refusal(code="unknown_kind", message=_("Chọn hình thức trong danh sách."), field="kind")
    if not grant_ids:
        return Refusal(code="nothing", message=_("Chọn ít nhất một vai trò để bàn giao."), field="grants")
    with transaction.atomic():
        people = set(Grant.objects.filter(pk__in=grant_ids).values_list("user_id", flat=True))
        if len(people) != 1:
            return _gone()
        if user_id in people:
            return Refusal(code="same", message=_("Chọn người nhận khác người bàn giao."), field="user")
        if (refused := _lock_people(at, user_id, *people)) is not None:
            return refused
        locked = Grant.objects.select_for_update(of=("self",)).select_related("user", "unit", "delegated_from")
        grants = list(locked.filter(pk__in=grant_ids).order_by("pk"))
        kinds = {grant.pk: kind if grant.role in TITLES.get(GrantKind(kind), ()) else "" for grant in grants}
        refused = next(filter(None, (_not_handed(actor, at, grant, user_id, on) for grant in grants)), None)
        refused = refused or _wrong_title(grants, kind, ground)
        if refused is not None:
            return refused
        made: list[Grant] = []
        for grant in grants:
            end = grant.valid_to
            held = _same(user_id, grant.role, grant.unit_id, on, end)
            if held is not None and not _covers(held, on, end):
                transaction.set_rollback(True)
                return _overlaps(held)
            _end(actor, at, grant, on, reason)
            if held is None:
                held = _give(
                    actor,
                    at,
                    user_id=user_id,
                    role=grant.role,
                    unit_id=grant.unit_id,
                    valid_from=on,
                    valid_to=end,
                    kind=kinds[grant.pk] or GrantKind.ORDINARY,
                    ground=ground,
                    reason=reason,
                    handed_from=grant,
                )
            made.append(held)
        left = next(filter(None, (_last_administrator(grant, on) for grant in grants)), None)
        if left is not None:
            transaction.set_rollback(True)
            return left
    return tuple(made)


def switch_grant(*, at: datetime, user: User, grant_id: int, before: Actor | None) -> Actor | Refusal:
    """Work on in another role one holds; the log tells from which to which."""
    actor = actor_of(user, timezone.localdate(at), grant_id=grant_id)
    if actor is None or actor.grant_id != grant_id:
        return Refusal(code="not_held", message=_("Hôm nay bạn không giữ vai trò này."), field="grant")
    if before is None or before.grant_id != grant_id:
        record(
            at=at,
            actor=actor,
            event="accounts.grant.chosen",
            obj=Grant.objects.select_related("user", "unit").get(pk=grant_id),
            before={"role": before.role, "at_unit": before.unit_name} if before else None,
            after={"role": actor.role, "at_unit": actor.unit_name},
        )
    return actor


def _give(actor: Actor | None, at: datetime, *, ground: str, reason: str, **given: Any) -> Grant:
    """Write a grant and its entry; everything was checked."""
    grant = Grant.objects.create(
        given_by_id=actor.user_id if actor else None,
        given_at=at,
        ground=ground.strip()[:300],
        reason=reason.strip()[:TEXT_CHARS],
        **given,
    )
    after = {
        "role": grant.role,
        "unit": grant.unit_id,
        "from": grant.valid_from,
        "to": grant.valid_to,
        "kind": grant.kind if grant.kind != GrantKind.ORDINARY else "",
        "ground": grant.ground,
        "delegated_from": str(grant.delegated_from.user) if grant.delegated_from else "",
        "handed_from": str(grant.handed_from.user) if grant.handed_from else "",
    }
    kept = {name: value for name, value in after.items() if value or name in {"from", "to"}}
    event = "accounts.grant.delegated" if grant.delegated_from_id else "accounts.grant.given"
    record(at=at, actor=actor, event=event, obj=grant, after=kept, reason=grant.reason)
    return grant


def _end(actor: Actor | None, at: datetime, grant: Grant, on: date, reason: str) -> None:
    """End a grant, and with it the delegations of it."""
    before, grant.valid_to = grant.valid_to, on
    _save(grant, "valid_to")
    record(
        at=at,
        actor=actor,
        event="accounts.grant.ended",
        obj=grant,
        before={"to": before},
        after={"to": on},
        reason=reason.strip(),
    )
    words = _("Vai trò được ủy quyền đã kết thúc.")
    for each in grant.delegations.standing().filter(valid_to__gt=on).select_for_update().order_by("pk"):
        if each.valid_from is not None and each.valid_from >= on:
            _withdraw(actor, at, each, words)
        else:
            _end(actor, at, each, on, words)


def _withdraw(actor: Actor | None, at: datetime, grant: Grant, reason: str) -> None:
    grant.withdrawn_at = at
    _save(grant, "withdrawn_at")
    record(at=at, actor=actor, event="accounts.grant.withdrawn", obj=grant, reason=reason.strip())
    for each in grant.delegations.standing().select_for_update().order_by("pk"):
        _withdraw(actor, at, each, _("Vai trò được ủy quyền đã rút lại."))


def _save(grant: Grant, *fields: str) -> None:
    grant.version += 1
    grant.save(update_fields=[*fields, "version"])


def _locked(actor: Actor | None, at: datetime, grant_id: int, version: int | None) -> Grant | Refusal:
    """The grant and its holder, for this transaction alone, if the actor may change it and saw it as it is.

    The order of locks is the same everywhere: people, then the head of the log, then grants.
    """
    user_id = Grant.objects.filter(pk=grant_id).values_list("user_id", flat=True).first()
    if user_id is None:
        return _gone()
    User.objects.select_for_update().get(pk=user_id)
    hold(at)
    found = Grant.objects.select_for_update(of=("self",)).select_related("user", "unit", "delegated_from")
    grant = found.get(pk=grant_id)
    return _may_not_change(actor, grant, version) or grant


def _lock_people(at: datetime, receiver: int, *others: int) -> Refusal | None:
    """Lock the people, so that two acts on the roles of one come after each other; refused for a stopped receiver."""
    people = User.objects.select_for_update().filter(pk__in=(receiver, *others)).order_by("pk")
    found = {user.pk: user for user in people}
    hold(at)
    if receiver not in found:
        return Refusal(code="no_user", message=_("Không có người dùng này."), field="user")
    if not found[receiver].is_active:
        return Refusal(
            code="stopped",
            message=_("Tài khoản của %(name)s đang ngừng. Mở lại tài khoản trước.") % {"name": found[receiver]},
            field="user",
        )
    return None


def _same(user_id: int, role: str, unit_id: int, valid_from: date | None, valid_to: date | None) -> Grant | None:
    """A grant of the same role at the same unit that shares a day with the window."""
    mine = Grant.objects.filter(user_id=user_id, role=role, unit_id=unit_id)
    return mine.overlapping(valid_from, valid_to).select_related("user", "unit").order_by("valid_from", "pk").first()


def _covers(grant: Grant, valid_from: date | None, valid_to: date | None) -> bool:
    """Whether a grant holds on every day of a window."""
    begins = grant.valid_from is None or (valid_from is not None and grant.valid_from <= valid_from)
    ends = grant.valid_to is None or (valid_to is not None and grant.valid_to >= valid_to)
    return begins and ends


def _overlaps(held: Grant) -> Refusal:
    words = {"name": held.user, "role": held.get_role_display(), "unit": held.unit, "window": window_words(held)}
    return Refusal(
        code="overlap",
        message=_("%(name)s đã giữ vai trò %(role)s tại %(unit)s %(window)s. Gia hạn hoặc kết thúc vai trò đó trước.")
        % words,
        field="valid_from",
        ref=held.pk,
    )


def window_words(grant: Grant) -> str:
    """The days of a grant in words; the last day is told, not the first one after."""
    begin = _("từ %(day)s") % {"day": _day(grant.valid_from)} if grant.valid_from else ""
    end = _("đến trước %(day)s") % {"day": _day(grant.valid_to)} if grant.valid_to else _("không thời hạn")
    return f"{begin} {end}".strip()


def _wrong_role(role: str, kind: str, ground: str) -> Refusal | None:
    if role not in Role.values:
        return Refusal(code="unknown_role", message=_("Chọn vai trò trong danh sách."), field="role")
    if kind not in GrantKind.values or kind == GrantKind.DELEGATION:
        return Refusal(code="unknown_kind", message=_("Chọn hình thức trong danh sách."), field="kind")
    return _untitled(role, kind, ground)


def _untitled(role: str, kind: str, ground: str) -> Refusal | None:
    """Refused: a title that the role does not have, or one without a document."""
    if kind == GrantKind.ORDINARY:
        return None
    if role not in TITLES[GrantKind(kind)]:
        return Refusal(
            code="no_title",
            message=_("Hình thức “%(kind)s” chỉ dùng cho: %(roles)s.")
            % {
                "kind": GrantKind(kind).label,
                "roles": ", ".join(str(each.label) for each in Role if each in TITLES[GrantKind(kind)]),
            },
            field="kind",
        )
    if not ground.strip():
        return Refusal(code="no_ground", message=_("Ghi văn bản làm căn cứ: số, ký hiệu, ngày."), field="ground")
    return None


def _wrong_title(grants: Iterable[Grant], kind: str, ground: str) -> Refusal | None:
    """Refused: a post none of whose roles knows the title, or a title without a document."""
    answers = [_untitled(grant.role, kind, ground) for grant in grants]
    unfit = [answer for answer in answers if answer is not None]
    if unfit and len(unfit) == len(answers):
        return unfit[0]
    return next((answer for answer in unfit if answer.code == "no_ground"), None)


def _wrong_window(valid_from: date | None, valid_to: date | None) -> Refusal | None:
    if valid_from and valid_to and valid_to <= valid_from:
        return Refusal(code="window", message=_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")
    return None


def _wrong_unit(unit_id: int, role: str, on: date) -> Refusal | None:
    """Refused: no unit on the day, a group of units, a level that the role does not have."""
    unit = Unit.objects.filter(holds_on(on), pk=unit_id).exclude(kind=UnitKind.GROUP).first()
    if unit is None:
        return Refusal(code="no_unit", message=_("Ngày %(day)s không có đơn vị này.") % {"day": _day(on)}, field="unit")
    if role == Role.COMMUNE_OFFICER and unit.level not in LOCAL:
        return Refusal(
            code="level", message=_("Vai trò cán bộ cấp xã chỉ giao tại đơn vị cấp xã trở xuống."), field="role"
        )
    return None


def _past(actor: Actor | None, at: datetime, day: date, field: str) -> Refusal | None:
    """Refused to people, not to the program: what was possible yesterday cannot be undone today."""
    if actor is None or day >= timezone.localdate(at):
        return None
    return Refusal(code="past", message=_("Chọn từ hôm nay trở đi."), field=field)


def _may_not_give(actor: Actor, user_id: int, unit_id: int) -> Refusal | None:
    if user_id == actor.user_id:
        return Refusal(
            code="own", message=_("Không tự giao vai trò cho mình. Đề nghị người quản trị khác."), field="user"
        )
    if not can_grant_at(actor, unit_id):
        return Refusal(
            code="not_allowed",
            message=_("Bạn chỉ giao vai trò tại đơn vị thuộc phạm vi quản trị của mình."),
            field="unit",
        )
    if not User.objects.visible_to(actor).filter(pk=user_id).exists():
        return Refusal(code="no_user", message=_("Không có người dùng này."), field="user")
    return None


def _may_not_change(actor: Actor | None, grant: Grant, version: int | None) -> Refusal | None:
    if grant.withdrawn_at is not None:
        return _gone()
    if actor is not None:
        gave = grant.delegated_from is not None and grant.delegated_from.user_id == actor.user_id
        if grant.user_id == actor.user_id:
            return Refusal(code="own", message=_("Không tự thay đổi vai trò của mình. Đề nghị người quản trị khác."))
        if not gave and not can_grant_at(actor, grant.unit_id):
            return Refusal(code="not_allowed", message=_("Bạn chỉ thay đổi vai trò thuộc phạm vi quản trị của mình."))
    if version is not None and version != grant.version:
        return _stale(grant)
    return None


def _may_not_delegate(actor: Actor | None, source: Grant, user_id: int) -> Refusal | None:
    if source.withdrawn_at is not None:
        return _gone()
    if source.user_id == user_id:
        return Refusal(code="same", message=_("Chọn người nhận ủy quyền khác người ủy quyền."), field="user")
    if actor is not None:
        if user_id == actor.user_id:
            return Refusal(
                code="own", message=_("Không tự giao vai trò cho mình. Đề nghị người quản trị khác."), field="user"
            )
        if not can_delegate(actor, source):
            return Refusal(code="not_allowed", message=_("Chỉ người giữ vai trò hoặc người quản trị ủy quyền được."))
        if not User.objects.visible_to(actor).filter(pk=user_id).exists():
            return Refusal(code="no_user", message=_("Không có người dùng này."), field="user")
    if source.kind == GrantKind.DELEGATION:
        return Refusal(
            code="again",
            message=_("Người được ủy quyền không ủy quyền lại (Điều 13 Nghị định 30/2020/NĐ-CP)."),
        )
    if source.role in NOT_DELEGATED:
        return Refusal(
            code="not_delegated",
            message=_("Vai trò %(role)s không ủy quyền được, phải giao trực tiếp.")
            % {"role": source.get_role_display()},
        )
    return None


def _outside_source(source: Grant, unit_id: int, valid_from: date | None, valid_to: date) -> Refusal | None:
    """Refused: a delegation that reaches further or lasts longer than what it comes from."""
    if source.valid_from is not None and (valid_from is None or valid_from < source.valid_from):
        return Refusal(
            code="before_source",
            message=_("Người ủy quyền giữ vai trò từ %(day)s, không ủy quyền sớm hơn được.")
            % {"day": _day(source.valid_from)},
            field="valid_from",
        )
    if source.valid_to is not None and valid_to > source.valid_to:
        return Refusal(
            code="after_source",
            message=_("Người ủy quyền giữ vai trò đến trước %(day)s, không ủy quyền lâu hơn được.")
            % {"day": _day(source.valid_to)},
            field="valid_to",
        )
    on = valid_from or valid_to
    if unit_id != source.unit_id and not Unit.objects.under(source.unit_id, on).filter(pk=unit_id).exists():
        return Refusal(
            code="beyond_source",
            message=_("Chỉ ủy quyền tại %(unit)s và đơn vị trực thuộc.") % {"unit": source.unit},
            field="unit",
        )
    return None


def _not_handed(actor: Actor | None, at: datetime, grant: Grant, user_id: int, on: date) -> Refusal | None:
    """Refused: a role that cannot be handed to this person on this day."""
    refused = _may_not_change(actor, grant, None) or _past(actor, at, on, "on")
    if refused is None and actor is not None:
        refused = _may_not_give(actor, user_id, grant.unit_id)
    if refused is not None:
        return refused
    if grant.kind == GrantKind.DELEGATION:
        return Refusal(
            code="again", message=_("Vai trò được ủy quyền không bàn giao được: nó thuộc về người ủy quyền.")
        )
    if (grant.valid_from is not None and grant.valid_from >= on) or (
        grant.valid_to is not None and grant.valid_to <= on
    ):
        return Refusal(
            code="not_held",
            message=_("Ngày %(day)s không phải là ngày giữa thời hạn của vai trò %(role)s.")
            % {"day": _day(on), "role": grant.get_role_display()},
            field="on",
        )
    return _wrong_unit(grant.unit_id, grant.role, on)


def _last_administrator(grant: Grant, on: date) -> Refusal | None:
    """Refused: from the day on nobody would keep the accounts of the area that this administrator keeps."""
    if grant.role != Role.ADMINISTRATOR:
        return None
    return nobody_left(grant.unit_id, on, without=grant.pk)


def nobody_left(unit_id: int, on: date, *, without: int = 0, but: int = 0) -> Refusal | None:
    """Refused: if no administrator of an active account keeps a unit's whole area, leaving out a grant or a person."""
    today = Actor(user_id=0, name="", role=Role.ADMINISTRATOR, unit_id=unit_id, unit_name="", on=on)
    area = set(reached_units(today, Reach.AREA).values_list("descendant_id", flat=True))
    others = Grant.objects.as_of(on).filter(role=Role.ADMINISTRATOR, user__is_active=True)
    for other in others.exclude(pk=without).exclude(user_id=but):
        theirs = Actor(user_id=0, name="", role=other.role, unit_id=other.unit_id, unit_name="", on=on)
        if area <= set(reached_units(theirs, Reach.AREA).values_list("descendant_id", flat=True)):
            return None
    return Refusal(
        code="last_administrator",
        message=_("Đây là người quản trị cuối cùng của phạm vi này. Giao vai trò quản trị cho người khác trước."),
    )


def _stale(grant: Grant) -> Refusal:
    """What somebody else did with the grant in the meantime."""
    last = Entry.objects.about(grant).writes().order_by("-pk").first()
    if last is None:
        return Refusal(code="stale", message=_("Vai trò này vừa thay đổi. Xem lại rồi làm tiếp."), ref=grant.pk)
    return Refusal(
        code="stale",
        message=_("%(actor_name)s vừa thay đổi vai trò này lúc %(when)s (%(window)s). Xem lại rồi làm tiếp.")
        % {
            "actor_name": last.actor_name,
            "when": f"{timezone.localtime(last.at):%H:%M}",
            "window": window_words(grant),
        },
        ref=grant.pk,
    )


def _gone() -> Refusal:
    return Refusal(code="gone", message=_("Không còn vai trò này. Tải lại trang."))


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
