"""Sentences of a report, built by rules from its figures, verdicts, tasks and events.

Each sentence keeps a *link* for every number in it: where it stands and which figure it tells. In the text of a report
a sentence is plain words that people change as they like. What they left as it was can be found again, compared with
what the same rule says now, and replaced (`stale_numbers`); words of their own are theirs.

What a section of a form may name in its `drafts` are `core.schemas.RECIPES`; "carried" asks for the words of the last
report, which no rule makes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import attrs
from attrs import frozen

from pcmt.core.evaluating.sentences import VERDICTS
from pcmt.core.evaluating.verdicts import Verdict
from pcmt.core.measures import number_label
from pcmt.core.periods import date_label

JOINED = 3
"""So many lines of a table stand in one sentence."""
NAMED = 10
"""So many targets or tasks of one sort are named; the sentence before says how many there are."""
STEEP = Decimal(200)
"""A change by more percent than this is told as a number: "tăng 1.100%" says nothing to anybody."""
THIS = "this"
NOT_TOLD = "chưa có số liệu"
POINTS = "điểm phần trăm"
VERBS = (
    "phát hiện", "bắt", "khởi tố", "truy tố", "xét xử", "điều tra", "triệt phá", "triệt xóa", "thu giữ", "xử lý",
    "xử phạt", "tổ chức", "tuyên truyền", "vận động", "lập hồ sơ", "kiểm tra", "rà soát", "tiếp nhận", "giải quyết",
    "xác minh", "xét nghiệm", "ký cam kết", "đưa", "cấp", "phát", "treo", "đăng", "mở", "hỗ trợ", "giới thiệu",
    "tư vấn", "dạy nghề", "tập huấn", "xây dựng", "ban hành", "lắp đặt", "tiêu hủy", "phúc tra",
)  # fmt: skip
"""How the words after "Số vụ …" begin where they can open a sentence: "Phát hiện 12 vụ"."""

NO_VERBS = ("bắt đầu", "cấp xã", "cấp tỉnh", "phát sinh")
"""What only looks like one of them."""
_LINES = re.compile(r"\s*\(dòng [^)]*\)")
"""Which lines of the table a sum adds up: nothing to say in a text."""


@frozen
class Link:
    """A stretch of a sentence that tells one figure: column `this`, or a column of the table, or what follows from
    both (`change:`, `percent:` and `points:` before the column compared with). What no table holds has a line that
    begins with "@" (`@targets`, `@target:7`, `@tasks`).
    """

    start: int
    end: int
    line: str
    column: str


@frozen
class Sentence:
    """One sentence. `key` says what it tells of: the same rule makes the sentence of the same key anew."""

    key: str
    text: str
    links: tuple[Link, ...] = ()

    def said(self, link: Link) -> str:
        """The words of a link."""
        return self.text[link.start : link.end]


@frozen(kw_only=True)
class Row:
    """A line of a table: its number now, and the one that it is compared with.

    `against` is the key of that column and `since` its words ("cùng kỳ năm trước"). Of a `share` numbers are percent.
    """

    key: str
    label: str
    unit_word: str = ""
    value: Decimal | None = None
    applies: bool = True
    before: Decimal | None = None
    against: str = ""
    since: str = "cùng kỳ năm trước"
    share: bool = False


@frozen(kw_only=True)
class OfTarget:
    """How a target stands, as it was judged; `sentence` begins with the word of its verdict."""

    key: str
    name: str
    verdict: Verdict
    sentence: str


@frozen(kw_only=True)
class OfTask:
    """How a task stands with the body. `state` is done, waiting (for acceptance), overdue or open; what was only
    `requested` of the body is never overdue. `days_late` counts from the limit.
    """

    key: str
    text: str
    state: str
    requested: bool = False
    due_on: date | None = None
    days_late: int = 0


@frozen(kw_only=True)
class OfEvent:
    """Something that happened on a day of the period."""

    key: str
    words: str
    on: date


@frozen(kw_only=True)
class Basis:
    """All that a report can tell of: tables by the key of their section, each the lines between two headings.

    `tasks` were due by the end of the period or done in it; `ahead` are due in the next one.
    """

    tables: Mapping[str, Sequence[Sequence[Row]]] = attrs.field(factory=dict)
    targets: Sequence[OfTarget] = ()
    tasks: Sequence[OfTask] = ()
    ahead: Sequence[OfTask] = ()
    events: Sequence[OfEvent] = ()
    letters: int = 0
    urged: int = 0


@frozen
class Stale:
    """A sentence of the program in a text that its rule would write otherwise now: `start` and `end` in the text.

    `wrong` are the numbers that no longer hold, as (words then, words now). An empty `proposal` says that the sentence
    has nothing to tell any more.
    """

    start: int
    end: int
    was: Sentence
    proposal: str
    wrong: tuple[tuple[str, str], ...] = ()


def narrate(recipes: Iterable[str], basis: Basis, tables: Collection[str] = ()) -> tuple[Sentence, ...]:
    """The sentences of some recipes, in their order; what has nothing to tell says nothing.

    `tables` are those that the section itself is about: all their lines are told. A section without any tells the
    first lines of every table. What is compared is not told alone as well.
    """
    names = list(dict.fromkeys(recipes))
    found: dict[str, Sentence] = {}
    for name in names:
        if name in _RECIPES and not (name == "figures" and "comparison" in names):
            found.update((each.key, each) for each in _RECIPES[name](basis, tables))
    return tuple(found.values())


def stale_numbers(text: str, draft: Sequence[Sentence], fresh: Sequence[Sentence]) -> tuple[Stale, ...]:
    """Sentences of a draft that stand in a text unchanged and that would be written otherwise now (`fresh`)."""
    now = {each.key: each for each in fresh}
    found = []
    for start, was in _standing(text, draft):
        new = now.get(was.key)
        if new is None or new.text != was.text:
            found.append(Stale(start, start + len(was.text), was, new.text if new else "", _wrong(was, new)))
    return tuple(found)


def refreshed(text: str, draft: Sequence[Sentence], fresh: Sequence[Sentence]) -> str:
    """The text with every stale sentence replaced; one that has nothing to tell any more is left out."""
    for each in reversed(stale_numbers(text, draft, fresh)):
        before, after = text[: each.start], text[each.end :]
        if not each.proposal:
            before, after = before.rstrip(" "), after.lstrip(" ") if not before.strip() else after
        text = before + each.proposal + after
    kept = [line.strip() if not line.strip() else line for line in text.split("\n")]
    return "\n".join(kept).strip("\n")


def not_said(text: str, fresh: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences that do not stand in the text."""
    there = {each.key for _start, each in _standing(text, fresh)}
    return tuple(each for each in fresh if each.key not in there)


