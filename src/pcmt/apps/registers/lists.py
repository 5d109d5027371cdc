"""Lists of people as communes keep them in sheets: text in, values and words about what is wrong out. No database.

Which column says what is guessed from its heading (a person may choose otherwise), one row is one person. What was
written in haste is understood where it can mean one thing only: a number that lost its noughts, a year for a day,
capitals, Nam and Nữ as two columns with the year in one of them. Columns of remarks are never read: what people jot
down about others stays out of the registers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import attrs
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pcmt.apps.registers.persons import PersonBlock
from pcmt.core.law import Category, Setting
from pcmt.core.text import fold
from pcmt.documents import Grid, GridSheet, after_numbering, is_signature, is_sum, last_of_head, reached_down

SEARCHED_ROWS = 40
MOST_COLUMNS = 60
LONGEST = 200
EARLIEST = 1900

NAME, BORN, MALE, FEMALE, SEX, ID_NUMBER, CATEGORY = "name", "born", "male", "female", "sex", "id_number", "category"
NUMBER, SIGNED_ON, DECIDER, TEST_ON, REMARK = "number", "signed_on", "decider", "test_on", "-"
WORDS: Mapping[str, str | Promise] = {
    NAME: gettext_lazy("Họ và tên"),
    "other_names": gettext_lazy("Tên gọi khác"),
    BORN: gettext_lazy("Ngày sinh hoặc năm sinh"),
    MALE: gettext_lazy("Nam: ngày, năm sinh hoặc dấu"),
    FEMALE: gettext_lazy("Nữ: ngày, năm sinh hoặc dấu"),
    SEX: gettext_lazy("Giới tính"),
    ID_NUMBER: gettext_lazy("Số CCCD, căn cước, CMND"),
    "id_issued_on": gettext_lazy("Ngày cấp giấy tờ"),
    "id_issuer": gettext_lazy("Nơi cấp giấy tờ"),
    "birthplace": gettext_lazy("Nơi sinh"),
    "home_place": gettext_lazy("Quê quán"),
    "permanent_address": gettext_lazy("Nơi thường trú"),
    "temporary_address": gettext_lazy("Nơi tạm trú"),
    "present_address": gettext_lazy("Nơi ở hiện nay"),
    "ethnicity": gettext_lazy("Dân tộc"),
    "religion": gettext_lazy("Tôn giáo"),
    "schooling": gettext_lazy("Trình độ học vấn"),
    "occupation": gettext_lazy("Nghề nghiệp"),
    "workplace": gettext_lazy("Nơi làm việc, học tập"),
    "phone": gettext_lazy("Số điện thoại"),
    "guardian_name": gettext_lazy("Cha, mẹ hoặc người giám hộ"),
    CATEGORY: gettext_lazy("Diện quản lý (loại)"),
    NUMBER: gettext_lazy("Số quyết định"),
    SIGNED_ON: gettext_lazy("Ngày quyết định"),
    DECIDER: gettext_lazy("Chức vụ người ký"),
    TEST_ON: gettext_lazy("Ngày xét nghiệm dương tính"),
    REMARK: pgettext_lazy("cột của danh sách", "Không nhập"),
}
"""What a column may mean, in words."""
PLAIN = (
    "other_names", "id_issuer", "birthplace", "home_place", "permanent_address", "temporary_address",
    "present_address", "ethnicity", "religion", "schooling", "occupation", "workplace", "guardian_name",
)  # fmt: skip
"""Columns whose words go into the person block as they stand."""

_REMARKS = re.compile(
    r"\bghi chu\b|\bnhan xet\b|\bdanh gia\b|\bbieu hien\b|\bnghi (?:van|ngo)\b|\bkhac\b$|\bdien bien\b"
)
_HEADINGS = tuple(
    (meaning, re.compile(pattern))
    for meaning, pattern in (
        (
            "guardian_name",
            r"\bgiam ho\b|^(?:ho va ten |ho ten |ten )?(?:cha|bo) ?(?:me)?\b|^(?:ho va ten |ho ten |ten )?me\b",
        ),
        (TEST_ON, r"\bxet nghiem\b|\btest\b|\bngay xn\b"),
        ("other_names", r"\bten (?:goi )?khac\b|\bbi danh\b"),
        (NAME, r"^ho (?:va )?(?:chu dem va )?ten\b|^(?:ho |va )*ten (?:nguoi|doi tuong)\b|^ten$"),
        ("id_issued_on", r"\bngay cap\b"),
        ("id_issuer", r"\b(?:noi|co quan) cap\b"),
        (ID_NUMBER, r"\bcccd\b|\bcmnd\b|\bcmt\b|\bcan cuoc\b|\bdinh danh\b|\bchung minh\b|\bgiay to\b|^so cc\b"),
        (MALE, r"(?:^|\bsinh |\btinh )nam$"),
        (FEMALE, r"(?:^|\bsinh |\btinh )nu$"),
        ("birthplace", r"\bnoi sinh\b"),
        (BORN, r"\bsinh (?:ngay|nam)\b|\bngay (?:thang )?(?:nam )?sinh\b|\bnam sinh\b|^sinh\b"),
        (SEX, r"\bgioi tinh\b|^gioi$|^nam nu$"),
        ("home_place", r"\bque (?:quan)?\b|\bnguyen quan\b"),
        ("permanent_address", r"\bthuong tru\b|\bhktt\b|\bho khau\b"),
        ("temporary_address", r"\btam tru\b"),
        ("workplace", r"\bnoi (?:lam viec|hoc|cong tac)\b"),
        ("present_address", r"\bdia chi\b|\bnoi o\b|\bcho o\b|\bcu tru\b|^(?:thon|ban|to dan pho|khu pho|ap|xom)\b"),
        ("ethnicity", r"\bdan toc\b"),
        ("religion", r"\bton giao\b"),
        ("schooling", r"\btrinh do\b|\bhoc van\b|\bvan hoa\b"),
        ("occupation", r"\bnghe\b(?! tu)"),
        ("phone", r"\bdien thoai\b|\bsdt\b|\bso dt\b"),
        (
            SIGNED_ON,
            r"\bngay (?:thang (?:nam )?)?(?:ra |ky )?(?:qd|quyet dinh)\b|\bngay (?:ky|ban hanh)\b|quyet dinh ngay$",
        ),
        (DECIDER, r"\b(?:nguoi|chuc vu|tham quyen)\b.*\bky\b|\bnguoi (?:ra )?(?:qd|quyet dinh)\b"),
        (
            NUMBER,
            r"\bso (?:va ky hieu )?(?:qd|quyet dinh|van ban)\b|^(?:qd|quyet dinh)(?: so)?\b|\b(?:qd|quyet dinh) so$",
        ),
        (CATEGORY, r"\bloai\b|\bdien\b|\bphan loai\b|\bdoi tuong\b|\btinh trang\b|\bhinh thuc\b"),
    )
)
_CATEGORIES = tuple(
    (category, setting, re.compile(pattern))
    for category, setting, pattern in (
        (Category.E_MONITORING, None, r"\bgiam sat dien tu\b|^gsdt$"),
        (Category.DRUG_PSYCHOSIS, None, r"\bloan than\b|\bngao da\b|\bhoang tuong\b"),
        (Category.RELEASED_PRISONER, None, r"\btha tu\b|\bra tu\b|\bman han tu\b|\bchap hanh xong\b|\btu tha\b"),
        (Category.POST_REHAB, None, r"\bsau cai\b|\bqlsc\b"),
        (Category.ON_SUBSTITUTION, Setting.BUPRENORPHINE, r"\bbuprenorphin"),
        (Category.ON_SUBSTITUTION, Setting.METHADONE, r"\bmethadon|\bmmt\b"),
        (Category.ON_SUBSTITUTION, None, r"\bthay the\b"),
        (Category.IN_REHAB, Setting.COMPULSORY, r"\bcai\b.*\bbat buoc\b|^cnbb$"),
        (Category.IN_REHAB, Setting.HOME, r"\bcai\b.*\bgia dinh\b"),
        (Category.IN_REHAB, Setting.COMMUNITY, r"\bcai\b.*\bcong dong\b"),
        (Category.IN_REHAB, Setting.VOLUNTARY_CENTRE, r"\bcai\b.*\btu nguyen\b|\bcai\b.*\b(?:co so|trung tam)\b"),
        (Category.IN_REHAB, None, r"\bcai\b"),
        (Category.ILLEGAL_USER, None, r"\bsu dung\b|^sdtp\b|^sd\b|^ndtp$"),
        (Category.ADDICT, None, r"\bnghien\b"),
    )
)
_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})(?:\s+0{1,2}:00(?::00)?)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_MONTH = re.compile(r"\d{1,2}\s*[/.\-]\s*(\d{4})")
_YEAR = re.compile(r"(\d{4})(?:\.0+)?")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets, as far as all days after 28/2/1900 go."""
_TICKS = ("x", "v", "1", "+", "✓", "✔", "√", "co", "nam", "nu")


