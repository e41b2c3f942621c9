"""Person, document and code at a checkpoint: whether the three are one, and what does not fit."""

from datetime import date

from fangxian.core.identity import IdentityKind
from fangxian.core.identity_check import Teller, Told, check_identity

ON = date(2022, 4, 8)


def number_of(body: str) -> str:
    from fangxian.core.identity import check_character

    return body + check_character(body)


MAN = number_of("99900119900307123")  # an odd sequence number: a man


def checked(document: Told, code_holder: Told = Told(), person: Told = Told()):  # noqa: B008  frozen
    return check_identity(document=document, code_holder=code_holder, person=person, on=ON, demo=True)


def of(found) -> list[str]:
    return [mismatch.of for mismatch in found.mismatches]


def test_three_that_say_the_same_fit():
    one = Told(name="张伟", document_number=MAN, born_on=date(1990, 3, 7), sex=1)
    assert checked(one, one, one).fits


def test_what_nobody_compared_does_not_fit():
    assert not checked(Told(name="张伟")).fits


def test_another_name_on_the_code_is_named_with_both():
    found = checked(Told(name="张伟", document_number=MAN), Told(name="李强"))
    assert of(found) == ["name"]
    assert found.mismatches[0].between == (Teller.DOCUMENT, Teller.CODE)
    assert all(name in found.mismatches[0].said.en for name in ("张伟", "李强"))


def test_a_masked_name_and_number_on_the_code_fit_what_they_mask():
    assert checked(
        Told(name="张小伟", document_number=MAN), Told(name="张*", document_number=f"9990**********{MAN[-4:]}")
    ).fits


def test_a_masked_number_of_somebody_else_does_not_fit():
    found = checked(Told(document_number=MAN), Told(document_number="1410**********0000"))
    assert of(found) == ["document_number"]


def test_an_old_number_of_fifteen_digits_fits_the_one_of_eighteen():
    assert checked(Told(document_number=MAN[:6] + MAN[8:17]), Told(document_number=MAN)).fits


def test_a_number_that_cannot_be_right_is_named_with_its_reason():
    wrong = MAN[:17] + ("0" if MAN[17] != "0" else "1")
    assert of(checked(Told(document_number=wrong))) == ["document_number"]


def test_the_birth_a_person_tells_is_compared_with_what_the_number_tells():
    found = checked(Told(document_number=MAN), person=Told(born_on=date(1991, 3, 7)))
    assert of(found) == ["born_on"]


def test_the_sex_a_person_tells_is_compared_with_what_the_number_tells():
    assert of(checked(Told(document_number=MAN), person=Told(sex=2))) == ["sex"]


def test_a_document_that_contradicts_its_own_number_is_named_alone():
    found = checked(Told(document_number=MAN, sex=2))
    assert found.mismatches[0].between == (Teller.DOCUMENT,)


def test_a_number_first_issued_elsewhere_is_a_question_and_no_mismatch():
    real = number_of("11010519491231002")
    found = check_identity(
        document=Told(document_number=real, name="张伟"), code_holder=Told(name="张伟"),
        person=Told(division_code="141027"), on=ON, demo=False,
    )  # fmt: skip
    assert found.fits
    assert [mismatch.is_question for mismatch in found.mismatches] == [True]


def test_a_passport_is_compared_as_it_stands():
    one = Told(document_number="E12345678", kind=IdentityKind.PASSPORT)
    assert checked(one, one).fits


def test_a_name_with_a_dot_is_the_same_without_it():
    assert checked(Told(name="阿里木·买买提"), Told(name="阿里木买买提")).fits
