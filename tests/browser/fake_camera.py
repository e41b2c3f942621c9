"""A camera that shows one QR code: a film for Chromium's fake capture device, made by the test."""

import io
from pathlib import Path

import segno
from PIL import Image

WIDTH, HEIGHT = 640, 480
FRAMES = 2


def film(text: str, path: Path) -> None:
    """Write a film (YUV4MPEG2) that shows the QR of a text, black on white, in the middle of the picture."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", border=4)
    code = Image.open(out).convert("L")
    side = HEIGHT // code.width * code.width or HEIGHT
    picture = Image.new("L", (WIDTH, HEIGHT), 235)
    picture.paste(code.resize((side, side), Image.Resampling.NEAREST), ((WIDTH - side) // 2, (HEIGHT - side) // 2))
    frame = b"FRAME\n" + picture.tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A0:0 C420jpeg\n".encode()
    path.write_bytes(head + frame * FRAMES)


def blank(path: Path) -> None:
    """A film that shows nothing."""
    frame = b"FRAME\n" + bytes([200]) * (WIDTH * HEIGHT) + bytes([128]) * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A0:0 C420jpeg\n".encode() + frame * FRAMES)
