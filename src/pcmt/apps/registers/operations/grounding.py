"""By what a status may begin, stop or end: a ground of the law in force, with its signed paper, and what it needs.

Sources: Law 120/2025/QH15, articles 24-27 and 48; Decree 163/2026/NĐ-CP, articles 59-63; for records of before
1/7/2026 the acts of 2021. Which grounds there are is data (`data/law`); nothing of them is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import attrs
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import DrugTest, Paper, PaperState, Spell, Subject, TestResult
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category, Effect, Ground, Setting
from pcmt.core.periods import Months, add_months
from pcmt.reference import law

TITLE_CHARS, NUMBER_CHARS, DECIDER_CHARS, ISSUER_CHARS = 200, 60, 100, 300
FINDING = "addict.finding"
NEED_FORMS = {"positive_test": "D163.III-01"}
DECIDED = frozenset({Category.IN_REHAB, Category.POST_REHAB, Category.E_MONITORING})
"""Statuses whose law is that of the day of the decision: a dossier decided on or after 1/7/2026 uses the new law
throughout (L120 Art 56); the others use the law of the day of what happened."""


@attrs.frozen(kw_only=True)
class PaperText:
    """A signed paper as it is typed: its form (a code of the law) or title, number, day, the post of who signed.

    `paper_id` names a signed paper that the file has already; the rest then is as it stands there.
    """

    form: str = ""
    title: str = ""
    number: str = ""
    signed_on: date | None = None
    decider: str = ""
    issuer_id: int | None = None
    issuer_name: str = ""
    paper_id: int | None = None


@attrs.frozen(kw_only=True)
class Starting:
    """How a status begins: on `on`, by a ground and its paper, because of something on `triggered_on`.

    The rules of law in force on `triggered_on` hold for it. `evidence` are the papers that the ground needs beside its
    own, by the code of the need. `after_id` is the status that it follows from; `after_setting` the setting of a
    rehabilitation that is not in the file, `earlier` how many of the category there were elsewhere. `months` is the
    length that the decision says where the law leaves a range. `remote`: an area where the law gives 48 hours.
    """

    category: Category
    ground: str
    on: date
    triggered_on: date
    paper: PaperText
    setting: Setting | None = None
    after_id: int | None = None
    after_setting: Setting | None = None
    earlier: int = 0
    months: int | None = None
    remote: bool = False
    site_id: int | None = None
    site_name: str = ""
    evidence: Mapping[str, PaperText] = attrs.field(factory=dict)

    @property
    def law_day(self) -> date:
        """The day whose law holds for it."""
        return self.on if self.category in DECIDED else self.triggered_on


@attrs.frozen(kw_only=True)
class Ending:
    """How a status stops, pauses, resumes or is decided anew: by which ground and paper, from which day on.

    For an end, `on` is the first day on which it no longer holds.
    """

    ground: str
    on: date
    paper: PaperText
    evidence: Mapping[str, PaperText] = attrs.field(factory=dict)


def ground_of(
    code: str, category: Category, effects: tuple[Effect, ...], on: date, field: str = "ground"
) -> Ground | Refusal:
    """The ground, if the law in force on a day knows it for this category and to this effect."""
    found = law().ground(code, on)
    if found is None or found.category != category or found.effect not in effects:
        return Refusal(code="ground", message=_("Chọn một căn cứ theo luật có hiệu lực vào ngày này."), field=field)
    return found


def kept_paper(
    subject: Subject, text: PaperText, *, actor: Actor, at: datetime, form: str = "", title: str = "",
    latest: date | None = None, field: str = "",
) -> Paper | Refusal:  # fmt: skip
    """The signed paper, written into the file once: the same paper typed twice is one row.

    `form` and `title` are what the ground asks for; `latest` the last day on which it may have been signed.
    """
    today = timezone.localdate(at)
    if text.paper_id is not None:
        had = Paper.objects.filter(pk=text.paper_id, subject=subject, state=PaperState.SIGNED).first()
        if had is None:
            message = _("Chọn một văn bản đã ký của hồ sơ này.")
            return Refusal(code="paper", message=message, field=f"{field}paper")
        if form and had.form and had.form != form:
            message = _("Căn cứ này cần mẫu văn bản khác. Chọn văn bản đúng mẫu.")
            return Refusal(code="paper_form", message=message, field=f"{field}paper")
        return had
    words = text.title.strip() or title or _form_title(form or text.form, text.signed_on or today)
    if refused := _wrong(text, words, today, latest, field):
        return refused
    assert text.signed_on is not None
    values = {
        "form": form or text.form,
        "title": words[:TITLE_CHARS],
        "number": " ".join(text.number.split()),
        "signed_on": text.signed_on,
        "decider": " ".join(text.decider.split()),
        "issuer_id": text.issuer_id,
        "issuer_name": " ".join(text.issuer_name.split()),
        "state": PaperState.SIGNED,
    }
    twin = Paper.objects.filter(subject=subject, **values).exclude(number="").first()
    return twin or Paper.objects.create(subject=subject, made_at=at, made_by_id=actor.user_id, **values)


def _wrong(text: PaperText, title: str, today: date, latest: date | None, field: str) -> Refusal | None:
    if not title:
        return Refusal(code="title", message=_("Nhập tên văn bản."), field=f"{field}title")
    if text.signed_on is None:
        return Refusal(code="signed_on", message=_("Nhập ngày ký văn bản."), field=f"{field}signed_on")
    if text.signed_on > today:
        return Refusal(code="signed_on", message=_("Ngày ký văn bản ở tương lai."), field=f"{field}signed_on")
    if latest is not None and text.signed_on > latest:
        message = _("Văn bản phải ký trước hoặc trong ngày %(day)s.") % {"day": f"{latest:%d/%m/%Y}"}
        return Refusal(code="signed_late", message=message, field=f"{field}signed_on")
    if not text.decider.strip():
        return Refusal(code="decider", message=_("Nhập chức vụ người ký."), field=f"{field}decider")
    for value, most, name in (
        (text.number, NUMBER_CHARS, "number"),
        (text.decider, DECIDER_CHARS, "decider"),
        (text.issuer_name, ISSUER_CHARS, "issuer_name"),
        (text.title, TITLE_CHARS, "title"),
    ):
        if len(value) > most:
            return Refusal(
                code="too_long", message=_("Tối đa %(most)s ký tự.") % {"most": most}, field=f"{field}{name}"
            )
    if text.issuer_id is not None and not Unit.objects.filter(pk=text.issuer_id).exists():
        return Refusal(code="issuer", message=_("Chọn cơ quan ban hành trong danh sách."), field=f"{field}issuer")
    return None


def _form_title(code: str, on: date) -> str:
    form = law().form(code, on)
    return form.title if form else ""


def met(
    subject: Subject,
    ground: Ground,
    evidence: Mapping[str, PaperText],
    *,
    on: date,
    actor: Actor,
    at: datetime,
) -> Refusal | None:
    """What a ground still needs, if anything; papers given for it are written into the file.

    Domain rule 18: an illegal user only with a positive test, an addict only with a medical finding. A need is met by
    the ground's own paper where that is what it asks for (`own_paper`), by what the file has, or by `evidence`.
    """
    for need in ground.needs:
        given = evidence.get(need)
        typed = given is not None and (given.paper_id is not None or given.signed_on is not None)
        if need in own_paper(ground) or (not typed and in_file(subject, need, on)):
            continue
        words = need_words(need)
        if given is None or not typed:
            message = _("Cần có: %(what)s. Nhập ngày và số của văn bản này.") % {"what": words}
            return Refusal(code=f"needs_{need}", message=message, field=f"{need}-signed_on")
        made = kept_paper(
            subject, given, actor=actor, at=at, form=NEED_FORMS.get(need, ""), title=words, latest=on, field=f"{need}-"
        )
        if isinstance(made, Refusal):
            return made
        if need == "medical_finding" and _too_old(made.signed_on, on):
            message = _("Kết quả xác định tình trạng nghiện đã quá thời hạn sử dụng (6 tháng).")
            return Refusal(code="finding_too_old", message=message, field=f"{need}-signed_on")
    return None


def own_paper(ground: Ground) -> tuple[str, ...]:
    """The needs of a ground that its own paper meets.

    A ground without a form has for its paper the very thing it needs (a finding, a judgment, a certificate), but that
    an intake record is no finding. The paper that ends a rehabilitation is the completion paper.
    """
    if not ground.form:
        finding = ground.category == Category.ADDICT
        return tuple(need for need in ground.needs if need != "medical_finding" or finding)
    return tuple(need for need in ground.needs if need == "completion_paper" and ground.effect == Effect.ENDS)


def need_words(need: str) -> str:
    """What a need is called, as the title of a paper."""
    words = law().words.get(need, need)
    return words[:1].upper() + words[1:]


def in_file(subject: Subject, need: str, on: date) -> bool:
    """Whether the file already holds what a ground needs on a day."""
    if need == "positive_test":
        tests = DrugTest.objects.filter(subject=subject, voided_at__isnull=True, result=TestResult.POSITIVE)
        return tests.filter(on__lte=on).exists()
    spells = Spell.objects.filter(subject=subject)
    if need == "medical_finding":
        found = spells.filter(start_ground=FINDING, starts_on__lte=on).order_by("-start_paper__signed_on")
        day = found.values_list("start_paper__signed_on", flat=True).first()
        return day is not None and not _too_old(day, on)
    if need == "completion_paper":
        return spells.filter(end_ground__endswith=".completed", ended_on__lte=on).exists()
    return False


def _too_old(signed_on: date | None, on: date) -> bool:
    """Whether a finding can no longer support a registration (L120 Art 31.1.b; domain rule 14)."""
    limit = law().limit("finding_usable", on)
    if limit is None or signed_on is None or not isinstance(limit.length, Months):
        return False
    return on > add_months(signed_on, limit.length.n)
