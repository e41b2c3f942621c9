"""The id of a case of another place is made quickly, and is the one that was always made of its name."""

from uuid import NAMESPACE_URL, uuid5

from hypothesis import given
from hypothesis import strategies as st

from fangxian.ops.handover.queries import outer_case


@given(source=st.text(max_size=40), outer_id=st.text(max_size=40))
def test_it_is_bit_for_bit_the_version_five_id_of_its_name(source, outer_id):
    plainly, made = uuid5(NAMESPACE_URL, f"fangxian:case:{source}:{outer_id}"), outer_case(source, outer_id)
    assert (made, str(made), hash(made), made.version, made.variant) == (
        plainly, str(plainly), hash(plainly), 5, plainly.variant,
    )  # fmt: skip
