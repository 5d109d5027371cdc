"""A poster of one A4 page with a QR code: for a letter box, a board, a door."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import segno
from attrs import asdict, frozen

TEMPLATE = Path(__file__).with_name("poster.typ")


@frozen
class Poster:
    """What stands on a poster; `address` is what the code opens, and is written out below it."""

    area: str
    heading: str
    lead: str
    address: str
    lines: Sequence[str]
    foot: str


def qr_svg(address: str) -> str:
    """The code of an address as SVG without declaration; a tenth of it may be dirty (level M)."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, light="#fff"
    )
    return out.getvalue().decode()


def qr_png(address: str, scale: int = 16) -> bytes:
    """The same as a picture, `scale` pixels a module."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", border=4, scale=scale)
    return out.getvalue()


def poster_pdf(poster: Poster) -> bytes:
    """The poster as PDF."""
    import typst

    with tempfile.TemporaryDirectory(prefix="pcmt-poster-") as folder:
        main = Path(folder) / TEMPLATE.name
        main.write_bytes(TEMPLATE.read_bytes())
        (Path(folder) / "qr.svg").write_text(qr_svg(poster.address), encoding="utf-8")
        data = json.dumps(asdict(poster), ensure_ascii=False)
        made: bytes = typst.compile(main, root=Path(folder), sys_inputs={"data": data}, format="pdf")
    return made
