"""Who infected whom, in chains small enough to see through."""

from datetime import date

from fangxian.core.exposure.chains import Link, chain_figures, serial_interval_days, trace_chains

MAY = {name: date(2022, 5, day) for name, day in {"a": 1, "b": 4, "c": 6, "d": 9, "e": 3}.items()}


def test_nobody_is_no_cluster():
    figures = chain_figures(trace_chains([], []))
    assert (figures.n_cases, figures.n_clusters, figures.largest, figures.n_generations) == (0, 0, 0, 0)
    assert figures.interval_median_days is None


def test_a_case_without_a_link_is_a_cluster_by_itself():
    found = trace_chains("abc", [Link("a", "b")])
    assert found.clusters == (("a", "b"), ("c",))


def test_generations_count_the_links_from_the_first_case():
    found = trace_chains("abc", [Link("a", "b"), Link("b", "c")])
    assert found.generation == {"a": 0, "b": 1, "c": 2}


def test_whoever_only_a_link_names_is_a_case_of_unknown_date():
    found = trace_chains("b", [Link("z", "b")], MAY)
    assert found.cases == ("b", "z")
    assert serial_interval_days(found, found.links[0]) is None


def test_an_interval_is_negative_where_the_infected_fell_ill_first():
    found = trace_chains("be", [Link("b", "e")], MAY)
    assert serial_interval_days(found, found.links[0]) == -1
    assert chain_figures(found).n_contradicting == 1


def test_of_two_infectors_the_surer_one_counts():
    found = trace_chains("abc", [Link("a", "c", 1), Link("b", "c", 2)], MAY)
    assert (found.infector["c"], found.undecided) == ("b", frozenset())


def test_two_infectors_equally_sure_are_undecided_and_the_one_whose_dates_fit_is_shown():
    found = trace_chains("dca", [Link("d", "c", 2), Link("a", "c", 2)], MAY)
    assert (found.infector["c"], found.undecided) == ("a", frozenset("c"))
    assert [it.infector for it in found.infectors["c"]] == ["a", "d"]


def test_a_pair_linked_twice_is_one_link_with_the_surer_belief():
    found = trace_chains("ab", [Link("a", "b", 1), Link("a", "b", 3)])
    assert found.links == (Link("a", "b", 3),)
    assert found.undecided == frozenset()


def test_a_circle_is_named_as_a_round_and_cut_before_the_first_who_fell_ill():
    found = trace_chains("dbc", [Link("b", "c"), Link("c", "d"), Link("d", "b")], MAY)
    assert found.circles == (("d", "b", "c"),)
    assert found.infector == {"b": None, "c": "b", "d": "c"}


def test_after_a_circle_no_generation_is_known():
    found = trace_chains("abcd", [Link("a", "b"), Link("b", "a"), Link("b", "c"), Link("c", "d")], MAY)
    assert found.generation == dict.fromkeys("abcd")


def test_an_infector_outside_the_circle_goes_before_a_surer_one_within_it():
    found = trace_chains("abe", [Link("a", "b", 3), Link("b", "a", 3), Link("e", "a", 1)], MAY)
    assert found.infector == {"a": "e", "b": "a", "e": None}
    assert found.generation == {"e": 0, "a": 1, "b": 2}


def test_a_case_linked_to_itself_is_a_circle_of_one():
    found = trace_chains("a", [Link("a", "a")])
    assert (found.circles, found.infector["a"]) == ((("a",),), None)


def test_a_chain_longer_than_pythons_stack_is_followed():
    n = 20_000
    found = trace_chains(range(n), [Link(k, k + 1) for k in range(n - 1)])
    assert found.generation[n - 1] == n - 1
