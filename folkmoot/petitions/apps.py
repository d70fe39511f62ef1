from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "folkmoot.petitions"
    label = "petitions"

    def ready(self) -> None:
        from folkmoot.petitions import holdings

        holdings.register()
