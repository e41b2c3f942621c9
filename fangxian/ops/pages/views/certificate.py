"""This machine's own certificate, to be installed on the phones of a place that has none of an authority."""

from pathlib import Path

from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from fangxian.ops.realm.current import the_realm


@require_safe
def certificate(_request) -> FileResponse:
    """The certificate alone; its key never leaves the data folder."""
    path = own_certificate()
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="application/x-x509-ca-cert", filename="fangxian.crt")


def own_certificate() -> Path | None:
    """The one `fangxian run --tls` has made; None where pages are spoken to otherwise."""
    path = the_realm().path / "tls" / "certificate.pem"
    return path if path.exists() else None
