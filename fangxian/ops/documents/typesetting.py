"""From a document's data to its PDF, by typst. Knows fonts and templates, and no table.

Papers are PDF/A-2a and PDF/UA-1: archivable, tagged, and refused by the typesetter itself when a single
character has no glyph. The layout follows GB/T 9704-2012 (党政机关公文格式): A4, lines of 156 mm, the issuer in
red above number and rule; but 14 pt type and a lower block, so that a notice and its English fit on one page.

FANGXIAN_FONTS  folders with more fonts for printed papers, parted like PATH (default: the system's fonts)
"""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import segno
import typst

from fangxian.core.refusal import Refusal

TEMPLATES = Path(__file__).with_name("templates")
# The first of these that is installed sets the paper; the others stand in for single characters it lacks.
FAMILIES = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
)
STANDARDS = ["a-2a", "ua-1"]
MOST_PIXELS = 48_000_000  # of a picture: 200 MB while it is made
INDOORS, OUTDOORS = "m", "q"  # error correction: a poster hangs in rain and sun, and is scratched
REFUSED = 3  # how a typesetter's own process ends that has not set the paper
NO_GLYPH = re.compile(r"text `\"(?P<text>.*)\"` could not be displayed", re.DOTALL)


def typeset(template: str, data: Mapping, *, issued_at: datetime) -> bytes:
    """The PDF of a document; the same data gives the same bytes.

    Parameters
    ----------
    data : what `wire.printed` gives, with "proof" (the text of the QR code), "watermark" and "stamp" (texts
        over the page and across it, empty for none)

    Refuses
    -------
    documents.no_font, documents.no_glyph
    """
    filled = dict(data) | {"qr": qr_svg(data["proof"])}
    if posters := data["content"].get("posters"):
        filled["poster_qrs"] = [qr_svg(poster["venue_code"], error=OUTDOORS) for poster in posters]
    return typeset_filled(template, filled, issued_at=issued_at)


def typeset_filled(template: str, data: Mapping, *, issued_at: datetime) -> bytes:
    """The PDF of data whose codes are pictures already. Refuses as `typeset` does."""
    fonts, families = _fonts()
    filled = json.dumps(dict(data) | {"families": families}, ensure_ascii=False)
    try:
        return _compiled(template, filled, fonts, issued_at)
    except typst.TypstError as error:
        raise _in_words(error.message) from error


def typeset_apart(template: str, data: Mapping, *, issued_at: datetime) -> bytes:
    """The same by a process of its own, which takes along what the typesetter keeps in memory for the next paper.

    It keeps all it has set for some papers more: 5,000 pages in one process were 1.5 GB. Refuses as `typeset` does.
    """
    _, families = _fonts()
    asked = {"template": template, "data": dict(data) | {"families": families}, "issued_at": issued_at.isoformat()}
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=json.dumps(asked, ensure_ascii=False).encode(), capture_output=True,
        check=False,
    )  # fmt: skip
    if done.returncode == REFUSED:
        raise _in_words(done.stderr.decode())
    if done.returncode:
        raise RuntimeError(f"the typesetter ended with {done.returncode}")
    return done.stdout


def _compiled(template: str, filled: str, fonts: typst.Fonts, issued_at: datetime) -> bytes:
    pdf, warnings = typst.compile_with_warnings(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=fonts,
        sys_inputs={"data": filled},
        pdf_standards=STANDARDS,
        timestamp=issued_at.astimezone(UTC).replace(microsecond=0),
    )
    if warnings:
        raise RuntimeError(f"template {template}: {'; '.join(warning.message for warning in warnings)}")
    return pdf


def _answer_apart() -> int:
    """What `typeset_apart` starts: the question on the standard input, the file or the error's words on the outputs."""
    asked = json.loads(sys.stdin.buffer.read())
    fonts, _ = _fonts()
    filled = json.dumps(asked["data"], ensure_ascii=False)
    try:
        pdf = _compiled(asked["template"], filled, fonts, datetime.fromisoformat(asked["issued_at"]))
    except typst.TypstError as error:
        sys.stderr.write(error.message)
        return REFUSED
    sys.stdout.buffer.write(pdf)
    return 0