@attrs.frozen
class ListReading:
    """How a sheet is read: which one, the last row of headings, the meaning and heading of each column (from 0)."""

    sheet: int
    head: int
    columns: Mapping[int, str]
    headings: Mapping[int, str]

    def column(self, meaning: str) -> int | None:
        """The first column of a meaning."""
        return next((at for at, each in sorted(self.columns.items()) if each == meaning), None)


@attrs.frozen(repr=False)
class ListRow:
    """A row that names a person. `wrong` and `lacks` are (column or None, words): what no file can be opened with.

    `lacks` is what the law asks for and the list does not say: status, decision, its day, the test behind it.
    """

    row: int
    block: PersonBlock
    sex: str
    birth_year: int
    category: Category | None
    setting: Setting | None
    number: str
    signed_on: date | None
    decider: str
    test_on: date | None
    wrong: tuple[tuple[int | None, str], ...] = ()
    lacks: tuple[tuple[int | None, str], ...] = ()


def is_remark(heading: str) -> bool:
    """Whether a heading stands above remarks, which are never read."""
    return _REMARKS.search(fold(heading)) is not None


def meaning_of(heading: str) -> str | None:
    """What a heading means by itself; REMARK for remarks, None where it says nothing."""
    key = fold(heading)[:LONGEST]
    if not key:
        return None
    for part in dict.fromkeys((key, fold(heading.rpartition(" · ")[2]))):
        if (meaning := next((each for each, pattern in _HEADINGS if pattern.search(part)), None)) is not None:
            # "Năm sinh · Nam" is a column of years of men, whatever stands above it.
            last = fold(heading.rpartition(" · ")[2])
            return {"nam": MALE, "nu": FEMALE}.get(last, meaning) if " · " in heading else meaning
    return REMARK if _REMARKS.search(key) else None


