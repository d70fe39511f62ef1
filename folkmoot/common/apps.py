from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "folkmoot.common"
    label = "common"
