"""What a journal counts of itself, as Prometheus reads it."""

from collections.abc import Iterator
from typing import Final

from .journal import COMMIT_BOUNDS_S, Journal

_COMMIT: Final = "fangxian_gate_commit_seconds"


def journal_text(journal: Journal) -> str:
    """How long batches took, what was filled ahead, what waits for its seal, and how much room the disk has."""
    return "\n".join([*_commits(journal), *_figures(journal)]) + "\n"


def _commits(journal: Journal) -> Iterator[str]:
    yield from _head(_COMMIT, "histogram", "From a batch that is taken to its being on disk.")
    total = 0
    for bound, n in zip((*COMMIT_BOUNDS_S, "+Inf"), journal.commit_counts, strict=True):
        total += n
        yield f'{_COMMIT}_bucket{{le="{bound}"}} {total}'
    yield f"{_COMMIT}_sum {journal.commit_seconds:.6f}"
    yield f"{_COMMIT}_count {total}"


def _figures(journal: Journal) -> Iterator[str]:
    for name, kind, value, said in (
        ("journal_filled_bytes_total", "counter", journal.n_bytes_filled, "Zeros written ahead of their use."),
        ("journal_unsealed", "gauge", journal.n_unsealed, "Segments that are over and wait for their seal."),
        ("journal_troubled", "gauge", int(bool(journal.trouble)), "No segment can be prepared, or none be sealed."),
        ("journal_free_bytes", "gauge", journal.free_bytes, "Room on the journal's disk."),
    ):
        if value is not None:
            yield from _head(f"fangxian_gate_{name}", kind, said)
            yield f"fangxian_gate_{name} {value}"


def _head(name: str, kind: str, said: str) -> Iterator[str]:
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} {kind}"
