import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("facts", "0003_catalogue_by_administrators"),
        ("units", "0007_identifiers_and_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SheetImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("role", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=255, verbose_name="tên tệp")),
                ("hash", models.CharField(max_length=64)),
                ("grid", models.JSONField(blank=True, default=list)),
                ("stamp", models.JSONField(blank=True, default=dict)),
                ("by_hand", models.JSONField(blank=True, default=dict)),
                ("meanings", models.JSONField(blank=True, default=dict)),
                ("outcomes", models.JSONField(blank=True, default=dict)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("seen", models.CharField(blank=True, max_length=16, verbose_name="dấu của kết quả xem trước")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Đang kiểm tra"),
                            ("waiting", "Đang xem trước"),
                            ("writing", "Đang ghi"),
                            ("done", "Đã nhập"),
                            ("withdrawn", "Đã bỏ"),
                        ],
                        default="checking",
                        max_length=10,
                        verbose_name="tình trạng",
                    ),
                ),
                ("job", models.CharField(blank=True, max_length=64)),
                ("progress", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="lý do")),
                ("problem", models.CharField(blank=True, max_length=500, verbose_name="vì sao chưa ghi")),
                ("at", models.DateTimeField(verbose_name="gửi lúc")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="nhập lúc")),
                ("purged_at", models.DateTimeField(blank=True, null=True, verbose_name="xóa nội dung lúc")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="facts.form"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"),
                ),
                (
                    "recording",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheet",
                        to="facts.recording",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "tệp số liệu",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["by", "form", "state"], name="sheet_of_person"),
                    models.Index(condition=models.Q(("purged_at__isnull", True)), fields=["at"], name="sheet_to_purge"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))), name="sheet_period_in_order"
                    )
                ],
            },
        ),
    ]
