"""``truthbid bench``: what the market and its rivals would bring on a table of real outcomes."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from orchestrator.errors import InputError, Problem
from orchestrator.mechanisms import mechanism_from
from orchestrator.verbs.options import json_option, print_json, quiet_option
from orchestrator.verbs.rules import settings_in
from orchestrator.verbs.sheets import check_sheets, drawing_option, page_option, write_sheets
from protocols.mechanism import Mechanism
from protocols.units import NANO, money

if TYPE_CHECKING:
    from orchestrator.bench.study import Regime

_REGIMES: Final = ("blind", "self-report", "paid")
_STAKE: Final = 0.1
_SEQUENCES: Final = frozenset({"escalation"})

EXAMPLES: Final = """\b
  truthbid bench configs/data/recorded.csv.gz
  truthbid bench log.csv --columns question=id,worker=model,correct=ok,cost=usd,kind=topic
  truthbid bench log.csv --value 0.01 --value 0.1 --details
  truthbid bench log.csv --mechanism '{name: contingent-vcg, stake: 0.002}' --html bench.html
"""


@click.command("bench", epilog=EXAMPLES)
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--columns", default="", metavar="ROLE=COLUMN,...", help="Which column holds what.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="NAME",
    help="Take only this kind of question; may be given several times.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="WORKER",
    help="Leave this worker out; may be given several times.",
)
@click.option(
    "--value",
    "values",
    multiple=True,
    metavar="AMOUNT",
    help="What a success is worth; may be given several times. Left out: 1 to 300 times what the"
    " dearest worker costs.",
)
@click.option(
    "--mechanism",
    default="contingent-vcg",
    show_default=True,
    metavar="NAME|YAML",
    help="The rule of the market, as in a workflow. A stake that is not given is a tenth of the"
    " value.",
)
@click.option(
    "--regime",
    "regimes",
    multiple=True,
    type=click.Choice(_REGIMES),
    help="What bids may use; may be given several times, all if left out.",
)
@click.option(
    "--fit",
    "share",
    default=0.6,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="How much of the table is learned and chosen from; never judged.",
)
@click.option("--seed", default=0, show_default=True, help="Parts the table and fixes all draws.")
@click.option(
    "--orders",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="In how many random orders the market that starts from nothing meets the questions.",
)
@click.option("--currency", default="USD", show_default=True, help="What the costs are in.")
@click.option("--details", is_flag=True, help="Print a table for each value, with payments.")
@page_option
@drawing_option
@quiet_option
@json_option
def command(
    dataset: Path,
    columns: str,
    kinds: tuple[str, ...],
    without: tuple[str, ...],
    values: tuple[str, ...],
    mechanism: str,
    regimes: tuple["Regime", ...],
    share: float,
    seed: int,
    orders: int,
    currency: str,
    details: bool,
    page: Path | None,
    drawing: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Compare the market with other ways of choosing on DATASET, a table of real outcomes.

    DATASET is CSV with a header or JSON lines (.jsonl), either also with .gz: one row for each
    question and worker. Its columns: question, worker, correct, and where they are there cost,
    confidence, kind, answer and group (rows that share an origin are never parted). Everything is
    learned and chosen on one part of the questions and judged on the other.

    Exit codes: 0 done, 2 bad input; nothing is written then.
    """
    from orchestrator.bench.dataset import read_parts
    from orchestrator.bench.study import default_values, study
    from orchestrator.reports.bench_tables import bench_sheet, print_bench
    from orchestrator.reports.tables import console

    check_sheets(page, drawing, dataset)
    settings = _settings(mechanism)
    worth = [_amount(value) for value in values]
    fit, asked = read_parts(dataset, columns, seed=seed, share=share, kinds=kinds, without=without)
    worth = sorted(dict.fromkeys(worth)) or default_values(fit)
    found = study(
        fit,
        asked,
        worth,
        lambda value: _rules(settings, value),
        regimes or _REGIMES,
        seed=seed,
    )
    write_sheets(page, drawing, lambda: bench_sheet(found, dataset.name, currency))
    if as_json:
        print_json({"dataset": str(dataset), "seed": seed, "currency": currency, **found.to_data()})
    elif not quiet:
        print_bench(console(), found, currency, details=details)


def _settings(text: str) -> Mapping[str, Any]:
    """Return the settings of a mechanism from its name or from YAML in braces."""
    settings = settings_in(text)
    rule, _ = _rules(settings, 1.0)
    if rule.name in _SEQUENCES:
        message = (
            f"{rule.name} buys answers one after the other: it has rows of its own in the paid"
            " regime, beside a market of sealed bids"
        )
        raise InputError([Problem("--mechanism", message)])
    return settings


def _rules(settings: Mapping[str, Any], value: float) -> tuple[Mechanism, Mechanism | None]:
    """Return the mechanism at a value, and the one that awards by recalibrated reports."""
    try:
        known = mechanism_from(settings)[0]
        if "stake" in known and "stake" not in settings:
            settings = {**settings, "stake": f"{_STAKE * value:.9f}"}
        rule = mechanism_from(settings)[1]
        if "forecast" not in known:
            return rule, None
        return (
            mechanism_from({**settings, "forecast": "raw"})[1],
            mechanism_from({**settings, "forecast": "recalibrated"})[1],
        )
    except ValueError as error:
        raise InputError([Problem("--mechanism", " ".join(str(error).split()))]) from error


def _amount(text: str) -> float:
    try:
        value = money(text) / NANO
    except ValueError as error:
        raise InputError([Problem("--value", " ".join(str(error).split()))]) from error
    if value <= 0:
        raise InputError([Problem("--value", f"expected more than nothing, not {text!r}")])
    return value
