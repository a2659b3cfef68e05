"""How the benchmarks measure: processor time of the whole process, in interleaved rounds."""

import gc
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the processor time, over all threads, that a piece of work takes."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def interleaved(cells: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median processor seconds of each cell; rounds go through all cells in turn.

    A machine that grows slower during the benchmark then slows all cells alike.
    """
    samples: dict[str, list[float]] = {name: [] for name in cells}
    for _ in range(rounds):
        for name, work in cells.items():
            samples[name].append(cpu_seconds(work))
    return {name: median(values) for name, values in samples.items()}


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines: list[Sequence[object]] = [header, ["---" for _ in header], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
