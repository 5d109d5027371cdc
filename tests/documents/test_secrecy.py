"""Files with a secrecy stamp stay out (rule 39)."""

import unicodedata

import pytest

from pcmt.documents.intake.secrecy import stamp_in
from tests.documents.samples import docx, paragraph, refused


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("MẬT\nUBND XÃ A", "MẬT"),
        ("UBND XÃ A\n\n  TỐI MẬT  \nKẾ HOẠCH", "TỐI MẬT"),
        ("UBND XÃ A | TUYỆT MẬT\nKẾ HOẠCH", "TUYỆT MẬT"),
        ("[MẬT]", "MẬT"),
        ("**TỐI  MẬT**", "TỐI MẬT"),
        ("UBND XÃ A\tMẬT\tCỘNG HÒA", "MẬT"),
        ("Độ mật: Tối mật", "TỐI MẬT"),
        (unicodedata.normalize("NFD", "MẬT\nKẾ HOẠCH"), "MẬT"),
        ("Mật\nKẾ HOẠCH", "MẬT"),
    ],
)
def test_stamps(text: str, stamp: str) -> None:
    assert stamp_in(text) == stamp


@pytest.mark.parametrize(
    "text",
    [
        "Giữ bí mật thông tin người tố giác",
        "BẢO VỆ BÍ\nMẬT NHÀ NƯỚC",
        "TĂNG CƯỜNG BẢO\nMẬT",
        "không để lộ bí\nmật\ncủa người dân",
        "KẾ HOẠCH\nHợp tác xã ong mật",
        "MẬT ĐỘ DÂN SỐ",
        "a\n" * 60 + "MẬT",
        "",
    ],
)
def test_words_are_no_stamps(text: str) -> None:
    assert stamp_in(text) is None


def test_a_stamped_text_is_refused_with_the_reason() -> None:
    found = refused("a.txt", "UBND XÃ A\nTỐI MẬT\nKẾ HOẠCH".encode())
    assert found.code == "secret"
    assert "TỐI MẬT" in found.message
    assert "bí mật nhà nước" in found.message


def test_stamps_in_boxes_and_headers_of_word_files() -> None:
    box = f"<w:p><w:r><w:pict><w:txbxContent>{paragraph('MẬT')}</w:txbxContent></w:pict></w:r></w:p>"
    assert refused("a.docx", docx(paragraph("KẾ HOẠCH") + box)).code == "secret"
    assert refused("a.docx", docx(paragraph("KẾ HOẠCH"), header=paragraph("TUYỆT MẬT"))).code == "secret"
