from django.apps import AppConfig


class FrameworkConfig(AppConfig):
    name = "folkmoot.framework"
    label = "framework"
