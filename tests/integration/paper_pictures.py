"""A printed paper as a scanner sees it: each page of a PDF as a picture."""

import io
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
