"""Every model has its word, every personal field its privacy label, every change its migration."""

import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.test.utils import isolate_apps

from tests.house.tree import REPOSITORY, tracked

# Names that fields about a person go by. A field of the record or the outbox that can hold
# words is personal until its label says otherwise.
PERSONAL = re.compile(
    r"(^|_)(to|text|payload|email|phone|address|postcode|person|holder|user|ip|birth|signature"
    r"|actor|author|answer|comment|office|token)(_|$)"
)
# Named like something personal and not, with the reason.
NOT_PERSONAL = {
    "OfficialPostcode.postcode": "every postcode there is, and nobody's in particular",
    "FaultAcceptance.office": "an office, not who holds it",
}
LABEL = re.compile(r"privacy: (public|personal|may hold personal data|not personal)\b")


def own_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("folkmoot.")]


def without_label(found: list[type[models.Model]]) -> list[str]:
    return [
        f"{model.__name__}.{field.name}"
        for model in found
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and PERSONAL.search(field.name)
        and f"{model.__name__}.{field.name}" not in NOT_PERSONAL
        and not LABEL.match(str(field.help_text))
    ]


def test_every_personal_field_says_how_it_is_kept():
    assert own_models()
    assert without_label(own_models()) == []


@isolate_apps("folkmoot.common")
def test_a_planted_personal_field_is_found():
    class Letter(models.Model):
        email = models.EmailField()
        reply_to = models.CharField(max_length=9, help_text="privacy: something")
        phone = models.CharField(max_length=9, help_text="privacy: personal, erased when sent")
        title = models.CharField(max_length=9)

        class Meta:
            app_label = "common"

        def __str__(self) -> str:
            return self.title

    assert without_label([Letter]) == ["Letter.email", "Letter.reply_to"]


def personal_models(found: list[type[models.Model]]) -> list[str]:
    """Models with something of a person in them: by the label of a field, or a key to a person."""

    def personal(field: models.Field) -> bool:
        label = str(field.help_text)
        named = re.match(r"privacy: (personal|may hold personal data|public, (holds|as))\b", label)
        return bool(named) or getattr(field.related_model, "__name__", "") == "Person"

    return [m.__name__ for m in found if any(personal(f) for f in m._meta.concrete_fields)]


PRIVACY = (REPOSITORY / "docs" / "privacy.md").read_text()


def test_every_model_with_something_of_a_person_is_in_the_privacy_document():
    found = personal_models(own_models())
    assert {"Holder", "DutyAnswer", "ActNote", "Role", "Signature"} <= {*found}
    assert [name for name in found if f"`{name}`" not in PRIVACY] == []


def planted(name: str, field: models.Field) -> type[models.Model]:
    meta = type("Meta", (), {"app_label": "people"})
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, "field": field})


@isolate_apps("folkmoot.people")
def test_planted_personal_models_are_found():
    from folkmoot.people.models import Person

    diary = planted("Diary", models.TextField(help_text="privacy: personal, erased in a day"))
    badge = planted("Badge", models.ForeignKey(Person, models.CASCADE, related_name="+"))
    stone = planted("Stone", models.FloatField(help_text="privacy: not personal"))
    assert personal_models([diary, badge, stone]) == ["Diary", "Badge"]


def missing_words(found: list[type[models.Model]], words: str) -> list[str]:
    return [m.__name__ for m in found if f"`{m.__name__}`" not in words]


def test_every_model_is_in_the_words():
    words = (REPOSITORY / "docs" / "words.md").read_text()

    assert missing_words(own_models(), words) == []


def test_a_planted_model_without_its_word_is_found():
    assert missing_words([models.Model], "`Area` is a place") == ["Model"]


def test_every_word_in_the_table_of_models_is_a_model():
    words = (REPOSITORY / "docs" / "words.md").read_text()
    table = re.findall(r"^\| `(\w+)` \|", words, re.M)

    assert sorted(table) == sorted(m.__name__ for m in own_models())


def test_no_change_of_a_model_is_without_its_migration(db):
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_a_planted_change_without_its_migration_is_found(db):
    field = models.CharField(max_length=9, default="")
    model = apps.get_model("common", "Message")
    model.add_to_class("planted", field)
    try:
        with pytest.raises(SystemExit):
            call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())
    finally:
        model._meta.local_fields.remove(field)
        model._meta._expire_cache()
        del model.planted
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


# What Django calls a migration when nobody does.
UNNAMED = re.compile(r"^\d{4}_(initial$|auto_|alter_|add_|remove_|rename_field|.*_and_more$)")


def unnamed(paths: list[str]) -> list[str]:
    return [
        path
        for path in paths
        if "/migrations/" in path
        and not path.endswith("__init__.py")
        and UNNAMED.match(path.rsplit("/", 1)[1].removesuffix(".py"))
    ]


def test_every_migration_says_what_it_does():
    assert unnamed([path for path in tracked() if path.endswith(".py")]) == []


def test_planted_unnamed_migrations_are_found():
    planted = [
        "folkmoot/places/migrations/0001_initial.py",
        "folkmoot/places/migrations/0002_auto_20261123_1430.py",
        "folkmoot/places/migrations/0003_alter_area_name_and_more.py",
    ]

    assert unnamed([*planted, "folkmoot/places/migrations/0004_keep_acts_whole.py"]) == planted


def test_the_database_is_sound(db):
    try:
        call_command("check", fail_level="WARNING", databases=["default"])
    except CommandError as error:
        pytest.fail(str(error))
