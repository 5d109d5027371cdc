"""The main navigation: one list, drawn as the left bar on a desk and as the bottom bar on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import can_audit, leads, only_looks
from pcmt.apps.facts.policies import can_keep_forms
from pcmt.apps.registers.queries.people import sees_files
from pcmt.apps.tips.policies import handles_tips, keeps_identities


@frozen
class Entry:
    """One place in the navigation.

    `url_name` is reversed without arguments; `areas` are the URL namespaces whose pages belong to the entry, so that
    it stays marked while the reader is deeper inside. `shown_to` says who gets the entry.
    """

    label: str | Promise
    url_name: str
    areas: tuple[str, ...]
    shown_to: Callable[[Actor], bool] = lambda _actor: True


def _sees_people(actor: Actor) -> bool:
    """Who sees the people of a part of the tree and does more than look: administrators and standing offices."""
    return actor.sees_below("accounts.User") and not only_looks(actor)


def _answers_for_others(actor: Actor) -> bool:
    """Who sees the whole of a part of the tree and has other things to do first."""
    return actor.sees_below("targets.Standing") and not leads(actor)


def _guards_files(actor: Actor) -> bool:
    """Who sees who opened files, and none of the files: auditors."""
    return actor.sees_below("registers.Visit") and not sees_files(actor)


def _sees_events(actor: Actor) -> bool:
    """Who sees what was done."""
    return actor.sees_below("activities.Event")


DONE = ("activities", "boards", "kinds", "places", "field", "record_sheets")
"""Rooms of what is done and where."""


def _decides_on_identities(actor: Actor) -> bool:
    """Who releases identities, or looks over those who do, and sees no tip."""
    return actor.sees_below("tips.IdentityAsk") and (keeps_identities(actor) or can_audit(actor))


def _says_who_receives(actor: Actor) -> bool:
    """Who chooses which body receives tips, and sees none of them."""
    return actor.changes_below("tips.TipTeam")


FILES = ("registers", "registers_acts", "care", "protection", "papers", "offline")
"""Rooms of files of people."""

ENTRIES: Sequence[Entry] = (
    Entry(pgettext_lazy("danh mục", "Lãnh đạo"), "leader:screen", ("leader",), leads),
    Entry(_("Việc của tôi"), "home:mine", ("home", "feeds")),
    Entry(pgettext_lazy("danh mục", "Kế hoạch"), "plans:list", ("plans", "reading", "plan")),
    Entry(pgettext_lazy("danh mục", "Chỉ tiêu"), "targets:list", ("targets",)),
    Entry(_("Nhiệm vụ"), "tasks:owed", ("tasks", "urging", "punctuality")),
    Entry(pgettext_lazy("danh mục", "Hoạt động"), "activities:list", DONE, _sees_events),
    Entry(_("Báo cáo"), "reports:list", ("reports", "regimes", "report_forms", "exchange")),
    Entry(pgettext_lazy("danh mục", "Lãnh đạo"), "leader:screen", ("leader",), _answers_for_others),
    Entry(pgettext_lazy("danh mục", "Hồ sơ"), "registers:list", FILES, sees_files),
    Entry(_("Bảo vệ hồ sơ"), "protection:start", ("protection",), _guards_files),
    Entry(pgettext_lazy("danh mục", "Tin báo"), "tips:list", ("tips",), handles_tips),
    Entry(_("Danh tính người báo tin"), "tips:custody", ("tips",), _decides_on_identities),
    Entry(_("Nơi tiếp nhận tin báo"), "tips:teams", ("tips",), _says_who_receives),
    Entry(_("Số liệu"), "entry:list", ("entry", "catalogue", "reconciling", "totals")),
    Entry(pgettext_lazy("danh mục", "Đơn vị"), "units:tree", ("units", "bodies")),
    Entry(_("Danh mục số liệu"), "catalogue:elements", ("catalogue",), can_keep_forms),
    Entry(pgettext_lazy("danh mục", "Quản trị"), "people:list", ("people", "jobs"), _sees_people),
    Entry(pgettext_lazy("danh mục", "Nhật ký"), "audit:list", ("audit",), can_audit),
)
