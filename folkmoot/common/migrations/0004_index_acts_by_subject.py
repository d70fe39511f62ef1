"""So that the acts about one thing, such as a petition, are found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0003_switch_features_off")]

    operations = [
        migrations.AddIndex(
            model_name="publicact",
            index=models.Index(fields=["subject", "-id"], name="act_of_subject"),
        ),
    ]
