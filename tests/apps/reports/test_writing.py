"""Writing a report: texts, numbers, comments, pictures; what somebody else wrote meanwhile is never written over."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from pcmt.apps.audit.models import Entry
from pcmt.apps.reports.models import SectionComment, Submission, SubmissionFigure, SubmissionPicture, SubmissionSection
from pcmt.apps.reports.operations.discussing import (
    MOST_PICTURES,
    add_picture,
    comment_section,
    describe_picture,
    remove_picture,
    settle_comment,
)
from pcmt.apps.reports.operations.opening import Refreshed, refresh_report
from pcmt.apps.reports.operations.writing import (
    FigureEntry,
    SavedFigures,
    apply_draft,
    figure_text,
    save_figures,
    save_section,
    say_nothing,
    use_counted,
)
from pcmt.core.diagnostics import Refusal
from tests.apps.reports.writing_kit import AT, FULL, Writer, use, writer
from tests.factories import facts
from tests.factories.facts import entry, month, told
from tests.factories.plans import adopted
from tests.factories.world import World


@pytest.fixture
def of(land: World, reader: None) -> Writer:
    """The report of a commune that has told twelve cases, ten a year ago."""
    adopted(land.office)
    use(FULL)
    facts.form(land)
    told(
        entry(land["dong_hoa"], "cases_detected", month(1), 12),
        entry(land["dong_hoa"], "cases_detected", month(1, 2025), 10),
    )
    return writer(land)


def write(
    of: Writer, text: str, seen: int, key: str = "next", minutes: int = 0, **more: object
) -> SubmissionSection | Refusal:
    args = {"actor": of.actor, "at": AT + timedelta(minutes=minutes), "submission_id": of.submission.pk, **more}
    return save_section(key=key, text=text, seen=seen, **args)  # type: ignore[arg-type]


def put(of: Writer, *entries: FigureEntry, **more: object) -> SavedFigures:
    args = {"actor": of.actor, "at": AT, "submission_id": of.submission.pk, **more}
    found = save_figures(entries=entries, **args)  # type: ignore[arg-type]
    assert isinstance(found, SavedFigures), found
    return found


def refused(answer: object, code: str) -> Refusal:
    assert isinstance(answer, Refusal), answer
    assert answer.code == code, answer
    return answer


def line(of: Writer, key: str) -> SubmissionFigure:
    return of.submission.figures.get(line=key)


# --- texts


def test_a_text_is_written_as_it_was_typed(of: Writer, land: World) -> None:
    made = write(of, "  Giữ vững.\r\nKhông để\x00 phát sinh.  \r\n\r\n", 1)
    assert isinstance(made, SubmissionSection)
    assert (of.text("next"), made.version) == ("  Giữ vững.\nKhông để phát sinh.", 2)
    assert made.changed_by_id == of.actor.user_id

    again = write(of, "  Giữ vững.\nKhông để phát sinh.", 1)
    assert isinstance(again, SubmissionSection)  # the same words again are no conflict: an answer was lost
    assert again.version == 2
    refused(write(of, "x", 1, key="none"), "no_section")
    refused(write(of, "x" * 100_001, 2), "too_long")
    # The log tells of a sitting, not of every word.
    for minute, text in enumerate(("a", "ab", "abc")):
        write(of, text, of.version("next"), minutes=minute)
    write(of, "abcd", of.version("next"), minutes=60)
    write(of, "abcde", of.version("next"), minutes=61, actor=land.actor("dong_hoa", "commune_officer", "binh"))
    assert Entry.objects.filter(event="reports.text.written").count() == 3


def test_two_people_at_one_section_both_keep_their_words(of: Writer, land: World) -> None:
    other = land.actor("dong_hoa", "commune_officer", "binh")
    write(of, "Một", 1)
    answer = refused(write(of, "Hai", 1, actor=other, minutes=1), "stale")
    assert answer.args["text"] == "Một"
    assert answer.args["version"] == "2"
    assert answer.args["who"] == of.actor.name
    assert answer.args["when"].startswith("2026-03-02")
    assert of.text("next") == "Một"
    assert isinstance(write(of, "Một\nHai", int(answer.args["version"]), actor=other), SubmissionSection)
    assert of.text("next") == "Một\nHai"


def test_who_may_not_write(of: Writer, land: World) -> None:
    for actor in (land.actor("dong_hoa", "leader"), land.actor("tay_hoa"), land.office):
        refused(write(of, "x", 1, actor=actor), "not_allowed")
        refused(
            save_figures(actor=actor, at=AT, submission_id=of.submission.pk, entries=[of.entry("cases", "1")]),
            "not_allowed",
        )
    Submission.objects.update(state="waiting")
    refused(write(of, "x", 1), "not_writable")
    refused(write(of, "x" * 100_001, 1, key="next"), "not_writable")


def test_sentences_are_put_in_and_brought_up_to_date(of: Writer, land: World) -> None:
    args = {"actor": of.actor, "at": AT, "submission_id": of.submission.pk, "key": "general"}
    write(of, "Địa bàn ổn định.", of.version("general"), key="general")
    made = apply_draft(seen=of.version("general"), **args)  # type: ignore[arg-type]
    assert isinstance(made, SubmissionSection)
    assert made.text.startswith("Địa bàn ổn định.\nPhát hiện 12 vụ")
    told(entry(land["dong_hoa"], "cases_detected", month(1), 8))
    assert isinstance(refresh_report(actor=of.actor, at=AT, submission_id=of.submission.pk), Refreshed)
    refused(apply_draft(seen=1, **args), "stale")  # type: ignore[arg-type]
    keys = [each["key"] for each in of.submission.sections.get(key="general").draft]
    comparison = next(key for key in keys if key.startswith("comparison:"))
    made = apply_draft(seen=of.version("general"), sentences=[comparison], **args)  # type: ignore[arg-type]
    assert isinstance(made, SubmissionSection)
    assert "Phát hiện 8 vụ, giảm 20% (10 vụ)" in made.text
    assert "12 vụ" not in made.text
    assert [each["key"] for each in made.draft if each["key"] == comparison] == [comparison]


# --- numbers


def test_a_typed_number_stands_beside_the_counted_one(of: Writer) -> None:
    found = put(of, of.entry("cases", "12"), of.entry("people", ""))
    assert (found.changed, line(of, "cases").typed, line(of, "cases").version) == (0, False, 1)
    assert not Entry.objects.filter(event="reports.figures.written").exists()
    found = put(
        of, of.entry("cases", " 1.234 vụ", reason="  Thêm  vụ của tháng trước ", note="n"), of.entry("files", "x")
    )
    assert (found.changed, found.refused) == (2, ())
    row = line(of, "cases")
    assert (row.value, row.counted, row.typed, row.reason, row.note) == (1234, 12, True, "Thêm vụ của tháng trước", "n")
    assert (row.version, row.changed_by_id, figure_text(row)) == (2, of.actor.user_id, "1.234")
    files = line(of, "files")
    assert (files.value, files.applies, files.typed, figure_text(files)) == (None, False, True, "x")
    said = Entry.objects.get(event="reports.figures.written")
    assert said.before == {"figures": ["Số vụ phát hiện: 12", "Số người nghiện có hồ sơ: —"]}
    assert said.after == {"figures": ["Số vụ phát hiện: 1.234", "Số người nghiện có hồ sơ: x"]}
    put(of, of.entry("cases", ""), of.entry("people", "0"))  # a blank is not zero
    assert (line(of, "cases").value, line(of, "cases").typed) == (None, True)
    assert (line(of, "people").value, line(of, "people").typed) == (0, True)


def test_what_cannot_be_taken_keeps_its_reason_and_holds_up_nothing(of: Writer) -> None:
    found = put(
        of, of.entry("cases", "1,5"), of.entry("people", "nhiều"), of.entry("files", "-"), of.entry("addicts", "7"),
        FigureEntry(line="all", seen=1, number="3"), FigureEntry(line="none", seen=1, number="3"),
        of.entry("odd", "1", reason="r" * 501),
    )  # fmt: skip
    assert [each.line for each in found.saved] == ["addicts"]
    codes = {each.line: each.refusal.code for each in found.refused}
    assert codes == {
        **dict.fromkeys(("cases", "people", "files"), "number"),
        **dict.fromkeys(("all", "none"), "no_line"),
        "odd": "too_long",
    }
    assert line(of, "cases").value == 12


def test_somebody_was_faster_at_a_number(of: Writer, land: World) -> None:
    other = land.actor("dong_hoa", "commune_officer", "binh")
    mine, theirs = of.entry("cases", "13"), of.entry("cases", "14")
    same = of.entry("people", "1")
    put(of, theirs, actor=other)
    put(of, same, actor=other)
    found = put(of, mine, same)
    assert [each.line for each in found.saved] == ["people"]
    (answer,) = found.refused
    assert answer.refusal.code == "stale"
    assert answer.refusal.args["text"] == "14"
    assert answer.refusal.args["who"] == other.name
    assert answer.theirs == line(of, "cases")
    assert line(of, "cases").value == 14
    put(of, FigureEntry(line="cases", seen=int(answer.refusal.args["version"]), number="13"))
    assert line(of, "cases").value == 13


def test_back_to_what_was_counted(of: Writer) -> None:
    put(of, of.entry("cases", "15", reason="vì"))
    args = {"actor": of.actor, "at": AT, "submission_id": of.submission.pk, "line": "cases"}
    refused(use_counted(seen=1, **args), "stale")  # type: ignore[arg-type]
    row = use_counted(seen=of.seen("cases"), **args)  # type: ignore[arg-type]
    assert isinstance(row, SubmissionFigure)
    assert (row.value, row.typed, row.reason) == (12, False, "")
    put(of, of.entry("cases", "15", reason="vì"))
    put(of, of.entry("cases", "12"))
    assert (line(of, "cases").typed, line(of, "cases").reason) == (False, "")
    refused(use_counted(seen=1, **{**args, "line": "none"}), "no_line")  # type: ignore[arg-type]


def test_nothing_to_report_is_not_said_over_a_number(of: Writer) -> None:
    args = {"actor": of.actor, "at": AT, "submission_id": of.submission.pk}
    answer = refused(say_nothing(seen=1, **args), "figures")  # type: ignore[arg-type]
    assert [each.message for each in answer.problems] == ["Số vụ phát hiện: 12"]
    put(of, of.entry("cases", "0", reason="đếm nhầm"))
    refused(say_nothing(seen=7, **args), "stale")  # type: ignore[arg-type]
    made = say_nothing(seen=1, **args)  # type: ignore[arg-type]
    assert isinstance(made, Submission)
    assert (made.nothing, made.version, of.content.nothing) == (True, 2, True)
    assert say_nothing(seen=1, **args) == made  # type: ignore[arg-type]
    put(of, of.entry("people", "3"))
    assert not of.fresh.nothing


# --- comments and pictures


def test_comments_of_those_concerned(of: Writer, land: World) -> None:
    args = {"at": AT, "submission_id": of.submission.pk}
    leader, office, auditor = land.actor("dong_hoa", "leader"), land.office, land.actor("dong_hoa", "auditor")
    made = comment_section(actor=leader, section="general", words=" Viết gọn lại. ", **args)  # type: ignore[arg-type]
    assert isinstance(made, SectionComment)
    assert made.words == "Viết gọn lại."
    assert comment_section(actor=leader, section="general", words="Viết gọn lại.", **args) == made  # type: ignore[arg-type]
    refused(comment_section(actor=office, section="", words="x", **args), "not_allowed")  # type: ignore[arg-type]
    refused(comment_section(actor=auditor, section="", words="x", **args), "not_allowed")  # type: ignore[arg-type]
    refused(comment_section(actor=leader, section="none", words="x", **args), "no_section")  # type: ignore[arg-type]
    refused(comment_section(actor=leader, section="", words=" ", **args), "words")  # type: ignore[arg-type]
    Submission.objects.update(sent_once=True, edition=1, state="sent")
    assert isinstance(comment_section(actor=office, section="", words="Thiếu số", **args), SectionComment)  # type: ignore[arg-type]
    refused(settle_comment(actor=land.actor("tay_hoa"), at=AT, comment_id=made.pk), "not_allowed")
    settled = settle_comment(actor=of.actor, at=AT, comment_id=made.pk)
    assert isinstance(settled, SectionComment)
    assert settled.settled_by_id == of.actor.user_id
    later = settle_comment(actor=leader, at=AT + timedelta(days=1), comment_id=made.pk)
    assert isinstance(later, SectionComment)
    assert later.settled_at == AT


def photo(colour: str = "red") -> bytes:
    out, picture = io.BytesIO(), Image.new("RGB", (40, 30), colour)
    exif = Image.Exif()
    exif[0x010F] = "Hãng máy ảnh"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_picture_carries_nothing_but_what_it_shows(of: Writer) -> None:
    args = {"actor": of.actor, "at": AT, "submission_id": of.submission.pk}
    made = add_picture(section="photos", name="C:\\ảnh\\họp dân.jpg", data=photo(), caption=" Họp dân ", **args)  # type: ignore[arg-type]
    assert isinstance(made, SubmissionPicture)
    with default_storage.open(made.file.path) as kept:
        data = kept.read()
    assert b"Exif" not in data
    (shown,) = of.content.pictures
    assert (shown.section, shown.caption, shown.file_id, shown.digest) == (
        "photos", "Họp dân", made.file_id, made.file.sha256,
    )  # fmt: skip
    assert isinstance(
        describe_picture(actor=of.actor, at=AT, picture_id=made.pk, caption="Họp thôn"), SubmissionPicture
    )
    assert of.content.pictures[0].caption == "Họp thôn"
    for data, section, code in (
        (b"%PDF-1.4", "photos", "no_picture"), (b"", "photos", "no_picture"), (photo("blue"), "numbers", "no_section"),
    ):  # fmt: skip
        refused(add_picture(section=section, name="x.jpg", data=data, **args), code)  # type: ignore[arg-type]
    SubmissionPicture.objects.bulk_create(
        SubmissionPicture(submission=of.submission, section="photos", file=made.file) for _each in range(MOST_PICTURES)
    )
    refused(add_picture(section="photos", name="x.jpg", data=photo(), **args), "too_many")  # type: ignore[arg-type]
    assert isinstance(remove_picture(actor=of.actor, at=AT, picture_id=made.pk), Submission)
    assert not SubmissionPicture.objects.filter(pk=made.pk).exists()
    refused(remove_picture(actor=of.actor, at=AT, picture_id=made.pk), "not_allowed")
