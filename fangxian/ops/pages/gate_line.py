"""How a page reads codes and reaches the gate: its address as the reader's own device sees it, and both policies.

FANGXIAN_GATE  address of the gate as phones reach it, where it does not stand beside the pages (default: the same host
               at the realm's port for gates)
"""

import os
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from fangxian.ops.realm.current import the_realm


def gate_address(request: HttpRequest) -> str:
    """Without a slash at the end; the scheme is the page's own, since a safe page may ask no unsafe address."""
    if told := os.environ.get("FANGXIAN_GATE", ""):
        return told.rstrip("/")
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    if ":" in host:
        host = f"[{host}]"
    return f"{'https' if request.is_secure() else 'http'}://{host}:{the_realm().ports.gate}"


READS_CODES = {
    "script-src": ["'self'", "'wasm-unsafe-eval'"],
    "media-src": ["'self'", "blob:", "mediastream:"],
}


def let_read_codes(answer: HttpResponse) -> HttpResponse:
    """Let the page's scripts run the reader of codes, which is WebAssembly from our own files."""
    answer._csp_update = dict(READS_CODES)
    return answer


def let_ask_gate(answer: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Let the page's scripts read codes, and ask the gate about them."""
    answer._csp_update = {"connect-src": ["'self'", gate_address(request)], **READS_CODES}
    return answer
