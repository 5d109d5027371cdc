"""The sorting key is compared byte by byte on every database, whatever collation the database was made with."""

from django.db import migrations


def plain_order(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE units_unit ALTER COLUMN sort_key TYPE varchar(600) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("units", "0001_initial")]

    operations = [migrations.RunPython(plain_order, migrations.RunPython.noop)]
