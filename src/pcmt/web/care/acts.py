"""One thing at a time about one person: a test, a check, a treatment, a support, the team, a pledge, a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.operations import caring, steps, testing
from pcmt.apps.registers.queries import care, choices
from pcmt.apps.registers.queries.work import to_test
from pcmt.core.diagnostics import Refusal
from pcmt.web.care.forms import (
    EndForm,
    EpisodeForm,
    HandOverForm,
    PledgeForm,
    ResidenceForm,
    StageForm,
    StepForm,
    SupportForm,
    TeamForm,
    TestForm,
    VoidForm,
    blame,
)
from pcmt.web.protection.visits import names_people, visit_of
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate

Run = Callable[[Any], Any]
VOIDED = ("test", "residence", "episode", "support", "pledge")


def _writer(request: HttpRequest, what: str, code: str) -> Actor:
    """Who writes such rows into this file. A file that the actor does not see looks like one that is not there."""
    actor = acting(request)
    if not care.may_write(actor, what):
        raise PermissionDenied
    if care.file_to_write(actor, what, code) is None:
        raise Http404
    return actor


def _page(
    request: HttpRequest,
    code: str,
    form: forms.Form,
    title: str,
    run: Run,
    *,
    done: str,
    notes: Sequence[str] = (),
    hint: str = "",
    template: str = "care/form.html",
    then: Callable[[Any], Sequence[str]] = lambda _made: (),
    **more: Any,
) -> HttpResponse:
    """Show the form; sent rightly, do it and go back to the file; else show it again with what is wrong."""
    if request.method == "POST" and form.is_valid():
        made = run(form.cleaned_data)
        if not isinstance(made, Refusal):
            messages.success(request, done)
            for word in then(made):
                messages.warning(request, word)
            return redirect("registers:file", code)
        if made.code == "not_allowed":
            raise PermissionDenied
        blame(form, made)
    context = {
        "form": form,
        "code": code,
        "heading": title,
        "notes": notes,
        "hint": hint,
        "optional_word": _("không bắt buộc"),
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _after_test(made: Any) -> Sequence[str]:
    """What follows from a test, in words."""
    if made.result == choices.POSITIVE:
        return [_("Kết quả dương tính: các bước luật quy định đã mở, có hạn theo giờ. Xem ở hồ sơ.")]
    if made.early:
        return [_("Xét nghiệm trước khi kỳ mở: được lưu, nhưng kỳ này vẫn phải xét nghiệm.")]
    return []


def _after_check(made: Any) -> Sequence[str]:
    """What follows from a residence check, in words."""
    if not testing.proposal_of(made):
        return []
    told = _(
        "Vắng không báo hoặc không rõ nơi ở: thời gian này có thể không được tính vào thời hạn. "
        "Nếu có văn bản làm căn cứ, ghi gián đoạn ở phần diện quản lý."
    )
    return [told]


@names_people
def test(request: HttpRequest, code: str) -> HttpResponse:
    """One test."""
    actor, at = _writer(request, "test", code), timezone.now()
    listed = to_test(actor, at, codes=[code]).lines
    initial = {"ground": listed[0].ground} if listed else {}
    form = TestForm(request.POST or None, today=actor.on, initial=initial)
    notes = []
    if listed and listed[0].due_on:
        notes.append(_("Kỳ xét nghiệm này đến hết ngày %(day)s (định kỳ do kế hoạch đặt, không phải luật).")
                     % {"day": vdate(listed[0].due_on)})  # fmt: skip

    def run(data: Any) -> Any:
        del data
        return testing.record_test(actor=actor, at=at, code=code, **form.values())

    return _page(
        request, code, form, _("Ghi kết quả xét nghiệm"), run, done=_("Đã ghi kết quả xét nghiệm."), notes=notes
    )


@names_people
def residence(request: HttpRequest, code: str) -> HttpResponse:
    """One residence check."""
    actor, at = _writer(request, "residence", code), timezone.now()
    form = ResidenceForm(request.POST or None, today=actor.on)

    def run(data: Any) -> Any:
        return testing.record_residence(actor=actor, at=at, code=code, **data)

    hint = _("Ít nhất mỗi tháng một lần (Nghị định 163/2026/NĐ-CP, Điều 61 khoản 1 điểm a).")
    title, done = _("Ghi kiểm tra cư trú"), _("Đã ghi kiểm tra cư trú.")
    return _page(request, code, form, title, run, done=done, hint=hint, then=_after_check)


@names_people
def episode(request: HttpRequest, code: str) -> HttpResponse:
    """The beginning of a treatment."""
    actor, at = _writer(request, "episode", code), timezone.now()
    form = EpisodeForm(request.POST or None, today=actor.on)

    def run(data: Any) -> Any:
        return caring.start_episode(actor=actor, at=at, code=code, **data)

    return _page(request, code, form, _("Bắt đầu đợt điều trị"), run, done=_("Đã ghi đợt điều trị."))


def _row(actor: Actor, what: str, code: str, pk: int) -> care.Row:
    found = care.row_of(actor, what, code, pk)
    if found is None:
        raise Http404
    return found


@names_people
def stage(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Going on to a later stage of rehabilitation."""
    actor, at = _writer(request, "episode", code), timezone.now()
    row = _row(actor, "episode", code, pk)
    form = StageForm(request.POST or None, today=actor.on, initial={"version": row.version})

    def run(data: Any) -> Any:
        return caring.move_stage(actor=actor, at=at, episode_id=pk, **data)

    notes = []
    for wrong in care.trouble_of_stages(pk, actor.on):
        words = (
            _("%(stage)s: mới %(days)s ngày, quy định ít nhất đến ngày %(bound)s (%(source)s).")
            if wrong.short
            else _("%(stage)s: đã %(days)s ngày, quy định nhiều nhất đến ngày %(bound)s (%(source)s).")
        )
        told = {"stage": wrong.label, "days": wrong.days, "bound": vdate(wrong.bound), "source": wrong.source}
        notes.append(words % told)
    return _page(request, code, form, _("Chuyển giai đoạn"), run, done=_("Đã ghi giai đoạn mới."), notes=notes)


