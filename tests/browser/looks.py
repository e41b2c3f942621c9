"""The looks of a page: at 360 and at 1366 px, in light and in dark; `conftest` says which stand for all of them."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page

NARROW, WIDE = 360, 1366
HEIGHTS = {NARROW: 740, 768: 1024, WIDE: 768, 1920: 1080}
# What is looked at in each language: is it the wide one, and is it dark?
LOOKS = {"zh": ((False, False), (True, True)), "en": ((False, True), (True, False))}


def is_touched(width: int) -> bool:
    """Whether a screen of this width is touched with a thumb; buttons are larger there."""
    return width < 768


def viewport(width: int) -> dict[str, int]:
    return {"width": width, "height": HEIGHTS.get(width, 800)}


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands: what axe-core finds, and what sticks out to the right; [] is wanted."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())
    needs, has = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return page.evaluate(_look()) + ([f"too wide: needs {needs} px of {has}"] if needs > has else [])


def faults_of_every_look(page: Page, *, narrow: int = NARROW, wide: int = WIDE) -> list[str]:
    """`faults` in both looks of the page's language, each with where it was; afterwards the page is as it was."""
    page.wait_for_load_state()  # a press that leads to another page may still be on its way there
    language = page.evaluate("document.documentElement.lang")[:2]
    before = page.viewport_size["width"], page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found = []
    # The look it has already comes first: it needs no layout anew.
    for is_wide, is_dark in sorted(LOOKS[language], key=lambda look: look[0] == (before[0] == narrow)):
        width = wide if is_wide else narrow
        change_look(page, width, is_dark=is_dark)
        where = f"{page.url} in {language} at {width} px in the {'dark' if is_dark else 'light'}"
        found += [f"{where}: {fault}" for fault in faults(page)]
    change_look(page, before[0], is_dark=before[1])
    return found


def change_look(page: Page, width: int, *, is_dark: bool) -> None:
    """The page as another device shows it, without asking the server for it again."""
    if page.viewport_size["width"] != width:
        page.set_viewport_size(viewport(width))
        # Ending this conversation would end what it asked for, so it ends with the page.
        devtools = page.context.new_cdp_session(page)
        devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": is_touched(width)})
    page.emulate_media(color_scheme="dark" if is_dark else "light")


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


@cache
def _look() -> str:
    return Path(__file__).with_name("faults.js").read_text("utf-8")
