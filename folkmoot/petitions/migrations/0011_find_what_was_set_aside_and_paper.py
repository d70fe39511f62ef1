"""So that what was set aside, and who signed on paper, is found at once in millions of signatures.

Neither index holds the signatures that people make online, so that signing stays as quick.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("petitions", "0010_find_the_newest_count")]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="among",
            field=models.PositiveIntegerField(
                default=0, help_text="all signatures of the petition in that time"
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)),
                fields=["batch"],
                name="signature_of_batch",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("origin", 3)),
                fields=["petition", "person_key"],
                name="signature_on_paper",
            ),
        ),
    ]
