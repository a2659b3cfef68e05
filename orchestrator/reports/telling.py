"""Puts an auction into plain words: who bid what, who won and why, what was paid, what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from orchestrator.drawing.display import money_column, money_text, percent, places, plain, plural
from orchestrator.reports.story import Call, Story
from protocols.contract import Contract
from protocols.messages import Award, Bid, Failure, Lot, Result
from protocols.units import Money
from scoring.catalog import SCORING_RULES
from workers.bidding.source import spared_rule

MOST_BIDS: Final = 20
"""So many bids of one auction are listed, the most promising first."""

_LONGEST_TEXT = 600
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class BidRow:
    """One bid as it is listed."""

    worker: str
    chance: str
    cost: str
    gain: str
    source: str
    won: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A story as it is shown: everything in it is text.

    Attributes:
        marks: Its flags and its winners as words for filters, see `slug`.
    """

    title: str
    flags: tuple[str, ...]
    marks: str
    prompt: str
    bids: tuple[BidRow, ...]
    more_bids: int
    sentences: tuple[str, ...]
    answer: str


def slug(flag: str) -> str:
    """Return a flag as the name of a class of the style.

    >>> slug("no budget")
    'no-budget'
    """
    return flag.replace(" ", "-")


def tell(story: Story, mechanism: str, currency: str, winners: Sequence[str] = ()) -> Told:
    """Put an auction into words, with foreign text cut and made harmless.

    Args:
        story: The auction.
        mechanism: The name of the rule.
        currency: What the units are.
        winners: The workers that can be filtered for, as ``w0``, ``w1`` and so on.
    """
    lot = story.lot
    winner = next(iter(story.calls), None)
    ending = "nobody" if winner is None else _name(winner)
    answers = [
        call.report.answer for call in story.calls.values() if isinstance(call.report, Result)
    ]
    ranked = sorted(story.bids, key=lambda bid: -_gain(lot, bid))
    return Told(
        title=f"{_name(lot.task)} ({_name(lot.kind)}): {ending}",
        flags=story.flags,
        marks=" ".join([*map(slug, story.flags), *_places(story, winners)]),
        prompt=plain(lot.prompt, _LONGEST_TEXT),
        bids=tuple(_bid_rows(story, ranked[:MOST_BIDS])),
        more_bids=max(0, len(ranked) - MOST_BIDS),
        sentences=tuple(_sentences(story, mechanism, currency)),
        answer=plain(answers[-1], _LONGEST_TEXT) if answers else "",
    )


def _places(story: Story, winners: Sequence[str]) -> Iterator[str]:
    return (f"w{place}" for place, name in enumerate(winners) if name in story.calls)


def _bid_rows(story: Story, bids: list[Bid]) -> Iterator[BidRow]:
    costs = money_column([bid.cost for bid in bids])
    gains = money_column([_gain(story.lot, bid) for bid in bids])
    for bid, cost, gain in zip(bids, costs, gains, strict=True):
        chance = percent(bid.probability, 1)
        source = _source(bid)
        yield BidRow(_name(bid.worker), chance, cost, gain, source, bid.worker in story.calls)


def _source(bid: Bid) -> str:
    """Say where the stated chance comes from, and what asking for it has cost."""
    rule = spared_rule(bid.source)
    if rule is not None:
        return f"record; {plain(rule, 30)} spared"
    cost = f", {money_text(bid.charge)}" if bid.charge else ""
    return f"{plain(bid.source, 40)}{cost}"


def _gain(lot: Lot, bid: Bid) -> int:
    return round(lot.value * bid.probability) - bid.cost


def _sentences(story: Story, mechanism: str, currency: str) -> Iterator[str]:
    lot = story.lot
    worth = f"A success is worth {money_text(lot.value)} {currency}."
    again = ""
    if lot.parent is not None:
        again = f" Attempt {lot.attempt}, after a failure in {lot.parent}"
        if lot.group is None:
            again += f"; not asked again: {', '.join(map(_name, lot.excluded))}"
        again += "."
    if lot.group is not None:
        again += f" One of several copies of {_name(lot.group)}; peers judge the answers."
    came = f"{plural(len(story.bids), 'bid')} came, {story.refusals} declined"
    turned = f", {story.rejected} were turned down" if story.rejected else ""
    yield f"Announcement {story.announcement}. {worth}{again} {came}{turned}."
    if story.rounds:
        yield f"The price moved in {plural(story.rounds, 'round')} before the bids were final."
    if story.kept_back:
        names = ", ".join(map(_name, story.kept_back))
        yield f"Not invited, after too many failures: {names}."
    for each in story.withheld:
        yield f"The bid of {_name(each.worker)} was not considered: {plain(each.reason, 200)}."
    if story.unsold is not None:
        yield f"Nobody won: {_UNSOLD.get(story.unsold, story.unsold)}."
    if story.called_off:
        yield "It was called off while bids were taken, so nobody was asked to do it."
    for call in story.calls.values():
        yield _won(call.award, mechanism, currency)
        yield f"The contract: {_contract(call.award.contract)}."
        if story.unfunded:
            yield "The budget had no room for it, so the work was not started."
        yield from _came_of_it(call, currency)


_UNSOLD: Final = {
    "no-bids": "there was no bid",
    "above-reserve": "every bid asked for more than the reserve",
    "not-worth-it": "no bid promised more than it would cost",
    "capacity": "everybody worth it had no capacity left",
    "budget": "the budget of the announcement was better spent on others",
}

_LEAST = "it asked for least"
_PER_SUCCESS = "its ask per success leaves most, at the quality that its record shows"

