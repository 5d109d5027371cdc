"""Forms of people as documents: a form of `data/papers` and the values of one record in, a report of one person out.

The layout is that of Decree 30/2020/NĐ-CP (`report.py`), the person block in the order of annex III of Decree
163/2026/NĐ-CP. What is not known stays a blank to be filled by hand; nothing is left out because it is empty.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from attrs import frozen

from pcmt.documents.output.grids import FONT, OPTIONS, footer_words
from pcmt.documents.output.official import Column, Official, Signature
from pcmt.documents.output.paper import BLANK
from pcmt.documents.output.report import Block, Centred, Grid, Report, Row, Title
from pcmt.reference import FormText

DRAFT = "DỰ THẢO"
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
TICKED, UNTICKED = "[x]", "[  ]"
POLICE, CHAIR = "police", "chair"


@frozen(kw_only=True)
class Issuer:
    """The commune that issues a form, by the names of its bodies: `police` Công an xã …, `committee` its committee.

    `short` is X, P or ĐK, by which symbols of the commune's police end.
    """

    place: str
    police: str = ""
    police_above: str = ""
    committee: str = ""
    short: str = "X"


@frozen(kw_only=True)
class Signed:
    """What a form has once it is signed: its whole number and symbol, the day, the post of who signed."""

    number: str
    on: date
    decider: str


@frozen(kw_only=True, repr=False)
class Person:
    """The lines of the person block: label and value, "" for what is not known; `guardian`: of who is under 18."""

    lines: Sequence[tuple[str, str]]
    guardian: Sequence[tuple[str, str]] = ()


def form_report(
    form: FormText,
    values: Mapping[str, str],
    *,
    person: Person,
    issuer: Issuer,
    ticks: Sequence[tuple[str, str]] = (),
    signed: Signed | None = None,
    foot: str,
) -> Report:
    """The form filled in. `ticks` are code and words of the grounds, `values["ground"]` the code of the one that holds.

    `foot` stands in the foot of every page: who took the document out, when, by which mark. Until it is signed a form
    is marked as a draft.
    """
    known = {"place": issuer.place, "police": issuer.police, "committee": issuer.committee, **values}
    blocks = list(_blocks(form, known, person, ticks))
    if form.decides:
        # The grounds of a decision stand between its authority and the word QUYẾT ĐỊNH.
        blocks.insert(0, Centred("QUYẾT ĐỊNH:"))
    return Report(
        frame=_frame(form, known, issuer, signed),
        authority=authority(form, issuer) if form.decides else "",
        grounds=[ground_words(each, known) for each in form.bases],
        blocks=blocks,
        taken=foot,
        mark="" if signed else DRAFT,
    )


def authority(form: FormText, issuer: Issuer) -> str:
    """Who decides, as the line above the grounds names the post."""
    return f"Trưởng {issuer.police or BLANK}" if form.issuer == POLICE else f"Chủ tịch {issuer.committee or BLANK}"


def post_of(form: FormText) -> str:
    """The post that signs."""
    return "Trưởng Công an" if form.issuer == POLICE else "Chủ tịch"


def symbol_of(form: FormText, issuer: Issuer) -> str:
    """What follows the number: `QĐ-CAX`, `QĐ-UBND`; "" for a form without number."""
    if not form.symbol:
        return ""
    return f"{form.symbol}-{f'CA{issuer.short}' if form.issuer == POLICE else 'UBND'}"


def filled(words: str, values: Mapping[str, str]) -> str:
    """Words with their placeholders replaced; blanks for what is not known."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], "").strip() or BLANK, words)


def ground_words(words: str, values: Mapping[str, str]) -> str:
    """A line of legal grounds, with the word that introduces it."""
    text = filled(words, values)
    return f"Theo {text}" if text.startswith("đề nghị") else f"Căn cứ {text}"


def _frame(form: FormText, values: Mapping[str, str], issuer: Issuer, signed: Signed | None) -> Official:
    police = form.issuer == POLICE
    number, _slash, symbol = (signed.number if signed else "").partition("/")
    return Official(
        agency=(issuer.police if police else issuer.committee) or BLANK,
        parent=issuer.police_above if police else "",
        number=number.strip(),
        symbol=symbol.strip() or symbol_of(form, issuer),
        place=issuer.place,
        day=signed.on if signed else None,
        kind=form.kind,
        subject=form.subject,
        body=(),
        signature=Signature(post=signed.decider if signed else post_of(form)),
        recipients=[filled(each, values) for each in form.recipients],
        archive="hồ sơ",
        numbered=bool(form.symbol),
    )