def paragraphs(sentences: Sequence[Sentence]) -> str:
    """Sentences as text: those of one sort make a paragraph."""
    found: list[list[Sentence]] = []
    for each in sentences:
        if found and _sort(found[-1][0]) == _sort(each):
            found[-1].append(each)
        else:
            found.append([each])
    return "\n".join(" ".join(each.text for each in group) for group in found)


def sentence_data(sentence: Sentence) -> dict[str, Any]:
    """A sentence as it is stored."""
    links = [[each.start, each.end, each.line, each.column] for each in sentence.links]
    return {"key": sentence.key, "text": sentence.text, "links": links}


def sentence_from(data: Mapping[str, Any]) -> Sentence:
    """A stored sentence."""
    return Sentence(data["key"], data["text"], tuple(Link(*each) for each in data.get("links", ())))


def _sort(sentence: Sentence) -> str:
    name, _colon, rest = sentence.key.partition(":")
    return f"{name}:{rest.partition(':')[0]}" if name in ("comparison", "figures") else name


def _standing(text: str, sentences: Sequence[Sentence]) -> list[tuple[int, Sentence]]:
    """Where sentences stand word for word; of two that overlap the longer one."""
    taken: list[tuple[int, int, Sentence]] = []
    for each in sorted(sentences, key=lambda each: -len(each.text)):
        at = text.find(each.text) if each.text else -1
        while at >= 0:
            end = at + len(each.text)
            if all(end <= first or at >= last for first, last, _other in taken):
                taken.append((at, end, each))
            at = text.find(each.text, end)
    return [(start, each) for start, _end, each in sorted(taken, key=lambda found: found[0])]


