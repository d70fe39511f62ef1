"""So that a petition's page finds the newest names at once, however many have signed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("petitions", "0007_guard_petitions")]

    operations = [
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("name_shown", True)),
                fields=["petition", "-id"],
                name="signature_shown",
            ),
        ),
    ]
