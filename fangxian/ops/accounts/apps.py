from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "fangxian.ops.accounts"

    def ready(self) -> None:
        from .roles import the_roles

        the_roles()  # a wrong file of roles stops the program at its start, not at the first sign-in
