"""A run as one HTML page that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orchestrator.drawing.display import (
    ABSENT,
    money_column,
    money_text,
    number,
    percent,
    places,
    plain,
)
from orchestrator.reports.figures import diagrams, figures
from orchestrator.reports.findings import highest_confidence, overconfidence
from orchestrator.reports.lost_calls import lost_calls
from orchestrator.reports.peer_tables import (
    assumed,
    consensus_sentence,
    peer_headers,
    peer_rows,
    peer_sentences,
)
from orchestrator.reports.reading import read
from orchestrator.reports.telling import tell
from protocols.units import NANO, units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from orchestrator.evaluation.baselines import Baselines
    from orchestrator.evaluation.honesty import Honesty
    from orchestrator.evaluation.summary import Summary
    from orchestrator.memory.record import Record
    from orchestrator.reports.reading import Reading
    from protocols.events import RunOpened

_MOST_ROWS = 200
_SURE = 1.96
_LONGEST_SETTINGS = 20_000
_PEER_HINTS = {
    "labels": "answers to tasks with redundancy",
    "score": "mean over its answers, before the answers of one owner are put together",
    "std. error": "of the score, over other tasks of the same sort",
    "comparisons": "with single answers of peers",
    "accuracy": "where workers are simulated or recorded, and so the truth is known",
}


def write_report(
    record: Record,
    target: Path,
    compared: Baselines | None = None,
    honest: Sequence[Honesty] | None = None,
) -> None:
    """Write the page of a run.

    Args:
        record: The journal.
        target: The file to write.
        compared: What other rules would have brought, if that is known.
        honest: What is known of the honesty of the workers; found out if left out.

    Raises:
        JournalError: If the journal cannot be read.
        OSError: If the file cannot be written.
    """
    target.write_text(render(record, compared, honest), encoding="utf-8")


def render(
    record: Record, compared: Baselines | None = None, honest: Sequence[Honesty] | None = None
) -> str:
    """Return the page of a run; see `write_report`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("orchestrator", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html.j2")
    return template.render(page(read(record, compared, honest)))


def page(reading: Reading) -> dict[str, Any]:
    """Return what the template shows: text, and figures as markup that is safe already."""
    summary, currency = reading.summary, plain(reading.summary.currency, 20)
    told = reading.stories.told()
    return {
        "title": _title(summary),
        "currency": currency,
        "facts": list(_facts(reading)),
        "cards": list(_cards(summary)),
        "findings": list(_findings(reading, currency)),
        "workers": _worker_rows(reading),
        "hidden_workers": max(0, len(summary.workers) - _MOST_ROWS),
        "rules": _rule_rows(reading.compared),
        "about_rules": _about_rules(reading.compared),
        "peers": _peers(summary),
        "honest": _honesty_rows(reading.honest),
        "diagrams": diagrams(reading.honest),
        "figures": figures(reading, currency),
        "auctions": [tell(story, summary.mechanism, currency) for story in told],
        "auctions_seen": reading.stories.seen,
        "settings": _settings(summary.opened),
    }


# The parts of the page ------------------------------------------------------------------------


def _title(summary: Summary) -> str:
    opened = summary.opened
    name = opened.config.get("workflow", {}).get("name") if opened is not None else None
    return plain(
        f"{name or 'A run'}: {summary.states['solved']} of {summary.tasks} tasks solved", 200
    )


def _facts(reading: Reading) -> Iterator[tuple[str, str]]:
    summary, opened = reading.summary, reading.summary.opened
    yield "mechanism", plain(summary.mechanism, 60)
    if opened is not None:
        yield "run", plain(opened.run, 60)
        yield "seed", str(opened.seed)
        yield "truthbid", plain(opened.version, 40)
    yield "state", f"closed: {summary.closed}" if summary.closed else "open"
    first, last = (
        datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") for at in reading.times
    )
    yield "from", first
    yield "to", last
    seq, digest = reading.head
    yield f"hash of entry {seq:,}", digest


def _cards(summary: Summary) -> Iterator[tuple[str, str, str]]:
    states = ", ".join(f"{count:,} {state}" for state, count in summary.states.items() if count)
    left = summary.budget_left
    kept = "no budget set" if left is None else f"{money_text(left)} of the budget left"
    ratio = ABSENT if summary.overpayment is None else f"{summary.overpayment:.2f}"
    yield "tasks", f"{summary.tasks:,}", states or "none ended"
    yield "value of solved tasks", money_text(summary.value), "value x success"
    yield "cash spent", money_text(summary.cash), kept
    yield "utility", money_text(summary.utility), "value less cash"
    yield "overpayment ratio", ratio, "paid per metered cost of settled work"
    again = f"{summary.reannounced:,} lots announced again"
    yield "announcements", f"{summary.announcements:,}", again


def _findings(reading: Reading, currency: str) -> Iterator[str]:
    yield overconfidence(reading.honest, currency)
    if reading.compared is not None:
        yield highest_confidence(reading.compared, currency)
    yield from lost_calls(reading.summary.lost, currency)


def _worker_rows(reading: Reading) -> list[list[str]]:
    shown = reading.ranked[:_MOST_ROWS]
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


def _rule_rows(compared: Baselines | None) -> list[list[str]]:
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
        [row.label, percent(row.accuracy, 1), cost, utility, difference, f"{low} to {high}"]
        if place
        else [row.label, percent(row.accuracy, 1), cost, utility, ABSENT, ABSENT]
        for place, (row, cost, utility, difference, low, high) in enumerate(columns)
    ]


def _money_columns(columns: Sequence[Sequence[float | None]]) -> list[list[str]]:
    """Write amounts in units with the same decimals in all of the columns."""
    nano = [[None if each is None else round(each * NANO) for each in column] for column in columns]
    decimals = places(each for column in nano for each in column)
    return [[money_text(each, decimals) for each in column] for column in nano]


def _about_rules(compared: Baselines | None) -> str:
    if compared is None or not compared.rows:
        return ""
    absent = plain(", ".join(compared.absent), 400)
    without = f" Left out, since they cannot be called again: {absent}." if absent else ""
    lost = f" {compared.left_out:,} tasks left out." if compared.left_out else ""
    return f"Means over {compared.tasks:,} tasks.{without}{lost}"


def _honesty_rows(found: Sequence[Honesty]) -> list[list[str]]:
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


def _peers(summary: Summary) -> dict[str, Any] | None:
    board = summary.peers.board
    if board is None:
        return None
    rows = peer_rows(board)
    return {
        "headers": [(name, _PEER_HINTS.get(name, "")) for name in peer_headers(board)],
        "rows": rows[:_MOST_ROWS],
        "hidden": max(0, len(rows) - _MOST_ROWS),
        "sentences": [*peer_sentences(board), consensus_sentence(summary.peers)],
        "assumed": assumed(board),
    }


def _settings(opened: RunOpened | None) -> str:
    if opened is None:
        return ""
    budget = None if opened.budget is None else f"{units(opened.budget):f}"
    shown = {"budget": budget, "digest": opened.config_digest, **opened.config}
    text = json.dumps(shown, indent=2, ensure_ascii=False)
    return "\n".join(plain(line, 400) for line in text[:_LONGEST_SETTINGS].splitlines())