def sharpness_of(*, width: int, height: int) -> float:
    """Dots to a drawing's own unit in its picture: two as long as that is no more than MOST_PIXELS; fewer beyond."""
    return min(2.0, (MOST_PIXELS / (width * height)) ** 0.5)


def picture_of(svg: str, *, width: int, height: int) -> bytes:
    """A drawing as PNG, as sharp as `sharpness_of` says.

    Refuses
    -------
    documents.no_font
    """
    fonts, _ = _fonts()
    page = f"#set page(width: {width}pt, height: {height}pt, margin: 0pt)\n"
    source = page + '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    ppi = 72 * sharpness_of(width=width, height=height)
    return typst.compile(source.encode(), font_paths=fonts, sys_inputs={"svg": svg}, format="png", ppi=ppi)


def sheets_of(svgs: Sequence[str], *, paper: tuple[float, float], margin: float, title: str) -> bytes:
    """Drawings as PDF, each on a sheet of its own: `paper` (width, height, pt), which it fills but for `margin`.

    Refuses
    -------
    documents.no_font
    """
    fonts, _ = _fonts()
    source = (
        f"#set page(width: {paper[0]}pt, height: {paper[1]}pt, margin: {margin}pt)\n"
        "#let told = json(bytes(sys.inputs.told))\n#set document(title: told.title)\n"
        '#for svg in told.svgs { page(image(bytes(svg), format: "svg", width: 100%, alt: told.title)) }'
    )
    told = json.dumps({"title": title, "svgs": list(svgs)}, ensure_ascii=False)
    return typst.compile(source.encode(), font_paths=fonts, sys_inputs={"told": told}, format="pdf")


def qr_svg(text: str, *, error: str = INDOORS) -> str:
    """A QR code as SVG; a seventh of it may be hidden by a fold or the edge of a seal, OUTDOORS a quarter of it."""
    out = io.BytesIO()
    segno.make(text, error=error, micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()


@cache
def _fonts() -> tuple[typst.Fonts, list[str]]:
    """The system's fonts with those of FANGXIAN_FONTS and the venv's own, and the families of FAMILIES there are.

    Looking through the folders takes longer than setting a page, so it is done once a process.
    """
    named = [path for path in os.environ.get("FANGXIAN_FONTS", "").split(os.pathsep) if path]
    beside = Path(sys.prefix) / "share" / "fonts"
    paths = [*named, *([str(beside)] if beside.is_dir() else [])]
    fonts = typst.Fonts(include_embedded_fonts=False, font_paths=paths)
    installed = set(fonts.families())
    families = [family for family in FAMILIES if family in installed]
    if not families:
        raise Refusal(
            "documents.no_font",
            zh="这台机器上没有中文字体，文书无法排版（文号和内容已保存，不会丢失）。请安装 fonts-noto-cjk，"
            "或运行 make fonts，或用 FANGXIAN_FONTS 指到字体文件夹，然后重新打印。",
            en="There is no Chinese font on this machine, so the document cannot be typeset (its number and content "
            "are kept). Install fonts-noto-cjk, run make fonts, or point FANGXIAN_FONTS at a folder of fonts; then "
            "print again.",
        )
    return fonts, families


def _in_words(message: str) -> Exception:
    found = NO_GLYPH.search(message)
    if not found:
        return RuntimeError(f"typst: {message}")
    return Refusal(
        "documents.no_glyph",
        zh="字体里没有“{text}”这个字，文书没有打印，以免印出空白（文号和内容已保存）。"
        "请把含这个字的字体放进 FANGXIAN_FONTS 所指的文件夹，重启后再打印。",
        en="The fonts have no “{text}”, so the document was not printed with a blank in its place (number and content "
        "are kept). Put a font that has it into the folder FANGXIAN_FONTS names, restart, and print again.",
        text=found["text"],
    )


if __name__ == "__main__":
    raise SystemExit(_answer_apart())
