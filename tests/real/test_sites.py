"""p-median instances with their published optima (OR-Library): those that are solved in a few seconds.

The fourth of the folder, pmed6, comes out as published too (7,824) and takes ten seconds of a processor.
"""

import numpy as np
import pytest

from fangxian.core.screening.sites import choose


def read(text):
    """Walks between all vertices, and how many sites: n, edges, p, then an edge a line; of one given twice the last."""
    n, _, n_sites, *edges = (int(word) for word in text.split())
    walks = np.full((n, n), np.inf)
    np.fill_diagonal(walks, 0)
    for a, b, length in zip(edges[::3], edges[1::3], edges[2::3], strict=True):
        walks[a - 1, b - 1] = walks[b - 1, a - 1] = length
    for via in range(n):
        walks = np.minimum(walks, walks[:, [via]] + walks[[via]])
    return walks, n_sites


@pytest.mark.parametrize("name", ["pmed1", "pmed2", "pmed11"])
def test_the_published_optimum_is_found_and_proved(shared_data, name):
    folder = shared_data / "sites"
    optima = dict(line.split() for line in (folder / "optima.txt").read_text().splitlines())
    walks, n_sites = read((folder / f"{name}.txt").read_text())
    plan = choose(walks, np.ones(len(walks)), n_sites)
    assert plan.walk == int(optima[name])
    assert plan.is_best