def _wrong(was: Sentence, new: Sentence | None) -> tuple[tuple[str, str], ...]:
    """The numbers of a sentence that are told otherwise now, by the figure that they tell."""
    now = {(link.line, link.column): new.said(link) for link in new.links} if new else {}
    pairs = [(was.said(link), now.get((link.line, link.column), "")) for link in was.links]
    return tuple((before, after) for before, after in pairs if before != after)


# --- how a sentence is put together


class _Writing:
    """A sentence while it is written."""

    def __init__(self) -> None:
        self.text = ""
        self.links: list[Link] = []

    def say(self, words: str) -> None:
        self.text += words

    def tell(self, words: str, line: str, column: str) -> None:
        """Words that tell a figure."""
        self.links.append(Link(len(self.text), len(self.text) + len(words), line, column))
        self.text += words

    def done(self, key: str) -> Sentence:
        return Sentence(key, self.text, tuple(self.links))


def shown(value: Decimal) -> str:
    """A number as sentences write it."""
    return number_label(value)


def rounded(value: Decimal) -> Decimal:
    """With one decimal, as percents are told."""
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent_of(value: Decimal, before: Decimal) -> Decimal:
    """By how many percent of what was before a number differs from it, without sign."""
    return rounded(abs(value - before) / before * 100)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _small(words: str) -> str:
    """With a small first letter, unless the word is an abbreviation ("UBND") or stands alone ("A")."""
    return words if words[1:2].isupper() or not words[1:2].isalpha() else words[:1].lower() + words[1:]


def _squeezed(words: str) -> str:
    return " ".join(_LINES.sub("", words).split()).rstrip(" .;:,")


def _begins(words: str, starts: Iterable[str]) -> bool:
    low = words.casefold()
    if low.startswith(NO_VERBS):
        return False
    return any(low == each or low.startswith((f"{each} ", f"{each},")) for each in starts)


def _around(row: Row) -> tuple[str, str]:
    """What stands before and after the number of a line: "Phát hiện 12 vụ", "Có 12 người nghiện"."""
    label, unit = _squeezed(row.label), "%" if row.share else row.unit_word
    after = unit if row.share or not unit else f" {unit}"
    head = f"số {row.unit_word} ".casefold()
    if row.unit_word and not row.share and label.casefold().startswith(head):
        rest = label[len(head) :].strip()
        if _begins(rest, VERBS):
            return f"{_capital(rest)} ", after
        return "Có ", f" {row.unit_word} {rest}"
    if row.unit_word and not row.share and _begins(label, VERBS):
        return f"{_capital(label)} ", after
    return f"{_capital(label)}: ", after


def _clause(to: _Writing, row: Row, first: bool, compared: bool, said_since: bool) -> bool:
    """Write what a line tells; whether it named what it is compared with, so that the next one need not."""
    cased = _capital if first else _small
    if row.value is None:
        to.say(f"{cased(_squeezed(row.label))}: ")
        to.tell(NOT_TOLD, row.key, THIS)
        if compared and row.before is not None:
            to.say(f" ({row.since} ")
            to.tell(shown(row.before), row.key, row.against)
            to.say(f"{_unit(row)})")
        return False
    before, after = _around(row)
    to.say(cased(before))
    to.tell(shown(row.value), row.key, THIS)
    to.say(after)
    return _compare(to, row, row.value, said_since) if compared else False


def _unit(row: Row) -> str:
    return "%" if row.share else f" {row.unit_word}" if row.unit_word else ""


def _compare(to: _Writing, row: Row, value: Decimal, said_since: bool) -> bool:
    """Write how a number differs from the one before."""
    against, before = row.against, row.before
    since = "" if said_since else f" so với {row.since}"
    if before is None:
        to.say(f" ({row.since} ")
        to.tell(NOT_TOLD, row.key, against)
        to.say(")")
        return False
    if value == before:
        to.say(", ")
        to.tell("không thay đổi", row.key, f"change:{against}")
        to.say(since)
        return True
    to.say(", tăng " if value > before else ", giảm ")
    gone = abs(value - before)
    if row.share:
        to.tell(shown(gone), row.key, f"points:{against}")
        to.say(f" {POINTS}")
    elif before and Decimal(0) < percent_of(value, before) <= STEEP:
        to.tell(shown(percent_of(value, before)), row.key, f"percent:{against}")
        to.say("%")
    else:
        to.tell(shown(gone), row.key, f"change:{against}")
        to.say(_unit(row))
    if not before and not row.share:
        to.say(f" ({row.since} ")
        to.tell("không có", row.key, against)
        to.say(")")
        return False
    to.say(" (")
    to.tell(shown(before), row.key, against)
    to.say(f"{_unit(row)}){since}")
    return True


