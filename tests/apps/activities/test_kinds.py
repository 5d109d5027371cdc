"""Ready kinds in the database, and kinds that offices make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from pcmt.apps.activities.models import Kind, KindState, KindVersion
from pcmt.apps.activities.operations import kinds as operations
from pcmt.apps.activities.operations.kinds import compare_kinds, load_kinds
from pcmt.apps.activities.queries.kinds import schema_of
from pcmt.core.schemas import kind_data
from pcmt.reference import ReadyKind, kinds

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def test_ready_kinds_are_loaded_once_and_a_changed_text_makes_a_version(monkeypatch, django_assert_num_queries):
    made = load_kinds(at=NOW)
    assert made.created == tuple(kinds())
    assert KindVersion.objects.filter(state=KindState.IN_USE).count() == len(kinds())
    assert list(Kind.objects.values_list("code", flat=True)) == list(kinds())  # in their own order
    with django_assert_num_queries(2):
        assert not load_kinds(at=NOW).is_needed
    first = KindVersion.objects.get(kind__code="broadcast")
    ready = kinds()["broadcast"]
    text = attrs.evolve(ready.schema, label="Phát thanh", help="Mới")
    changed = {**kinds(), "broadcast": ReadyKind(text, date(2026, 11, 20))}
    monkeypatch.setattr(operations, "ready_kinds", lambda: changed)
    assert compare_kinds().changed == ("broadcast",)
    assert load_kinds(at=NOW + timedelta(days=1)).changed == ("broadcast",)
    before, now = KindVersion.objects.filter(kind__code="broadcast").order_by("number")
    assert before.pk == first.pk
    assert before.body == kind_data(ready.schema)
    assert (before.state, now.state) == (KindState.ENDED, KindState.IN_USE)
    assert schema_of(now) == text
    assert now.words == "Sửa 2 chi tiết"
    assert now.kind.label == "Phát thanh"
    del changed["broadcast"]
    found = load_kinds()
    assert found.gone == ("broadcast",)
    assert not found.is_needed
