from django.db import migrations, models


class Migration(migrations.Migration):
    """Who asked a public question is written to once, when it has been answered."""

    dependencies = [("petitions", "0005_count_signatures_by_what_they_say")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="told_at",
            field=models.DateTimeField(
                blank=True, null=True, help_text="when the asker was written to about the answer"
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                condition=models.Q(("state", "asked"), ("told_at__isnull", True)),
                fields=["id"],
                name="question_to_tell_of",
            ),
        ),
    ]
