"""What the keyring seals opens only where it belongs."""

import pytest
from cryptography.exceptions import InvalidTag

from fangxian.ops.realm.files import FileStore
from fangxian.ops.realm.keys import Keyring, Purpose


@pytest.fixture
def keys(tmp_path):
    return Keyring.create(tmp_path / "keys")


def test_a_sealed_value_opens_again(keys):
    assert keys.unseal(keys.seal("尧山路".encode(), bound_to=b"a.b"), bound_to=b"a.b").decode() == "尧山路"


def test_a_value_moved_to_another_column_does_not_open(keys):
    with pytest.raises(InvalidTag):
        keys.unseal(keys.seal(b"x", bound_to=b"people.person.name"), bound_to=b"people.person.phone")


def test_the_same_value_sealed_twice_looks_different(keys):
    assert keys.seal(b"x", bound_to=b"a") != keys.seal(b"x", bound_to=b"a")


def test_a_changed_byte_does_not_open(keys):
    sealed = bytearray(keys.seal(b"x", bound_to=b"a"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        keys.unseal(bytes(sealed), bound_to=b"a")


def test_reopened_keys_open_what_was_sealed(keys, tmp_path):
    sealed = keys.seal(b"x", bound_to=b"a")
    assert Keyring.open(tmp_path / "keys").unseal(sealed, bound_to=b"a") == b"x"


def test_each_day_has_a_key_of_its_own_and_always_the_same(keys, tmp_path):
    made = {day: keys.day_key(day) for day in (0, 1, 8143, 65535)}
    assert len({key.secret for key in made.values()}) == 4
    assert {len(key.secret) for key in made.values()} == {32}
    assert {day: Keyring.open(tmp_path / "keys").day_key(day) for day in made} == made


def test_a_days_key_is_not_the_secret_it_is_made_from(keys):
    assert keys.day_key(1).secret != keys.current(Purpose.DAY_HANDLES).secret


def test_every_purpose_has_a_key_of_its_own(keys):
    purposes = set(Purpose) - {Purpose.DAYS}  # those are derived
    assert len({keys.current(purpose).secret for purpose in purposes}) == len(purposes)


def test_a_blind_index_tells_equal_values_and_no_more(keys):
    assert keys.blind_index("1", bound_to=b"phone") == keys.blind_index("1", bound_to=b"phone")
    assert keys.blind_index("1", bound_to=b"phone") != keys.blind_index("2", bound_to=b"phone")
    assert keys.blind_index("1", bound_to=b"phone") != keys.blind_index("1", bound_to=b"document_number")


def test_a_file_is_kept_once_under_the_name_of_its_content(keys, tmp_path):
    store = FileStore(tmp_path / "files", keys)
    assert store.put(b"list") == store.put(b"list")
    assert store.get(store.name_of(b"list")) == b"list"


def test_a_kept_file_is_unreadable_on_disk(keys, tmp_path):
    store = FileStore(tmp_path / "files", keys)
    name = store.put(b"a list of names")
    assert b"names" not in (tmp_path / "files" / name[:2] / name).read_bytes()


def test_an_erased_file_is_gone(keys, tmp_path):
    from fangxian.core.refusal import Refusal

    store = FileStore(tmp_path / "files", keys)
    name = store.put(b"list")
    assert store.erase(name) is True
    assert store.erase(name) is False
    with pytest.raises(Refusal, match=r"files\.missing"):
        store.get(name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "G" * 64])
def test_a_name_that_is_no_digest_never_reaches_the_disk(keys, tmp_path, name):
    with pytest.raises(ValueError, match="64 hex"):
        FileStore(tmp_path / "files", keys).get(name)