@names_people
def episode_end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The end of a treatment."""
    actor, at = _writer(request, "episode", code), timezone.now()
    row = _row(actor, "episode", code, pk)
    initial = {"version": row.version}
    form = EndForm(request.POST or None, today=actor.on, offered=choices.OUTCOMES, initial=initial)

    def run(data: Any) -> Any:
        return caring.end_episode(actor=actor, at=at, episode_id=pk, **data)

    hint = _("Diện quản lý vẫn tiếp tục cho đến khi có văn bản kết thúc.")
    return _page(request, code, form, _("Kết thúc đợt điều trị"), run, done=_("Đã kết thúc đợt điều trị."), hint=hint)


@names_people
def support(request: HttpRequest, code: str) -> HttpResponse:
    """A line of the support ledger."""
    actor, at = _writer(request, "support", code), timezone.now()
    form = SupportForm(request.POST or None, today=actor.on)

    def run(data: Any) -> Any:
        return caring.add_support(actor=actor, at=at, code=code, **data)

    return _page(request, code, form, _("Ghi hỗ trợ"), run, done=_("Đã ghi hỗ trợ."))


@names_people
def support_end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The end of a support."""
    actor, at = _writer(request, "support", code), timezone.now()
    row = _row(actor, "support", code, pk)
    initial = {"version": row.version}
    form = EndForm(request.POST or None, today=actor.on, offered=choices.SUPPORT_RESULTS, initial=initial)

    def run(data: Any) -> Any:
        return caring.end_support(
            actor=actor, at=at, support_id=pk, version=data["version"], on=data["on"], result=data["outcome"]
        )

    return _page(request, code, form, _("Kết thúc hỗ trợ"), run, done=_("Đã ghi kết quả hỗ trợ."), hint=row.words)


