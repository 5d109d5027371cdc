"""The words of urging letters: what a frozen letter says, as an official document. All of it is Vietnamese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import attrs
from django.utils.translation import override

from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import Urging, UrgingItem
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.apps.units.queries import committee
from pcmt.core.periods import date_label, parse_date
from pcmt.documents.output.official import Column, Heading, Mark, Official, Part, Signature, Table, write_official

LEVEL_WORD = re.compile(r"(?:tỉnh|thành phố|thị xã|thị trấn|huyện|quận|xã|phường|đặc khu)\s+", re.IGNORECASE)
POLICE = re.compile(r"công an ", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class LetterWords:
    """What somebody types for the letters of a batch: the letterhead, the signature, who gets a copy.

    `symbol` follows the number: `CAT-PC04`. `collective` is spoken for with TM., `head` signed for with KT., TL., TUQ.
    `answer_by` is the day until whose end an answer is asked for.
    """

    agency: str
    parent: str = ""
    symbol: str = ""
    place: str = ""
    answer_by: date | None = None
    mark: str = ""
    collective: str = ""
    head: str = ""
    post: str = ""
    signer: str = ""
    recipients: Sequence[str] = ()

    def stored(self) -> dict[str, Any]:
        """As the letter keeps it."""
        kept = {name: list(each) if isinstance(each, tuple) else each for name, each in attrs.asdict(self).items()}
        kept["answer_by"] = self.answer_by.isoformat() if self.answer_by else ""
        return kept

    def signature(self) -> Signature:
        """The signing block."""
        return Signature(post=self.post, name=self.signer, mark=Mark(self.mark), head=self.head, body=self.collective)


W = TypeVar("W", bound=LetterWords)


def words_of(stored: Mapping[str, Any], kind: type[W] = LetterWords) -> W:  # type: ignore[assignment]
    """What a letter keeps, as a value again; what later versions add stays empty."""
    names = {each.name for each in attrs.fields(kind)}
    known = {name: value for name, value in stored.items() if name in names}
    return kind(**{"agency": "", **known, "answer_by": parse_date(known.get("answer_by"))})


def usual_words(office: Unit, on: date) -> LetterWords:
    """What is known of an office that never wrote a letter: its name, the agency above it, its place."""
    area = committee(office.pk, on)
    return LetterWords(agency=body_name(office), parent=_agency_above(office, area, on), place=_place(area))


def body_name(unit: Unit) -> str:
    """A unit as an agency: an administrative unit writes as its People's Committee."""
    if unit.kind != UnitKind.ADMINISTRATIVE:
        return unit.name
    return f"Ủy ban nhân dân {unit.name[:1].lower()}{unit.name[1:]}"


def _agency_above(office: Unit, area: Unit | None, on: date) -> str:
    """The agency named above the writer (Decree 30/2020/NĐ-CP, Annex I): the police's is the police of the next level.

    A People's Committee has none above its name.
    """
    if office.kind == UnitKind.ADMINISTRATIVE or area is None:
        return ""
    if not POLICE.match(office.name):
        return body_name(area)
    if office.level == Level.PROVINCE:
        return "Bộ Công an"
    above = UnitClosure.objects.filter(holds_on(on), descendant_id=area.pk, depth__gt=0).values("ancestor_id")
    police = Unit.objects.as_of(on).filter(
        links_up__parent__in=above, kind=UnitKind.AGENCY, level=Level.PROVINCE, search_key__startswith="cong an"
    )
    found = police.order_by("sort_key", "pk").first()
    return found.name if found else ""


def _place(area: Unit | None) -> str:
    return LEVEL_WORD.sub("", area.name, count=1) if area else ""


def plan_reference(plan: Plan) -> str:
    """`Kế hoạch số 12/KH-UBND ngày 05/01/2026 của Ủy ban nhân dân tỉnh An Bình`; its title where it has no number."""
    with override("vi"):
        kind = plan.get_kind_display()
    named = f"{kind} số {plan.designation}" if plan.designation else f"{kind} “{plan.title}”"
    day = f" ngày {date_label(plan.issued_on)}" if plan.issued_on else ""
    issuer = f" của {body_name(plan.issuer)}" if plan.issuer else ""
    return f"{named}{day}{issuer}"


def plan_short(plan: Plan) -> str:
    """`Kế hoạch số 12/KH-UBND`, for a line of a table."""
    with override("vi"):
        kind = plan.get_kind_display()
    return f"{kind} số {plan.designation}" if plan.designation else f"{kind} “{plan.title}”"[:200]


