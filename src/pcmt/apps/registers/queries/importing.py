"""A list being imported: what it holds, and what would become of each of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.lists import (
    CATEGORY,
    ID_NUMBER,
    NAME,
    WORDS,
    ListReading,
    ListRow,
    read_rows,
    same_person,
)
from pcmt.apps.registers.models import ImportState, RegisterImport
from pcmt.apps.registers.places import keyed_place
from pcmt.apps.registers.queries.duplicates import ID, candidates
from pcmt.apps.registers.vault import Unsealable, unseal
from pcmt.core.law import Effect, Ground, age_on
from pcmt.documents import Grid, address, grid_from
from pcmt.documents.output.grids import Marks, write_marked
from pcmt.reference import law

NEW, LIKELY, DUPLICATE, ELSEWHERE, REPEATED = "new", "likely", "duplicate", "elsewhere", "repeated"
WRONG, LACKS, REFUSED, PASSED = "wrong", "lacks", "refused", "passed"
STATES = (WRONG, LACKS, REFUSED, LIKELY, DUPLICATE, ELSEWHERE, REPEATED, NEW)
"""What may become of a row, what a person has to look at first."""
IMPORTABLE = (NEW, LIKELY, REFUSED)
YOUNGEST, ADULT = 12, 18
REMEMBERED = 20


@attrs.frozen(repr=False)
class Kept:
    """What an import holds, opened: the sheet, how it is read, rows that became files (row to code), rows refused."""

    grid: Grid
    reading: ListReading | None
    done: Mapping[int, str]
    refused: Mapping[int, str] | tuple[()] = ()


@attrs.frozen(repr=False)
class Looked:
    """A row as the preview shows it. `codes`: files that may be the same person's; `cells`: columns to colour."""

    row: int
    state: str
    read: ListRow | None = None
    reasons: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    cells: tuple[int, ...] = ()

    @property
    def line(self) -> int:
        """The row as spreadsheets count."""
        return self.row + 1


def kept_data(kept: Kept) -> dict[str, Any]:
    """As JSON, for sealing."""
    reading = kept.reading
    return {
        "grid": kept.grid.as_json(),
        "reading": None
        if reading is None
        else {
            "sheet": reading.sheet,
            "head": reading.head,
            "columns": {str(column): meaning for column, meaning in reading.columns.items()},
            "headings": {str(column): text for column, text in reading.headings.items()},
        },
        "done": {str(row): code for row, code in kept.done.items()},
        "refused": {str(row): words for row, words in dict(kept.refused).items()},
    }


def kept_of(made: RegisterImport) -> Kept | None:
    """What an import holds; None once it is wiped, or where it does not open."""
    if made.sealed is None:
        return None
    try:
        data = unseal(made.sealed, made.key_id, keyed_place("RegisterImport", made.key))
    except Unsealable:
        return None
    said = data["reading"]
    reading = None
    if said is not None:
        columns, heads = (
            {int(column): text for column, text in said[name].items()} for name in ("columns", "headings")
        )
        reading = ListReading(said["sheet"], said["head"], columns, heads)
    done = {int(row): code for row, code in data["done"].items()}
    return Kept(grid_from(data["grid"]), reading, done, {int(row): words for row, words in data["refused"].items()})


def imports_of(actor: Actor) -> list[RegisterImport]:
    """The actor's own last imports; what they hold stays sealed."""
    return list(RegisterImport.objects.filter(user_id=actor.user_id).select_related("unit").order_by("-pk")[:10])


def import_of(actor: Actor, key: str) -> RegisterImport | None:
    """An own import that is being looked at or was finished."""
    return RegisterImport.objects.filter(user_id=actor.user_id, key=key).select_related("unit").first()


def remembered_columns(user_id: int) -> dict[str, str]:
    """What this person said that headings mean, the newest word on each."""
    known: dict[str, str] = {}
    rows = RegisterImport.objects.filter(user_id=user_id).exclude(columns={}).order_by("-pk")
    for columns in rows.values_list("columns", flat=True)[:REMEMBERED]:
        known = {**columns, **known}
    return known


def looked_at(actor: Actor, kept: Kept, today: date) -> list[Looked]:
    """What would become of each row that names a person, in the order of the sheet. Rows wiped are not in it."""
    if kept.reading is None:
        return []
    rows = [each for each in read_rows(kept.grid, kept.reading, today) if isinstance(each, ListRow)]
    rows = [each for each in rows if each.row not in kept.done]
    repeated = same_person([each for each in rows if not each.wrong])
    refused = dict(kept.refused)
    return [_looked(actor, kept.reading, each, repeated.get(each.row), refused.get(each.row, "")) for each in rows]


def _looked(actor: Actor, reading: ListReading, row: ListRow, repeats: int | None, refused: str) -> Looked:
    if row.wrong:
        return _told(row, WRONG, row.wrong)
    if repeats is not None:
        words = _("Trùng với dòng %(line)s của tệp.") % {"line": repeats + 1}
        return _told(row, REPEATED, ((reading.column(NAME), words),))
    found = candidates(actor, row.block, sex=row.sex, birth_year=row.birth_year)
    if found.elsewhere:
        words = _("Số giấy tờ này đã có hồ sơ ở một địa bàn khác. Đề nghị nơi đó bàn giao hồ sơ, không lập mới.")
        return _told(row, ELSEWHERE, ((reading.column(ID_NUMBER), words),))
    certain = tuple(each.code for each in found.rows if ID in each.grounds)
    if certain:
        words = _("Số giấy tờ này đã có hồ sơ: %(codes)s.") % {"codes": ", ".join(certain)}
        return _told(row, DUPLICATE, ((reading.column(ID_NUMBER), words),), certain)
    lacks = list(row.lacks)
    if not lacks and isinstance(ground := ground_for(row), str):
        lacks.append((reading.column(CATEGORY), ground))
    lacks += [(reading.column(NAME), words) for words in _age_words(row)]
    if lacks:
        return _told(row, LACKS, tuple(lacks))
    if refused:
        return _told(row, REFUSED, ((reading.column(NAME), refused),))
    if found.rows:
        codes = tuple(each.code for each in found.rows)
        words = _("Có thể là người đã có hồ sơ %(codes)s. Mở hồ sơ để so; chỉ nhập khi chắc là người khác.") % {
            "codes": ", ".join(codes[:3])
        }
        return _told(row, LIKELY, ((reading.column(NAME), words),), codes)
    return _told(row, NEW, ())


