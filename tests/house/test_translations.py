"""Screens are written in Vietnamese, and all of it has English."""

import gettext
import io
from pathlib import Path

import pytest
from tools import messages


def test_catalogue_is_complete() -> None:
    assert messages.problems() == []


def test_compiled_catalogue_is_what_gettext_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "CATALOGUE", tmp_path / "django.po")
    entries = [
        messages.Entry(messages.Message("Kế hoạch"), ["Plan"]),
        messages.Entry(messages.Message("Mở", context="tệp"), ["Open"]),
        messages.Entry(messages.Message("%(n)s việc", plural="%(n)s việc"), ["one task", "%(n)s tasks"]),
        messages.Entry(messages.Message('Có "ngoặc"\nvà dòng mới'), ['With "quotes"\nand a line']),
        messages.Entry(messages.Message("Chưa dịch"), [""]),
    ]
    messages.write_catalogue(entries)
    assert sorted(messages.read_catalogue(messages.CATALOGUE), key=lambda e: e.message) == sorted(
        entries, key=lambda e: e.message
    )
    english = gettext.GNUTranslations(io.BytesIO(messages.compiled(entries)))
    assert english.gettext("Kế hoạch") == "Plan"
    assert english.pgettext("tệp", "Mở") == "Open"
    assert [english.ngettext("%(n)s việc", "%(n)s việc", n) for n in (1, 5)] == ["one task", "%(n)s tasks"]
    assert english.gettext('Có "ngoặc"\nvà dòng mới') == 'With "quotes"\nand a line'
    assert english.gettext("Chưa dịch") == "Chưa dịch"


def test_messages_are_found_in_code_and_templates(tmp_path: Path) -> None:
    code = tmp_path / "x.py"
    code.write_text('a = _("Một")\nb = pgettext_lazy("c", "Hai")\nc = ngettext("Ba", "Bốn", n)\nd = f("Không")\n')
    page = tmp_path / "x.html"
    page.write_text(
        '{% load i18n %}{% translate "Năm" %}{% translate "Sáu" context "d" as x %}{{ _("Bảy") }}'
        "{% blocktranslate count n=n trimmed %}\n Tám {{ n }}\n{% plural %}Chín {{ n }}{% endblocktranslate %}"
        "{# không #}<p title='\"x\"'>{% trans 'Mười' %}</p>"
    )
    assert list(messages.messages_of(code)) == [
        messages.Message("Một"),
        messages.Message("Hai", context="c"),
        messages.Message("Ba", plural="Bốn"),
    ]
    assert sorted(messages.messages_of(page)) == sorted(
        [
            messages.Message("Năm"),
            messages.Message("Sáu", context="d"),
            messages.Message("Bảy"),
            messages.Message("Tám %(n)s", plural="Chín %(n)s"),
            messages.Message("Mười"),
        ]
    )
