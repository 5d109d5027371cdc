"""Regimes asked by offices, report forms, reports on their way, what consolidations gather."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_saved_filters"),
        ("plans", "0006_meetings_and_what_plans_carry_out"),
        ("reports", "0003_tasks_feed_reports"),
        ("units", "0007_identifiers_and_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=10, verbose_name="loại tệp")),
                ("editions", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("working", "Đang tạo"), ("ready", "Đã tạo xong"), ("failed", "Chưa tạo được")],
                        default="working",
                        max_length=10,
                        verbose_name="tình trạng",
                    ),
                ),
                ("job", models.CharField(blank=True, max_length=64)),
                ("progress", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=500, verbose_name="vì sao chưa tạo được")),
                ("file", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(verbose_name="yêu cầu lúc")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="xong lúc")),
                ("purged_at", models.DateTimeField(blank=True, null=True, verbose_name="xóa tệp lúc")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"),
                ),
            ],
            options={
                "verbose_name": "lần xuất báo cáo",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReportForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="mã")),
                ("title", models.CharField(max_length=300, verbose_name="tên mẫu")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_forms",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "mẫu báo cáo",
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReportFormVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="phiên bản")),
                ("body", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Đang soạn"), ("in_use", "Đang dùng"), ("ended", "Không dùng nữa")],
                        default="draft",
                        max_length=10,
                        verbose_name="tình trạng",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="thay đổi gì")),
                ("made_at", models.DateTimeField(verbose_name="lập lúc")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="dùng từ")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="reports.reportform"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "phiên bản mẫu báo cáo",
                "ordering": ["form_id", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("form", "number"), name="report_form_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_use")), fields=("form",), name="report_form_one_in_use"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")), fields=("form",), name="report_form_one_draft"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_from", models.DateField(blank=True, null=True, verbose_name="từ ngày")),
                ("period_to", models.DateField(blank=True, null=True, verbose_name="đến ngày")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Đang soạn"),
                            ("waiting", "Chờ lãnh đạo duyệt"),
                            ("sent", "Đã gửi"),
                            ("returned", "Bị trả lại"),
                            ("accepted", "Đã tiếp nhận"),
                            ("consolidated", "Đã tổng hợp"),
                        ],
                        default="draft",
                        max_length=15,
                        verbose_name="tình trạng",
                    ),
                ),
                ("nothing", models.BooleanField(default=False, verbose_name="không có nội dung phát sinh")),
                ("correcting", models.CharField(blank=True, max_length=500, verbose_name="lý do đính chính")),
                ("sent_once", models.BooleanField(default=False)),
                ("edition", models.PositiveIntegerField(default=0)),
                ("words", models.JSONField(blank=True, default=dict, verbose_name="thể thức")),
                ("number", models.CharField(blank=True, max_length=20, verbose_name="số")),
                ("symbol", models.CharField(blank=True, max_length=60, verbose_name="ký hiệu")),
                ("signed_on", models.DateField(blank=True, null=True, verbose_name="ngày ký")),
                ("opened_at", models.DateTimeField(verbose_name="mở lúc")),
                ("known_at", models.DateTimeField(verbose_name="số liệu lấy lúc")),
                ("changed_at", models.DateTimeField(verbose_name="thay đổi lúc")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "about",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="reports.duty"
                    ),
                ),
                (
                    "form_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="reports.reportformversion",
                    ),
                ),
                (
                    "occurrence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submission",
                        to="reports.dutyoccurrence",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="plans.sourcefile",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="units.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "báo cáo",
                "ordering": ["-period_to", "-pk"],
                "indexes": [
                    models.Index(fields=["unit", "state"], name="submissions_of_unit"),
                    models.Index(fields=["duty", "period_to", "state"], name="submissions_of_duty"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", ""), ("signed_on__isnull", True)),
                            models.Q(models.Q(("number", ""), _negated=True), ("signed_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="submission_number_with_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "waiting")),
                            models.Q(("edition__gt", 0), ("sent_once", True)),
                            _connector="OR",
                        ),
                        name="submission_sent_has_edition",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consolidation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="lần")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                ("actor_name", models.CharField(blank=True, max_length=200, verbose_name="người tổng hợp")),
                ("figures", models.JSONField(blank=True, default=dict)),
                ("missing", models.JSONField(blank=True, default=list)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consolidations",
                        to="reports.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "lần tổng hợp",
                "ordering": ["submission_id", "-number"],
                "constraints": [models.UniqueConstraint(fields=("submission", "number"), name="consolidation_once")],
            },
        ),
        migrations.CreateModel(
            name="SectionComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("section", models.CharField(blank=True, max_length=60)),
                ("at", models.DateTimeField(verbose_name="lúc")),
                ("actor_name", models.CharField(max_length=200, verbose_name="người góp ý")),
                ("words", models.TextField(verbose_name="góp ý")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="xong lúc")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="reports.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "góp ý báo cáo",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SubmissionEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="lần")),
                ("content", models.JSONField()),
                ("seal", models.CharField(max_length=64, verbose_name="mã băm")),
                ("cutoff", models.DateField(verbose_name="chốt số liệu")),
                ("known_at", models.DateTimeField(verbose_name="số liệu lấy lúc")),
                ("nothing", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="lý do đính chính")),
                ("sent_at", models.DateTimeField(verbose_name="gửi lúc")),
                ("sent_by_name", models.CharField(max_length=200, verbose_name="người gửi")),
                ("approved_by_name", models.CharField(blank=True, max_length=200, verbose_name="người duyệt")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="duyệt lúc")),
                ("days_late", models.PositiveIntegerField(blank=True, null=True, verbose_name="số ngày trễ")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "Chờ tiếp nhận"),
                            ("accepted", "Đã tiếp nhận"),
                            ("returned", "Bị trả lại"),
                            ("recalled", "Đã thu hồi"),
                            ("replaced", "Đã có bản đính chính"),
                        ],
                        default="sent",
                        max_length=10,
                        verbose_name="kết quả",
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="trả lời lúc")),
                (
                    "form_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.reportformversion"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="editions", to="reports.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "lần gửi báo cáo",
                "ordering": ["submission_id", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("submission", "number"), name="report_edition_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "accepted")),
                        fields=("submission",),
                        name="report_edition_one_accepted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubmissionFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.CharField(max_length=60)),
                ("places", models.PositiveSmallIntegerField(default=0)),
                ("value", models.BigIntegerField(blank=True, null=True)),
                ("counted", models.BigIntegerField(blank=True, null=True)),
                ("applies", models.BooleanField(default=True)),
                ("typed", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="vì sao khác số đã có")),
                ("explanation", models.CharField(blank=True, max_length=500, verbose_name="giải trình biến động")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="ghi chú")),
                ("told", models.PositiveIntegerField(blank=True, null=True)),
                ("expected", models.PositiveIntegerField(blank=True, null=True)),
                ("changed_at", models.DateTimeField(blank=True, null=True, verbose_name="thay đổi lúc")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="reports.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "số liệu của báo cáo",
                "constraints": [
                    models.UniqueConstraint(fields=("submission", "line"), name="report_figure_once"),
                    models.CheckConstraint(
                        condition=models.Q(("applies", True), ("value__isnull", True), _connector="OR"),
                        name="report_figure_applies",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubmissionPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("section", models.CharField(max_length=60)),
                ("caption", models.CharField(blank=True, max_length=300, verbose_name="chú thích")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.sourcefile"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pictures", to="reports.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "ảnh của báo cáo",
                "ordering": ["submission_id", "order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SubmissionStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("opened", "Mở báo cáo"),
                            ("asked", "Trình lãnh đạo"),
                            ("handed_back", "Lãnh đạo đề nghị sửa"),
                            ("approved", "Lãnh đạo duyệt"),
                            ("sent", "Gửi"),
                            ("recalled", "Thu hồi"),
                            ("returned", "Trả lại"),
                            ("accepted", "Tiếp nhận"),
                            ("consolidated", "Đưa vào báo cáo tổng hợp"),
                            ("correcting", "Mở đính chính"),
                            ("dropped", "Bỏ đính chính"),
                            ("moved", "Chuyển đơn vị lập"),
                            ("signed", "Ghi số, ngày ký"),
                        ],
                        max_length=15,
                        verbose_name="việc",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="lúc")),
                ("actor_name", models.CharField(blank=True, max_length=200, verbose_name="người thực hiện")),
                ("role", models.CharField(blank=True, max_length=40, verbose_name="vai trò")),
                ("edition", models.PositiveIntegerField(default=0, verbose_name="lần gửi")),
                ("note", models.TextField(blank=True, verbose_name="ghi chú")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.grant",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="reports.submission"
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
                "verbose_name": "bước của báo cáo",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ConsolidationPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counted", models.BooleanField(default=True)),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="vì sao không cộng")),
                (
                    "consolidation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="reports.consolidation"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_in",
                        to="reports.submissionedition",
                    ),
                ),
            ],
            options={
                "verbose_name": "báo cáo được tổng hợp",
                "constraints": [
                    models.UniqueConstraint(fields=("consolidation", "edition"), name="consolidation_part_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Restatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.CharField(max_length=60)),
                ("label", models.CharField(max_length=300, verbose_name="chỉ tiêu")),
                ("places", models.PositiveSmallIntegerField(default=0)),
                ("old", models.BigIntegerField(blank=True, null=True, verbose_name="số cũ")),
                ("new", models.BigIntegerField(blank=True, null=True, verbose_name="số mới")),
                ("reason", models.CharField(max_length=500, verbose_name="lý do")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restatements",
                        to="reports.submissionedition",
                    ),
                ),
            ],
            options={
                "verbose_name": "số liệu đính chính",
                "constraints": [models.UniqueConstraint(fields=("edition", "line"), name="report_restated_once")],
            },
        ),
        migrations.CreateModel(
            name="SubmissionSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("text", models.TextField(blank=True)),
                ("draft", models.JSONField(blank=True, default=list)),
                ("changed_at", models.DateTimeField(blank=True, null=True, verbose_name="thay đổi lúc")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="reports.submissionedition",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sections", to="reports.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "mục của báo cáo",
                "constraints": [models.UniqueConstraint(fields=("submission", "key"), name="report_section_once")],
            },
        ),
        migrations.RemoveConstraint(
            model_name="duty",
            name="duty_ended_by_revision",
        ),
        migrations.AddField(
            model_name="duty",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="yêu cầu lúc"),
        ),
        migrations.AddField(
            model_name="duty",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="calendar",
            field=models.CharField(blank=True, max_length=20, verbose_name="lịch kỳ báo cáo"),
        ),
        migrations.AddField(
            model_name="duty",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="thôi áp dụng lúc"),
        ),
        migrations.AddField(
            model_name="duty",
            name="feeds",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fed_duties",
                to="reports.duty",
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="guidance",
            field=models.JSONField(blank=True, default=dict, verbose_name="hướng dẫn từng cấp"),
        ),
        migrations.AddField(
            model_name="duty",
            name="method",
            field=models.CharField(
                choices=[("software", "Qua phần mềm này"), ("paper", "Văn bản giấy"), ("system", "Hệ thống khác")],
                default="software",
                max_length=10,
                verbose_name="cách gửi",
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="origin",
            field=models.CharField(
                choices=[("plan", "Kế hoạch"), ("office", "Cơ quan thường trực yêu cầu")],
                default="plan",
                max_length=10,
                verbose_name="ai yêu cầu",
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="title",
            field=models.CharField(blank=True, max_length=300, verbose_name="tên báo cáo"),
        ),
        migrations.AddField(
            model_name="duty",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="duty",
            name="end",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="duty",
            name="item",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="duty", to="plans.item"
            ),
        ),
        migrations.AlterField(
            model_name="duty",
            name="revision",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duties",
                to="plans.revision",
            ),
        ),
        migrations.AlterField(
            model_name="duty",
            name="since",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="plans.revision",
            ),
        ),
        migrations.AlterField(
            model_name="duty",
            name="start",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="duty",
            name="text",
            field=models.TextField(blank=True, verbose_name="nguyên văn"),
        ),
        migrations.AddField(
            model_name="duty",
            name="form",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duties",
                to="reports.reportform",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True), ("state", "active")),
                    models.Q(("ended_by__isnull", False), ("state", "ended")),
                    models.Q(("ended_at__isnull", False), ("state", "ended")),
                    _connector="OR",
                ),
                name="duty_ended_by_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_at__isnull", False), ("item__isnull", True), ("origin", "office")),
                    models.Q(
                        ("item__isnull", False),
                        ("origin", "plan"),
                        ("revision__isnull", False),
                        ("since__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="duty_of_plan_has_item",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(("feeds", models.F("pk")), _negated=True), name="duty_not_into_itself"
            ),
        ),
    ]
