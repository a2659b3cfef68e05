"""A run as one HTML page that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from orchestrator.drawing.display import ABSENT, money_text, plain, plural
from orchestrator.reports.agreement_figure import agreement_figure
from orchestrator.reports.figures import diagrams, figures
from orchestrator.reports.findings import highest_confidence, overconfidence
from orchestrator.reports.guarded import guarded
from orchestrator.reports.lost_calls import lost_calls
from orchestrator.reports.page import render_page
from orchestrator.reports.reading import read
from orchestrator.reports.run_tables import (
    MOST_ROWS,
    about_rules,
    anomaly_rows,
    honesty_rows,
    peer_table,
    plan_section,
    rule_rows,
    worker_rows,
)
from orchestrator.reports.stopped import stopped
from orchestrator.reports.suspicions import suspicions
from orchestrator.reports.task_section import task_section
from orchestrator.reports.telling import slug, tell
from protocols.units import units

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestrator.evaluation.baselines import Baselines
    from orchestrator.evaluation.honesty import Honesty
    from orchestrator.evaluation.summary import Summary
    from orchestrator.memory.record import Record
    from orchestrator.reports.reading import Reading
    from protocols.events import RunOpened

_LONGEST_SETTINGS = 20_000
MOST_WINNERS: Final = 8
"""By so many workers, those with most awards, auctions can be filtered."""


def write_report(
    record: Record,
    target: Path,
    compared: Baselines | None = None,
    honest: Sequence[Honesty] | None = None,
    audit: Mapping[str, Any] | None = None,
) -> None:
    """Write the page of a run.

    Args:
        record: The journal.
        target: The file to write.
        compared: What other rules would have brought, if that is known.
        honest: What is known of the honesty of the workers; found out if left out.
        audit: Who gains by lying, as `audit_section` says it; left out if not given.

    Raises:
        JournalError: If the journal cannot be read.
        OSError: If the file cannot be written.
    """
    target.write_text(render(record, compared, honest, audit), encoding="utf-8")


def render(
    record: Record,
    compared: Baselines | None = None,
    honest: Sequence[Honesty] | None = None,
    audit: Mapping[str, Any] | None = None,
) -> str:
    """Return the page of a run; see `write_report`."""
    return render_page("report.html.j2", page(read(record, compared, honest), audit))


def page(reading: Reading, audit: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what the template shows: text, and figures as markup that is safe already."""
    summary, currency = reading.summary, plain(reading.summary.currency, 20)
    winners = [str(worker.worker) for worker in reading.ranked[:MOST_WINNERS] if worker.awards]
    told = [tell(story, summary.mechanism, currency, winners) for story in reading.stories.told()]
    return {
        "title": _title(summary),
        "currency": currency,
        "facts": list(_facts(reading)),
        "cards": list(_cards(summary)),
        "findings": list(_findings(reading, currency)),
        "tasks": task_section(reading.tasks),
        "workers": worker_rows(reading),
        "hidden_workers": max(0, len(summary.workers) - MOST_ROWS),
        "rules": rule_rows(reading.compared),
        "about_rules": about_rules(reading.compared),
        "peers": peer_table(summary),
        "agreement": agreement_figure(reading.agreement),
        "honest": honesty_rows(reading.honest),
        "diagrams": diagrams(reading.honest),
        "figures": figures(reading, currency),
        "anomalies": anomaly_rows(reading.anomalies.found()),
        "plan": plan_section(reading.planning),
        "audit": audit,
        "auctions": told,
        "auctions_seen": reading.stories.seen,
        "flags": [
            (slug(flag), f"{flag} ({count})")
            for flag, count in Counter(flag for each in told for flag in each.flags).most_common()
        ],
        "winners": [(f"w{place}", plain(name, 40)) for place, name in enumerate(winners)],
        "settings": _settings(summary.opened),
    }


# The parts of the page ------------------------------------------------------------------------


def _title(summary: Summary) -> str:
    opened = summary.opened
    name = opened.config.get("workflow", {}).get("name") if opened is not None else None
    return plain(
        f"{name or 'A run'}: {summary.states['solved']} of {plural(summary.tasks, 'task')} solved",
        200,
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
    again = f"{plural(summary.reannounced, 'lot')} announced again"
    yield "announcements", f"{summary.announcements:,}", again


def _findings(reading: Reading, currency: str) -> Iterator[str]:
    yield overconfidence(reading.honest, currency)
    calls = reading.bid_calls.sentence(currency)
    if calls is not None:
        yield calls
    if reading.compared is not None:
        yield highest_confidence(reading.compared, currency)
    yield from lost_calls(reading.summary.lost, currency)
    yield from stopped(reading.summary)
    yield from guarded(reading.summary.guards)
    yield from suspicions(reading.screened)


def _settings(opened: RunOpened | None) -> str:
    if opened is None:
        return ""
    budget = None if opened.budget is None else f"{units(opened.budget):f}"
    shown = {"budget": budget, "digest": opened.config_digest, **opened.config}
    text = json.dumps(shown, indent=2, ensure_ascii=False)
    return "\n".join(plain(line, 400) for line in text[:_LONGEST_SETTINGS].splitlines())