def clause_words(address: str) -> str:
    """A place in the text as a letter writes it: `II.1.-2` is `II.1, gạch đầu dòng thứ 2`."""
    parts = re.split(r"\.(?=[-+*])", address)
    signs = {"-": "gạch đầu dòng", "+": "dấu cộng", "*": "dấu sao"}
    words = [parts[0]] if parts[0][:1] not in signs else []
    for part in parts[len(words) :]:
        number = part[1:].strip(".")
        words.append(f"{signs[part[0]]} thứ {number}" if number else signs[part[0]])
    return ", ".join(words)


def urging_document(urging: Urging, items: Sequence[UrgingItem]) -> Official:
    """A letter as an official document, from what it keeps alone."""
    words: LetterWords = words_of(urging.words)
    plans = list(urging.words.get("plans") or ())
    body = _requested(urging, items, words, plans) if urging.requested else _urging(urging, items, words, plans)
    return Official(
        agency=words.agency,
        parent=words.parent,
        symbol=words.symbol,
        place=words.place,
        subject=subject_of(urging, items, plans),
        to=[urging.unit_name],
        body=body,
        signature=words.signature(),
        recipients=words.recipients,
        archive=words.symbol.rpartition("-")[2] if "-" in words.symbol else "",
    )


def subject_of(urging: Urging, items: Sequence[UrgingItem], plans: Sequence[str]) -> str:
    """The subject behind `V/v`."""
    shorts = list(dict.fromkeys(item.plan_words for item in items))
    plan = shorts[0] if len(shorts) == 1 else "các kế hoạch phòng, chống ma túy"
    if urging.requested:
        return f"đề nghị phối hợp thực hiện {plan}"
    return f"đôn đốc thực hiện {plan}" if any(item.days_late for item in items) else f"nhắc thời hạn thực hiện {plan}"


def _of_plans(plans: Sequence[str]) -> str:
    return plans[0] if len(plans) == 1 else "; ".join(plans)


def _urging(urging: Urging, items: Sequence[UrgingItem], words: LetterWords, plans: Sequence[str]) -> list[Part]:
    late = [item for item in items if item.days_late]
    soon = [item for item in items if not item.days_late]
    name, day = urging.unit_name, date_label(urging.as_of)
    found = []
    if late:
        found.append(f"còn {len(late):02} việc đã quá thời hạn mà chưa có kết quả")
    if soon:
        found.append(f"{'và ' if late else 'có '}{len(soon):02} việc sắp đến hạn")
    opening = (
        f"Thực hiện {_of_plans(plans)}, {words.agency} đã theo dõi tiến độ của các cơ quan, đơn vị. "
        f"Tính đến hết ngày {day}, {name} {' '.join(found)}, cụ thể như sau:"
    )
    body: list[Part] = [opening]
    many = len(plans) > 1
    if late:
        if soon:
            body.append(Heading("1. Việc đã quá hạn"))
        body.append(_table(late, many=many, last=("Quá hạn (ngày)", 16), days=lambda item: str(item.days_late)))
    if soon:
        if late:
            body.append(Heading("2. Việc sắp đến hạn"))
        left = lambda item: str((item.due_on - urging.as_of).days)  # noqa: E731
        body.append(_table(soon, many=many, last=("Còn lại (ngày)", 16), days=left))
    until = f"hết ngày {date_label(words.answer_by)}" if words.answer_by else ""
    if late:
        body.append(
            f"{words.agency} đề nghị {name} tập trung chỉ đạo, hoàn thành dứt điểm các việc đã quá hạn"
            f"{'; bảo đảm các việc sắp đến hạn được hoàn thành đúng hạn' if soon else ''}. "
            f"Kết quả gửi về {words.agency}{f' chậm nhất {until}' if until else ''}; "
            "việc nào chưa thể hoàn thành, đề nghị nêu rõ nguyên nhân, vướng mắc và thời gian dự kiến hoàn thành."
        )
    else:
        body.append(
            f"{words.agency} đề nghị {name} quan tâm chỉ đạo để các việc trên được hoàn thành đúng hạn; "
            f"khó khăn, vướng mắc (nếu có) trao đổi về {words.agency}{f' trước khi {until}' if until else ''} "
            "để cùng tháo gỡ."
        )
    body.append(
        "Trường hợp đã hoàn thành nhưng chưa cập nhật kết quả, đề nghị cập nhật để việc theo dõi, tổng hợp được đầy đủ."
    )
    body.append(f"Trân trọng đề nghị {name} quan tâm thực hiện")
    return body