def _blocks(
    form: FormText, values: Mapping[str, str], person: Person, ticks: Sequence[tuple[str, str]]
) -> Iterator[Block]:
    for line in form.text:
        match line.partition(" "):
            case ("@person", _, _):
                yield from (f"{label}: {value.strip() or BLANK}" for label, value in person.lines)
            case ("@guardian", _, _):
                yield from (f"{label}: {value.strip() or BLANK}" for label, value in person.guardian)
            case ("@ticks", _, _):
                chosen = values.get("ground", "")
                yield from (f"{TICKED if code == chosen else UNTICKED} {words}" for code, words in ticks)
            case ("@each", _, name):
                lines = [each.strip(" -;.") for each in values.get(name, "").splitlines() if each.strip(" -;.")]
                yield from (f"{number}. {each};" for number, each in enumerate(lines or [BLANK], 1))
            case ("#", _, words):
                yield Title(filled(words, values), 2)
            case ("^", _, words):
                yield Centred(filled(words, values))
            case _:
                yield filled(line, values)


@frozen(kw_only=True, repr=False)
class Listed:
    """A line of the register list."""

    code: str
    name: str
    born: str
    sex: str
    id_number: str
    address: str
    category: str
    decision: str
    starts: str
    ends: str
    state: str

    def cells(self, number: int) -> list[str]:
        """The cells of the line, in the order of `LIST_COLUMNS`."""
        return [
            str(number), self.code, self.name, self.born, self.sex, self.id_number, self.address, self.category,
            self.decision, self.starts, self.ends, self.state,
        ]  # fmt: skip


LIST_COLUMNS = (
    Column("STT", 10, "center"), Column("Mã hồ sơ", 27, "center"), Column("Họ và tên", 28),
    Column("Ngày sinh", 20, "center"), Column("Giới tính", 12, "center"), Column("Số giấy tờ", 26, "center"),
    Column("Nơi ở hiện nay", 32), Column("Diện quản lý", 25), Column("Quyết định", 26), Column("Từ ngày", 20, "center"),
    Column("Đến hết ngày", 20, "center"), Column("Tình trạng", 19),
)  # fmt: skip
"""The register list (form III-10 of Decree 163/2026/NĐ-CP) with what the registers know of each person."""


def list_report(rows: Sequence[Listed], *, start: date, last: date, on: date, issuer: Issuer, foot: str) -> Report:
    """The register list of a span of days, for the commune's police to sign."""
    grid = Grid(
        columns=LIST_COLUMNS,
        rows=[Row(each.cells(number)) for number, each in enumerate(rows, 1)],
        notes=[f"Tổng số: {len({each.code for each in rows})} người."],
        size=9.5,
    )
    frame = Official(
        agency=issuer.police or BLANK, parent=issuer.police_above, place=issuer.place, day=on, kind="DANH SÁCH",
        subject=f"Người được quản lý từ ngày {start:%d/%m/%Y} đến hết ngày {last:%d/%m/%Y}", body=(),
        signature=Signature(post="Trưởng Công an"), archive="hồ sơ", landscape=True, numbered=False,
    )  # fmt: skip
    return Report(frame=frame, blocks=[grid], taken=foot)


def list_workbook(rows: Sequence[Listed], *, title: str, foot: str) -> bytes:
    """The register list as a workbook: every cell as text, the mark under every printed page and below the list."""
    import xlsxwriter

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, OPTIONS) as book:
        page = book.add_worksheet("Danh sách")
        framed = {**FONT, "text_wrap": True, "border": 1, "border_color": "#8A8A8A"}
        head, cell = book.add_format({**framed, "bold": True, "align": "center"}), book.add_format(framed)
        page.write_string(0, 0, title, book.add_format({**FONT, "bold": True, "font_size": 14}))
        page.write_string(1, 0, foot, book.add_format({**FONT, "italic": True}))
        for at, column in enumerate(LIST_COLUMNS):
            page.write_string(3, at, column.label, head)
            page.set_column(at, at, column.share * 0.75)
        for line, row in enumerate(rows, 1):
            for at, text in enumerate(row.cells(line)):
                page.write_string(3 + line, at, text, cell)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(3)
        page.freeze_panes(4, 0)
        page.set_footer(f"&C&9{footer_words(foot)}")
    return output.getvalue()