def headings(sheet: GridSheet, first: int, last: int) -> dict[int, str]:
    """The heading of each column, from the rows `first` to `last`: headings above several columns count for each."""
    across: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in sheet.merged:
        for line in range(top, min(bottom, last) + 1):
            across.update({(line, column): (top, left) for column in range(left, min(right, MOST_COLUMNS) + 1)})
    found: dict[int, str] = {}
    for column in range(min(MOST_COLUMNS, max((len(row) for row in sheet.rows[first : last + 1]), default=0))):
        texts = [sheet.text(*across.get((line, column), (line, column))).strip() for line in range(first, last + 1)]
        if words := " · ".join(dict.fromkeys(filter(None, texts))):
            found[column] = words
    return found


def guess_reading(grid: Grid, remembered: Mapping[str, str]) -> ListReading | None:
    """How the first sheet with a column of names is read; None if there is none. `remembered`: folded heading to
    meaning, as people of this commune chose before."""
    for at, sheet in enumerate(grid.sheets):
        for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
            last = last_of_head(sheet, row)
            heads = headings(sheet, row, last)
            if len(heads) < 2:
                continue
            columns: dict[int, str] = {}
            for column, text in sorted(heads.items()):
                meaning = remembered.get(fold(text)[:LONGEST]) or meaning_of(text)
                if (
                    meaning
                    and (meaning == REMARK or meaning not in columns.values())
                    and not (meaning != REMARK and is_remark(text))
                ):
                    columns[column] = meaning
            if NAME in columns.values() and len(set(columns.values()) - {REMARK}) >= 2:
                return ListReading(at, after_numbering(sheet, last), columns, heads)
    return None


