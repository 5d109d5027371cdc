"""Physical lines and what each begins with: a label, a bullet, a table bar, a ruler, noise.

After this step every line knows where its words begin and end, which label opens it and of what class, and whether it
is content at all. Nothing is joined yet; that is the outline's work.
"""

from __future__ import annotations

import re

from attrs import define

from pcmt.core.reading.lexicon import VERB, phrase
from pcmt.core.reading.source import Pattern, Source
from pcmt.core.text import roman_value

# the letters of Vietnamese words, for character classes
UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ"
LOWER = "a-zàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_LABEL = Pattern(
    rf"""(?x)
    (?P<part>(?:PHẦN|Phần|CHƯƠNG|Chương|MỤC|Mục|Phụ[ ]lục|PHỤ[ ]LỤC)
        [ ]+(?:thứ[ ]+\w+|THỨ[ ]+\w+|[IVXL]+|\d{{1,2}}|[A-Z])\b[ ]*[.:]?)
    |(?P<article>(?:Điều|ĐIỀU)[ ]+\d{{1,3}}[ ]*[.:])
    |(?P<roman>[IVXL]{{1,6}})[ ]*(?:[.)/:](?=[ \t*_\u00a0]|[{UPPER}]|$)|[-–][ ]*(?=[{UPPER}]{{2}}))
    |(?P<dotted>\d{{1,2}}(?:\.\d{{1,2}}){{1,3}})(?:[.)/:](?=[ \t*_\u00a0]|[^\W\d_]|$)|(?=[ \t*_\u00a0]+[^\W\d_]))
    |(?P<arabic>\d{{1,2}})[ ]*(?:[.)](?!\d)|/(?=[ \t*_\u00a0]|[{UPPER}])|[-–](?=[ ]+[{UPPER}])|:(?=[ ]))
    |(?P<paren>\((?:\d{{1,2}}|[ivx]{{2,4}}|[a-zđ])\))
    |(?P<letter>[a-zđ]\d?)[ ]*(?:[.)/](?=[ \t*_\u00a0]|[{UPPER}]|$))
    |(?P<upper>[A-HĐK])[ ]*(?:[.)/](?=[ \t*_\u00a0]))
    |(?P<dash>[-–—−](?![-–—−|]))
    |(?P<plus>\+)
    |(?P<star>\*(?=[ \t\u00a0])|[•●○▪■◦·∙✓✔➢➤⮚❖►▶\uf0b7\uf0a7\uf0d8\uf02d\uf076](?=\D))
    """
)
_RULER = re.compile(r"[-–—_=*~.·\s|:]{3,}\Z|\|+\Z|\*{1,3}\Z")
_FOOTER = re.compile(r" [-–|] ?trang \d{1,3}(?: ?/ ?\d{1,3})?\Z", re.IGNORECASE)
_PAGE = re.compile(r"(?:[-–]\s*)?(?:trang\s+)?\d{1,3}(?:\s*/\s*\d{1,3})?(?:\s*[-–])?\Z", re.IGNORECASE)
_MARKUP = re.compile(r"[ \t\u00a0\ufeff\r]*(?:>[ \t]*)*(?:(#{1,6})[ \t]+)?")
# a number after such a word is no label even when a line breaks between them
_EXPECTS_NUMBER = phrase(
    r"(?:^|[ (])(?:ngày|tháng|năm|quý|số|điều|khoản|điểm|mục|từ|đến|đạt|trên|dưới|khoảng|nhất|thiểu|đa|vùng|cấp|và|"
    r"là|lớp|khối|tổ|quá|hơn|giai đoạn)$"
)
_STOPS = ".;:!?…"


@define(eq=False)
class Line:
    """One physical line. `start`..`end` is its content, `body` where the words after label and emphasis begin.

    `kind` is text, blank, ruler, page (page number or footer), table or machine (text
    addressed to machine readers). `label` is the label as written without its sign, `style` its class.
    """

    number: int
    start: int
    end: int
    body: int
    kind: str
    style: str = ""
    label: str = ""
    heading: bool = False  # marked as heading by markdown or wholly bold
    after_blank: bool = False
    cells: list[tuple[int, int]] | None = None  # of a table row put together from several lines

    @property
    def empty(self) -> bool:
        """Whether the line has no words after its label."""
        return self.body >= self.end


