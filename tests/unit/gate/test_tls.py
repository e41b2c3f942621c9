"""A certificate of this machine's own: made once, kept while it is good, made anew when it is not."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from fangxian.gate.tls import LASTS, local_certificate

AT = datetime(2022, 4, 19, 4, 0, tzinfo=UTC)
NAMES = ["localhost", "127.0.0.1", "192.168.7.20"]


@pytest.fixture
def made(tmp_path):
    return local_certificate(tmp_path / "tls", names=NAMES, at=AT)


def anew(made, *, names=NAMES, at=AT):
    """Whether asking again makes another."""
    before = made.certificate.read_bytes()
    local_certificate(made.certificate.parent, names=names, at=at)
    return made.certificate.read_bytes() != before


def test_it_names_every_address_of_the_machine(made):
    certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == NAMES[1:]


def test_the_key_is_for_the_owner_alone(made):
    assert made.key.stat().st_mode & 0o777 == 0o600
    assert made.key.parent.stat().st_mode & 0o777 == 0o700


def test_a_server_can_use_it(made):
    assert made.context().get_ciphers()


def test_it_is_kept_while_it_is_good(made):
    assert not anew(made, at=AT + timedelta(days=300))
    assert not anew(made, names=NAMES[:2])


def test_it_is_made_anew_before_it_ends_and_for_another_address(made):
    assert anew(made, at=AT + LASTS - timedelta(days=20))
    assert anew(made, names=[*NAMES, "192.168.7.21"], at=AT + LASTS - timedelta(days=20))


@pytest.mark.parametrize("name", ["certificate", "key"])
@pytest.mark.parametrize("data", [b"", b"-----BEGIN NONSENSE-----\n"])
def test_a_damaged_one_is_made_anew(made, name, data):
    getattr(made, name).write_bytes(data)
    local_certificate(made.certificate.parent, names=NAMES, at=AT)
    assert made.context().get_ciphers()