def without_remarks(grid: Grid) -> Grid:
    """The grid without the cells below headings of remarks: they do not even get as far as the sealed store."""
    sheets = []
    for sheet in grid.sheets:
        drop: set[int] = set()
        for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
            if len(headings(sheet, row, last_of_head(sheet, row))) > 2:
                heads = headings(sheet, row, last_of_head(sheet, row))
                drop |= {column for column, text in heads.items() if meaning_of(text) == REMARK and is_remark(text)}
                if any(meaning_of(text) == NAME for text in heads.values()):
                    break
        head = next(
            (
                at
                for at in range(min(SEARCHED_ROWS, len(sheet.rows)))
                if any(meaning_of(t) == NAME for t in sheet.rows[at])
            ),
            -1,
        )
        rows = [
            tuple("" if column in drop and at > head else text for column, text in enumerate(texts))
            for at, texts in enumerate(sheet.rows)
        ]
        sheets.append(attrs.evolve(sheet, rows=tuple(rows)))
    return Grid(tuple(sheets))


def read_rows(grid: Grid, reading: ListReading, today: date) -> Iterator[ListRow | int]:
    """The people of a sheet; a number is a row that is passed by (sums, repeated headings, signatures)."""
    sheet = grid.sheets[reading.sheet]
    down = reached_down(sheet)
    name_at = reading.column(NAME)
    if name_at is None:
        return
    ended = False
    for row in range(reading.head + 1, len(sheet.rows)):
        texts = [text.strip() for text in sheet.rows[row] if text.strip()]
        if not texts:
            continue
        folded = [fold(text) for text in texts]
        name = " ".join(sheet.text(row, name_at).split())
        ended = ended or any(map(is_signature, folded))
        title = len(texts) == 1 and not _looks_like_name(name)
        if ended or is_sum(folded[0]) or title or fold(name) == fold(reading.headings.get(name_at, "")):
            yield row
            continue

        def cell(column: int, row: int = row) -> str:
            own = " ".join(sheet.text(row, column).split())
            return own or (
                " ".join(sheet.text(*down[row, column]).split())
                if (row, column) in down and reading.columns.get(column) in (CATEGORY, NUMBER, SIGNED_ON, DECIDER)
                else ""
            )

        yield _Row(reading, {column: cell(column) for column in reading.columns}, today).read(row)


