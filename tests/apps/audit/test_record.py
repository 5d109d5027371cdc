"""The audit log: what an entry holds, who sees it, and that it stays."""

from datetime import UTC, datetime

import attrs
import pytest
from django.db.models import Q

from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import SYSTEM, Thing, record
from pcmt.apps.audit.origin import Origin, origin_is
from pcmt.apps.jobs.models import Cron

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Someone:
    user_id: int = 7
    name: str = "Nguyễn Thị Hoa"
    role: str = "officer"
    unit_id: int | None = 3
    unit_name: str = "Công an xã Tân Lập"
    grant_id: int | None = 5

    def sees_below(self, label: str) -> bool:
        assert label == "audit.Entry"
        return self.role != "officer"


@pytest.fixture
def thing() -> Cron:
    return Cron.objects.create(name="Việc đêm", next_run_at=AT)


def test_entry_keeps_actor_and_object_as_plain_values(thing: Cron) -> None:
    with origin_is(Origin(request_id="a" * 32, address="10.0.0.8")):
        record(
            at=AT,
            actor=Someone(),
            event="jobs.cron.moved",
            obj=thing,
            before={"h": 1},
            after={"h": 2},
            reason="đổi giờ",
        )
    thing.delete()

    entry = Entry.objects.get()
    assert (entry.actor_name, entry.actor_unit, entry.object_label) == (
        "Nguyễn Thị Hoa",
        "Công an xã Tân Lập",
        "Việc đêm",
    )
    assert (entry.before, entry.after, entry.reason) == ({"h": 1}, {"h": 2}, "đổi giờ")
    assert (entry.request_id, entry.address) == ("a" * 32, "10.0.0.8")


def test_what_the_program_does_by_itself_has_no_actor(thing: Cron) -> None:
    entry = record(at=AT, actor=None, event="jobs.cron.moved", obj=thing)
    assert (entry.actor_id, entry.actor_name, entry.address) == (None, SYSTEM, "")


def test_event_must_name_room_noun_and_verb(thing: Cron) -> None:
    with pytest.raises(ValueError, match=r"app\.noun\.verb"):
        record(at=AT, actor=None, event="moved", obj=thing)


def test_entries_cannot_be_changed_or_removed(thing: Cron) -> None:
    record(at=AT, actor=None, event="jobs.cron.moved", obj=thing)
    for change in (
        lambda: Entry.objects.update(reason="khác"),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.bulk_update([Entry.objects.get()], ["reason"]),
    ):
        with pytest.raises(TypeError, match="append-only"):
            change()


@pytest.mark.parametrize(
    ("reader", "sees"),
    [
        (Someone(user_id=7), ["own"]),
        (Someone(user_id=8), ["colleague"]),
        (Someone(user_id=1, role="leader"), ["own", "colleague"]),
        (Someone(user_id=1, role="standing_office"), ["own", "colleague"]),
        (Someone(user_id=1, role="leader", unit_id=4), ["elsewhere"]),
        (Someone(user_id=1, role="leader", unit_id=None), []),
        (Someone(user_id=1, role="auditor"), ["own", "colleague"]),
    ],
)
def test_who_sees_an_entry(thing: Cron, reader: Someone, sees: list[str]) -> None:
    record(at=AT, actor=Someone(user_id=7), event="jobs.cron.moved", obj=thing, reason="own")
    record(at=AT, actor=Someone(user_id=8), event="jobs.cron.moved", obj=thing, reason="colleague")
    record(at=AT, actor=Someone(user_id=9, unit_id=4), event="jobs.cron.moved", obj=thing, reason="elsewhere")
    assert list(Entry.objects.visible_to(reader).order_by("pk").values_list("reason", flat=True)) == sees
    assert Entry.objects.about(thing).count() == 3


def test_what_lies_within_is_seen_by_whom_the_right_reaches_below(thing: Cron) -> None:
    for unit in (3, 4, 5, None):
        record(at=AT, actor=Someone(user_id=9, unit_id=unit), event="jobs.cron.moved", obj=thing, reason=str(unit))

    def seen(role: str) -> list[str]:
        reader = Someone(user_id=1, role=role, unit_id=2)
        rows = Entry.objects.visible_to(reader, within=Q(actor_unit_id__in=[3, 5]))
        return list(rows.order_by("pk").values_list("reason", flat=True))

    assert seen("auditor") == seen("leader") == ["3", "5"]
    assert seen("officer") == []


def test_the_grant_used_is_kept(thing: Cron) -> None:
    entry = record(at=AT, actor=Someone(role="leader", grant_id=12), event="jobs.cron.moved", obj=thing)
    entry.refresh_from_db()
    assert (entry.actor_role, entry.grant_id) == ("leader", 12)


def test_what_has_no_row_can_be_told_of() -> None:
    entry = record(at=AT, actor=None, event="audit.entries.exported", obj=Thing("audit.Entry", "", "Nhật ký"))
    entry.refresh_from_db()
    assert (entry.object_type, entry.object_id, entry.search_key) == ("audit.Entry", "", "nhat ky")


@pytest.mark.parametrize(("role", "sees"), [("leader", 3), ("standing_office", 3), ("officer", 1)])
def test_units_below_are_given_by_the_caller(thing: Cron, role: str, sees: int) -> None:
    for user_id, unit_id in ((7, 3), (8, 4), (9, 5), (10, 6)):
        record(at=AT, actor=Someone(user_id=user_id, unit_id=unit_id), event="jobs.cron.moved", obj=thing)
    assert Entry.objects.visible_to(Someone(user_id=7, role=role), units=[4, 5]).count() == sees
