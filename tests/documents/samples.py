"""Files made on the spot: the smallest that show one matter each."""

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from pcmt.documents import Extracted, Unreadable, extract
from pcmt.documents.intake.programs import find_tesseract

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "application/vnd.openxmlformats-package."
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."

needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed (package libreoffice-writer)"
)
needs_tesseract = pytest.mark.skipif(
    find_tesseract() is None, reason="Tesseract with Vietnamese is not installed (package tesseract-ocr-vie)"
)


def read(name: str, data: bytes) -> Extracted:
    """The text of a file that must be readable."""
    found = extract(name, data)
    assert isinstance(found, Extracted), found
    return found


def refused(name: str, data: bytes) -> Unreadable:
    """The refusal of a file that must not be readable; it always tells what is wrong."""
    found = extract(name, data)
    assert isinstance(found, Unreadable), found
    assert found.message.endswith("."), found
    return found


def zipped(entries: dict[str, bytes | str]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return output.getvalue()


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    return (
        f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def numbered(text: str, number: int, level: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def level(index: int, kind: str, text: str, extra: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def docx(body: str, *, extra: dict[str, bytes | str] | None = None, **parts: str) -> bytes:
    """A docx file with a body and further parts by name (numbering, styles, footnotes, header)."""
    kinds = {"header": "header"}
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kinds.get(name, name)}" Target="{name}.xml"/>'
        for number, name in enumerate(parts)
    )
    space = f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:r="{OFFICE}"'
    roots = {"numbering": "numbering", "styles": "styles", "footnotes": "footnotes", "header": "hdr"}
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{RELATIONS.replace("relationships", "content-types")}">'
            f'<Default Extension="rels" ContentType="{PACKAGE}relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{WORD}document.main+xml"/>'
            + "".join(f'<Override PartName="/word/{name}.xml" ContentType="{WORD}{name}+xml"/>' for name in parts)
            + "</Types>",
            "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="{OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>',
            "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
            **{f"word/{name}.xml": f"<w:{roots[name]} {space}>{xml}</w:{roots[name]}>" for name, xml in parts.items()},
            **(extra or {}),
        }
    )


def pdf(*pages: str, encrypted: bool = False) -> bytes:
    """A pdf file with one line of plain letters a page."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for text in pages:
        lines = "".join(f"({line}) Tj 0 -20 Td " for line in text.split("\n"))
        stream = f"BT /F1 14 Tf 72 720 Td {lines}ET".encode("latin-1")
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {len(objects)} 0 R"
        page += "/Resources<</Font<</F1 3 0 R>>>>>>"
        objects.append(page.encode())
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    output = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, item in enumerate(objects, 1):
        offsets.append(len(output))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    start = len(output)
    output += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    output += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    secret = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>" % (b"a" * 32, b"b" * 32)
    output += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        secret if encrypted else b"",
        start,
    )
    return bytes(output)


def picture(text: str, kind: str = "PNG", pages: int = 1) -> bytes:
    """A picture of text in plain letters."""
    from PIL import Image, ImageDraw, ImageFont

    frames = []
    for number in range(1, pages + 1):
        image = Image.new("L", (1600, 500), 255)
        ImageDraw.Draw(image).text((60, 60), text.format(number), fill=0, font=ImageFont.load_default(64))
        frames.append(image)
    output = io.BytesIO()
    options = {"save_all": True, "append_images": frames[1:]} if pages > 1 else {}
    frames[0].save(output, kind, **options)
    return output.getvalue()


def converted(data: bytes, source: str, target: str, folder: Path) -> bytes:
    """A file that LibreOffice wrote from another."""
    path = folder / f"source.{source}"
    path.write_bytes(data)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", target,
         "--outdir", str(folder / "made"), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    made = folder / "made" / f"source.{target.split(':', maxsplit=1)[0]}"
    return made.read_bytes()


def compound(*names: str) -> bytes:
    """The start of a compound file (doc, xls) whose directory holds the names."""
    entries = b"".join(
        (name.encode("utf-16-le") + b"\x00\x00").ljust(64, b"\x00").ljust(128, b"\x00") for name in names
    )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00") + entries.ljust(2048, b"\x00")