# --- recipes


def _table_sentences(basis: Basis, tables: Collection[str], *, compared: bool) -> Iterator[Sentence]:
    name = "comparison" if compared else "figures"
    for section, groups in basis.tables.items():
        if tables and section not in tables:
            continue
        blank: list[Row] = []
        for group in groups if tables else groups[:1]:
            for at in range(0, len(group) if tables else min(len(group), 1), JOINED):
                rows = [row for row in group[at : at + JOINED] if row.applies]
                told = [row for row in rows if row.value is not None or (compared and row.before is not None)]
                blank += [row for row in rows if row not in told]
                if told:
                    key = f"{name}:{section}:{','.join(row.key for row in group[at : at + JOINED])}"
                    yield _joined(key, told, compared=compared)
        if blank:
            yield _blank(f"{name}:{section}:", section, blank)


def _joined(key: str, rows: Sequence[Row], *, compared: bool) -> Sentence:
    """Several lines in one sentence; what they are compared with is named once."""
    to = _Writing()
    named = ""
    for order, row in enumerate(rows):
        if order:
            to.say("; ")
        with_before = compared and bool(row.against)
        if _clause(to, row, not order, with_before, named == row.since):
            named = row.since
    to.say(".")
    return to.done(key)


def _blank(key: str, section: str, rows: Sequence[Row]) -> Sentence:
    """The lines of a table of which nothing is known, also not of the time that they are compared with."""
    to = _Writing()
    to.say(f"{_capital(NOT_TOLD)}: ")
    for order, row in enumerate(rows[:NAMED]):
        to.say("; " if order else "")
        to.tell(_small(_squeezed(row.label)), row.key, THIS)
    if len(rows) > NAMED:
        to.say(" và ")
        to.tell(str(len(rows) - NAMED), f"@table:{section}", "blank")
        to.say(" dòng khác")
    to.say(".")
    return to.done(key)


def _comparison(basis: Basis, tables: Collection[str]) -> Iterator[Sentence]:
    yield from _table_sentences(basis, tables, compared=True)


def _figures(basis: Basis, tables: Collection[str]) -> Iterator[Sentence]:
    yield from _table_sentences(basis, tables, compared=False)


_SAID_IN_FULL = (Verdict.MET, Verdict.MISSED, Verdict.BEHIND, Verdict.UNDETERMINED)


def _verdicts(basis: Basis, _tables: Collection[str]) -> Iterator[Sentence]:
    """How many targets stand how; then those that are met, missed, behind or undetermined, each with its reason."""
    if not basis.targets:
        return
    counts = Counter(each.verdict for each in basis.targets)
    to = _Writing()
    to.say("Trong ")
    to.tell(str(len(basis.targets)), "@targets", "all")
    to.say(" chỉ tiêu của kế hoạch: ")
    for order, verdict in enumerate(each for each in Verdict if counts[each]):
        to.say(", " if order else "")
        to.tell(str(counts[verdict]), "@targets", verdict.value)
        to.say(f" {_small(VERDICTS[verdict.value])}")
    to.say(".")
    yield to.done("verdicts")
    for verdict in _SAID_IN_FULL:
        for each in [each for each in basis.targets if each.verdict is verdict][:NAMED]:
            to = _Writing()
            to.say(f"Chỉ tiêu “{_squeezed(each.name)}”: ")
            to.tell(_reason(each), f"@target:{each.key}", "verdict")
            yield to.done(f"verdicts:{each.key}")


def _reason(target: OfTarget) -> str:
    """ "chậm, 3/10 vụ khi đã qua 50% thời gian." """
    word = VERDICTS[target.verdict.value]
    rest = target.sentence.removeprefix(f"{word}: ")
    return f"{_small(word)}, {rest}" if rest != target.sentence else _small(target.sentence)


