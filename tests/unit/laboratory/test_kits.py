"""A laboratory's own kit: its targets and from when they count, as it is kept and as files are judged by it."""

from fangxian.core.laboratory.judging import KIT, Kit, Outcome, judged

THREE = Kit(targets=("ORF1ab", "N", "E"), positive_ct=36, grey_ct=38)


def test_a_kit_is_the_same_after_it_was_kept():
    assert Kit.of(THREE.told()) == THREE
    assert (KIT.told(), Kit.of({})) == ({}, KIT)


def test_one_of_three_targets_alone_is_a_single_target():
    assert judged({"ORF1ab": None, "N": None, "E": 33, "IC": 25}, THREE) is Outcome.SINGLE_TARGET
    assert judged({"ORF1ab": 33, "N": 33, "E": 37, "IC": 25}, THREE) is Outcome.SINGLE_TARGET
    assert judged({"ORF1ab": 33, "N": 33, "E": 33, "IC": 25}, THREE) is Outcome.POSITIVE
