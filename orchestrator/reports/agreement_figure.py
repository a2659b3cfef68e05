"""The matrix of equal answers as a figure of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orchestrator.drawing.display import percent, plain, plural
from orchestrator.drawing.heat import Cell, heat
from orchestrator.reports.figures import figure

if TYPE_CHECKING:
    from orchestrator.reports.agreement import Agreement
    from protocols.units import WorkerId

MOST_WORKERS: Final = 16
"""So many workers have a row, those that shared most tasks with others."""


def agreement_figure(agreement: Agreement) -> dict[str, Any] | None:
    """Return the heat map of equal answers; ``None`` where no two workers shared a task."""
    shared = {
        worker: sum(count for pair, count in agreement.shared.items() if worker in pair)
        for worker in agreement.workers()
    }
    if not shared:
        return None
    shown = sorted(sorted(shared, key=lambda worker: -shared[worker])[:MOST_WORKERS])
    names = [plain(worker, 60) for worker in shown]
    mean = sum(agreement.equal.values()) / sum(agreement.shared.values())
    cells = [[_cell(agreement, one, other, mean) for other in shown] for one in shown]
    left = len(shared) - len(shown)
    note = (
        f"Share of equal answers to tasks that went to both; red above the mean of {percent(mean)},"
        " blue below. Strangers that agree far more than the"
        " others may be copies of each other, or both right."
    )
    if left:
        note += f" {plural(left, 'worker')} with fewer shared tasks left out."
    return figure("Who answers alike", heat(names, names, cells, "Share of equal answers"), note)


def _cell(agreement: Agreement, one: WorkerId, other: WorkerId, mean: float) -> Cell | None:
    found = None if one == other else agreement.share(one, other)
    if found is None:
        return None
    share, count = found
    said = f"{plain(one, 60)} and {plain(other, 60)}: {percent(share)} of {plural(count, 'task')}"
    return Cell(share - mean, percent(share), said)
