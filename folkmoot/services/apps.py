from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "folkmoot.services"
    label = "services"
