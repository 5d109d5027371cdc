"""Files with a report: by their content, several at once, pictures without what the camera wrote."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.storage import default_storage

from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import SourceFile
from pcmt.apps.tasks.models import DueItem, NoteFile
from pcmt.apps.tasks.operations import MOST_FILES, Evidence, keep_evidence, report_progress
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Unreadable, plain_picture
from tests.documents.samples import picture
from tests.documents.test_pictures import SECRET, TAGGED
from tests.factories.plans import adopted
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")

TOO_LARGE = b"x" * (20 * 1024 * 1024 + 1)


@pytest.fixture
def due(land: World) -> DueItem:
    """The list that Sở Y tế owes."""
    adopted(land.office)
    return DueItem.objects.get(task__text__startswith="Lập danh sách")


def kept(land: World, due: DueItem, *files: tuple[str, bytes], room: int = MOST_FILES) -> Evidence:
    found = keep_evidence(actor=land.actor("health"), at=NOW, due_item_id=due.pk, files=files, room=room)
    assert isinstance(found, Evidence), found
    return found


def told(land: World, due: DueItem, evidence: Evidence) -> list[NoteFile]:
    answer = report_progress(
        actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, evidence=evidence.kept, percent=10
    )
    assert isinstance(answer, DueItem), answer
    return list(NoteFile.objects.select_related("file").order_by("order"))


def test_several_files_at_one_report(land: World, due: DueItem) -> None:
    evidence = kept(land, due, ("C:\\ho so\\bien-ban.pdf", b"%PDF-1.4 x"), ("hop.webp", TAGGED["webp"]()))
    document, photo = told(land, due, evidence)
    assert (document.name, document.picture, photo.name, photo.picture) == ("bien-ban.pdf", False, "hop.jpg", True)
    assert document.file is not None
    assert photo.file is not None
    assert document.file.size == 10
    with default_storage.open(photo.file.path) as file:
        data = file.read()
    assert data.startswith(b"\xff\xd8\xff")
    assert SECRET.encode() not in data


BAD = [
    (("a.txt", b""), "empty", "“a.txt”: Tệp rỗng"),
    (("a.txt", TOO_LARGE), "too_large", "“a.txt”: Tệp lớn hơn 20 MB"),
    (("anh.jpg", b"MZ\x90\x00" + b"\x00" * 600), "unsupported", "“anh.jpg”: Không đọc được loại tệp này"),
    (("anh.jpg", b"\x01\x00\x02\x00" * 200), "unsupported", "“anh.jpg”: Không nhận loại tệp này"),
    (("anh.jpg", b"\xff\xd8\xff\xe0 hong"), "damaged", "“anh.jpg”: Ảnh bị hỏng"),
    (("IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64), "heic", "“IMG_1.HEIC”: Ảnh dạng HEIC chưa nhận được"),
    (("a.txt", "UBND XÃ A\nMẬT\nBIÊN BẢN".encode()), "secret", "“a.txt”: "),
]


def test_a_bad_file_takes_no_good_one_with_it(land: World, due: DueItem) -> None:
    good = ("danh-sach.txt", "Danh sách".encode())
    evidence = kept(land, due, *(file for file, _code, _words in BAD), good)
    assert [each.name for each in evidence.kept] == ["danh-sach.txt"]
    assert [(each.code, each.field) for each in evidence.refused] == [(code, "evidence") for _file, code, _words in BAD]
    for refusal, (_file, _code, words) in zip(evidence.refused, BAD, strict=True):
        assert refusal.message.startswith(words), refusal
    assert SourceFile.objects.exclude(revisions__isnull=False).count() == 1
    assert [file.name for file in told(land, due, evidence)] == ["danh-sach.txt"]


def test_not_more_than_ten(land: World, due: DueItem) -> None:
    files = [(f"tep-{number}.txt", f"Tệp {number}".encode()) for number in range(1, 5)]
    evidence = kept(land, due, *files, room=3)
    assert [each.name for each in evidence.kept] == ["tep-1.txt", "tep-2.txt", "tep-3.txt"]
    assert [each.code for each in evidence.refused] == ["too_many"]


def test_long_names_keep_their_ending(land: World, due: DueItem) -> None:
    (one,) = kept(land, due, (f"{'á' * 300}.txt", b"abc")).kept
    assert len(one.name) == 255
    assert one.name.endswith("á.txt")


def test_a_stamp_found_later_destroys_the_file(land: World, due: DueItem, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan shows its stamp only when it is recognised: the note stays and says that its file is gone."""
    stamped = Unreadable("secret", "Văn bản có dấu độ mật “MẬT”.")
    monkeypatch.setattr(
        "pcmt.apps.plans.operations.reading.screen", lambda name, data, slow=False: stamped if slow else None
    )
    evidence = kept(land, due, ("bien-ban.png", picture("BIEN BAN MAT")))
    (file,) = told(land, due, evidence)
    assert (file.file, file.name) == (None, "bien-ban.png")
    assert not SourceFile.objects.filter(pk=evidence.kept[0].source_id).exists()
    assert Entry.objects.filter(event="plans.source.destroyed").exists()
    made = plain_picture(picture("BIEN BAN MAT"))
    assert not isinstance(made, Unreadable)
    sha256 = hashlib.sha256(made.data).hexdigest()
    assert not default_storage.exists(f"{sha256[:2]}/{sha256[2:]}")


@pytest.mark.parametrize(("key", "role"), [("health", "leader"), ("finance", "officer"), ("binh_giang", "officer")])
def test_who_may_not_report_keeps_nothing(land: World, due: DueItem, key: str, role: str) -> None:
    before = SourceFile.objects.count()
    answer = keep_evidence(
        actor=land.actor(key, role), at=NOW, due_item_id=due.pk, files=[("a.txt", "Biên bản".encode())]
    )
    assert isinstance(answer, Refusal)
    assert answer.code == "not_allowed"
    assert SourceFile.objects.count() == before