def _requested(urging: Urging, items: Sequence[UrgingItem], words: LetterWords, plans: Sequence[str]) -> list[Part]:
    columns = [
        Column("STT", 14, "center"),
        Column("Nội dung đề nghị phối hợp", 84, "both"),
        Column("Mục trong kế hoạch", 32, "center"),
        Column("Thời gian dự kiến", 32, "center"),
    ]
    many = len(plans) > 1
    rows = [
        [str(number), item.label, _place_words(item, many=many), f"hết ngày {date_label(item.due_on)}"]
        for number, item in enumerate(items, 1)
    ]
    until = f", nếu được trước khi hết ngày {date_label(words.answer_by)}" if words.answer_by else ""
    opening = (
        f"{_of_plans(plans)} có một số nội dung cần sự tham gia của {urging.unit_name}. Để việc triển khai được đồng "
        f"bộ, {words.agency} trân trọng đề nghị quý cơ quan quan tâm phối hợp các nội dung sau:"
    )
    return [
        opening,
        Table(columns, rows),
        f"Kết quả hoặc ý kiến của quý cơ quan xin gửi về {words.agency}{until} để tổng hợp chung.",
        "Rất mong nhận được sự quan tâm, phối hợp của quý cơ quan",
    ]


def _table(items: Sequence[UrgingItem], *, many: bool, last: tuple[str, float], days: Any) -> Table:
    """The items with clause, limit and days; a column for what was urged before only where there is any."""
    again = any(item.times > 1 for item in items)
    columns = [
        Column("STT", 14, "center"),
        Column("Nội dung công việc", 62 if again else 78, "both"),
        Column("Mục trong kế hoạch", 28, "center"),
        Column("Thời hạn", 28, "center"),
        Column(last[0], last[1], "center"),
        *([Column("Đã đôn đốc", 26, "center")] if again else []),
    ]
    rows = [
        [
            str(number),
            item.label,
            _place_words(item, many=many),
            _limit_words(item),
            days(item),
            *([again_words(item)] if again else []),
        ]
        for number, item in enumerate(items, 1)
    ]
    return Table(columns, rows)


def again_words(item: UrgingItem) -> str:
    """What is said of an item that was urged before: `Lần thứ 2; lần trước ngày 10/6/2026`."""
    if item.times < 2 or item.last_on is None:
        return ""
    return f"Lần thứ {item.times}; lần trước ngày {date_label(item.last_on)}"


def _limit_words(item: UrgingItem) -> str:
    words = f"hết ngày {date_label(item.due_on)}"
    if item.original_due_on and item.original_due_on != item.due_on:
        words += f" (đã gia hạn, hạn ban đầu {date_label(item.original_due_on)})"
    return words


def _place_words(item: UrgingItem, *, many: bool) -> str:
    place = clause_words(item.clause) if item.clause else ""
    if not many:
        return place
    return f"{place}, {item.plan_words}" if place else item.plan_words


def write_letter(urging: Urging, items: Sequence[UrgingItem]) -> bytes:
    """The letter as a Word file."""
    return write_official(urging_document(urging, items))


def write_register(urgings: Iterable[Urging], *, title: str) -> bytes:
    """The letters of a batch on one list, which goes with them: to whom, how many items, number, who received it.

    The letters carry their sums (`urging.with_sums`).
    """
    letters = list(urgings)
    words = words_of(letters[0].words) if letters else LetterWords(agency="")
    columns = [
        Column("STT", 14, "center"),
        Column("Nơi nhận", 66),
        Column("Số việc", 16, "center"),
        Column("Quá hạn", 16, "center"),
        Column("Quá nhiều nhất (ngày)", 22, "center"),
        Column("Số, ký hiệu, ngày ký", 34, "center"),
        Column("Ký nhận", 24),
    ]
    rows = []
    for number, letter in enumerate(letters, 1):
        signed = f"{letter.designation}, {date_label(letter.signed_on)}" if letter.signed_on else ""
        total, late, most = (getattr(letter, name) or 0 for name in ("total", "late", "most"))
        asked = letter.requested
        rows.append(
            [
                str(number),
                f"{letter.unit_name}{' (đề nghị phối hợp)' if asked else ''}",
                str(total),
                "" if asked else str(late),
                "" if asked or not most else str(most),
                signed,
                "",
            ]
        )
    total = ["", "Cộng", str(sum(getattr(each, "total", 0) for each in letters)),
             str(sum(getattr(each, "late", 0) for each in letters if not each.requested)), "", "", ""]  # fmt: skip
    return write_official(
        Official(
            agency=words.agency,
            parent=words.parent,
            symbol=f"DS-{words.symbol}" if words.symbol else "",
            place=words.place,
            kind="Danh sách",
            subject=title,
            body=[Table(columns, rows, total)],
            signature=words.signature(),
            archive=words.symbol.rpartition("-")[2] if "-" in words.symbol else "",
        )
    )