class _Row:
    """A row being read: its cells, what was found wrong on the way."""

    def __init__(self, reading: ListReading, cells: Mapping[int, str], today: date) -> None:
        self._at = {meaning: column for column, meaning in sorted(reading.columns.items(), reverse=True)}
        self._cells = cells
        self._today = today
        self._wrong: list[tuple[int | None, str]] = []
        self._lacks: list[tuple[int | None, str]] = []

    def text(self, meaning: str) -> str:
        column = self._at.get(meaning)
        return "" if column is None else self._cells.get(column, "")

    def wrong(self, meaning: str, words: str) -> None:
        self._wrong.append((self._at.get(meaning), words))

    def lack(self, meaning: str, words: str) -> None:
        self._lacks.append((self._at.get(meaning), words))

    def read(self, row: int) -> ListRow:
        name = tidy_name(self.text(NAME))
        if not _looks_like_name(name):
            self.wrong(NAME, _("Không đọc được họ và tên."))
        sex, born_on, year = self._born()
        number, kind = self._id()
        values: dict[str, object] = {each: self.text(each)[:300] for each in PLAIN}
        issued = self._day("id_issued_on")
        phone = tidy_phone(self.text("phone"))
        if phone is None:
            self.wrong("phone", _("Số điện thoại không đúng."))
        block = PersonBlock(
            name=name, born_on=born_on, id_number=number, id_kind=kind, id_issued_on=issued, phone=phone or "",
            **values,  # type: ignore[arg-type]
        )  # fmt: skip
        category, setting = category_of(self.text(CATEGORY))
        if category is None:
            words = _("Chưa nhận ra diện quản lý.") if self.text(CATEGORY) else _("Chưa ghi diện quản lý (loại).")
            self.lack(CATEGORY, words)
        signed = self._day(SIGNED_ON)
        decision = self.text(NUMBER)[:60]
        if signed is None and not any(column == self._at.get(SIGNED_ON) for column, _words in self._wrong):
            # "12/QĐ-CAX ngày 05/7/2026" in one cell.
            if found := re.search(r"\bngày\s+(.+)$", decision):
                signed = day_in(found[1])[0]
                decision = decision[: found.start()].strip(" ,;")
            if signed is None:
                self.lack(SIGNED_ON, _("Chưa ghi ngày quyết định: không có văn bản thì không được lập hồ sơ."))
        if not decision:
            self.lack(NUMBER, _("Chưa ghi số quyết định: không có văn bản thì không được lập hồ sơ."))
        if signed is not None and signed > self._today:
            self.wrong(SIGNED_ON, _("Ngày quyết định ở tương lai."))
        test_on = self._day(TEST_ON)
        return ListRow(
            row, block, sex, year, category, setting, decision, signed, self.text(DECIDER)[:100], test_on,
            tuple(self._wrong), tuple(self._lacks),
        )  # fmt: skip

    def _born(self) -> tuple[str, date | None, int]:
        """Sex, day and year of birth: from columns of their own, or Nam and Nữ with the year in one of them."""
        sex = {"nam": "male", "nu": "female"}.get(fold(self.text(SEX)), "")
        born = BORN
        for meaning, value in ((MALE, "male"), (FEMALE, "female")):
            text = self.text(meaning)
            if not text:
                continue
            if sex and sex != value:
                self.wrong(meaning, _("Hai cột Nam và Nữ cùng có chữ, hoặc trái với cột giới tính."))
            sex = value
            if fold(text) not in _TICKS and text.lower() not in _TICKS:
                born = meaning
        if not sex:
            at = SEX if SEX in self._at else MALE
            self.wrong(at, _("Chưa ghi giới tính (Nam hoặc Nữ)."))
        day, year = day_in(self.text(born))
        if year is None:
            self.wrong(born, _("Không đọc được ngày sinh hoặc năm sinh."))
        elif not EARLIEST <= year <= self._today.year or (day is not None and day > self._today):
            self.wrong(born, _("Năm sinh không hợp lý."))
        return sex, day, year or 0

    def _id(self) -> tuple[str, str]:
        text = self.text(ID_NUMBER)
        found = tidy_id(text)
        if found is None:
            self.wrong(
                ID_NUMBER, _("Số giấy tờ không đúng: CCCD có 12 chữ số, CMND có 9 chữ số. Để dạng chữ (Text) khi gõ.")
            )
            return "", ""
        return found

    def _day(self, meaning: str) -> date | None:
        text = self.text(meaning)
        if not text:
            return None
        day, _year = day_in(text)
        if day is None:
            self.wrong(meaning, _("Không đọc được ngày: ghi đủ ngày/tháng/năm."))
        return day


def _looks_like_name(text: str) -> bool:
    return (
        len(text) <= LONGEST and sum(each.isalpha() for each in text) >= 2 and not any(each.isdigit() for each in text)
    )


