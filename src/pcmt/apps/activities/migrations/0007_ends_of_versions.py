"""On which day a version of a kind ended.

What a retired kind went on telling as zero since is counted again, and goes.
"""

from django.db import migrations, models
from django.utils import timezone


def write_ends(apps, schema_editor):
    Version, Kept, Mark = (apps.get_model("activities", each) for each in ("KindVersion", "KeptSince", "EventMark"))
    following = {}
    for version in Version.objects.exclude(state="draft").select_related("kind").order_by("kind_id", "-number"):
        after = following.get(version.kind_id)
        version.ended_on = timezone.localdate(after.used_at) if after and after.used_at else version.kind.retired_on
        following[version.kind_id] = version
        if version.ended_on is not None:
            version.save(update_fields=["ended_on"])
    now = timezone.now()
    for unit_id, start in Kept.objects.exclude(kind__retired_on=None).values_list("unit", "kind__retired_on"):
        mark, _made = Mark.objects.get_or_create(unit_id=unit_id, defaults={"start": start, "at": now})
        if start < mark.start:
            mark.start = start
            mark.save(update_fields=["start"])


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0006_reached_by_others"),
    ]

    operations = [
        migrations.AddField(
            model_name="kindversion",
            name="ended_on",
            field=models.DateField(blank=True, null=True, verbose_name="thôi dùng từ ngày"),
        ),
        migrations.RunPython(write_ends, migrations.RunPython.noop),
    ]
