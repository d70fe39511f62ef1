from django.db import migrations, models


class Migration(migrations.Migration):
    """Showing a petition again that was hidden brings no title back that was hidden before.

    The new column may be null, so that adding it rebuilds no table and rows that older code writes
    meanwhile are right: of what was hidden until now nothing is known, and its reason decides.
    """

    dependencies = [("petitions", "0020_name_decisions_of_a_person")]

    operations = [
        migrations.AddField(
            model_name="petition",
            name="title_hidden_before",
            field=models.BooleanField(
                blank=True,
                help_text="whether its title was hidden already when it was last hidden",
                null=True,
            ),
        ),
    ]
