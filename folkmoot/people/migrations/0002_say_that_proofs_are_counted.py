"""Solved puzzles are counted too, so that each serves once. Says so; changes nothing in a table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("people", "0001_create_tables")]

    operations = [
        migrations.AlterField(
            model_name="rateevent",
            name="key",
            field=models.CharField(
                help_text="keyed digest of an address, network or proof", max_length=64
            ),
        ),
    ]
