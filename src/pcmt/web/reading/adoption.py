"""The page before putting a revision in force: what will be made, what changes, what stands against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.plans.contract import names_of
from pcmt.apps.plans.models import ListName, Revision, RevisionState
from pcmt.apps.plans.operations import Adopted, adopt
from pcmt.apps.plans.queries import ClauseChange, adoption_problems, diff_revisions
from pcmt.apps.units.names import name_key
from pcmt.core.diagnostics import Problem
from pcmt.web.reading.page import Review, screen_url
from pcmt.web.reading.views import revision_for
from pcmt.web.reading.words import MODES
from pcmt.web.shell.access import acting, deny

TAKEN: dict[str, str | Promise] = {
    "targets": gettext_lazy("chỉ tiêu"),
    "allocations": gettext_lazy("phần giao chỉ tiêu"),
    "tasks": gettext_lazy("nhiệm vụ"),
    "due_items": gettext_lazy("đầu việc phải theo dõi"),
    "duties": gettext_lazy("chế độ báo cáo"),
    "occurrences": gettext_lazy("kỳ báo cáo"),
    "parts": gettext_lazy("dự án, đợt"),
}
"""What the receipt calls the things each room took."""

SHOWN_REFS = 5
"""How many places of one problem are linked."""


@frozen
class Stands:
    """A problem with the places where it is put right."""

    problem: Problem
    links: tuple[tuple[str, str], ...]


def check(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Shows what adoption will do; the second press of its button, or of a second person, does nothing new."""
    actor = acting(request)
    revision = revision_for(actor, revision_id)
    if revision.state in {RevisionState.ADOPTED, RevisionState.SUPERSEDED}:
        return redirect("plan:overview", revision.plan_id)
    if revision.state != RevisionState.REVIEW:
        return redirect("reading:screen", revision.pk)
    review = Review(actor, revision)
    if not review.may_review:
        return deny(request, _("Chỉ cơ quan thường trực giữ kế hoạch này được ban hành."))
    refused = ""
    if request.method == "POST":
        version = request.POST.get("version", "")
        done = adopt(
            actor=actor,
            at=timezone.now(),
            revision_id=revision.pk,
            version=int(version) if version.isdecimal() else 0,
            confirmed=request.POST.getlist("confirmed"),
        )
        if isinstance(done, Adopted):
            messages.success(request, receipt(done))
            return redirect("plan:overview", done.plan_id)
        refused = done.message
        revision = revision_for(actor, revision_id)
        review = Review(actor, revision)
    problems = adoption_problems(revision, on=timezone.localdate())
    before = Revision.objects.visible_to(actor).filter(plan=revision.plan, state=RevisionState.ADOPTED).first()
    page = {
        "revision": revision,
        "plan": revision.plan,
        "refused": refused,
        "blocking": [stands(review, problem) for problem in problems if problem.blocking],
        "warnings": [stands(review, problem) for problem in problems if not problem.blocking],
        "kinds": by_kind(review),
        "bodies": by_body(review),
        "header": revision.header,
        "before": before,
        **(difference(diff_revisions(before, revision)) if before else {}),
    }
    return render(request, "reading/check.html", page, status=409 if refused else 200)


def receipt(done: Adopted) -> str:
    """What was made, in one sentence."""
    if done.already:
        return _("Kế hoạch này đã được ban hành trước đó; không có gì được tạo thêm.")
    made = ", ".join(f"{count} {TAKEN[name]}" for name, count in done.taken.items() if count and name in TAKEN)
    return _("Đã ban hành. Đã tạo: %(made)s.") % {"made": made} if made else _("Đã ban hành.")


def stands(review: Review, problem: Problem) -> Stands:
    """A problem with links to the places it is about."""
    revision, cards = review.revision, review.deck.cards
    match problem.about:
        case "header":
            links = [(_("Sửa phần đầu văn bản"), screen_url(revision, tab="header"))]
        case "body":
            links = [(_("Khớp đơn vị"), screen_url(revision, tab="bodies"))]
        case "plan":
            links = [(_("Mở kế hoạch đó"), reverse("plan:overview", args=[ref])) for ref in problem.refs[:1]]
        case "item" if problem.code == "ends":
            links = []
        case "item" if problem.refs:
            links = [
                (cards[ref].place.split(" · ")[-1], screen_url(revision, muc=ref))
                for ref in problem.refs[:SHOWN_REFS]
                if ref in cards
            ]
        case _:
            links = [(_("Về màn hình rà soát"), screen_url(revision))]
    return Stands(problem, tuple(links))


def by_kind(review: Review) -> list[tuple[str, int, int, int]]:
    """(kind, accepted, undecided, rejected) for every list that has items."""
    found = Counter((item.list_name, item.state) for item in review.deck.items)
    rows = []
    for name, label in ListName.choices:
        accepted, proposed, rejected = (found[(name, state)] for state in ("accepted", "proposed", "rejected"))
        if accepted or proposed or rejected:
            rows.append((str(label), accepted, proposed, rejected))
    return rows


def by_body(review: Review) -> list[tuple[str, str, int, int]]:
    """(body, "asked for" or nothing, accepted tasks, all tasks), in the order of the document.

    Names that mean one unit are one row, under the unit's name; others stand as written.
    """
    units = {match.search_key: match.unit for match in review.deck.bodies if match.unit}
    rows: dict[Any, tuple[str, str, int, int]] = {}
    for group in review.deck.groups():
        if not group.cards:
            continue
        values = group.head.item.values if group.head else {}
        written = names_of(values.get("agencies"))
        meant = dict.fromkeys(units.get(name_key(name)) for name in written)
        known = [unit for unit in meant if unit is not None]
        whole = bool(known) and len(known) == len(meant)
        key = frozenset(unit.pk for unit in known) if whole else group.name
        name = ", ".join(unit.name for unit in known) if whole else group.name
        _name, _mode, accepted, every = rows.get(key, ("", "", 0, 0))
        accepted += sum(card.item.state == "accepted" for card in group.cards)
        asked = str(MODES["requested"]) if values.get("mode") == "requested" else ""
        rows[key] = (name, asked, accepted, every + len(group.cards))
    return list(rows.values())


def difference(changes: Sequence[ClauseChange]) -> dict[str, object]:
    """The clause-by-clause difference for the page: counts, and what is not the same."""
    counts = Counter(change.kind for change in changes)
    return {
        "diff": [change for change in changes if change.kind not in {"same", "moved"}],
        "diff_counts": diff_words(counts),
    }


def diff_words(counts: Counter[str]) -> list[str]:
    """How many clauses were added, changed, removed, moved, kept."""
    words: Iterable[tuple[str, str]] = (
        ("added", _("%(n)d đoạn thêm")),
        ("changed", _("%(n)d đoạn sửa")),
        ("removed", _("%(n)d đoạn bỏ")),
        ("moved", _("%(n)d đoạn chuyển chỗ")),
        ("same", _("%(n)d đoạn giữ nguyên")),
    )
    return [text % {"n": counts[kind]} for kind, text in words if counts[kind]]
