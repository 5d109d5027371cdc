"""What can be chosen in care, as code and words: what the pages offer and the operations accept."""

from __future__ import annotations

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.apps.registers.models import (
    CATEGORY_WORDS,
    EpisodeKind,
    EpisodeOutcome,
    Found,
    MemberPart,
    Sample,
    SupportKind,
    TestResult,
)
from pcmt.apps.registers.queries.people import said
from pcmt.reference import groups_tested, law

Word = str | Promise
Choices = list[tuple[str, Word]]

SAMPLES: Choices = list(Sample.choices)
RESULTS: Choices = list(TestResult.choices)
FOUND: Choices = list(Found.choices)
EPISODES: Choices = list(EpisodeKind.choices)
OUTCOMES: Choices = list(EpisodeOutcome.choices)
SUPPORTS: Choices = list(SupportKind.choices)
PARTS: Choices = list(MemberPart.choices)
CATEGORIES: Choices = [(str(code), words) for code, words in CATEGORY_WORDS.items()]
SUBSTANCES: dict[str, Word] = {
    "heroin": _("Heroin, moóc-phin"),
    "methamphetamine": _("Methamphetamine"),
    "amphetamine": _("Amphetamine"),
    "mdma": _("MDMA (thuốc lắc)"),
    "ketamine": _("Ketamine"),
    "cannabis": _("Cần sa"),
    "synthetic_cannabis": _("Cần sa tổng hợp"),
    "cocaine": _("Cocaine"),
    "benzodiazepine": _("Benzodiazepine"),
    "other": _("Chất khác"),
}
"""What quick tests tell apart."""
SUPPORT_RESULTS: Choices = [("finished", _("Hoàn thành")), ("broken_off", _("Bỏ dở"))]
STEP_REASONS: Choices = [
    ("mistake", _("Mở nhầm")),
    ("elsewhere", _("Nơi khác có thẩm quyền đã làm")),
    ("not_applicable", _("Không thuộc trường hợp phải làm")),
]
VOID_REASONS: Choices = [
    ("person", _("Ghi nhầm người")),
    ("day", _("Ghi sai ngày")),
    ("result", _("Ghi sai kết quả")),
    ("twice", _("Ghi hai lần")),
    ("paper", _("Văn bản làm căn cứ đã bị hủy")),
]
POSITIVE = str(TestResult.POSITIVE)
REHAB = str(EpisodeKind.REHAB)
URINE = str(Sample.URINE)
POLICE = str(MemberPart.POLICE)


def grounds() -> Choices:
    """The groups of who may be tested."""
    return list(groups_tested().items())


def stages(on: date) -> Choices:
    """The stages of rehabilitation of a day's law, in their order."""
    rules = sorted((rule for rule in law().stages if rule.holds_on(on)), key=lambda rule: rule.order)
    return [(rule.code, said(rule)) for rule in rules]
