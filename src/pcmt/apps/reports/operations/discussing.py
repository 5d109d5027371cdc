"""What people say about a report's sections, and the pictures in them."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.operations import keep_file, screen_later
from pcmt.apps.reports.models import SectionComment, Submission, SubmissionPicture
from pcmt.apps.reports.operations.drafting import held, not_allowed, tidy, too_long, touch
from pcmt.apps.reports.policies import can_comment, writes_at
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import SectionKind, schema_from
from pcmt.documents import MAX_BYTES, Unreadable, is_picture, plain_picture

COMMENT_CHARS = 2000
CAPTION_CHARS = 300
MOST_PICTURES = 20
"""Pictures in one report: a page holds two of them."""
SAME_WITHIN = 60
"""Seconds within which the same words of the same person are a button pressed twice."""
PICTURED = (SectionKind.PICTURES, SectionKind.NARRATIVE)


def comment_section(
    *, actor: Actor, at: datetime, submission_id: int, section: str, words: str
) -> SectionComment | Refusal:
    """Say something about a section; about all of the report where `section` is empty."""
    words = tidy(words, lines=True).strip()
    if not words:
        return Refusal(code="words", message=_("Nhập nội dung góp ý."), field="words")
    if refusal := too_long(words, COMMENT_CHARS, "words"):
        return refusal
    with transaction.atomic():
        rows = Submission.objects.visible_to(actor).select_related("duty", "form_version")
        submission = rows.filter(pk=submission_id).first()
        if submission is None or not can_comment(actor, submission):
            return Refusal(code="not_allowed", message=_("Vai trò này chỉ xem, không góp ý."))
        if section and schema_from(submission.form_version.body).section(section) is None:
            return _no_section(section)
        last = SectionComment.objects.filter(submission=submission, actor=actor.user_id).order_by("-pk").first()
        if last and (last.section, last.words) == (section, words) and (at - last.at).total_seconds() < SAME_WITHIN:
            return last
        made = SectionComment.objects.create(
            submission=submission, section=section, at=at, actor_id=actor.user_id, actor_name=actor.name,
            unit_id=actor.unit_id, words=words,
        )  # fmt: skip
        record(at=at, actor=actor, event="reports.section.commented", obj=submission, after={"section": section})
    return made


def settle_comment(*, actor: Actor, at: datetime, comment_id: int) -> SectionComment | Refusal:
    """Say that a comment is dealt with: who made it, or who writes the report. Again changes nothing."""
    with transaction.atomic():
        seen = SectionComment.objects.visible_to(actor).filter(pk=comment_id)
        if not seen.exists():
            return not_allowed()
        rows = SectionComment.objects.select_for_update(of=("self",), no_key=True).select_related("submission")
        made = rows.get(pk=comment_id)
        if made.actor_id != actor.user_id and not writes_at(actor, made.submission.unit_id):
            return not_allowed()
        if made.settled_at is not None:
            return made
        made.settled_at, made.settled_by_id = at, actor.user_id
        made.save(update_fields=["settled_at", "settled_by"])
        record(
            at=at, actor=actor, event="reports.comment.settled", obj=made.submission, after={"section": made.section}
        )
    return made


def add_picture(
    *, actor: Actor, at: datetime, submission_id: int, section: str, name: str, data: bytes, caption: str = ""
) -> SubmissionPicture | Refusal:
    """Put a picture into a section, made anew from its pixels: without place, time and device."""
    caption = tidy(caption)
    if refusal := too_long(caption, CAPTION_CHARS, "caption"):
        return refusal
    seen = Submission.objects.visible_to(actor).filter(pk=submission_id).first()
    if seen is None or not writes_at(actor, seen.unit_id):
        return not_allowed()
    # Made before anything is locked: a large picture takes a second, in which others go on writing.
    made = _plain(name, data)
    if isinstance(made, Refusal):
        return made
    with transaction.atomic():
        submission = held(actor, submission_id)
        if isinstance(submission, Refusal):
            return submission
        found = schema_from(submission.form_version.body).section(section)
        if found is None or found.kind not in PICTURED:
            return _no_section(section)
        if submission.pictures.count() >= MOST_PICTURES:
            message = _("Mỗi báo cáo kèm tối đa %(most)s ảnh. Gỡ bớt ảnh rồi thêm.") % {"most": MOST_PICTURES}
            return Refusal(code="too_many", message=message, field="picture")
        kept = keep_file(actor=actor, at=at, name=made[0], data=made[1], field="picture")
        if isinstance(kept, Refusal):
            return kept
        screen_later(kept)
        last = submission.pictures.aggregate(last=Max("order"))["last"] or 0
        picture = SubmissionPicture.objects.create(
            submission=submission, section=section, file=kept, caption=caption, order=last + 1
        )
        touch(submission, at)
        record(at=at, actor=actor, event="reports.picture.added", obj=submission, after={"section": section})
    return picture


def _plain(name: str, data: bytes) -> tuple[str, bytes] | Refusal:
    """Name and bytes of the picture made anew; or why it is none."""
    if not data or len(data) > MAX_BYTES or not is_picture(data):
        message = _("Tệp này không phải ảnh đọc được. Chọn ảnh JPEG hoặc PNG.")
        return Refusal(code="no_picture", message=message, field="picture")
    made = plain_picture(data)
    if isinstance(made, Unreadable):
        return Refusal(code=made.code, message=str(made), field="picture")
    stem = PurePosixPath(name.replace("\\", "/")).stem[:200] or "anh"
    return f"{stem}.{made.extension}", made.data


def describe_picture(*, actor: Actor, at: datetime, picture_id: int, caption: str) -> SubmissionPicture | Refusal:
    """Write the words below a picture."""
    caption = tidy(caption)
    if refusal := too_long(caption, CAPTION_CHARS, "caption"):
        return refusal
    with transaction.atomic():
        picture = _picture(actor, picture_id)
        if isinstance(picture, Refusal) or picture.caption == caption:
            return picture
        before, picture.caption = picture.caption, caption
        picture.save(update_fields=["caption"])
        touch(picture.submission, at)
        record(
            at=at, actor=actor, event="reports.picture.described", obj=picture.submission,
            before={"caption": before}, after={"caption": caption},
        )  # fmt: skip
    return picture


def remove_picture(*, actor: Actor, at: datetime, picture_id: int) -> Submission | Refusal:
    """Take a picture out of a report. What was sent with it keeps it."""
    with transaction.atomic():
        picture = _picture(actor, picture_id)
        if isinstance(picture, Refusal):
            return picture
        submission = picture.submission
        after = {"section": picture.section, "caption": picture.caption}
        picture.delete()
        touch(submission, at)
        record(at=at, actor=actor, event="reports.picture.removed", obj=submission, before=after)
    return submission


def _picture(actor: Actor, picture_id: int) -> SubmissionPicture | Refusal:
    """The picture, when the actor may write in its report now; the report is locked."""
    seen = SubmissionPicture.objects.visible_to(actor).filter(pk=picture_id).values_list("submission_id", flat=True)
    submission_id = seen.first()
    if submission_id is None:
        return not_allowed()
    submission = held(actor, submission_id)
    if isinstance(submission, Refusal):
        return submission
    picture = SubmissionPicture.objects.filter(pk=picture_id).first()
    if picture is None:
        return Refusal(code="gone", message=_("Ảnh này vừa được gỡ khỏi báo cáo."))
    picture.submission = submission
    return picture


def _no_section(section: str) -> Refusal:
    return Refusal(code="no_section", message=_("Mẫu báo cáo không có mục này. Tải lại trang."), field=section)
