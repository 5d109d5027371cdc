"""What a unit is for stands in dated rows only."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("units", "0005_functions_into_rows")]

    operations = [migrations.RemoveField(model_name="unit", name="function")]