@names_people
def pledge(request: HttpRequest, code: str) -> HttpResponse:
    """A household's pledge."""
    actor, at = _writer(request, "pledge", code), timezone.now()
    form = PledgeForm(request.POST or None, today=actor.on)

    def run(data: Any) -> Any:
        return caring.add_pledge(actor=actor, at=at, code=code, **data)

    return _page(request, code, form, _("Ghi cam kết của gia đình"), run, done=_("Đã ghi cam kết."))


@names_people
def team(request: HttpRequest, code: str) -> HttpResponse:
    """The management team: who is in it, and setting up another. Names open inside a visit."""
    actor, at = _writer(request, "team", code), timezone.now()
    form = TeamForm(request.POST or None, today=actor.on)

    def run(data: Any) -> Any:
        members = [caring.Member(part=part, name=name, phone=phone) for part, name, phone in form.members()]
        return caring.set_team(actor=actor, at=at, code=code, on=data["on"], members=members)

    now = care.team_of(actor, code)
    visit = visit_of(request)
    names: Any = {}
    if now is not None and visit is not None:
        purpose = str(visit.get_purpose_display())
        names = caring.open_helpers(actor=actor, at=at, code=code, purpose=purpose)
    more = {
        "members": now[1] if now else (),
        "since": now[0].from_on if now else None,
        "missing": [part.label for part in caring.missing_parts(now[0], actor.on)] if now else (),
        "names": {} if isinstance(names, Refusal) else names,
    }
    title, done = _("Tổ quản lý"), _("Đã lập tổ quản lý.")
    return _page(request, code, form, title, run, done=done, template="care/team.html", **more)


@names_people
def member(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A helper hands over."""
    actor, at = _writer(request, "team", code), timezone.now()
    row = care.member_of(actor, code, pk)
    if row is None:
        raise Http404
    form = HandOverForm(request.POST or None, today=actor.on)

    def run(data: Any) -> Any:
        taken = None
        if data["name"]:
            taken = caring.Member(part=row.kind, name=data["name"], phone=data["phone"], key=uuid4())
        return caring.change_member(actor=actor, at=at, member_id=pk, on=data["on"], member=taken)

    title, done = _("Bàn giao việc giúp đỡ"), _("Đã ghi bàn giao.")
    return _page(request, code, form, title, run, done=done, hint=row.words)


@names_people
def step(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A step of the law: done, or owed no more."""
    actor, at = _writer(request, "step", code), timezone.now()
    found = care.step_of(actor, code, pk)
    if found is None:
        raise Http404
    clock, words, source = found
    form = StepForm(request.POST or None, initial={"version": clock.version, "on": actor.on})

    def run(data: Any) -> Any:
        if data["why"]:
            return steps.drop_step(actor=actor, at=at, clock_id=pk, version=data["version"], why=data["why"])
        done_at = form.moment()
        return steps.finish_step(actor=actor, at=at, clock_id=pk, version=data["version"], done_at=done_at)

    return _page(request, code, form, words, run, done=_("Đã ghi bước này."), hint=source)


@names_people
def void(request: HttpRequest, code: str, what: str, pk: int) -> HttpResponse:
    """Taking a record back that was written wrongly."""
    if what not in VOIDED:
        raise Http404
    actor, at = _writer(request, what, code), timezone.now()
    row = _row(actor, what, code, pk)
    form = VoidForm(request.POST or None)

    def run(data: Any) -> Any:
        if what == "test":
            return testing.void_test(actor=actor, at=at, test_id=pk, why=data["why"])
        if what == "residence":
            return testing.void_residence(actor=actor, at=at, check_id=pk, why=data["why"])
        return caring.void_care(actor=actor, at=at, what=what, row_id=pk, why=data["why"])

    hint = _("%(what)s. Nội dung đã ghi vẫn còn trong hồ sơ, có dấu đã hủy; ghi lại nội dung đúng sau khi hủy.")
    title, done = _("Hủy nội dung ghi sai"), _("Đã hủy nội dung ghi sai.")
    return _page(request, code, form, title, run, done=done, hint=hint % {"what": row.words})
