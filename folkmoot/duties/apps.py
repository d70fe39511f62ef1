from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "folkmoot.duties"
    label = "duties"

    def ready(self) -> None:
        from folkmoot.duties import holdings

        holdings.register()
