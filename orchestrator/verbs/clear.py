"""``truthbid clear``: just the mechanism, on an auction in a file."""

from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.clearing.auction import AuctionFile
from orchestrator.clearing.auction_reader import is_swap, is_table, load_auction, load_swap
from orchestrator.clearing.clearance import announcement_of, clear
from orchestrator.clearing.swap import explain_swap
from orchestrator.verbs.options import json_option, print_json, say, set_option
from protocols.catalog import CLEAR_ONLY, MECHANISMS
from protocols.explanation import explain
from protocols.mechanism import Allocation
from protocols.messages import Award
from protocols.units import ZERO, Money, units
from scoring.catalog import SCORING_RULES


@click.command("clear")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mechanism",
    type=click.Choice([*MECHANISMS, *CLEAR_ONLY]),
    metavar="NAME",
    help="The rule; that of the file, else contingent-vcg, if left out. One of:"
    f" {', '.join([*MECHANISMS, *CLEAR_ONLY])}.",
)
@set_option
@json_option
def command(file: Path, mechanism: str | None, overrides: Sequence[str], as_json: bool) -> None:
    """Clear the auction in FILE: winners, contracts, and why.

    For people who bring their own agents: nothing is executed or paid. FILE is YAML or JSON; or
    CSV with a header or JSON lines (.jsonl), either also with .gz, with one bid per row: the
    columns task, worker, cost and value, and if you like probability, reserve, size and capacity.
    A file of holders and preferences swaps tasks that are awarded already.
    """
    if is_swap(file):
        _swap(file, mechanism, overrides, as_json=as_json)
        return
    chosen = () if mechanism is None else (f"mechanism={{name: {mechanism}}}",)
    if is_table(file) and mechanism is not None:
        chosen = (f"mechanism.name={mechanism}",)
    auction = load_auction(file, (*chosen, *overrides))
    allocation = clear(auction)
    if as_json:
        print_json(_as_data(auction, allocation))
        return
    for line in explain(announcement_of(auction), allocation):
        say(line)


def _swap(file: Path, mechanism: str | None, overrides: Sequence[str], *, as_json: bool) -> None:
    chosen = () if mechanism is None else (f"mechanism={mechanism}",)
    swap = load_swap(file, (*chosen, *overrides))
    holders = swap.clear()
    explanation = list(explain_swap(swap, holders))
    if as_json:
        data = {"mechanism": swap.mechanism, "holders": holders, "explanation": explanation}
        print_json(data)
        return
    for line in explanation:
        say(line)


def _as_data(auction: AuctionFile, allocation: Allocation) -> dict[str, object]:
    costs = {(bid.task, bid.worker): bid.cost for bid in auction.bids}
    return {
        "mechanism": auction.mechanism.model_dump(mode="json"),
        "welfare": str(units(allocation.welfare)),
        "awards": [
            _award_as_data(award, costs.get((award.task, award.worker), ZERO))
            for award in allocation.awards
        ],
        "unsold": [lot.model_dump(mode="json") for lot in allocation.unsold],
        "explanation": list(explain(announcement_of(auction), allocation)),
    }


def _award_as_data(award: Award, cost: Money) -> dict[str, object]:
    contract = award.contract
    rule = SCORING_RULES[contract.rule]

    def pays(success: float) -> str:
        return str(units(contract.pay(success, cost, rule.score(contract.report, success))))

    return {
        "task": award.task,
        "worker": award.worker,
        "rank": award.rank,
        "pays_on_success": pays(1.0),
        "pays_on_failure": pays(0.0),
        "score": str(units(award.score)),
        "pivot": str(units(award.pivot)),
        "runner_up": award.runner_up,
        "tied": award.tied,
        "contract_in_nano_units": contract.model_dump(mode="json"),
    }
