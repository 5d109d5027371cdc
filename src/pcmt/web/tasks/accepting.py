"""What the page of a due item shows of accepting, more time, rest and talk: who may do what, in the state it is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from django import forms
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import Submission
from pcmt.apps.reports.policies import can_open
from pcmt.apps.tasks.models import LIVE, Comment, DueItem, DueState, Extension, ExtensionState, Mode, NoteEvent
from pcmt.apps.tasks.operations import Kept
from pcmt.apps.tasks.policies import (
    asks_acceptance,
    can_accept,
    can_comment,
    can_report,
    gave,
    has_report,
    is_written_report,
    owes,
)
from pcmt.apps.tasks.queries import people_concerned
from pcmt.web.shell.access import acting
from pcmt.web.tasks.forms import (
    AcceptForm,
    ActForm,
    AskExtensionForm,
    CancelForm,
    CommentForm,
    DecideExtensionForm,
    RestoreForm,
    ResumeForm,
    SendBackForm,
    SuspendForm,
)

MOST_COMMENTS = 200
SALT = "pcmt.evidence"


@attrs.frozen
class Waiting:
    """A file that was kept for a report which is still to be sent: what the form carries, and what the person reads."""

    token: str
    kept: Kept


def accepting_page(request: HttpRequest, item: DueItem | None, failed: forms.Form | None) -> dict[str, Any]:
    """The part of the context that `_accepting.html`, `_extension.html` and `_comments.html` read.

    `failed`: a form that was sent and not carried out; it stands in its place with what was typed.
    """
    if item is None:
        return {"acts": {}}
    actor = acting(request)
    given, may_report = gave(actor, item), can_report(actor, item)
    requests = list(Extension.objects.filter(due_item=item).select_related("unit"))
    waiting = next((each for each in requests if each.state == ExtensionState.WAITING), None)
    acts = _acts(actor, item, waiting, given=given, may_report=may_report)
    if failed is not None and isinstance(failed, ActForm) and failed.act in acts:
        acts[failed.act] = failed
    return {
        "acts": acts,
        "failed": failed,
        "written_report": _written(actor, item),
        "asks_acceptance": asks_acceptance(item),
        "may_report": may_report,
        "gave": given,
        "requests": requests,
        "waiting": waiting,
        "may_withdraw_request": waiting is not None and owes(actor, item),
        "returned": item.notes.filter(event=NoteEvent.RETURNED).first() if item.returned_at else None,
        "halted": _last(item, {DueState.SUSPENDED: NoteEvent.SUSPENDED, DueState.CANCELLED: NoteEvent.CANCELLED}),
        "comments": _comments(item),
        "comment_form": _comment_form(actor, item, failed),
    }


def _written(actor: Actor, item: DueItem) -> dict[str, Any] | None:
    """The report of an item that is written in this program, as far as the actor sees it; None for all others."""
    if not is_written_report(item):
        return None
    report = item.occurrence.submission if has_report(item) else None
    if report is not None:
        seen = Submission.objects.visible_to(actor).filter(pk=report.pk).exists()
        return {"report": report, "url": reverse("reports:report", args=[report.pk]) if seen else ""}
    may = can_open(actor, item.occurrence)
    return {"report": None, "url": reverse("reports:open", args=[item.occurrence.pk]) if may else ""}


def people_form(item: DueItem, actor: Actor, data: QueryDict | None = None) -> CommentForm:
    """The form of a comment, with the people who can be named in it."""
    people = [person for person in people_concerned(item, actor.on) if person.user_id != actor.user_id]
    return CommentForm(data, people=people)


def tokens_of(item: DueItem, kept: Sequence[Kept]) -> list[Waiting]:
    """What a form carries for files that are kept already, signed so that nobody can name another file."""
    signer = Signer(salt=SALT)
    return [Waiting(signer.sign_object([item.pk, each.source_id, each.name, each.picture]), each) for each in kept]


def kept_in(item: DueItem, tokens: Sequence[str]) -> list[Kept]:
    """The files that a form carries; what was not signed by us, or for another item, is left out."""
    signer = Signer(salt=SALT)
    found = []
    for token in dict.fromkeys(tokens):
        try:
            due_id, source_id, name, picture = signer.unsign_object(token)
        except (BadSignature, ValueError):
            continue
        if due_id == item.pk:
            found.append(Kept(source_id, name, picture))
    return found


def _acts(
    actor: Actor, item: DueItem, waiting: Extension | None, *, given: bool, may_report: bool
) -> dict[str, ActForm]:
    """The forms of what the actor may do now, by the name of the act."""
    version = {"version": item.version}
    found: list[ActForm] = []
    if item.state == DueState.SUBMITTED and can_accept(actor, item) and not is_written_report(item):
        found += [AcceptForm(initial=version), SendBackForm(initial=version)]
    if may_report and waiting is None and _may_be_longer(item, actor):
        found.append(AskExtensionForm(initial=version))
    if given and waiting is not None:
        found.append(DecideExtensionForm(initial={**version, "until": waiting.wanted_on}))
    if given and item.state == DueState.OPEN:
        found.append(SuspendForm(initial=version))
    if given and item.state == DueState.SUSPENDED:
        found.append(ResumeForm(initial=version))
    if given and item.state in LIVE:
        found.append(CancelForm(initial=version))
    if given and item.state == DueState.CANCELLED:
        found.append(RestoreForm(initial=version))
    return {form.act: form for form in found}


def _may_be_longer(item: DueItem, actor: Actor) -> bool:
    in_time = item.due_on is not None and actor.on <= item.due_on
    return item.state == DueState.OPEN and in_time and item.mode != Mode.REQUESTED


def _last(item: DueItem, events: dict[DueState, NoteEvent]) -> Any:
    """The note that says why an item rests or was cancelled."""
    event = events.get(DueState(item.state))
    return item.notes.filter(event=event).first() if event else None


def _comments(item: DueItem) -> list[Comment]:
    """The talk about the item, the oldest first."""
    newest = Comment.objects.filter(due_item=item).select_related("unit").prefetch_related("mentioned")
    return list(newest.order_by("-at", "-pk")[:MOST_COMMENTS])[::-1]


def _comment_form(actor: Actor, item: DueItem, failed: forms.Form | None) -> CommentForm | None:
    if not can_comment(actor):
        return None
    return failed if isinstance(failed, CommentForm) else people_form(item, actor)
