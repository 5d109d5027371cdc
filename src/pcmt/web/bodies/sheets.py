"""The workbooks of importing: a form for one's area, and a list given back with its cells marked."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from pcmt.apps.units.lists import HAMLET_TYPES, Field, hamlet_name
from pcmt.apps.units.models import ImportKind, Level, Unit, UnitImport, UnitKind, UnitLink, holds_on
from pcmt.apps.units.queries import communes_of
from pcmt.apps.units.queries.imports import CHANGED, NEW, SAME, WRONG, Outcome, Preview
from pcmt.documents import grid_from
from pcmt.documents.output.grids import FormColumn, Marks, write_form, write_marked

USUAL_TYPES = ("Thôn", "Bản", "Xóm", "Ấp", "Khối", "Khu phố", "Tổ dân phố", "Buôn", "Làng", "Khóm")


def template_sheet(area: Unit, kind: str, on: date) -> bytes:
    """A workbook for the units of an area: those that are there in its rows, the communes to choose from beside it.

    In Vietnamese for every reader: it is a paper of the locality, and its headings are read again.
    """
    with override("vi"):
        return _template(area, kind, on)


def _template(area: Unit, kind: str, on: date) -> bytes:
    communes = [area] if area.level == Level.COMMUNE else communes_of(area.pk, on)
    many = area.level != Level.COMMUNE
    names = [unit.name for unit in communes]
    columns = []
    if kind == ImportKind.HAMLETS:
        columns.append(
            FormColumn(str(Field.TYPE.label), 16, "Chọn loại, hoặc ghi loại vào đầu tên.", list(USUAL_TYPES))
        )
    columns.append(FormColumn(str(Field.NAME.label), 42, "Tên như trong văn bản, ví dụ “07”, “Đông Thượng”."))
    if many:
        above = [area.name, *names] if kind == ImportKind.BODIES else names
        columns.append(FormColumn(str(Field.PARENT.label), 30, "Chọn trong danh sách, hoặc ghi tên.", above))
    columns += [
        FormColumn(str(Field.CODE.label), 14, "Không bắt buộc."),
        FormColumn(str(Field.IDENTIFIER.label), 20, "Nhóm chữ số và chữ cái A-Z cách nhau bằng dấu chấm."),
        FormColumn(str(Field.SHORT.label), 20, "Không bắt buộc."),
        FormColumn(str(Field.ALSO.label), 30, "Nhiều tên thì cách nhau bằng dấu chấm phẩy."),
        FormColumn(str(Field.SINCE.label), 14, "Dạng 01/7/2025; để trống nếu đã có từ lâu."),
    ]
    rows = [_row(kind, many, unit, parent) for unit, parent in _there(area, communes, kind, on)]
    codes = [["Mã", "Tên"], *([unit.code, unit.name] for unit in communes)]
    return write_form(
        name="Danh sách",
        title=f"{ImportKind(kind).label} · {area.name}",
        remark="Mỗi dòng một đơn vị. Đơn vị đã có ở sẵn bên dưới; thêm dòng mới vào cuối. Không cần xóa gì.",
        columns=columns,
        rows=rows,
        lists={"Xã, phường": codes} if many else None,
    )


def _there(area: Unit, communes: list[Unit], kind: str, on: date) -> list[tuple[Unit, Unit]]:
    """The units of the kind that stand below the communes (bodies: also below the area itself), with their parents."""
    parents = {unit.pk: unit for unit in (area, *communes)}
    links = UnitLink.objects.filter(holds_on(on), holds_on(on, "child__"), parent__in=list(parents))
    links = links.select_related("child")
    if kind == ImportKind.HAMLETS:
        links = links.filter(child__level=Level.HAMLET)
    elif kind == ImportKind.SCHOOLS:
        links = links.filter(child__level=Level.SCHOOL)
    else:
        links = links.filter(child__kind__in=[UnitKind.AGENCY, UnitKind.OFFICE]).exclude(child__level=Level.SCHOOL)
    ordered = links.order_by("parent__sort_key", "parent_id", "child__sort_key", "child_id")
    return [(link.child, parents[link.parent_id]) for link in ordered]


def _row(kind: str, many: bool, unit: Unit, parent: Unit) -> list[str]:
    named = [unit.name]
    if kind == ImportKind.HAMLETS:
        word = next((each for each in sorted(HAMLET_TYPES.values(), key=len, reverse=True) if _begins(unit, each)), "")
        named = [word.capitalize(), unit.name[len(word) :].strip()] if word else ["", unit.name]
    return [*named, *([parent.name] if many else []), unit.code, unit.identifier, unit.short_name]


def _begins(unit: Unit, word: str) -> bool:
    """Whether the name is that word and a rest, so that it comes back as it was."""
    rest = unit.name[len(word) :].strip()
    return unit.name.lower().startswith(f"{word} ") and hamlet_name(rest, word).name.lower() == unit.name.lower()


def marked_sheet(made: UnitImport, found: Preview) -> bytes:
    """The same cells again: rows coloured by what becomes of them, wrong cells with their reason, words at the end."""
    marks: dict[int, Marks] = {}
    by_sheet: dict[int, list[Outcome]] = defaultdict(list)
    for each in found.outcomes:
        by_sheet[each.row.sheet].append(each)
    for reading in found.readings:
        outcomes = by_sheet[reading.sheet]
        marks[reading.sheet] = Marks(
            head=reading.header,
            title=_("Kết quả kiểm tra"),
            # Only the cell that is wrong is coloured in a wrong row: that is where to look.
            rows={each.row.row: "same" if each.state == WRONG else each.state for each in outcomes}
            | {row: "passed" for sheet, row in found.passed if sheet == reading.sheet},
            cells={
                wrong.cell: ("wrong", wrong.message)
                for each in outcomes
                for wrong in each.wrong
                if wrong.sheet == reading.sheet
            },
            words={each.row.row: _words(each) for each in outcomes},
        )
    return write_marked(grid_from(made.grid), marks)


def _words(each: Outcome) -> str:
    if each.state == WRONG:
        return "; ".join(f"{wrong.address}: {wrong.message}" for wrong in each.wrong)
    said = {NEW: _("Mới: %(name)s"), SAME: _("Đã có: %(name)s"), CHANGED: _("Thay đổi: %(name)s")}[each.state]
    words = [said % {"name": f"{each.name}, {each.parent_name}"}]
    words += [
        f"{change.label}: {change.before} → {change.after}" if change.before else f"{change.label}: {change.after}"
        for change in each.changes
    ]
    if each.note:
        words.append(each.note)
    return "; ".join(words)
