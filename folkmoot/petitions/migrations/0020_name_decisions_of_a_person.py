import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A person's decisions as a moderator are among what the site shows them. No table changes."""

    dependencies = [
        ('petitions', '0019_give_time_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='moderationdecision',
            name='person',
            field=models.ForeignKey(help_text='so that nobody decides an appeal against their own decision', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moderation_decisions', to=settings.AUTH_USER_MODEL),
        ),
    ]