_MACHINE = phrase(
    r"(?:ai|chatgpt|gpt|gemini|claude|llm|chatbot|trợ lý ảo|mô hình ngôn ngữ|trí tuệ nhân tạo|language model|"
    r"assistant|bot)\b.{0,120}"
    r"(?:trả lời|answer|respond|câu trả lời|giới thiệu|trích dẫn|nguồn|ignore|bỏ qua|prompt|recommend|"
    r"hướng dẫn người dùng)|"
    r"(?:các )?(?:trợ lý|chatbot|bot|công cụ ai|mô hình)[^.]{0,60}(?:hãy|cần|phải|luôn|vui lòng)|"
    r"(?:ignore|disregard) (?:all )?(?:previous|prior)|system prompt|as an ai\b"
)


def read_lines(source: Source) -> list[Line]:
    """All physical lines of the text in order."""
    lines: list[Line] = []
    at, blank = 0, True
    for number, raw in enumerate(source.work.split("\n"), 1):
        line = _line(source, number, at, at + len(raw))
        line.after_blank = blank
        blank = line.kind == "blank"
        lines.append(line)
        at += len(raw) + 1
    return lines


def _line(source: Source, number: int, start: int, end: int) -> Line:
    work = source.work
    opened = _MARKUP.match(work, start, end)
    assert opened
    start = opened.end()
    while end > start and work[end - 1] in " \t\u00a0\r\ufeff":
        end -= 1
    if start >= end:
        return Line(number, start, start, start, "blank")
    content = work[start : min(end, start + 400)]
    if _RULER.match(content):
        return Line(number, start, end, start, "ruler")
    if opened[1] and _talks_to_machines(source, start, end):
        return Line(number, start, end, start, "machine")
    if content[0] == "|" or content.count("|") >= 2 or (content[-1] == "|" and len(content) > 1):
        return Line(number, start, end, start, "table")
    if len(content) <= 14 and _PAGE.match(content) or len(content) <= 80 and _FOOTER.search(content):
        return Line(number, start, end, start, "page")
    emphasis = start
    while (
        emphasis < end
        and work[emphasis] in "*_\\"
        and not (work[emphasis] == "*" and work[emphasis + 1 : emphasis + 2] in (" ", "\t"))
    ):
        emphasis += 1
    bold = work.startswith("**", start) and work[max(start, end - 2) : end] == "**"
    while end > emphasis and work[end - 1] in "*_ ":  # emphasis that closes at the end of the line
        end -= 1
    if end == emphasis:
        return Line(number, start, end, start, "ruler")
    line = Line(number, start, end, emphasis, "text", heading=bool(opened[1]) or bold)
    found = _LABEL.of(source.bare).match(work, emphasis, end)
    if found and found.lastgroup:
        style = found.lastgroup
        label = found[style].strip(" .:")
        if style == "roman" and roman_value(label) is None:
            return line
        if (
            style == "dash"
            and work[found.end() : found.end() + 1].isdigit()
            and work[found.end() : end].strip(" .,0123456789%°C") == ""
        ):
            return line
        line.style, line.label = style, label
        body = found.end()
        while body < end and work[body] in " \t\u00a0*_":
            body += 1
        line.body = body
    return line


def _talks_to_machines(source: Source, start: int, end: int) -> bool:
    return source.search(_MACHINE, start, min(end, start + 600)) is not None


def ends_open(source: Source, end: int) -> bool:
    """Whether the words before a place stop in mid-sentence: no stop sign after them."""
    low = source.low
    at = end - 1
    while at >= 0 and low[at] in " \"')]":
        at -= 1
    return at >= 0 and low[at] not in _STOPS


def expects_number(source: Source, start: int, end: int) -> bool:
    """Whether the words before a place ask for a number ("trước ngày", "Điều"), so that no label follows."""
    begin = max(start, end - 24)
    tail = source.low[begin:end].rstrip()
    return bool(_EXPECTS_NUMBER.of(source.bare).search(" " + tail))


def opens_with_verb(source: Source, start: int, end: int) -> bool:
    """Whether a text begins with a word of action ("Chủ trì", "Rà soát"): a true bullet rather than a name's hyphen."""
    return source.match(VERB, start, end) is not None
