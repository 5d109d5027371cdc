"""A note may have several files; the one it could have goes over to a row of its own."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

CHUNK = 500


def settled(editor: Any) -> None:
    """Check the references now: PostgreSQL changes no table on which checks still wait."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def go_over(apps: Any, editor: Any) -> None:
    """Each note with a file, or with the name of one that was destroyed, gets one row."""
    notes = apps.get_model("tasks", "ProgressNote").objects
    files = apps.get_model("tasks", "NoteFile").objects
    having = notes.filter(Q(file__isnull=False) | ~Q(file_name="")).select_related("file").order_by("pk")
    files.bulk_create(
        (
            files.model(note_id=note.pk, file_id=note.file_id, name=note.file_name or note.file.name)
            for note in having.iterator(CHUNK)
        ),
        batch_size=CHUNK,
    )
    settled(editor)


def come_back(apps: Any, editor: Any) -> None:
    """The first file of each note; there is no room for more."""
    notes = apps.get_model("tasks", "ProgressNote").objects
    for row in apps.get_model("tasks", "NoteFile").objects.order_by("note_id", "-order", "-pk").iterator(CHUNK):
        notes.filter(pk=row.note_id).update(file_id=row.file_id, file_name=row.name)
    settled(editor)


EVENTS = [
    ("progress", "Báo tiến độ"),
    ("done", "Báo hoàn thành"),
    ("reopened", "Mở lại"),
    ("moved", "Chuyển đơn vị thực hiện"),
    ("acknowledged", "Nhận việc"),
    ("declined", "Đề nghị giao lại"),
    ("answered", "Trả lời đề nghị giao lại"),
    ("handed_down", "Giao xuống"),
    ("held", "Phân công người phụ trách"),
    ("accepted", "Nghiệm thu"),
    ("returned", "Trả lại"),
    ("extension_asked", "Xin gia hạn"),
    ("extended", "Cho gia hạn"),
    ("extension_refused", "Không cho gia hạn"),
    ("extension_withdrawn", "Rút đề nghị gia hạn"),
    ("suspended", "Tạm dừng"),
    ("resumed", "Tiếp tục"),
    ("cancelled", "Hủy"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0003_needs_acceptance"),
        ("tasks", "0003_following_through"),
    ]

    operations = [
        migrations.AlterField(
            "progressnote",
            "event",
            models.CharField(choices=EVENTS, default="progress", max_length=20, verbose_name="việc"),
        ),
        migrations.CreateModel(
            name="NoteFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, verbose_name="tên tệp")),
                ("picture", models.BooleanField(default=False, verbose_name="là ảnh")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="plans.sourcefile",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="tasks.progressnote"
                    ),
                ),
            ],
            options={"verbose_name": "tệp minh chứng", "ordering": ["note_id", "order", "pk"]},
        ),
        migrations.RunPython(go_over, come_back),
        migrations.RemoveField("progressnote", "file"),
        migrations.RemoveField("progressnote", "file_name"),
    ]
