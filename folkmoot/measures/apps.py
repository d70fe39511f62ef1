from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "folkmoot.measures"
    label = "measures"
