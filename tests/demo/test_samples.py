"""The plan to upload, as text and as Word."""

from __future__ import annotations

from pathlib import Path

from pcmt.demo import samples
from pcmt.documents import Extracted, extract


def test_word_says_what_the_text_says(tmp_path: Path) -> None:
    text, word = samples.write_samples(tmp_path)
    read = extract(word.name, word.read_bytes())
    assert isinstance(read, Extracted)
    for line in text.read_text(encoding="utf-8").splitlines():
        for piece in line.split(" | "):
            assert piece.strip() in read.text
    assert 7_000 < text.stat().st_size < 9_000
