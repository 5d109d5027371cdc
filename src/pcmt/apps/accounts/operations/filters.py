"""Saved filters: keeping, renaming, sharing with one's unit, removing. Only their maker changes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, SavedFilter, User
from pcmt.apps.audit.operations import record
from pcmt.core.diagnostics import Refusal

MOST_FILTERS = 50
"""A person keeps at most so many; more is a list that nobody reads."""

NAME_CHARS, QUERY_CHARS = 80, 1000


def save_filter(
    *, actor: Actor, at: datetime, page: str, name: str, query: str, shared: bool = False
) -> SavedFilter | Refusal:
    """Keep what narrows a list under a name of one's own. Only what is shared is on record."""
    name = " ".join(name.split())
    if refusal := _wrong_name(name) or _wrong_query(query):
        return refusal
    with transaction.atomic():
        own = SavedFilter.objects.filter(user=_locked(actor))
        if own.filter(page=page, name=name).exists():
            return _taken(name)
        if own.count() >= MOST_FILTERS:
            message = _("Bạn đã lưu %(most)d bộ lọc. Xóa bớt bộ lọc không dùng rồi lưu lại.") % {"most": MOST_FILTERS}
            return Refusal(code="too_many", message=message)
        made = SavedFilter.objects.create(
            user_id=actor.user_id,
            page=page,
            name=name,
            query=query,
            shared_with_id=actor.unit_id if shared else None,
            made_at=at,
        )
        if shared:
            record(at=at, actor=actor, event="accounts.filter.shared", obj=made, after=_told(made))
    return made


def change_filter(
    *, actor: Actor, at: datetime, filter_id: int, version: int, name: str, shared: bool, default: bool
) -> SavedFilter | Refusal:
    """Give a filter another name, share it with the unit one acts for or no longer, open its list with it or not."""
    name = " ".join(name.split())
    if refusal := _wrong_name(name):
        return refusal
    with transaction.atomic():
        own = SavedFilter.objects.filter(user=_locked(actor))
        found = own.filter(pk=filter_id).first()
        if found is None:
            return _gone()
        if found.version != version:
            message = _("Bộ lọc này vừa được sửa ở cửa sổ khác, nay tên là “%(name)s”. Xem lại rồi lưu.")
            return Refusal(code="stale", message=message % {"name": found.name})
        if own.filter(page=found.page, name=name).exclude(pk=found.pk).exists():
            return _taken(name)
        before = _told(found)
        if default and not found.is_default:
            own.filter(page=found.page, is_default=True).update(is_default=False)
        found.name, found.is_default = name, default
        # A filter shared with another unit, in another role, stays with that unit until it is taken back.
        found.shared_with_id = (found.shared_with_id or actor.unit_id) if shared else None
        found.version += 1
        found.save(update_fields=["name", "is_default", "shared_with", "version"])
        after = _told(found)
        if after != before and (before["shared_with"] or after["shared_with"]):
            event = "accounts.filter.shared" if after["shared_with"] else "accounts.filter.unshared"
            record(at=at, actor=actor, event=event, obj=found, before=before, after=after)
    return found


def remove_filter(*, actor: Actor, at: datetime, filter_id: int) -> Refusal | None:
    """Remove one's own filter; None when it is done."""
    with transaction.atomic():
        found = SavedFilter.objects.filter(user=_locked(actor), pk=filter_id).first()
        if found is None:
            return _gone()
        gone = SavedFilter(pk=found.pk, name=found.name)
        told = _told(found)
        found.delete()
        if told["shared_with"]:
            record(at=at, actor=actor, event="accounts.filter.unshared", obj=gone, before=told)
    return None


def _locked(actor: Actor) -> User:
    """The actor's own row: two windows of one person do not count to fifty at the same time."""
    return User.objects.select_for_update().get(pk=actor.user_id)


def _told(kept: SavedFilter) -> dict[str, Any]:
    return {"name": kept.name, "shared_with": kept.shared_with_id}


def _wrong_name(name: str) -> Refusal | None:
    if not name:
        return Refusal(code="no_name", message=_("Đặt tên cho bộ lọc, ví dụ “Quá hạn của các xã”."), field="name")
    if len(name) > NAME_CHARS:
        message = _("Tên dài quá %(most)d ký tự. Đặt tên ngắn hơn.") % {"most": NAME_CHARS}
        return Refusal(code="long_name", message=message, field="name")
    return None


def _wrong_query(query: str) -> Refusal | None:
    if not query:
        return Refusal(code="no_words", message=_("Danh sách đang không lọc gì. Chọn điều kiện lọc rồi lưu."))
    if len(query) > QUERY_CHARS:
        return Refusal(code="long_words", message=_("Điều kiện lọc dài quá, không lưu được. Bớt chữ cần tìm rồi lưu."))
    return None


def _taken(name: str) -> Refusal:
    message = _("Bạn đã có bộ lọc tên “%(name)s” ở trang này. Đặt tên khác.") % {"name": name}
    return Refusal(code="same_name", message=message, field="name")


def _gone() -> Refusal:
    return Refusal(code="gone", message=_("Bộ lọc này không còn nữa."))
