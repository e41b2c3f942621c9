"""The forms of signing in. They read what was typed and say in words what is wrong; nothing is written here."""

from django import forms

from fangxian.ops.pages.words import both


class SignInForm(forms.Form):
    """A post and its password; `next` is checked by the view."""

    username = forms.CharField(
        label=both("用户名", "Username"),
        help_text=both("用户名是岗位，不是姓名。", "A username is a post, not a name."),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": both("请填写用户名。", "Enter the username.")},
    )
    password = forms.CharField(
        label=both("密码", "Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": both("请填写密码。", "Enter the password.")},
    )


class PasswordForm(forms.Form):
    """One's own password: the old one proves who asks."""

    current = forms.CharField(
        label=both("现在的密码", "The password now"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": both("请填写现在的密码。", "Enter the password you have now.")},
    )
    new = forms.CharField(
        label=both("新密码", "The new password"),
        help_text=both(
            "至少 10 个字符，不全是数字。几个不相干的词连起来最好记。",
            "10 characters or more, not digits only. A few unrelated words in a row are easiest to remember.",
        ),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": both("请填写新密码。", "Enter the new password.")},
    )

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        self._account = account

    def clean_current(self) -> str:
        if not self._account.check_password(self.cleaned_data["current"]):
            raise forms.ValidationError(
                both("与现在的密码不符，没有改动。", "That is not the password you have now; nothing was changed.")
            )
        return self.cleaned_data["current"]
