"""The one word for a unit's function becomes a row without dates; "standing" is now `standing_office`."""

from django.db import migrations

RENAMED = {"standing": "standing_office"}


def forwards(apps, _schema_editor):
    Unit = apps.get_model("units", "Unit")
    UnitFunction = apps.get_model("units", "UnitFunction")
    rows = Unit.objects.exclude(function="").values_list("pk", "function", "valid_from", "valid_to")
    UnitFunction.objects.bulk_create(
        [
            UnitFunction(unit_id=pk, function=RENAMED.get(function, function), valid_from=begins, valid_to=ends)
            for pk, function, begins, ends in rows
        ],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("units", "0004_names_functions_reorganisations")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
