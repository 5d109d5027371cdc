"""Lists that a commune has kept in a sheet so far, taken in: looked at, chosen row by row, opened as files.

What the sheet says is sealed from the moment it comes in, without its columns of remarks. A row that became a file is
wiped at once; the rest when the import is finished or dropped, at the latest on `purge_on` (a job every night). A file
is opened by `open_file` alone: what that refuses cannot come in by a sheet either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.audit.operations import Thing, record, record_reading
from pcmt.apps.registers.lists import (
    LONGEST,
    NAME,
    WORDS,
    ListReading,
    ListRow,
    guess_reading,
    headings,
    without_remarks,
)
from pcmt.apps.registers.models import ImportState, RegisterExport, RegisterImport, Subject, Visit
from pcmt.apps.registers.operations.filing import open_file
from pcmt.apps.registers.operations.grounding import PaperText, Starting
from pcmt.apps.registers.operations.holding import stale
from pcmt.apps.registers.operations.papers import new_mark, purpose_words, watermark
from pcmt.apps.registers.places import keyed_place
from pcmt.apps.registers.policies import can_open_file_at
from pcmt.apps.registers.queries.importing import (
    IMPORTABLE,
    Kept,
    ground_for,
    kept_data,
    kept_of,
    looked_at,
    marked_grid,
    remembered_columns,
)
from pcmt.apps.registers.vault import seal
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Ground
from pcmt.core.text import fold
from pcmt.documents import Unreadable, read_grid

KEPT_DAYS = 7
"""So long an import that nobody finishes is kept."""
MOST_ROWS = 500
TESTER = "Người thực hiện xét nghiệm"
"""Who signed a test result of which a list only tells the day."""
WAITING_KEPT = 3
"""So many unfinished imports of one person are kept; older ones are dropped when another comes in."""


@attrs.frozen
class Imported:
    """What became of the rows that were chosen: codes of the files opened, and how many were refused."""

    codes: tuple[str, ...]
    refused: int
    left: int


def start_import(*, actor: Actor, at: datetime, unit_id: int, name: str, data: bytes) -> RegisterImport | Refusal:
    """Take a workbook in for a commune. Refused like every upload; the file itself and its name are not kept."""
    _may(actor, unit_id)
    grid = read_grid(name, data)
    if isinstance(grid, Unreadable):
        return Refusal(code=grid.code, message=str(grid), field="file")
    grid = without_remarks(grid)
    reading = guess_reading(grid, remembered_columns(actor.user_id))
    today = timezone.localdate(at)
    with transaction.atomic():
        waiting = RegisterImport.objects.filter(user_id=actor.user_id, state=ImportState.PREVIEW)
        for old in list(waiting.select_for_update(of=("self",)).order_by("-pk"))[WAITING_KEPT - 1 :]:
            _emptied(old, ImportState.DROPPED)
        made = RegisterImport(
            user_id=actor.user_id, unit_id=unit_id, made_at=at, purge_on=today + timedelta(days=KEPT_DAYS)
        )
        refused = _kept(made, actor, Kept(grid, reading, {}, ()), today)
        if refused is not None:
            return refused
        made.save()
        record(at=at, actor=actor, event="registers.import.sent", obj=_thing(made), after=dict(made.outcome))
    return made


def choose_columns(
    *, actor: Actor, at: datetime, key: str, version: int, sheet: int, head: int, columns: Mapping[int, str]
) -> RegisterImport | Refusal:
    """Say how the sheet is read: its last row of headings (from 0) and what the columns mean. Remembered by heading."""
    with transaction.atomic():
        made = _held(actor, key, version)
        if isinstance(made, Refusal):
            return made
        kept = kept_of(made)
        if kept is None:
            return _over()
        if not 0 <= sheet < len(kept.grid.sheets) or not 0 <= head < len(kept.grid.sheets[sheet].rows):
            return Refusal(code="head", message=_("Chọn dòng tiêu đề có trong trang tính."), field="head")
        chosen = {column: meaning for column, meaning in columns.items() if meaning in WORDS}
        if NAME not in chosen.values():
            return Refusal(code="columns", message=_("Chọn cột họ và tên."))
        told = Counter(meaning for meaning in chosen.values() if meaning != "-")
        twice = next((meaning for meaning, count in told.items() if count > 1), None)
        if twice is not None:
            message = _("Hai cột cùng được chọn là “%(what)s”.") % {"what": WORDS[twice]}
            return Refusal(code="columns", message=message)
        heads = headings(kept.grid.sheets[sheet], head, head)
        if kept.reading is not None and kept.reading.sheet == sheet and kept.reading.head == head:
            heads = dict(kept.reading.headings)
        reading = ListReading(sheet, head, chosen, heads)
        # What a heading means is remembered; a heading says nothing about anybody, and only known shapes are kept.
        made.columns = {
            fold(heads[column])[:LONGEST]: meaning
            for column, meaning in chosen.items()
            if column in heads and not any(each.isdigit() for each in heads[column])
        }
        made.choices = {}
        refused = _kept(made, actor, attrs.evolve(kept, reading=reading, done={}), timezone.localdate(at))
        if refused is not None:
            return refused
        made.version += 1
        made.save()
        record(at=at, actor=actor, event="registers.import.matched", obj=_thing(made), after=dict(made.outcome))
    return made


def import_rows(
    *, actor: Actor, at: datetime, key: str, version: int, rows: Collection[int], sure: Collection[int]
) -> Imported | Refusal:
    """Open files for the chosen rows, each by itself: one that is refused holds up no other.

    `sure` are rows of which a person says that they are nobody who has a file, though one looks alike.
    """
    with transaction.atomic():
        made = _held(actor, key, version)
        if isinstance(made, Refusal):
            return made
        kept = kept_of(made)
        if kept is None or kept.reading is None:
            return _over()
        if not {*rows, *sure}:
            return Refusal(code="none", message=_("Chọn ít nhất một dòng để nhập."))
        # Taken by this press of the button; another one on the old page is told so.
        made.version += 1
        made.save(update_fields=["version"])
    today = timezone.localdate(at)
    states = {each.row: each for each in looked_at(actor, kept, today)}
    done: dict[int, str] = dict(kept.done)
    codes: list[str] = []
    refused: dict[int, str] = {}
    for row in sorted({*rows, *sure}):
        looked = states.get(row)
        if looked is None or looked.read is None or looked.state not in IMPORTABLE:
            continue
        ground = ground_for(looked.read)
        if isinstance(ground, str):
            refused[row] = ground
            continue
        opened = open_file(
            actor=actor, at=at, unit_id=made.unit_id, block=looked.read.block, sex=looked.read.sex,
            birth_year=looked.read.birth_year, start=_start(looked.read, ground), sure=row in sure,
        )  # fmt: skip
        if isinstance(opened, Subject):
            codes.append(opened.code)
            done[row] = opened.code
        else:
            refused[row] = opened.message
    with transaction.atomic():
        again = RegisterImport.objects.select_for_update(of=("self",)).get(pk=made.pk)
        left = _kept(again, actor, attrs.evolve(kept, done=done, refused=refused), today, wipe=True)
        assert left is None
        remaining = sum(again.outcome.get(state, 0) for state in again.outcome if state != "imported")
        if not remaining:
            _emptied(again, ImportState.DONE)
        again.save()
        after = {"imported": len(codes), "refused": len(refused), "left": remaining}
        record(at=at, actor=actor, event="registers.import.done", obj=_thing(again), after=after)
    return Imported(tuple(codes), len(refused), remaining)


def finish_import(*, actor: Actor, at: datetime, key: str, version: int) -> RegisterImport | Refusal:
    """End an import: what is left of the sheet is wiped now."""
    with transaction.atomic():
        made = _held(actor, key, version)
        if isinstance(made, Refusal):
            return made
        some = made.outcome.get("imported", 0)
        _emptied(made, ImportState.DONE if some else ImportState.DROPPED)
        made.version += 1
        made.save()
        record(at=at, actor=actor, event="registers.import.finished", obj=_thing(made), after={"imported": some})
    return made


def give_back(*, actor: Actor, at: datetime, visit: Visit | None, key: str) -> bytes | Refusal:
    """The sheet again, its cells coloured by what becomes of them and the reasons beside; marked and logged."""
    made = RegisterImport.objects.filter(user_id=actor.user_id, key=key, state=ImportState.PREVIEW).first()
    kept = kept_of(made) if made else None
    if made is None or kept is None or kept.reading is None:
        return _over()
    _may(actor, made.unit_id)
    if visit is None or visit.user_id != actor.user_id or visit.until <= at or visit.closed_at is not None:
        return Refusal(code="visit", message=_("Nói mục đích trước khi lấy tệp có tên người."))
    rows = looked_at(actor, kept, timezone.localdate(at))
    mark = new_mark()
    data = marked_grid(kept, rows, watermark(actor, at, mark))
    with transaction.atomic():
        RegisterExport.objects.create(
            user_id=actor.user_id, unit_id=actor.unit_id, visit=visit, kind="import.xlsx", mark=mark,
            count=len(rows), at=at,
        )  # fmt: skip
        record_reading(
            at=at, actor=actor, event="registers.import.downloaded", obj=_thing(made), purpose=purpose_words(visit),
            told={"count": len(rows), "mark": mark},
        )  # fmt: skip
    return data


def purge_imports(*, at: datetime) -> int:
    """Wipe what is left of imports that nobody finished in time. How many."""
    today = timezone.localdate(at)
    with transaction.atomic():
        late = RegisterImport.objects.select_for_update(of=("self",)).filter(sealed__isnull=False, purge_on__lte=today)
        count = 0
        for each in late.order_by("pk"):
            _emptied(each, ImportState.DROPPED)
            each.save()
            count += 1
        if count:
            thing = Thing(RegisterImport._meta.label, "", "")
            record(at=at, actor=None, event="registers.imports.purged", obj=thing, after={"count": count})
    return count


def _start(row: ListRow, ground: Ground) -> Starting:
    """How the status of a row begins: by the paper that the row names, and the test behind it."""
    assert row.category is not None
    assert row.signed_on is not None
    evidence = {}
    if "positive_test" in ground.needs:
        evidence["positive_test"] = PaperText(signed_on=row.test_on, decider=TESTER)
    paper = PaperText(
        form=ground.form, number=row.number, signed_on=row.signed_on, decider=row.decider or ground.decider
    )
    return Starting(
        category=row.category, ground=ground.code, setting=row.setting, on=row.signed_on,
        triggered_on=row.signed_on, paper=paper, evidence=evidence,
    )  # fmt: skip


def _kept(made: RegisterImport, actor: Actor, kept: Kept, today: date, *, wipe: bool = False) -> Refusal | None:
    """Seal what an import holds, and count what becomes of its rows. Rows that became files are wiped."""
    if wipe and kept.reading is not None and kept.done:
        kept = attrs.evolve(kept, grid=_wiped(kept))
    rows = looked_at(actor, kept, today)
    if len(rows) > MOST_ROWS:
        return Refusal(
            code="too_many",
            message=_("Danh sách có hơn %(most)s người. Tách thành nhiều tệp rồi nhập từng tệp.") % {"most": MOST_ROWS},
            field="file",
        )
    made.outcome = dict(Counter(each.state for each in rows))
    if kept.done:
        made.outcome["imported"] = len(kept.done)
    found = seal(kept_data(kept), keyed_place("RegisterImport", made.key))
    made.sealed, made.key_id = found.data, found.key_id
    return None


def _wiped(kept: Kept) -> Any:
    assert kept.reading is not None
    sheets = list(kept.grid.sheets)
    one = sheets[kept.reading.sheet]
    rows = tuple(() if at in kept.done else texts for at, texts in enumerate(one.rows))
    sheets[kept.reading.sheet] = attrs.evolve(one, rows=rows)
    return attrs.evolve(kept.grid, sheets=tuple(sheets))


def _emptied(made: RegisterImport, state: ImportState) -> None:
    made.sealed, made.key_id, made.choices, made.state = None, "", {}, state
    made.save(update_fields=["sealed", "key_id", "choices", "state"])


def _held(actor: Actor, key: str, version: int) -> RegisterImport | Refusal:
    made = RegisterImport.objects.select_for_update(of=("self",)).filter(user_id=actor.user_id, key=key).first()
    if made is None or made.state != ImportState.PREVIEW:
        return _over()
    _may(actor, made.unit_id)
    if made.version != version:
        return stale()
    return made


def _may(actor: Actor, unit_id: int) -> None:
    if changes("registers.RegisterImport", actor) < Reach.OWN or not can_open_file_at(actor, unit_id):
        raise PermissionDenied


def _over() -> Refusal:
    return Refusal(code="over", message=_("Lần nhập này đã kết thúc, dữ liệu đã xóa. Tải tệp lên lại nếu cần."))


def _thing(made: RegisterImport) -> Thing:
    """What the log calls an import: by its day, never by the name of its file."""
    return Thing(RegisterImport._meta.label, str(made.key), f"{timezone.localdate(made.made_at):%d/%m/%Y}")