WHY: Final = {
    "contingent-vcg": "its bid promised most (value x chance - cost + stake x expected score)",
    "deposit-vcg": "its bid promised most (value x chance - cost), for what its deposit covers",
    "vcg": "with it the work of the announcement costs least in all",
    "core-selecting": "it belongs to the set of bids that promises most together",
    "vickrey": _LEAST,
    "first-price": _LEAST,
    "uniform": "it is among those that asked for least",
    "posted-price": "it took the lot at the posted price when its turn came",
    "pay-per-success": _PER_SUCCESS,
    "share": "its bid promised most (value x chance - cost)",
    "sequential-pivot": "its cost per success puts it at this place of the sequence",
    "escalation": "its reservation value puts it at this place of the sequence",
    "optimal": "its virtual cost is lowest and not above the reserve",
    "budget-feasible": "its cost per value is within its share of the budget",
    "english": "it stayed in longest while the price fell",
    "dutch": "it was the first to accept as the price rose",
    "gsp": _PER_SUCCESS,
    "mcafee": "it is among the cheapest suppliers that trade",
    "min-work": "it is the fastest",
    "joint-value": "it belongs to the team that promised most",
    "sortition": "it was drawn among those that would do it at the price",
    "explore": "it was drawn while exploring, or its ask per success leaves most",
}
"""Why a bid wins, by the name of the mechanism."""


def _won(award: Award, mechanism: str, currency: str) -> str:
    why = WHY.get(mechanism, f"the rule {plain(mechanism, 60)} ranked its bid first")
    rank = f" as fallback {award.rank}" if award.rank else ""
    said = (
        f"{_name(award.worker)} won{rank}: {why}; the rule values it at {money_text(award.score)}."
    )
    if award.propensity < 1:
        said += f" It was drawn with a chance of {percent(award.propensity, 1)}."
    if award.pivot:
        pivot = f"{money_text(award.pivot)} {currency}"
        said += f" What its presence takes from the others, the pivot, is {pivot}."
    if award.runner_up is not None:
        said += f" Alone on this task, the next would have been {_name(award.runner_up)}."
    if award.tied:
        said += " It was level with another bid; the seeded tie-break decided."
    return said


def _contract(contract: Contract) -> str:
    """Write a contract as the sum that it is, and what it comes to."""
    parts = [
        (contract.base, ""),
        (contract.per_success, " x success"),
        (contract.score_weight, _scored_by(contract)),
    ]
    amounts = [each for each, _ in parts]
    decimals = places(amounts)
    terms = [f"{money_text(each, decimals)}{unit}" for each, unit in parts if each]
    if contract.cost_share:
        terms.append(f"{contract.cost_share:.4g} x metered cost")
    rule = SCORING_RULES.get(contract.rule)
    if rule is None:
        return f"pay = {' + '.join(terms) or '0'}"
    ends = [
        contract.pay(success, Money(0), rule.score(contract.report, success))
        for success in (1.0, 0.0)
    ]
    right, wrong = money_column(ends)
    besides = " before the refund of cost" if contract.cost_share else ""
    return (
        f"pay = {' + '.join(terms) or '0'}, so {right} on success and {wrong} on failure{besides}"
    )


def _scored_by(contract: Contract) -> str:
    if contract.rule in SCORING_RULES:
        return f" x {contract.rule} score of {contract.report:.4g}"
    return f" x its score by peers, {contract.rule}"


def _came_of_it(call: Call, currency: str) -> Iterator[str]:
    report, outcome, settlement = call.report, call.outcome, call.settlement
    if report is not None:
        worker, cost = _name(report.worker), money_text(report.cost)
        verb = "answered" if isinstance(report, Result) else "gave no answer"
        reason = f" ({plain(report.reason, 300)})" if isinstance(report, Failure) else ""
        took = f" after {report.seconds:.3g} s" if report.seconds else ""
        sure = getattr(report, "confidence", None)
        stated = "" if sure is None else f" and was {percent(sure)} sure"
        yield f"{worker} {verb}{took}{reason}{stated}, at a metered cost of {cost} {currency}."
    if outcome is not None and isinstance(report, Result):
        detail = f": {plain(outcome.detail, 300)}" if outcome.detail else ""
        yield f"The verifier {plain(outcome.verifier, 60)} says {_verdict(outcome.success)}{detail}."
    if call.lapsed is not None:
        yield (
            f"It did not take the award up: {plain(call.lapsed, 300)}. The task is announced"
            " again without it."
        )
    if call.unsettled is not None:
        yield f"No outcome, so nothing was settled: {plain(call.unsettled, 300)}."
    if call.set_aside is not None:
        paid = money_text(call.set_aside.payment)
        yield f"Its answer was set aside: another one was likelier right. It got {paid} {currency}."
    if call.withdrawn is not None:
        yield (
            f"The award was withdrawn: {plain(call.withdrawn.reason, 300)}. For that"
            f" {_name(call.withdrawn.worker)} got {money_text(call.withdrawn.owed)} {currency}."
        )
    if settlement is not None:
        pay, profit = settlement.payment, settlement.payment - settlement.cost
        decimals = places([pay, profit])
        verb = "was paid" if pay >= 0 else "owed"
        yield (
            f"It {verb} {money_text(abs(pay), decimals)} {currency}, which is"
            f" {money_text(profit, decimals)} after its cost; its report scored"
            f" {settlement.score:.4f} (higher is better)."
        )


def _verdict(success: float) -> str:
    return {1.0: "right", 0.0: "wrong"}.get(success, f"{success:.3g} of a success")


def _name(name: str) -> str:
    return plain(name, _LONGEST_NAME)
