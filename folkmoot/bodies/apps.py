from django.apps import AppConfig


class BodiesConfig(AppConfig):
    name = "folkmoot.bodies"
    label = "bodies"
