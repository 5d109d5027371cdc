"""`pcmt read` as a program: what it prints where, and how it ends."""

import fcntl
import hashlib
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from lxml import etree

from pcmt.documents.cli import main
from tests.documents.plan import TEXT
from tests.documents.samples import docx, paragraph

PROGRAM = [sys.executable, "-c", "import sys; from pcmt.config.cli import main; sys.exit(main(sys.argv[1:]))", "read"]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "kế hoạch.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, *map(str, arguments)], capture_output=True, check=False, timeout=60)


def test_json_is_the_contract_object_and_nothing_else(tmp_path: Path) -> None:
    text = "\ufeffI. MỤC TIÊU\r\n- Ít nhất 02 buổi/quý.\x0b\r\n"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    done = run(path, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert found["schema"] == "pcmt-plan/1"
    assert found["source"] == {
        "name": "a.txt",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "chars": len(text),
        "lines": 3,
    }
    for item in found["targets"]:
        assert text[item["span"][0] : item["span"][1]] == item["text"]


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"<html><p>x</p></html>", "uû ban nh©n d©n huyÖn phßng".encode()])
def test_any_utf8_text_is_read_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    done = run(path, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["source"]["chars"] == len(data.decode())


def test_a_stamped_text_is_refused_even_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("TỐI MẬT\nKẾ HOẠCH\n", encoding="utf-8")
    done = run(path, "--json")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "TỐI MẬT" in done.stderr.decode()


def test_the_table_is_the_default(plan: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main([str(plan)]) == 0
    out, err = capfdbinary.readouterr()
    words = out.decode()
    assert words.startswith("KẾ HOẠCH SỐ 07/KH-UBND NGÀY 05/02/2026")
    assert "Công an xã" in words
    assert max(map(len, words.splitlines())) <= 120
    assert err == b""


def test_akn(plan: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main([str(plan), "--akn"]) == 0
    assert etree.fromstring(capfdbinary.readouterr().out).tag.endswith("akomaNtoso")


def test_sheets_into_a_file(plan: Path, tmp_path: Path) -> None:
    assert main([str(plan), "--xlsx", str(tmp_path / "a.xlsx")]) == 0
    assert main([str(plan), "--docx", str(tmp_path / "b.docx")]) == 0
    assert (tmp_path / "a.xlsx").read_bytes()[:2] == (tmp_path / "b.docx").read_bytes()[:2] == b"PK"


def test_many_files_give_lines_and_go_on_after_a_bad_one(plan: Path, tmp_path: Path) -> None:
    bad, gone = tmp_path / "hỏng.pdf", tmp_path / "không có.txt"
    bad.write_bytes(b"%PDF-1.4 x")
    word = tmp_path / "a.docx"
    word.write_bytes(docx(paragraph("KẾ HOẠCH")))
    done = run(plan, bad, gone, tmp_path, word, "--json")
    assert done.returncode == 1
    found = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [item["source"]["name"] for item in found] == ["kế hoạch.txt", "a.docx"]
    assert found[1]["source"]["path"] == str(word)
    assert found[1]["source"]["sha256"] == hashlib.sha256(word.read_bytes()).hexdigest()
    errors = done.stderr.decode().splitlines()
    assert [line.split(": ")[0] for line in errors] == [str(bad), str(gone), str(tmp_path)]


def test_many_files_into_a_folder(plan: Path, tmp_path: Path) -> None:
    other = tmp_path / "b"
    other.mkdir()
    twin = other / plan.name
    twin.write_bytes(plan.read_bytes())
    target = tmp_path / "kết quả"
    assert main([str(plan), str(twin), "--docx", str(target)]) == 0
    assert main([str(plan), str(twin), "--akn", "--out", str(target)]) == 0
    assert main([str(plan), "--json", "--out", str(target)]) == 0
    assert {path.name for path in target.iterdir()} == {
        "kế hoạch.docx", "kế hoạch-2.docx", "kế hoạch.xml", "kế hoạch-2.xml", "kế hoạch.json",
    }  # fmt: skip


def test_an_output_that_cannot_be_written(plan: Path, tmp_path: Path) -> None:
    done = run(plan, "--xlsx", tmp_path / "không có" / "a.xlsx")
    assert done.returncode == 1
    assert "Không ghi được kết quả" in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "chưa nêu tệp nào"),
        (["a.txt", "--nope"], "không có tham số: --nope"),
        (["a.txt", "--json", "--akn"], "không dùng cùng"),
        (["a.txt", "--xlsx"], "cần một giá trị"),
        (["a.txt", "b.txt", "--akn"], "cần --out"),
        (["a.txt", "--out", "x"], "--out chỉ dùng với"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "pcmt read --help" in err


def test_help_is_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    words = capsys.readouterr().out
    assert "Đọc văn bản kế hoạch" in words
    assert "Mã kết thúc" in words
    assert "options" not in words
    assert "positional" not in words


def test_a_closed_pipe_makes_no_noise(plan: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen([*PROGRAM, str(plan)], stdout=writer, stderr=subprocess.PIPE) as process:
        os.close(writer)
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


def test_an_interrupt_makes_no_traceback(tmp_path: Path) -> None:
    fifo = tmp_path / "a.txt"
    os.mkfifo(fifo)
    with subprocess.Popen(
        [*PROGRAM, str(fifo)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a run in the background ignores it
    ) as process:
        with fifo.open("wb"):  # returns when the program has opened it, too
            process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read().decode().strip() == "Đã dừng."
        assert process.wait(60) == 130


def test_progress_only_on_a_terminal(plan: Path) -> None:
    main_end, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    with subprocess.Popen(
        [*PROGRAM, str(plan), str(plan), "--json"], stdout=subprocess.PIPE, stderr=terminal
    ) as process:
        os.close(terminal)
        assert process.stdout is not None
        shown = b""
        while "Đang đọc".encode() not in shown:  # the bar is drawn at once; without it the end raises here
            shown += os.read(main_end, 1_000)
        lines = process.stdout.read().splitlines()
        assert process.wait(60) == 0
    os.close(main_end)
    assert len(lines) == 2


def test_it_starts_without_the_heavy_libraries(plan: Path) -> None:
    code = (
        "import sys; from pcmt.documents.cli import main; main([sys.argv[1], '--json']);"
        "heavy = {'django', 'lxml', 'docx', 'xlsxwriter', 'PIL', 'pypdfium2', 'python_calamine', 'tqdm', 'dateutil'};"
        "sys.exit(str(heavy & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(plan)], capture_output=True, check=False, timeout=60)
    assert done.stderr in (b"", b"\n"), done.stderr


def test_the_real_plans_in_every_form(seeds: Path, tmp_path: Path) -> None:
    files = [str(path) for path in sorted(seeds.glob("*.txt"))]
    for arguments in (["--json", "--out", str(tmp_path)], ["--akn", "--out", str(tmp_path)], ["--xlsx", str(tmp_path)],
                      ["--docx", str(tmp_path)]):  # fmt: skip
        assert main([*files, *arguments]) == 0
    assert len(list(tmp_path.iterdir())) == 20
