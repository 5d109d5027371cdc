"""`pcmt read`: documents in, what was understood out. Starts without Django and loads a library only when it is needed.

One file with `--json` prints the contract object and nothing else on standard output. Several files print one object
a line (JSON Lines) in the order given; each has its file name in `source.name` and the path as given in `source.path`.
A text file that decodes as UTF-8 is read exactly as its bytes say, with any content, even none; every other file goes
through `extract`. Files with a secrecy stamp are never read.

Exit codes: 0 everything was read, 1 some file was not, 2 wrong usage. Messages and progress go to standard error.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from attrs import frozen

from pcmt.documents.intake.detect import KINDS, TEXT, extension_of
from pcmt.documents.intake.extract import MAX_BYTES, MEGABYTE, extract
from pcmt.documents.intake.secrecy import refuse_stamped
from pcmt.documents.values import Extracted, RefusedError, Unreadable, note_text

DONE, SOME_UNREADABLE, USAGE, INTERRUPTED = 0, 1, 2, 130

_MESSAGES = (
    ("the following arguments are required: TỆP", "chưa nêu tệp nào"),
    ("the following arguments are required:", "thiếu tham số:"),
    ("unrecognized arguments:", "không có tham số:"),
    ("expected one argument", "cần một giá trị"),
    ("not allowed with argument", "không dùng cùng"),
    ("ambiguous option:", "tham số chưa rõ:"),
    ("argument ", "tham số "),
)


class _Parser(argparse.ArgumentParser):
    """argparse in Vietnamese."""

    def error(self, message: str) -> NoReturn:
        for english, vietnamese in _MESSAGES:
            message = message.replace(english, vietnamese)
        self.exit(USAGE, f"pcmt read: {message}.\nXem cách dùng: pcmt read --help\n")


def _parser() -> _Parser:
    parser = _Parser(
        prog="pcmt read",
        usage="pcmt read TỆP… [--table | --json | --akn | --xlsx ĐÍCH | --docx ĐÍCH] [--out THƯ_MỤC]",
        description="Đọc văn bản kế hoạch (docx, doc, odt, rtf, pdf, html, txt, xlsx, xls, ods, png, jpg, tiff) "
        "và in những gì hiểu được: chỉ tiêu, nhiệm vụ, phân công, thời hạn, chế độ báo cáo.",
        epilog="Nhiều tệp với --json: mỗi dòng một kết quả, theo thứ tự tệp (source.name là tên tệp). "
        "Mã kết thúc: 0 đọc được hết, 1 có tệp không đọc được, 2 sai cách dùng.",
        add_help=False,
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=100),
    )
    inputs, choices = parser.add_argument_group("Tham số"), parser.add_argument_group("Tùy chọn")
    inputs.add_argument("files", nargs="+", metavar="TỆP", help="một hay nhiều tệp văn bản")
    form = choices.add_mutually_exclusive_group()
    form.add_argument("--table", action="store_true", help="in bảng tóm tắt để đọc trên màn hình (mặc định)")
    form.add_argument("--json", action="store_true", help="in toàn bộ kết quả dạng JSON")
    form.add_argument("--akn", action="store_true", help="in văn bản dạng XML Akoma Ntoso 3.0")
    form.add_argument("--xlsx", metavar="ĐÍCH", help="ghi sổ tính Excel; ĐÍCH là tệp, hoặc thư mục khi có nhiều tệp")
    form.add_argument(
        "--docx",
        metavar="ĐÍCH",
        help="ghi bảng phân công nhiệm vụ dạng Word; ĐÍCH là tệp, hoặc thư mục khi có nhiều tệp",
    )
    choices.add_argument(
        "--out", metavar="THƯ_MỤC", help="với --json, --akn: ghi mỗi kết quả thành một tệp trong thư mục"
    )
    choices.add_argument("-h", "--help", action="help", help="in hướng dẫn này")
    return parser


def main(argv: Sequence[str]) -> int:
    """Runs `pcmt read` and returns the exit code."""
    parser = _parser()
    try:
        options = parser.parse_args(list(argv))
        if options.out and not (options.json or options.akn):
            parser.error("--out chỉ dùng với --json hoặc --akn")
        if options.akn and not options.out and len(options.files) > 1:
            parser.error("--akn với nhiều tệp cần --out THƯ_MỤC")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    try:
        code = _run(options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        sys.stderr.write("\nĐã dừng.\n")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left. Standard output goes nowhere from now on, or Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SOME_UNREADABLE


@frozen
class _Read:
    """A file that was read."""

    path: str
    text: str
    reading: dict[str, Any]


def _run(options: argparse.Namespace) -> int:
    write = _writer(options)
    code = DONE
    for path, show_pages in _progress(options.files):
        data = _bytes(path)
        found = data if isinstance(data, Unreadable) else _text(path, data, contract=options.json, progress=show_pages)
        if isinstance(found, Unreadable):
            _say(path, str(found))
            code = SOME_UNREADABLE
            continue
        assert isinstance(data, bytes)
        for note in found.notes:
            _say(path, note_text(note))
        try:
            write(_Read(path, found.text, _reading(path, data, found.text, many=len(options.files) > 1)))
        except BrokenPipeError:
            raise
        except OSError as error:
            _say(path, f"Không ghi được kết quả: {error.strerror or error}.")
            code = SOME_UNREADABLE
    return code


def _say(path: str, message: str) -> None:
    sys.stderr.write(f"{path}: {message}\n")


def _bytes(path: str) -> bytes | Unreadable:
    try:
        size = Path(path).stat().st_size
        if size > MAX_BYTES and extension_of(path) not in TEXT.extensions:
            return Unreadable("too_large", f"Tệp lớn {size // MEGABYTE} MB, quá giới hạn {MAX_BYTES // MEGABYTE} MB.")
        return Path(path).read_bytes()
    except FileNotFoundError:
        return Unreadable("missing", "Không có tệp này.", "Kiểm tra lại đường dẫn.")
    except IsADirectoryError:
        return Unreadable("folder", "Đây là thư mục, không phải tệp.", "Nêu tên từng tệp trong thư mục.")
    except PermissionError:
        return Unreadable("forbidden", "Không có quyền đọc tệp này.")
    except (OSError, ValueError) as error:
        return Unreadable("missing", f"Không mở được tệp: {error}.")


def _text(
    path: str, data: bytes, *, contract: bool, progress: Callable[[int, int], None] | None
) -> Extracted | Unreadable:
    """The text of a file. With `contract` UTF-8 text is taken as it is: the reader never refuses."""
    if contract and _plain_name(path):
        try:
            text = data.decode("utf-8")
            refuse_stamped(text)
            return Extracted(text, TEXT.media_type)
        except UnicodeDecodeError:
            pass
        except RefusedError as refused:
            return refused.reason
    return extract(path, data, progress=progress)


def _plain_name(path: str) -> bool:
    """Whether the name promises plain text, or nothing that we know otherwise."""
    extension = extension_of(path)
    return not any(extension in kind.extensions for kind in KINDS if kind is not TEXT)


def _reading(path: str, data: bytes, text: str, *, many: bool) -> dict[str, Any]:
    from pcmt.core.reading import read

    name = Path(path).name
    reading = read(text, name=name)
    # The hash is that of the file, which for plain text is the hash of the text.
    source = {**reading["source"], "name": name, "sha256": hashlib.sha256(data).hexdigest()}
    return {**reading, "source": {**source, "path": path} if many else source}


def _progress(files: Sequence[str]) -> Iterator[tuple[str, Callable[[int, int], None] | None]]:
    """The files one by one with a bar on a terminal: over the files, or over the pages of a single one."""
    if not sys.stderr.isatty():
        for path in files:
            yield path, None
        return
    from tqdm import tqdm

    if len(files) > 1:
        for path in tqdm(files, desc="Đang đọc", unit=" tệp", file=sys.stderr, dynamic_ncols=True, leave=False):
            yield path, None
        return
    with tqdm(desc="Đang đọc", unit=" trang", file=sys.stderr, dynamic_ncols=True, leave=False, delay=1.0) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield files[0], show


# Where results go


def _writer(options: argparse.Namespace) -> Callable[[_Read], None]:
    many = len(options.files) > 1
    if options.json:
        from pcmt.documents.output.json import write_json

        if options.out:
            return _into(options.out, "json", lambda read: write_json(read.reading))
        return lambda read: _print(write_json(read.reading, line=many))
    if options.akn:
        from pcmt.documents.output.akn import write_akn

        if options.out:
            return _into(options.out, "xml", lambda read: write_akn(read.reading, read.text))
        return lambda read: _print(write_akn(read.reading, read.text) + b"\n")
    if options.xlsx:
        from pcmt.documents.output.xlsx import write_xlsx

        return _into_or_as(options.xlsx, "xlsx", many, lambda read: write_xlsx(read.reading, read.text))
    if options.docx:
        from pcmt.documents.output.assignment import write_assignment_docx

        return _into_or_as(options.docx, "docx", many, lambda read: write_assignment_docx(read.reading, read.text))
    from pcmt.documents.output.table import write_table

    first = [True]

    def table(read: _Read) -> None:
        if many:
            gap = "" if first[0] else "\n"
            first[0] = False
            _print(f"{gap}═══ {read.path} ═══\n".encode("utf-8", "replace"))
        _print(write_table(read.reading, read.text).encode("utf-8", "replace"))

    return table


def _print(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _into_or_as(target: str, extension: str, many: bool, make: Callable[[_Read], bytes]) -> Callable[[_Read], None]:
    """Results into one folder when there are many files or the target is a folder, else into that very file."""
    if many or Path(target).is_dir():
        return _into(target, extension, make)

    def save(read: _Read) -> None:
        Path(target).write_bytes(make(read))

    return save


def _into(folder: str, extension: str, make: Callable[[_Read], bytes]) -> Callable[[_Read], None]:
    """Each result as a file of its own, named after its source; equal names get a number."""
    taken: set[str] = set()

    def save(read: _Read) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        stem = Path(read.path).stem
        name, number = f"{stem}.{extension}", 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}.{extension}"
        taken.add(name)
        (Path(folder) / name).write_bytes(make(read))

    return save
