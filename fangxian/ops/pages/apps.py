from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "fangxian.ops.pages"
    verbose_name = "Pages"
