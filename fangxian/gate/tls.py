"""A certificate of one's own for this machine's addresses, so that a phone on the same network may use its camera.

Browsers give the camera to https only. Nobody vouches for this certificate: a phone asks once whether to go
on. A county in service has one of its authority's and never makes this.
"""

import ipaddress
import os
import socket
import ssl
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LASTS: Final = timedelta(days=397)  # browsers take none that lasts longer
RENEWED_BEFORE_END: Final = timedelta(days=30)
# An address of no machine (RFC 5737): asked which way it would go, the system names this machine's own address.
_NOWHERE: Final = ("192.0.2.1", 9)


class Certificate(NamedTuple):
    """Two files: pages and gate use the same, so that a phone is asked once."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        return context


def local_certificate(folder: Path, *, names: list[str], at: datetime) -> Certificate:
    """The certificate in that folder, made anew if it is missing, ends soon, or leaves one of `names` out."""
    found = Certificate(folder / "certificate.pem", folder / "key.pem")
    if not _still_good(found, names, at):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(found, names, at)
    return found


def machine_names() -> list[str]:
    """The names and addresses by which this machine is reached, loopback first."""
    names = ["localhost", "127.0.0.1", socket.gethostname()]
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(_NOWHERE)  # of a datagram socket: nothing is sent
        names.append(probe.getsockname()[0])
    return list(dict.fromkeys(name for name in names if name))


def _still_good(found: Certificate, names: list[str], at: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(found.certificate.read_bytes())
        serialization.load_pem_private_key(found.key.read_bytes(), password=None)
        known = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    lasts = certificate.not_valid_before_utc <= at < certificate.not_valid_after_utc - RENEWED_BEFORE_END
    return lasts and set(_alternative(names)) <= set(known)


def _make(target: Certificate, names: list[str], at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fangxian")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + LASTS)
        .add_extension(x509.SubjectAlternativeName(_alternative(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    _write(target.key, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    _write(target.certificate, certificate.public_bytes(pem))


def _alternative(names: list[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _write(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    os.replace(draft, path)
