"""The tables of the HTML report of a run, as rows of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orchestrator.drawing.display import (
    ABSENT,
    money_column,
    money_text,
    nano,
    number,
    percent,
    places,
    plain,
    plural,
)
from orchestrator.reports.peer_tables import (
    assumed,
    consensus_sentence,
    peer_headers,
    peer_rows,
    peer_sentences,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evaluation.baselines import Baselines
    from orchestrator.evaluation.honesty import Honesty
    from orchestrator.evaluation.summary import Summary
    from orchestrator.reports.anomalies import Anomaly
    from orchestrator.reports.plan_story import PlanStory
    from orchestrator.reports.reading import Reading

MOST_ROWS: Final = 200
"""So many rows of a table are shown."""

_SURE = 1.96
_LONGEST_DRAFT = 6_000
_LONGEST_GOAL = 2_000
_PEER_HINTS = {
    "labels": "answers to tasks with redundancy",
    "score": "mean over its answers, before the answers of one owner are put together",
    "std. error": "of the score, over other tasks of the same sort",
    "comparisons": "with single answers of peers",
    "accuracy": "where workers are simulated or recorded, and so the truth is known",
}


def worker_rows(reading: Reading) -> list[list[str]]:
    """Return a row for each worker, most awards first."""
    shown = reading.ranked[:MOST_ROWS]
    decimals = places(each for worker in shown for each in (worker.paid, worker.cost, worker.cash))
    return [
        [
            plain(worker.worker, 80),
            f"{worker.bids:,}",
            f"{worker.refusals:,}",
            f"{worker.awards:,}",
            f"{worker.solved:,}",
            percent(worker.report.value, 1),
            percent(worker.success.value, 1),
            number(worker.brier.value),
            number(worker.score.value),
            *(
                money_text(each, decimals)
                for each in (worker.paid, worker.cost, worker.profit, worker.cash)
            ),
        ]
        for worker in shown
    ]


def rule_rows(compared: Baselines | None) -> list[list[str]]:
    """Return a row for each rule, with the interval of its difference to the market."""
    rows = compared.rows if compared is not None else ()
    edges = [
        [
            row.difference + sign * _SURE * row.error if place else None
            for place, row in enumerate(rows)
        ]
        for sign in (-1.0, 1.0)
    ]
    lows, highs = _money_columns(edges)
    costs, utilities = _money_columns([[row.cost for row in rows], [row.utility for row in rows]])
    (differences,) = _money_columns([[row.difference for row in rows]])
    columns = zip(rows, costs, utilities, differences, lows, highs, strict=True)
    return [
        [
            row.label,
            percent(row.accuracy, 1),
            cost,
            utility,
            difference if place else ABSENT,
            ABSENT if low == ABSENT else f"{low} to {high}",
        ]
        for place, (row, cost, utility, difference, low, high) in enumerate(columns)
    ]


def _money_columns(columns: Sequence[Sequence[float | None]]) -> list[list[str]]:
    """Write amounts in units with the same decimals in all of the columns."""
    amounts = [[nano(each) for each in column] for column in columns]
    decimals = places(each for column in amounts for each in column)
    return [[money_text(each, decimals) for each in column] for column in amounts]


def about_rules(compared: Baselines | None) -> str:
    """Say what the comparison is about, and what it leaves out."""
    if compared is None or not compared.rows:
        return ""
    absent = plain(", ".join(compared.absent), 400)
    without = f" Left out, since they cannot be called again: {absent}." if absent else ""
    lost = f" {plural(compared.left_out, 'task')} left out." if compared.left_out else ""
    return f"Means over {plural(compared.tasks, 'task')}.{without}{lost}"


def honesty_rows(found: Sequence[Honesty]) -> list[list[str]]:
    """Return a row for each worker about whose reports something can be said."""
    losses = money_column([each.stake_loss for each in found])
    again = [each.counterfactual for each in found]
    totals = money_column([None if each is None else each.loss for each in again])
    return [
        [
            plain(each.worker, 80),
            f"{each.settled:,}",
            percent(each.stated, 1),
            percent(each.realised, 1),
            each.verdict,
            number(-each.corp.mean_score),
            number(each.corp.miscalibration),
            number(each.corp.discrimination),
            number(each.corp.uncertainty),
            ABSENT if other is None else f"-{other.lost} +{other.gained}",
            loss,
            total,
        ]
        for each, other, loss, total in zip(found, again, losses, totals, strict=True)
    ]


def peer_table(summary: Summary) -> dict[str, Any] | None:
    """Return the table of peer scores with its sentences; ``None`` without redundancy."""
    board = summary.peers.board
    if board is None:
        return None
    rows = peer_rows(board)
    return {
        "headers": [(name, _PEER_HINTS.get(name, "")) for name in peer_headers(board)],
        "rows": rows[:MOST_ROWS],
        "hidden": max(0, len(rows) - MOST_ROWS),
        "sentences": [*peer_sentences(board), consensus_sentence(summary.peers)],
        "assumed": assumed(board),
    }


def anomaly_rows(found: Sequence[Anomaly]) -> list[list[str]]:
    """Return a row for each sort of thing that went otherwise than agreed."""
    return [
        [plain(each.worker, 80), each.what, f"{each.times:,}", plain(each.example, 200) or ABSENT]
        for each in found[:MOST_ROWS]
    ]


def plan_section(planning: PlanStory) -> dict[str, Any] | None:
    """Return the goal and the drafts as text; ``None`` where nothing was planned."""
    if not planning.drafts:
        return None
    drafts = list(planning.drafts.values())
    return {
        "goal": plain(planning.goal, _LONGEST_GOAL),
        "drafts": [
            {
                "title": f"Plan {draft.number}, draft {draft.attempt}, by {plain(draft.planner, 60)}",
                "state": "accepted"
                if draft.accepted
                else "turned down"
                if draft.cost is not None
                else "open",
                "cost": money_text(draft.cost),
                "problems": [plain(each, 400) for each in (draft.failure, *draft.problems) if each],
                "text": "\n".join(
                    plain(line, 400) for line in draft.text[:_LONGEST_DRAFT].splitlines()
                ),
            }
            for draft in drafts[:MOST_ROWS]
        ],
    }
