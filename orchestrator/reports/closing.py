"""What a run came to, on one screen: what everybody wants to know, and where the rest is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.drawing.display import (
    ABSENT,
    money_column,
    money_text,
    percent,
    places,
    plain,
    plural,
)
from orchestrator.reports.findings import highest_confidence, overconfidence
from orchestrator.reports.peer_tables import consensus_sentence
from orchestrator.reports.tables import claims, print_table, states

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from orchestrator.evaluation.baselines import Baselines
    from orchestrator.evaluation.honesty import Honesty
    from orchestrator.evaluation.summary import Summary

MOST_WORKERS: Final = 8
"""So many workers have a row, those with most awards."""

_FINER: Final = 3
"""So many more decimals are shown than the largest amount needs: names need the room, too."""


def print_closing(
    console: Console, summary: Summary, compared: Baselines | None, honest: Sequence[Honesty]
) -> None:
    """Print a row for each of the workers with most awards, the totals, and what they teach."""
    _print_workers(console, summary, honest)
    for line in _totals(summary):
        console.print(line, highlight=False)
    if summary.peers.board is not None:
        console.print(consensus_sentence(summary.peers), highlight=False)
    sentences = [overconfidence(honest, summary.currency)]
    if compared is not None and compared.rows:
        sentences.append(highest_confidence(compared, summary.currency))
    for sentence in sentences:
        console.print(sentence, highlight=False, markup=False)


def _print_workers(console: Console, summary: Summary, honest: Sequence[Honesty]) -> None:
    ranked = sorted(summary.workers.values(), key=lambda worker: -worker.awards)
    shown, hidden = ranked[:MOST_WORKERS], ranked[MOST_WORKERS:]
    said = {each.worker: claims(each.verdict) for each in honest}
    amounts = [each for worker in shown for each in (worker.paid, worker.cost)]
    decimals = min(places(amounts), places([max(map(abs, amounts), default=0)]) + _FINER)
    rows: list[Sequence[str]] = [
        (
            worker.worker,
            f"{worker.awards:,}",
            f"{worker.solved:,}",
            percent(worker.report.value),
            percent(worker.success.value),
            said.get(worker.worker, ABSENT),
            *(money_text(each, decimals) for each in (worker.paid, worker.cost, worker.profit)),
        )
        for worker in shown
    ]
    if hidden:
        awards = f"{sum(worker.awards for worker in hidden):,}"
        rows.append((f"... and {len(hidden)} more", awards, *[""] * 7))
    headers = ["worker", "awards", "solved", "stated", "actual", "claims"]
    print_table(console, [*headers, "paid", "cost", "profit"], rows)


def _totals(summary: Summary) -> Iterator[str]:
    from rich.markup import escape

    value, cash, utility, bids = money_column(
        [summary.value, summary.cash, summary.utility, summary.bid_charges]
    )
    left = summary.budget_left
    kept = "" if left is None else f", {money_text(left)} of the budget left"
    again = f", {plural(summary.reannounced, 'lot')} announced again" if summary.reannounced else ""
    yield f"[bold]tasks[/]  {states(summary)}; {plural(summary.announcements, 'announcement')}{again}"
    yield (
        f"[bold]money[/]  value {value} - cash {cash} = utility {utility} {escape(plain(summary.currency, 20))}"
        f" (bids {bids}{kept})"
    )