def _told(row: ListRow, state: str, reasons: Sequence[tuple[int | None, str]], codes: tuple[str, ...] = ()) -> Looked:
    cells = tuple(column for column, _words in reasons if column is not None)
    return Looked(row.row, state, row, tuple(words for _column, words in reasons), codes, cells)


def _age_words(row: ListRow) -> list[str]:
    on = row.signed_on
    if on is None:
        return []
    age = age_on(row.block.born_on, row.birth_year, on)
    if age < YOUNGEST:
        return [_("Luật không áp dụng các biện pháp này với người dưới 12 tuổi: không lập hồ sơ.")]
    if age < ADULT and not row.block.guardian_name:
        return [_("Người từ đủ 12 đến dưới 18 tuổi phải ghi cha, mẹ hoặc người giám hộ.")]
    return []


def ground_for(row: ListRow) -> Ground | str:
    """The ground by which the status of a row begins, or words about what the law still asks for.

    It is the first of the law of that day that begins such a status in such a setting; its own form of paper, decider
    and needs hold as everywhere.
    """
    if row.category is None or row.signed_on is None:
        return _("Chưa đủ diện quản lý và quyết định.")
    starting = law().grounds_for(row.category, Effect.STARTS, row.signed_on)
    ground = next((each for each in starting if not each.settings or row.setting in each.settings), None)
    if ground is None:
        if starting:
            return _("Cần ghi rõ hình thức (tại gia đình, cộng đồng, cơ sở, bắt buộc; Methadone, Buprenorphine).")
        return _("Luật có hiệu lực vào ngày quyết định không có diện quản lý này.")
    if "positive_test" in ground.needs:
        if row.test_on is None:
            return _("Thiếu ngày xét nghiệm dương tính: không có kết quả dương tính thì không được lập hồ sơ.")
        if row.test_on > row.signed_on:
            return _("Ngày xét nghiệm ở sau ngày quyết định.")
    return ground


def marked_grid(kept: Kept, rows: Sequence[Looked], foot: str) -> bytes:
    """The sheet again with colours and reasons. `foot` is the watermark of whoever takes it away."""
    assert kept.reading is not None
    tones = {NEW: "new", LIKELY: "doubt", WRONG: "wrong", LACKS: "wrong", REFUSED: "wrong"}
    cells: dict[tuple[int, int], tuple[str, str]] = {}
    for each in rows:
        for column in each.cells:
            cells[each.row, column] = (tones.get(each.state, "changed"), "; ".join(each.reasons))
    words = {each.row: "; ".join((state_words(each.state), *each.reasons)) for each in rows}
    words |= {row: _("Đã nhập: hồ sơ %(code)s") % {"code": code} for row, code in kept.done.items()}
    tones_of = {each.row: tones.get(each.state, "changed") for each in rows}
    marks = Marks(
        head=kept.reading.head, title=_("Kết quả kiểm tra"), rows=tones_of | dict.fromkeys(kept.done, "passed"),
        cells=cells, words=words,
    )  # fmt: skip
    return write_marked(kept.grid, {kept.reading.sheet: marks}, foot=foot)


def state_words(state: str) -> str:
    """What a state is called."""
    return {
        NEW: _("Mới"),
        LIKELY: _("Có thể trùng"),
        DUPLICATE: _("Đã có hồ sơ"),
        ELSEWHERE: _("Đã có ở địa bàn khác"),
        REPEATED: _("Lặp trong tệp"),
        WRONG: _("Sai"),
        LACKS: _("Thiếu căn cứ"),
        REFUSED: _("Chưa nhập được"),
    }[state]


def is_open(made: RegisterImport) -> bool:
    """Whether the import still holds something to look at."""
    return made.state == ImportState.PREVIEW and made.sealed is not None


TEMPLATE = (
    ("STT", 6), ("Họ và tên", 28), ("Giới tính", 10), ("Ngày sinh", 14), ("Số CCCD", 16), ("Nơi thường trú", 36),
    ("Nơi ở hiện nay", 36), ("Dân tộc", 12), ("Nghề nghiệp", 16), ("Điện thoại", 14), ("Diện quản lý", 30),
    ("Ngày xét nghiệm dương tính", 16), ("Số quyết định", 18), ("Ngày quyết định", 16), ("Chức vụ người ký", 24),
    ("Cha, mẹ hoặc người giám hộ", 28),
)  # fmt: skip
"""Headings and widths of the template."""


def how_read(kept: Kept) -> list[tuple[str, str, str]]:
    """The columns that are read: letter, heading, what it says."""
    if kept.reading is None:
        return []
    told = sorted(kept.reading.columns.items())
    heads = kept.reading.headings
    return [(address(0, column)[:-1], heads.get(column, ""), str(WORDS[meaning])) for column, meaning in told]
