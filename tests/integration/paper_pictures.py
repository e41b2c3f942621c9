"""A printed paper as a scanner sees it: each page of a PDF as a picture."""

import io
from base64 import b64decode
from pathlib import Path

import typst
from PIL import Image

ONE_PAGE = (
    b'#set page(width: auto, height: auto, margin: 0mm)\n#image("paper.pdf", page: int(sys.inputs.page), width: 210mm)'
)


def pages_of(pdf: bytes, folder: Path, *, ppi: int = 110) -> list[Image.Image]:
    """The pages of an A4 paper, in order."""
    (folder / "paper.pdf").write_bytes(pdf)
    (folder / "page.typ").write_bytes(ONE_PAGE)
    pictures: list[Image.Image] = []
    for page in range(1, 500):
        try:
            png = typst.compile(folder / "page.typ", root=folder, format="png", ppi=ppi, sys_inputs={"page": str(page)})
        except typst.TypstError:
            if page == 1:
                raise
            break
        pictures.append(Image.open(io.BytesIO(png)))
    return pictures


def picture_of(address: str, folder: Path) -> Image.Image:
    """The picture behind a `data:` address of an SVG, with the quiet edge that a page gives it."""
    (folder / "qr.svg").write_bytes(b64decode(address.partition(",")[2]))
    source = b'#set page(width: auto, height: auto, margin: 6mm)\n#image("qr.svg", width: 40mm)'
    (folder / "qr.typ").write_bytes(source)
    return Image.open(io.BytesIO(typst.compile(folder / "qr.typ", root=folder, format="png", ppi=150)))
