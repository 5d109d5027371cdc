"""The plan to upload, as text and as Word."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import create_unit
from pcmt.demo import samples
from pcmt.documents import Extracted, extract


def test_word_says_what_the_text_says(tmp_path: Path) -> None:
    text, word = samples.write_samples(tmp_path)
    read = extract(word.name, word.read_bytes())
    assert isinstance(read, Extracted)
    for line in text.read_text(encoding="utf-8").splitlines():
        for piece in line.split(" | "):
            assert piece.strip() in read.text
    assert 7_000 < text.stat().st_size < 9_000


@pytest.fixture
def visitor() -> Client:
    """A standing office at the upload page, with the samples in the data folder."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    office = create_unit(actor=None, at=at, name="Công an tỉnh Nghệ An", kind="agency", level="province")
    assert isinstance(office, Unit)
    user = create_user(actor=None, at=at, username="lan", full_name="Lan")
    assert isinstance(user, User)
    grant_role(actor=None, at=at, user_id=user.pk, role="standing_office", unit_id=office.pk)
    samples.write_samples(settings.PCMT_DATA / "demo")
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_the_upload_page_hands_the_samples_out(visitor: Client) -> None:
    page = visitor.get(reverse("plans:upload")).content.decode()
    for name in (f"{samples.STEM}.docx", f"{samples.STEM}.txt"):
        address = reverse("plans:sample", args=[name])
        assert address in page
        answer = visitor.get(address)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == (settings.PCMT_DATA / "demo" / name).read_bytes()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["khac.txt", "..", "pcmt.sqlite3"])
def test_nothing_else_is_handed_out(visitor: Client, name: str) -> None:
    assert visitor.get(f"{reverse('plans:upload')}mau/{name}").status_code == 404
