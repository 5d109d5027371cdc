"""Translations: `python tools/messages.py [--check|--update]`.

Screens are written in Vietnamese; `src/pcmt/locale/en/LC_MESSAGES/django.po` holds the English. Without an argument the
catalogue is compiled if it is newer than its `.mo` (done by set-up; no gettext tools needed). `--update` first adds the
messages that the source uses and drops those it no longer uses. `--check` changes nothing and says what is wrong:
messages without English, messages no longer used, placeholders that differ.
"""

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/pcmt"
CATALOGUE = SOURCE / "locale/en/LC_MESSAGES/django.po"
HEADER = (
    "Project-Id-Version: pcmt\nLanguage: en\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
FUNCTIONS = {"_": "s", "gettext": "s", "gettext_lazy": "s", "gettext_noop": "s"} | {
    name + lazy: kind
    for name, kind in {"ngettext": "sp", "pgettext": "cs", "npgettext": "csp"}.items()
    for lazy in ("", "_lazy")
}
"""Translating functions, and what their first arguments are: s message, p plural, c context."""


@attrs.frozen(order=True)
class Message:
    """What is to be translated."""

    text: str
    context: str = ""
    plural: str = ""


@attrs.define
class Entry:
    """A message in the catalogue: its translations (one, or one for each plural form) and where it is used."""

    message: Message
    translations: list[str]
    comments: list[str] = attrs.field(factory=list)


def used() -> dict[Message, str]:
    """Every message of the source, with the first file that uses it."""
    found: dict[Message, str] = {}
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.*")]):
        for message in messages_of(path):
            found.setdefault(message, path.relative_to(ROOT).as_posix())
    return found


def messages_of(path: Path) -> Iterator[Message]:
    """The messages of one module or template. Django's own reader turns a template into calls of gettext."""
    code = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        calls = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    else:
        from django.utils.translation.template import templatize

        # Its output is no whole program: only the calls are, each on its own.
        names = "|".join(sorted(FUNCTIONS, key=len, reverse=True))
        text = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
        pieces = re.findall(rf"\b(?:{names})\({text}(?:,\s*{text})*", templatize(code, origin=str(path)))
        calls = (ast.parse(f"{piece})", mode="eval").body for piece in pieces)  # type: ignore[misc]
    for call in calls:
        assert isinstance(call, ast.Call)
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        kinds = FUNCTIONS.get(name, "")
        values = [arg.value for arg in call.args[: len(kinds)] if isinstance(arg, ast.Constant)]
        if kinds and len(values) == len(kinds) and all(isinstance(value, str) for value in values):
            given = dict(zip(kinds, values, strict=True))
            yield Message(text=given["s"], context=given.get("c", ""), plural=given.get("p", ""))


def read_catalogue(path: Path) -> list[Entry]:
    """The entries of a .po file, without its header."""
    entries = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        fields: dict[str, str] = {}
        key = ""
        comments = []
        for line in block.splitlines():
            if line.startswith("#~"):
                continue
            if line.startswith("#"):
                comments.append(line)
                continue
            if match := re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")\s*$', line):
                key, literal = match.groups()
                fields[key] = ast.literal_eval(literal)
            elif line.startswith('"') and key:
                fields[key] += ast.literal_eval(line)
        if fields.get("msgid"):
            message = Message(fields["msgid"], fields.get("msgctxt", ""), fields.get("msgid_plural", ""))
            translations = [value for name, value in fields.items() if name.startswith("msgstr")]
            entries.append(Entry(message, translations, comments))
    return entries


def quoted(text: str) -> str:
    """A .po string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{escaped}"'


def write_catalogue(entries: list[Entry]) -> None:
    """Sorted by message, so that two people's additions merge."""
    blocks = ['msgid ""\nmsgstr ""\n' + "\n".join(quoted(line + "\n") for line in HEADER.splitlines())]
    for entry in sorted(entries, key=lambda entry: entry.message):
        lines = [*entry.comments]
        if entry.message.context:
            lines.append(f"msgctxt {quoted(entry.message.context)}")
        lines.append(f"msgid {quoted(entry.message.text)}")
        if entry.message.plural:
            lines.append(f"msgid_plural {quoted(entry.message.plural)}")
            lines += [f"msgstr[{n}] {quoted(text)}" for n, text in enumerate(entry.translations)]
        else:
            lines.append(f"msgstr {quoted(entry.translations[0])}")
        blocks.append("\n".join(lines))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def update() -> None:
    """Bring the catalogue to what the source uses; new messages have no English yet."""
    have = {entry.message: entry for entry in read_catalogue(CATALOGUE)} if CATALOGUE.is_file() else {}
    entries = []
    for message in used():
        empty = ["", ""] if message.plural else [""]
        old = have.get(message)
        entries.append(Entry(message, old.translations if old else empty, old.comments if old else []))
    write_catalogue(entries)


def compiled(entries: list[Entry]) -> bytes:
    """The .mo file (GNU gettext's binary form, little-endian, without hash table)."""
    pairs = {b"": HEADER.encode()}
    for entry in entries:
        if all(entry.translations):
            key = (entry.message.context + "\x04" if entry.message.context else "") + entry.message.text
            key += "\0" + entry.message.plural if entry.message.plural else ""
            pairs[key.encode()] = "\0".join(entry.translations).encode()
    keys = sorted(pairs)
    start = 28 + 16 * len(keys)
    ids, strings, positions = b"", b"", []
    for key in keys:
        positions.append((len(key), len(ids), len(pairs[key]), len(strings)))
        ids += key + b"\0"
        strings += pairs[key] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start)
    table = b"".join(struct.pack("<2I", length, start + at) for length, at, _, _ in positions)
    table += b"".join(struct.pack("<2I", length, start + len(ids) + at) for _, _, length, at in positions)
    return head + table + ids + strings


def compile_catalogue() -> None:
    """Write the .mo beside the .po when it is missing or older."""
    target = CATALOGUE.with_suffix(".mo")
    if CATALOGUE.is_file() and (not target.is_file() or target.stat().st_mtime < CATALOGUE.stat().st_mtime):
        target.write_bytes(compiled(read_catalogue(CATALOGUE)))


def problems() -> list[str]:
    """What is wrong with the catalogue, one sentence each."""
    have = {entry.message: entry for entry in read_catalogue(CATALOGUE)} if CATALOGUE.is_file() else {}
    want = used()
    found = [f"{where}: no English for {message.text!r}" for message, where in want.items() if message not in have]
    found += [f"no longer used: {message.text!r}" for message in have if message not in want]
    for message, entry in have.items():
        if not all(entry.translations):
            found.append(f"no English for {message.text!r}")
        for form in filter(None, entry.translations):
            # A plural may leave the number out ("one task"); anything else must keep every placeholder.
            extra = set(PLACEHOLDER.findall(form)) ^ set(PLACEHOLDER.findall(message.plural or message.text))
            if extra and not (message.plural and form == entry.translations[0]):
                found.append(f"placeholders {sorted(extra)} differ in the English for {message.text!r}")
    return found


def main(arguments: list[str]) -> int:
    """See the module."""
    if "--check" in arguments:
        found = problems()
        sys.stderr.write("".join(f"tools/messages.py: {problem}\n" for problem in found))
        return bool(found)
    if "--update" in arguments:
        update()
    compile_catalogue()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
