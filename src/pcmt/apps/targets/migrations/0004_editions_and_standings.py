"""Editions of the targets that are there, since when allocations hold, and why verdicts changed.

What a target asked for before its newest revision was not kept: its one edition is that of now.
"""

import django.db.models.deletion
from django.db import migrations, models


def write_editions(apps, schema_editor):
    Target, Edition = apps.get_model("targets", "Target"), apps.get_model("targets", "Edition")
    known = Edition.objects.values("target")
    rows = []
    for target in Target.objects.exclude(pk__in=known).select_related("item").order_by("pk").iterator(500):
        rows.append(
            Edition(
                target=target,
                revision_id=target.revision_id,
                values={**target.item.facts, **target.item.edits},
                text=target.text,
                allocated=target.shape == "allocation",
                window_from=target.window_from,
                window_to=target.window_to,
            )
        )
    Edition.objects.bulk_create(rows, batch_size=200)


class Migration(migrations.Migration):
    dependencies = [
        ("facts", "0001_initial"),
        ("plans", "0005_events_of_plans"),
        ("targets", "0003_measures"),
        ("units", "0007_identifiers_and_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="allocation",
            name="since",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="plans.revision",
            ),
        ),
        migrations.AddField(
            model_name="standingchange",
            name="cause",
            field=models.CharField(
                choices=[
                    ("facts", "số liệu thay đổi"),
                    ("time", "thời gian trôi qua"),
                    ("measure", "cách đo, kỳ gốc hoặc nhận xét thay đổi"),
                    ("plan", "kế hoạch được sửa đổi"),
                    ("units", "sắp xếp đơn vị"),
                ],
                default="time",
                max_length=10,
                verbose_name="vì",
            ),
        ),
        migrations.AddField(
            model_name="standingchange",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="đã báo lúc"),
        ),
        migrations.AddField(
            model_name="standingchange",
            name="whole",
            field=models.BooleanField(default=True, verbose_name="của cả chỉ tiêu"),
        ),
        migrations.AddIndex(
            model_name="standingchange",
            index=models.Index(
                condition=models.Q(("after__in", ("behind", "missed")), ("told_at__isnull", True), ("whole", True)),
                fields=["at"],
                name="standing_change_untold",
            ),
        ),
        migrations.RunPython(write_editions, migrations.RunPython.noop, elidable=True),
    ]
