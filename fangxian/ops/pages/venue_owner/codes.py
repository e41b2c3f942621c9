"""Codes as pictures in a page."""

from base64 import b64encode

from fangxian.ops.documents.typesetting import qr_svg


def qr_address(text: str) -> str:
    """The QR of a text as a `data:` address for an <img>; the page's policy allows no other inline picture."""
    return f"data:image/svg+xml;base64,{b64encode(qr_svg(text).encode()).decode()}"
