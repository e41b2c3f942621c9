"""How large a code has to be printed so that a cheap phone reads it: QR version and modules at each level of error
correction, the fewest camera points a module needs, and the width in millimetres at which that is so.

    letters   characters of the code's text; all are of QR's alphanumeric set
    modules   of the QR along one side, without the quiet zone of 4 on each side
    points    camera points a module needs so that 95 of 100 pictures are read

The camera is a model: the QR is turned by up to 12°, drawn at so many points a module, blurred (a fixed focus: σ of one
point), dimmed to 60% contrast and covered with noise of 4%; read by zxing-cpp, as the tests do. A phone's page is given
1280 × 720 points over 60° of view. A lens out of focus, a smeared screen or a crumpled paper is worse than the model.
"""

import argparse
import math
import random
import sys
from pathlib import Path

import numpy as np
import segno
import zxingcpp
from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from tests.unit.formats.county import Keys  # noqa: E402

LEVELS = ("l", "m", "q", "h")
QUIET = 4
READ_OFTEN = 0.95
POINTS_ACROSS, DEGREES_ACROSS = 1280, 60
DISTANCES_CM = (10, 15, 20, 30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=40, help="pictures at each size")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    rng = random.Random(chosen.seed)
    print("| code | letters | level | version | modules | points a module | mm at " + ", ".join(_distances()) + " |")
    print("|---|---|---|---|---|---|---|")
    for kind, text in _texts().items():
        for level in LEVELS:
            qr = segno.make(text, error=level, boost_error=False, micro=False)
            modules = qr.symbol_size(border=0)[0]
            points = _fewest_points(qr, text, chosen.pictures, rng)
            millimetres = " · ".join(f"{_width_mm(modules, points, cm):.0f}" for cm in DISTANCES_CM)
            print(
                f"| {kind} | {len(text)} | {level.upper()} | {qr.version} | {modules} | {points:.1f} | {millimetres} |"
            )


def _distances() -> list[str]:
    return [f"{cm} cm" for cm in DISTANCES_CM]


def _texts() -> dict[str, str]:
    keys = Keys()
    return {
        "person": keys.person_text(),
        "card": keys.card_text(),
        "poster": keys.poster_text(),
        "rotating": keys.rotating_text(),
    }


def _fewest_points(qr: segno.QRCode, text: str, n_pictures: int, rng: random.Random) -> float:
    """The fewest points a module, in tenths, at which the code is read often enough; more are read more often."""
    too_few, enough = 12, 60
    while enough - too_few > 1:
        tenths = (too_few + enough) // 2
        read = sum(_is_read(qr, text, tenths / 10, rng) for _ in range(n_pictures))
        too_few, enough = (too_few, tenths) if read >= READ_OFTEN * n_pictures else (tenths, enough)
    return enough / 10


def _is_read(qr: segno.QRCode, text: str, points: float, rng: random.Random) -> bool:
    drawn = np.array(list(qr.matrix_iter(scale=8, border=QUIET)), dtype=np.uint8)
    picture = Image.fromarray((1 - drawn) * 255)
    turned = picture.rotate(rng.uniform(-12, 12), Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    side = max(8, round(turned.width / 8 * points))
    seen = turned.resize((side, side), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1.0))
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, 0.04 * 255, (side, side))
    dim = 0.2 * 255 + 0.6 * np.asarray(seen, dtype=float) + noise
    found = zxingcpp.read_barcodes(dim.clip(0, 255).astype(np.uint8))
    return any(code.text == text for code in found)


def _width_mm(modules: int, points: float, distance_cm: float) -> float:
    """The side of the printed code without its quiet zone, in the middle of the picture."""
    field_mm = 2 * distance_cm * 10 * math.tan(math.radians(DEGREES_ACROSS / 2))
    return modules * points * field_mm / POINTS_ACROSS


if __name__ == "__main__":
    main()