def _tasks(basis: Basis, _tables: Collection[str]) -> Iterator[Sentence]:
    """What was given: done, waiting, overdue; and apart from it what was only asked for, which is nobody's fault."""
    given = [each for each in basis.tasks if not each.requested]
    asked = [each for each in basis.tasks if each.requested]
    counts = Counter(each.state for each in given)
    if given:
        to = _Writing()
        to.say("Đã hoàn thành ")
        to.tell(str(counts["done"]), "@tasks", "done")
        to.say("/")
        to.tell(str(len(given)), "@tasks", "all")
        to.say(" nhiệm vụ được giao")
        for state, words in (("waiting", "chờ nghiệm thu"), ("overdue", "quá hạn")):
            if counts[state]:
                to.say("; ")
                to.tell(str(counts[state]), "@tasks", state)
                to.say(f" nhiệm vụ {words}")
        to.say(".")
        yield to.done("tasks")
    done = [each for each in given if each.state == "done"][:NAMED]
    if done:
        to = _Writing()
        to.say("Trong đó đã hoàn thành: ")
        for order, each in enumerate(done):
            to.say("; " if order else "")
            to.tell(f"“{_squeezed(each.text)}”", f"@task:{each.key}", "done")
        to.say(".")
        yield to.done("tasks:done")
    for each in [each for each in given if each.state == "overdue"][:NAMED]:
        to = _Writing()
        to.say(f"Quá hạn: “{_squeezed(each.text)}”")
        if each.due_on:
            to.say(f" (hạn hết ngày {date_label(each.due_on)}, chậm ")
            to.tell(str(each.days_late), f"@task:{each.key}", "late")
            to.say(" ngày)")
        to.say(".")
        yield to.done(f"tasks:{each.key}")
    if asked:
        to = _Writing()
        to.say("Trong ")
        to.tell(str(len(asked)), "@asked", "all")
        to.say(" nội dung được đề nghị phối hợp, ")
        to.tell(str(sum(each.state == "done" for each in asked)), "@asked", "done")
        to.say(" nội dung đã có kết quả.")
        yield to.done("tasks:asked")


def _ahead(basis: Basis, _tables: Collection[str]) -> Iterator[Sentence]:
    """What is due next, the nearest first; what is only asked for is told as that."""
    sorts = ((False, "nhiệm vụ đến hạn trong kỳ tới"), (True, "nội dung được đề nghị phối hợp trong kỳ tới"))
    for asked, words in sorts:
        due = [each for each in basis.ahead if each.requested is asked]
        if not due:
            continue
        to = _Writing()
        to.say("Tập trung thực hiện ")
        to.tell(str(len(due)), "@ahead", "asked" if asked else "given")
        to.say(f" {words}: ")
        for order, each in enumerate(due[:NAMED]):
            to.say("; " if order else "")
            day = f" (hạn hết ngày {date_label(each.due_on)})" if each.due_on else ""
            to.tell(f"“{_squeezed(each.text)}”{day}", f"@task:{each.key}", "due")
        to.say("; …." if len(due) > NAMED else ".")
        yield to.done(f"ahead:{'asked' if asked else 'given'}")


def _events(basis: Basis, _tables: Collection[str]) -> Iterator[Sentence]:
    for each in basis.events:
        yield Sentence(f"events:{each.key}", f"Ngày {date_label(each.on)}: {_small(_squeezed(each.words))}.")


def _urging(basis: Basis, _tables: Collection[str]) -> Iterator[Sentence]:
    if not basis.letters:
        return
    to = _Writing()
    to.say("Đã gửi ")
    to.tell(str(basis.letters), "@urging", "letters")
    to.say(" công văn đôn đốc tới ")
    to.tell(str(basis.urged), "@urging", "bodies")
    to.say(" cơ quan, đơn vị.")
    yield to.done("urging")


_RECIPES: Mapping[str, Callable[[Basis, Collection[str]], Iterator[Sentence]]] = {
    "comparison": _comparison,
    "figures": _figures,
    "verdicts": _verdicts,
    "tasks": _tasks,
    "ahead": _ahead,
    "events": _events,
    "urging": _urging,
}
