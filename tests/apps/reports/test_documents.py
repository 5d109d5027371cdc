"""Reports as official documents: words that are remembered, files, archives of many, what a job does when it dies."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.core.files.storage import default_storage

from pcmt.apps.accounts.models import Grant
from pcmt.apps.audit.models import Entry
from pcmt.apps.reports.documents import LOADED, ReportWords, cover_of, file_of, official_of, report_words, reported
from pcmt.apps.reports.documents import words_seen as seen_of
from pcmt.apps.reports.models import EditionState, ExportBatch, ExportState, Submission, SubmissionEdition
from pcmt.apps.reports.operations import exporting, previewing
from pcmt.apps.reports.operations.wording import set_words
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import adopted
from tests.factories.reports import opened, sent
from tests.factories.world import NOW, TODAY, World

WORDS = ReportWords(agency="Ủy ban nhân dân xã Đông Hòa", symbol="BC-UBND", place="Đông Hòa", post="Chủ tịch")


@pytest.fixture
def ready(land: World, reader: None, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    adopted(land.office)
    return land


def fresh(submission: Submission) -> Submission:
    return Submission.objects.select_related(*LOADED).get(pk=submission.pk)


def written(submission: Submission, edition: SubmissionEdition | None) -> Any:
    return docx.Document(io.BytesIO(bytes(file_of(reported(fresh(submission), edition, TODAY), "docx"))))


def texts(file: Any) -> list[str]:
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in file.paragraphs), *cells]


def test_a_sent_edition_as_a_document(ready: World) -> None:
    report = opened(ready["dong_hoa"])
    edition = sent(report, cases=3, people=None)
    Submission.objects.filter(pk=report.pk).update(number="45", symbol="BC-UBND", signed_on=TODAY)
    said = texts(written(report, edition))
    assert "Số: 45/BC-UBND" in said
    assert "Đông Hòa, ngày 02 tháng 3 năm 2026" in said
    assert "I. TÌNH HÌNH CHUNG" in said
    assert "Tình hình ổn định." in said
    assert {"3", "—"} <= set(said)
    assert not any("DỰ THẢO" in text for text in said)
    foot = written(report, edition).sections[0].footer.paragraphs[0].text
    assert edition.seal[:12] in foot
    assert edition.seal[:13] not in foot


def test_what_is_written_is_marked_as_a_draft_and_has_no_seal(ready: World) -> None:
    report = opened(ready["dong_hoa"])
    source = reported(fresh(report), None, TODAY)
    made = official_of(source)
    assert (made.mark, made.seal) == ("DỰ THẢO", "")
    assert any(text.endswith("\nDỰ THẢO") for text in texts(written(report, None)))
    edition = sent(report, cases=1)
    edition.state = EditionState.RETURNED
    edition.save()
    assert official_of(reported(fresh(report), edition, TODAY)).mark == "BỊ TRẢ LẠI"


def test_an_older_edition_has_no_number(ready: World) -> None:
    report = opened(ready["dong_hoa"])
    first = sent(report, cases=1)
    SubmissionEdition.objects.filter(pk=first.pk).update(state=EditionState.RETURNED)
    sent(report, cases=2)
    Submission.objects.filter(pk=report.pk).update(number="45", symbol="BC-UBND", signed_on=TODAY)
    assert reported(fresh(report), first, TODAY).designation == ""
    assert not any("45/BC-UBND" in text for text in texts(written(report, first)))


def test_usual_words_are_those_of_the_body_and_of_its_last_report(ready: World) -> None:
    report = opened(ready["dong_hoa"])
    usual = report_words(fresh(report), TODAY)
    assert (usual.agency, usual.symbol, usual.mark) == ("Ủy ban nhân dân xã Đông Hòa", "BC-UBND", "TM.")
    who = ready.actor("dong_hoa", "commune_officer")
    kept = set_words(actor=who, at=NOW, submission_id=report.pk, words=WORDS, seen=seen_of(report))
    assert isinstance(kept, Submission)
    dates = list(
        report.duty.occurrences.filter(unit=ready["dong_hoa"]).order_by("period_to").values_list("period_to", flat=True)
    )
    later = opened(ready["dong_hoa"], dates[1])
    assert report_words(fresh(later), TODAY).post == "Chủ tịch"
    assert report_words(fresh(later), TODAY).grounds == ()
    assert Entry.objects.filter(event="reports.words.set").count() == 1


def test_words_are_refused_with_a_reason(ready: World) -> None:
    report = opened(ready["dong_hoa"])
    who = ready.actor("dong_hoa", "commune_officer")
    seen = seen_of(report)
    ask = {"at": NOW, "submission_id": report.pk}
    stranger = set_words(actor=ready.actor("tay_hoa"), words=WORDS, seen=seen, **ask)
    assert isinstance(stranger, Refusal)
    assert stranger.code == "not_allowed"
    blank = set_words(actor=who, words=ReportWords(agency=" "), seen=seen, **ask)
    assert isinstance(blank, Refusal)
    assert blank.field == "agency"
    assert isinstance(set_words(actor=who, words=WORDS, seen=seen, **ask), Submission)
    other = ReportWords(agency="Ủy ban nhân dân xã")
    stale = set_words(actor=who, words=other, seen=seen, **ask)
    assert isinstance(stale, Refusal)
    assert stale.code == "stale"
    assert isinstance(set_words(actor=who, words=WORDS, seen="", **ask), Submission), (
        "the same once more is no conflict"
    )


def test_cover_letter(ready: World) -> None:
    report = opened(ready["dong_hoa"])
    edition = sent(report, cases=1)
    said = texts(docx.Document(io.BytesIO(cover_of(reported(fresh(report), edition, TODAY)))))
    assert any(text.startswith("Kính gửi: ") for text in said)
    assert any("V/v gửi báo cáo" in text for text in said)


def test_an_archive_names_the_bad_one_and_holds_the_others(ready: World) -> None:
    good = sent(opened(ready["dong_hoa"]), cases=3)
    bad = sent(opened(ready["tay_hoa"]), cases=4)
    SubmissionEdition.objects.filter(pk=bad.pk).update(content={"form": "x"})
    who = ready.actor("police", "standing_office")
    made = exporting.start_export(actor=who, at=NOW, edition_ids=[bad.pk, good.pk], kind="xlsx")
    assert isinstance(made, ExportBatch), made
    exporting.work_on_export(batch_id=made.pk, at=NOW)
    made.refresh_from_db()
    assert (made.state, made.progress) == (ExportState.READY, 2)
    assert "Phường Tây Hòa" in made.problem
    with default_storage.open(made.file) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert [name.split("-")[0] for name in names] == ["002", "bao"]
        assert "Phường Tây Hòa" in archive.read(exporting.BAD).decode()
    taken = exporting.take_export(actor=who, at=NOW, batch_id=made.pk)
    assert taken is not None
    assert Entry.objects.filter(event="reports.report.exported").count() == 2
    assert exporting.take_export(actor=ready.actor("health"), at=NOW, batch_id=made.pk) is None


def test_a_dead_worker_is_followed_by_another_one(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    editions = [sent(opened(ready[key]), cases=3) for key in ("dong_hoa", "tay_hoa")]
    who = ready.actor("police", "standing_office")
    with monkeypatch.context() as quiet:
        quiet.setattr(exporting, "enqueue_export", lambda _pk: "00000000-0000-0000-0000-000000000000")
        made = exporting.start_export(actor=who, at=NOW, edition_ids=[each.pk for each in editions], kind="docx")
    assert isinstance(made, ExportBatch)
    calls: list[int] = []
    real = exporting._file

    def dies(source: Any, kind: str) -> Any:
        calls.append(source.submission.pk)
        if len(calls) == 2:
            raise SystemExit
        return real(source, kind)

    monkeypatch.setattr(exporting, "_file", dies)
    monkeypatch.setattr(exporting, "TOGETHER", 1)
    with pytest.raises(SystemExit):
        exporting.work_on_export(batch_id=made.pk, at=NOW)
    made.refresh_from_db()
    assert (made.state, made.progress) == (ExportState.WORKING, 1)
    exporting.tend_exports(at=NOW)
    made.refresh_from_db()
    assert made.job != "00000000-0000-0000-0000-000000000000"
    assert made.state == ExportState.READY, "queued again, and jobs run at once in tests"
    assert len(calls) == 3, "what was made before is not made again"
    assert not default_storage.exists(f"exports/{made.pk}/1.docx")


def test_pdfs_are_printed_together_and_a_bad_one_is_named(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    editions = [sent(opened(ready[key]), cases=3) for key in ("dong_hoa", "tay_hoa")]
    SubmissionEdition.objects.filter(pk=editions[0].pk).update(content={"form": "x"})
    together: list[int] = []
    monkeypatch.setattr(exporting, "report_pdfs", lambda reports: together.append(len(reports)) or [b"%PDF"])
    who = ready.actor("police", "standing_office")
    made = exporting.start_export(actor=who, at=NOW, edition_ids=[each.pk for each in editions], kind="pdf")
    assert isinstance(made, ExportBatch)
    made.refresh_from_db()
    assert (made.state, together) == (ExportState.READY, [1])
    assert "Xã Đông Hòa" in made.problem


def test_archives_are_thrown_away_after_some_days(ready: World) -> None:
    edition = sent(opened(ready["dong_hoa"]), cases=3)
    who = ready.actor("police", "standing_office")
    made = exporting.start_export(actor=who, at=NOW, edition_ids=[edition.pk], kind="docx")
    assert isinstance(made, ExportBatch)
    exporting.work_on_export(batch_id=made.pk, at=NOW)
    made.refresh_from_db()
    path = made.file
    assert exporting.purge_exports(at=NOW + timedelta(days=6)) == 0
    assert exporting.purge_exports(at=NOW + timedelta(days=8)) == 1
    made.refresh_from_db()
    assert made.file == ""
    assert not default_storage.exists(path)
    assert exporting.purge_exports(at=NOW + timedelta(days=9)) == 0


@pytest.mark.parametrize(
    ("kind", "count", "code"), [("odt", 1, "kind"), ("docx", 0, "nothing"), ("docx", 1_001, "too_many")]
)
def test_what_cannot_be_exported(ready: World, kind: str, count: int, code: str) -> None:
    who = ready.actor("police", "standing_office")
    refused = exporting.start_export(actor=who, at=NOW, edition_ids=range(1, count + 1), kind=kind)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_nobody_exports_what_others_alone_may_see(ready: World) -> None:
    edition = sent(opened(ready["dong_hoa"]), cases=3)
    refused = exporting.start_export(actor=ready.actor("health"), at=NOW, edition_ids=[edition.pk], kind="docx")
    assert isinstance(refused, Refusal)
    assert refused.code == "not_allowed"


def test_whoever_lost_the_role_gets_nothing(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = sent(opened(ready["dong_hoa"]), cases=3)
    who = ready.actor("police", "standing_office")
    monkeypatch.setattr(exporting, "enqueue_export", lambda _pk: "x")
    made = exporting.start_export(actor=who, at=NOW, edition_ids=[edition.pk], kind="docx")
    assert isinstance(made, ExportBatch)
    Grant.objects.filter(user_id=who.user_id).update(valid_to=TODAY)
    exporting.work_on_export(batch_id=made.pk, at=NOW)
    made.refresh_from_db()
    assert made.state == ExportState.FAILED


def test_pictures_of_pages_are_made_once(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[Any] = []
    monkeypatch.setattr(previewing, "report_pdf", lambda report: printed.append(report) or b"%PDF")
    monkeypatch.setattr(previewing, "page_pictures", lambda pdf: [b"one", b"two"])
    report = opened(ready["dong_hoa"])
    edition = sent(report, cases=3)
    source = reported(fresh(report), edition, TODAY)
    made = previewing.preview_of(source)
    assert made == previewing.preview_of(reported(fresh(report), edition, TODAY))
    assert (made.pages, len(printed)) == (2, 1)
    assert previewing.page_path(report.pk, made.key, 2)
    assert previewing.page_path(report.pk, made.key, 3) is None
    assert previewing.page_path(report.pk, "../../x", 1) is None
    assert previewing.tidy_previews(at=NOW - timedelta(days=900)) == 0
    assert previewing.tidy_previews(at=NOW + timedelta(days=9_000)) == 1
    assert previewing.page_path(report.pk, made.key, 2) is None
