"""Inviting many people from a workbook: reading its rows, what would become of each, the sheet given back with marks.

Nothing is kept between the preview and the order to invite: the rows travel with the page, signed, and are judged anew
when they come back, because the world may have changed in between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor, Grant, Role, User, reached_units
from pcmt.apps.accounts.names import username_for
from pcmt.apps.accounts.operations import grant_role, invite
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold
from pcmt.documents import Grid, address, grid_from
from pcmt.documents.output.grids import FormColumn, Marks, write_form, write_marked
from pcmt.web.fields import WrittenDateField
from pcmt.web.people.fields import unit_named

MOST_ROWS = 500
SALT = "pcmt.people.bulk"
HOUR = 3600
NEW, ADDED, SAME, WRONG = "new", "changed", "same", "wrong"
WORDS = {
    NEW: gettext_lazy("mời mới"),
    ADDED: gettext_lazy("đã có tài khoản, giao thêm vai trò"),
    SAME: gettext_lazy("đã có, không đổi gì"),
    WRONG: gettext_lazy("chưa đúng"),
}


@attrs.frozen
class Column:
    """A column: its key, its heading, other words that headings use for it, and how the form shows it."""

    key: str
    heading: str
    others: tuple[str, ...] = ()
    width: int = 20
    hint: str = ""
    needed: bool = True


COLUMNS = (
    Column("full_name", "Họ và tên", ("ho ten", "ten"), 28),
    Column("email", "Thư điện tử", ("email", "e-mail", "thu dien tu", "dia chi thu"), 30),
    Column("username", "Tên đăng nhập", ("tai khoan",), 18, "Để trống thì đặt theo họ tên.", needed=False),
    Column("post", "Chức vụ", ("chuc danh",), 24, needed=False),
    Column("role", "Vai trò", (), 22),
    Column("unit", "Đơn vị", ("co quan", "don vi cong tac"), 40, "Tên đơn vị, hoặc tên và cấp trên, hoặc mã."),
    Column("from", "Từ ngày", ("ngay bat dau",), 14, "Ngày/tháng/năm. Để trống: từ hôm nay.", needed=False),
    Column("to", "Đến hết ngày", ("den ngay", "ngay het han"), 14, "Để trống: không thời hạn.", needed=False),
)
"""Headings stay Vietnamese on English pages, too: they are what the form of the offices says."""


@attrs.frozen
class Trouble:
    """What is wrong with a cell: where it stands, and why."""

    cell: str
    row: int
    column: int
    words: str


@attrs.frozen
class Row:
    """A person in the sheet: what it says, what would become of it, what is wrong."""

    line: int
    texts: Mapping[str, str]
    state: str
    troubles: Sequence[Trouble] = ()
    user: User | None = None
    unit: Unit | None = None
    role: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    username: str = ""

    @property
    def words(self) -> str:
        """What would become of it."""
        return str(WORDS[self.state])


@attrs.frozen
class Reading:
    """The first sheet with the headings of the form, its rows judged."""

    grid: Grid
    sheet: int
    head: int
    rows: Sequence[Row]

    def count(self, state: str) -> int:
        """How many rows have a state."""
        return sum(row.state == state for row in self.rows)


def read(grid: Grid, actor: Actor) -> Reading | Refusal:
    """The rows of a workbook and what would become of each. Refused: no headings, no rows, too many."""
    for number, sheet in enumerate(grid.sheets):
        found = _heading(sheet.rows)
        if found is None:
            continue
        head, places = found
        lines = [
            (line, {key: sheet.text(line, column).strip() for key, column in places.items()})
            for line in range(head + 1, len(sheet.rows))
        ]
        filled = [(line, texts) for line, texts in lines if any(texts.values())]
        if not filled:
            return Refusal(code="no_rows", message=_("Dưới hàng tiêu đề chưa có dòng nào."), field="file")
        if len(filled) > MOST_ROWS:
            return Refusal(
                code="too_many",
                message=_("Bảng có %(count)d dòng; mỗi lần mời tối đa %(most)d người. Chia thành nhiều tệp.")
                % {"count": len(filled), "most": MOST_ROWS},
                field="file",
            )
        return Reading(grid, number, head, _Judge(actor, places).rows(filled))
    needed = ", ".join(column.heading for column in COLUMNS if column.needed)
    return Refusal(
        code="no_heading",
        message=_("Không thấy hàng tiêu đề có các cột: %(columns)s. Dùng bảng mẫu.") % {"columns": needed},
        field="file",
    )


def _heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """The row of headings, and in which column each key stands; None where no row has those that are needed."""
    names = {fold(word): column.key for column in COLUMNS for word in (column.heading, *column.others)}
    for line, row in enumerate(rows[:20]):
        places: dict[str, int] = {}
        for column, text in enumerate(row):
            key = names.get(fold(text).strip(" *:"))
            if key is not None:
                places.setdefault(key, column)
        if all(column.key in places for column in COLUMNS if column.needed):
            return line, places
    return None


class _Judge:
    """Judges rows one after another: the later one sees the names that the earlier ones take."""

    def __init__(self, actor: Actor, places: Mapping[str, int]) -> None:
        self.actor = actor
        self.places = places
        self.units = Unit.objects.filter(pk__in=reached_units(actor, actor.changes("accounts.Grant")))
        self.taken = set(User.objects.values_list("username", flat=True))
        self.known = {user.email.lower(): user for user in User.objects.visible_to(actor) if user.email}
        self.by_name = {user.username: user for user in User.objects.visible_to(actor)}
        self.roles = {fold(str(role.label)): role.value for role in Role} | {role.value: role.value for role in Role}
        self.emails: dict[str, int] = {}
        self.found: dict[str, Unit | list[str]] = {}

    def rows(self, filled: Sequence[tuple[int, Mapping[str, str]]]) -> list[Row]:
        """Every row judged."""
        return [self.row(line, texts) for line, texts in filled]

    def row(self, line: int, texts: Mapping[str, str]) -> Row:
        """One row: what is wrong, or what would become of it."""
        wrong: list[Trouble] = []

        def say(key: str, words: str) -> None:
            column = self.places.get(key, 0)
            wrong.append(Trouble(address(line, column), line, column, words))

        email = texts["email"].lower()
        user = self.known.get(email) or self.by_name.get(texts.get("username", "").lower())
        if not texts["full_name"]:
            say("full_name", _("Nhập họ và tên."))
        elif user is not None and fold(user.full_name) != fold(texts["full_name"]):
            say("full_name", _("Tài khoản này đang của %(name)s.") % {"name": user})
        self._email(line, email, say)
        role = self.roles.get(fold(texts["role"]), "")
        if not role:
            say("role", _("Chọn vai trò trong danh sách của bảng mẫu."))
        unit = self._unit(texts["unit"], say)
        begin, end = self._day(texts, "from", say), self._day(texts, "to", say)
        begin = begin or self.actor.on
        if end is not None and end < begin:
            say("to", _("Ngày kết thúc phải sau ngày bắt đầu."))
        username = texts.get("username", "").lower()
        if user is None and username and not re.fullmatch(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?", username):
            say("username", _("Tên đăng nhập gồm chữ không dấu, chữ số, dấu chấm, gạch; ví dụ lan.nguyen."))
        elif user is None and username in self.taken:
            say("username", _("Tên đăng nhập “%(username)s” đã có người dùng. Chọn tên khác.") % {"username": username})
        if user is not None and user.pk == self.actor.user_id:
            say("full_name", _("Không tự giao vai trò cho mình. Đề nghị người quản trị khác."))
        if wrong or unit is None:
            return Row(line, texts, WRONG, wrong)
        if user is None:
            username = username or username_for(texts["full_name"], self.taken)
            self.taken.add(username)
            state = NEW
        else:
            username = user.username
            held = Grant.objects.filter(user=user, role=role, unit=unit).overlapping(begin, _after(end))
            state = SAME if held.exists() else ADDED
        return Row(line, texts, state, (), user, unit, role, begin, _after(end), username)

    def _email(self, line: int, email: str, say: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            say("email", _("Địa chỉ thư điện tử chưa đúng dạng ten@coquan.vn."))
            return
        if email.endswith(f"@{settings.DEMO_EMAIL_DOMAIN}"):
            say("email", _("Địa chỉ này dành cho người dùng mẫu, không nhận được thư."))
        elif email in self.emails:
            say("email", _("Trùng thư điện tử với dòng %(line)d.") % {"line": self.emails[email] + 1})
        self.emails.setdefault(email, line)

    def _unit(self, text: str, say: Any) -> Unit | None:
        if not text:
            say("unit", _("Chọn đơn vị."))
            return None
        if text not in self.found:
            self.found[text] = unit_named(self.units, text, self.actor.on)
        found = self.found[text]
        if isinstance(found, Unit):
            return found
        if found:
            say("unit", _("Ghi rõ đơn vị nào: %(names)s.") % {"names": "; ".join(found)})
        else:
            say("unit", _("Không có đơn vị này trong phạm vi của bạn."))
        return None

    def _day(self, texts: Mapping[str, str], key: str, say: Any) -> date | None:
        try:
            day: date | None = WrittenDateField(required=False).clean(texts.get(key, ""))
        except ValidationError as error:
            say(key, " ".join(error.messages))
            return None
        return day


def _after(last_day: date | None) -> date | None:
    """The first day on which something whose last day is given no longer holds."""
    return last_day + timedelta(days=1) if last_day else None


@attrs.frozen
class Done:
    """What became of the rows: how many were invited and given a role, and what was refused, by row."""

    invited: int
    given: int
    refused: Mapping[int, str]


def perform(reading: Reading, *, actor: Actor, at: datetime) -> Done:
    """Invite the new and give the known their roles; each row for itself, so that one refusal stops no other."""
    invited = given = 0
    refused: dict[int, str] = {}
    for row in reading.rows:
        if row.unit is None or row.state not in (NEW, ADDED):
            continue
        with transaction.atomic():
            if row.user is None:
                answer: Any = invite(
                    actor=actor,
                    at=at,
                    full_name=row.texts["full_name"],
                    email=row.texts["email"],
                    username=row.username,
                    post=row.texts.get("post", ""),
                    role=row.role,
                    unit_id=row.unit.pk,
                    valid_from=row.valid_from,
                    valid_to=row.valid_to,
                )
            else:
                answer = grant_role(
                    actor=actor,
                    at=at,
                    user_id=row.user.pk,
                    role=row.role,
                    unit_id=row.unit.pk,
                    valid_from=row.valid_from,
                    valid_to=row.valid_to,
                )
        if isinstance(answer, Refusal):
            refused[row.line] = str(answer)
        else:
            invited, given = invited + (row.user is None), given + (row.user is not None)
    return Done(invited, given, refused)


def sealed(reading: Reading, actor: Actor) -> str:
    """The rows as a text that the page carries and nobody else can change or use."""
    return signing.dumps({"user": actor.user_id, "grid": reading.grid.as_json()}, salt=SALT, compress=True)


def unsealed(text: str, actor: Actor) -> Grid | None:
    """The grid that `sealed` wrote for this person within the last two hours."""
    try:
        value = signing.loads(text, salt=SALT, max_age=2 * HOUR)
    except signing.BadSignature:
        return None
    return grid_from(value["grid"]) if value["user"] == actor.user_id else None


def marked(reading: Reading, refused: Mapping[int, str] | None = None) -> bytes:
    """The sheet as it came, its rows and wrong cells marked, with words at the end of each row."""
    said = refused or {}
    marks = Marks(
        head=reading.head,
        title=_("PCMT đọc được"),
        rows={row.line: WRONG if row.line in said else row.state for row in reading.rows},
        cells={(each.row, each.column): (WRONG, each.words) for row in reading.rows for each in row.troubles},
        words={
            row.line: said.get(row.line)
            or "; ".join(f"{each.cell}: {each.words}" for each in row.troubles)
            or f"{row.words}{f' ({row.username})' if row.username else ''}"
            for row in reading.rows
        },
    )
    return write_marked(reading.grid, {reading.sheet: marks})


def form(actor: Actor) -> bytes:
    """An empty sheet to fill in, with the roles to choose from."""
    return write_form(
        name="Danh sách mời",
        title="Danh sách người được mời vào PCMT",
        remark=f"Mỗi dòng một người, tối đa {MOST_ROWS} dòng. Đơn vị phải thuộc phạm vi của {actor.unit_name}.",
        columns=[
            FormColumn(
                column.heading,
                column.width,
                column.hint,
                tuple(str(role.label) for role in Role) if column.key == "role" else (),
            )
            for column in COLUMNS
        ],
        rows=(),
        room=MOST_ROWS,
    )
