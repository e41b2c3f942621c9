"""Signing in as a role of the demo where it is not what is tested; `test_sign_in_page` does it as a person does."""

from playwright.sync_api import Page


def signed_in(page: Page, role: str) -> Page:
    """The page, its profile signed in; nothing was drawn, so go somewhere."""
    asking = page.context.request
    asking.get("/sign-in")
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    answer = asking.post("/sign-in", form={"role": role, "csrfmiddlewaretoken": token}, max_redirects=0)
    assert answer.status == 302, answer.text()
    return page
