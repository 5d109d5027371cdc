"""A scan that bears a secrecy stamp is destroyed after it was kept; the report stays."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_submissions")]

    operations = [
        migrations.AlterField(
            model_name="submission",
            name="signed",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="plans.sourcefile",
            ),
        ),
    ]
