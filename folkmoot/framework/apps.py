from django.apps import AppConfig


class FrameworkConfig(AppConfig):
    name = "folkmoot.framework"
    label = "framework"

    def ready(self) -> None:
        from folkmoot.framework.cases import holdings

        holdings.register()