def tidy_name(text: str) -> str:
    """A name with single blanks; one that is all capitals or all small gets capitals in front of its syllables."""
    words = " ".join(text.split())
    if words and (words.isupper() or words.islower()):
        words = " ".join(each[:1].upper() + each[1:].lower() for each in words.split())
    return words


def tidy_id(text: str) -> tuple[str, str] | None:
    """Number and kind of an identity paper: ("", "") for none, None where it can be none.

    A spreadsheet takes the noughts in front away (11 digits and 8 digits); `034095001234.0` is a number it made a sum
    of. What it has rounded (`3.4095E+10`) is lost.
    """
    bare = re.sub(r"[\s'’`]", "", text)
    if not bare or bare in ("-", "—"):
        return "", ""
    bare = re.sub(r"\.0+$", "", bare)
    if re.fullmatch(r"[A-Za-z]\d{7,8}", bare):
        return bare.upper(), "passport"
    bare = re.sub(r"[.\-]", "", bare)
    if not re.fullmatch(r"\d{8,12}", bare) or not bare.isascii():
        return None
    if len(bare) in (11, 12):
        return bare.zfill(12), "cccd"
    return (bare.zfill(9), "cmnd") if len(bare) in (8, 9) else (bare.zfill(12), "cccd") if bare[0] != "0" else None


def tidy_phone(text: str) -> str | None:
    """A telephone number with its nought: "" for none, None where it can be none. Of several the first."""
    first = re.split(r"[;,/]| - ", text)[0]
    bare = re.sub(r"\.0+$", "", first.strip())
    bare = re.sub(r"[\s.\-()'’]", "", bare)
    if not bare:
        return ""
    bare = re.sub(r"^(?:\+84|0084)", "0", bare)
    if re.fullmatch(r"[1-9]\d{8}", bare):
        bare = f"0{bare}"
    return bare if re.fullmatch(r"0\d{9,10}", bare) and bare.isascii() else None


def day_in(text: str) -> tuple[date | None, int | None]:
    """Day and year of a cell: both, the year alone (`1990`, `5/1990`), or neither. Days of spreadsheets are numbers."""
    bare = re.sub(r"^(?:ngày|năm|ngay|nam)\s+", "", " ".join(text.split()), flags=re.IGNORECASE).strip(" .,'")
    if not bare.isascii():
        return None, None
    if (found := _DAY.fullmatch(bare)) is not None:
        year = int(found[3])
        if len(found[3]) == 2:
            return None, None
        return _made(year, int(found[2]), int(found[1]))
    if (found := _ISO.fullmatch(bare)) is not None:
        return _made(int(found[1]), int(found[2]), int(found[3]))
    for pattern in (_MONTH, _YEAR):
        if (found := pattern.fullmatch(bare)) is not None:
            return None, int(found[1])
    if (found := _SERIAL.fullmatch(bare)) is not None:
        day = _EPOCH + timedelta(days=int(found[1]))
        return day, day.year
    return None, None


def _made(year: int, month: int, day: int) -> tuple[date | None, int | None]:
    try:
        return date(year, month, day), year
    except ValueError:
        return None, None


def category_of(text: str) -> tuple[Category | None, Setting | None]:
    """The status that a cell names, with its setting where it says so."""
    key = fold(text)
    for category, setting, pattern in _CATEGORIES:
        if pattern.search(key):
            return category, setting
    return None, None


def same_person(rows: Sequence[ListRow]) -> dict[int, int]:
    """Rows that repeat one above: by number, else by name, sex and birth. Row to the row that it repeats."""
    seen: dict[tuple[object, ...], int] = {}
    found: dict[int, int] = {}
    for each in rows:
        block = each.block
        key: tuple[object, ...] = (
            ("id", block.id_number)
            if block.id_number
            else (fold(block.name), each.sex, block.born_on or each.birth_year)
        )
        if key in seen:
            found[each.row] = seen[key]
        else:
            seen[key] = each.row
    return found
