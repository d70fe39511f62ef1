from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "folkmoot.duties"
    label = "duties"
