"""HiGHS (highspy), asked the two questions that choosing sites comes down to.

It counts what it does in nodes, never in seconds, so that the same county is planned alike on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from highspy import _core

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Links:
    """Who may go where: entry k lets place `froms[k]` go to candidate `tos[k]`, `walks[k]` for each of its people."""

    froms: Ints
    tos: Ints
    walks: Floats


def quiet_solver(*, most_nodes: int = 0, gap: float = 0.0) -> _core._Highs:
    """One thread and no word; a branching search ends after so many nodes, 0 for as many as it takes."""
    solver = _core._Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("mip_abs_gap", 0.0)
    if most_nodes:
        solver.setOptionValue("mip_max_nodes", most_nodes)
    return solver


def shared_out(links: Links, people: Floats, most: float) -> Floats | None:
    """How many people of each link walk it so that all walk least and nobody holds more than `most`; None: no room.

    A transport problem, whose best corner is whole where `people` and `most` are.
    """
    n_places, n_sites = len(people), int(links.tos.max(initial=-1)) + 1
    n_links = len(links.froms)
    solver = quiet_solver()
    rows = np.column_stack([links.froms, n_places + links.tos]).ravel().astype(np.int32)
    lower = np.concatenate([people, np.zeros(n_sites)])
    upper = np.concatenate([people, np.full(n_sites, most)])
    _pass(
        solver, links.walks, np.zeros(n_links), np.full(n_links, highspy.kHighsInf), lower, upper,
        np.arange(n_links + 1, dtype=np.int32) * 2, rows, np.ones(2 * n_links), n_whole=0,
    )  # fmt: skip
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.asarray(solver.getSolution().col_value, np.float64)


def opened(
    links: Links, people: Floats, n_sites: int, most: float, *, is_open: Sequence[int] = (), most_nodes: int = 0,
    gap: float = 0.0, known: float = np.inf,
) -> tuple[list[int], float, float]:  # fmt: skip
    """Which candidates to open so that all walk least: (candidates, their walk, a walk that none can beat).

    Of a search that ends early the candidates are the best that it found, none where it found none.

    Parameters
    ----------
    is_open : candidates that are in every plan worth having
    known : a walk that is known to be possible; what would be longer is not looked at
    """
    n_links = len(links.froms)
    n_candidates = int(links.tos.max(initial=-1)) + 1
    solver = quiet_solver(most_nodes=most_nodes, gap=gap)
    if np.isfinite(known):
        solver.setOptionValue("objective_bound", float(known))
    costs, upper, starts, rows, values, row_bounds = _rows_of_opening(links, people, n_sites, most, n_candidates)
    lower = np.zeros(len(costs))
    lower[n_links + np.asarray(is_open, np.int64)] = 1
    _pass(solver, costs, lower, upper, *row_bounds, starts, rows, values, n_whole=n_candidates)
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return [], np.inf, float(info.mip_dual_bound)
    taken = np.asarray(solver.getSolution().col_value, np.float64)[n_links:]
    return np.flatnonzero(taken > 0.5).tolist(), float(info.objective_function_value), float(info.mip_dual_bound)


def _rows_of_opening(
    links: Links, people: Floats, n_sites: int, most: float, n_candidates: int
) -> tuple[Floats, Floats, npt.NDArray[np.int32], npt.NDArray[np.int32], Floats, tuple[Floats, Floats]]:
    """Columns: the part of a place's people that walk a link, then whether a candidate is opened.

    Rows: everybody goes somewhere; nobody to what is closed; a site holds what it can; so many sites.
    """
    n_places, n_links = len(people), len(links.froms)
    weights, k = people[links.froms], np.arange(n_links)
    at_link, at_site, at_n = n_places, n_places + n_links, n_places + n_links + n_candidates
    has_room = bool(np.isfinite(most))
    of_links = np.column_stack([links.froms, at_link + k, *([at_site + links.tos] if has_room else [])])
    in_links = np.column_stack([np.ones((n_links, 2)), *([weights] if has_room else [])])
    by_site = np.argsort(links.tos, kind="stable")
    ends = np.searchsorted(links.tos[by_site], np.arange(n_candidates + 1))
    rows: list[npt.ArrayLike] = [of_links.ravel()]
    values: list[npt.ArrayLike] = [in_links.ravel()]
    for j in range(n_candidates):
        mine = at_link + by_site[ends[j] : ends[j + 1]]
        rows += [mine, *([[at_site + j]] if has_room else []), [at_n]]
        values += [np.full(len(mine), -1.0), *([[-most]] if has_room else []), [1.0]]
    n_of_link = 3 if has_room else 2
    counts = np.concatenate([np.full(n_links, n_of_link), np.diff(ends) + n_of_link - 1])
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    inf = highspy.kHighsInf
    lower = np.concatenate([np.ones(n_places), np.full(n_links + n_candidates, -inf), [n_sites]])
    upper = np.concatenate([np.ones(n_places), np.zeros(n_links + n_candidates), [n_sites]])
    costs = np.concatenate([links.walks * weights, np.zeros(n_candidates)])
    in_one, of_one = (np.concatenate([np.asarray(each) for each in parts]) for parts in (rows, values))
    costs_upper = costs, np.ones(n_links + n_candidates)
    return (*costs_upper, starts, in_one.astype(np.int32), of_one.astype(np.float64), (lower, upper))


def _pass(
    solver: _core._Highs, costs: Floats, lower: Floats, upper: Floats, row_lower: Floats, row_upper: Floats,
    starts: npt.NDArray[np.int32], rows: npt.NDArray[np.int32], values: Floats, *, n_whole: int,
) -> None:  # fmt: skip
    """A model by its columns; the last `n_whole` of them are whole numbers."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(costs), len(row_lower)
    model.col_cost_, model.col_lower_, model.col_upper_ = costs, lower, upper
    model.row_lower_, model.row_upper_ = row_lower, row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = starts, rows, values
    if n_whole:
        kinds = [highspy.HighsVarType.kContinuous] * (len(costs) - n_whole)
        model.integrality_ = kinds + [highspy.HighsVarType.kInteger] * n_whole
    solver.passModel(model)
