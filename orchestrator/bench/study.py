"""The whole comparison: every regime, every way of choosing, every value of a success."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

import numpy as np

from orchestrator.bench.belief import recalibrated_belief, stated_belief, table_belief
from orchestrator.bench.choice import averaged, best, came, most_confident, oracle, single
from orchestrator.bench.escalating import Escalating
from orchestrator.bench.grouped import grouped_errors
from orchestrator.bench.learner import Learner
from orchestrator.bench.market import Market
from orchestrator.bench.paid import Paid, after, cascaded
from orchestrator.bench.past import learned_standings
from orchestrator.bench.probe import mean_costs, spent_on
from orchestrator.bench.reach import reaches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from orchestrator.bench.choice import Came
    from orchestrator.bench.dataset import Dataset
    from orchestrator.bench.escalating import Team
    from orchestrator.bench.reach import Reach
    from protocols.mechanism import Mechanism, Standings

    Rules = Callable[[float], tuple[Mechanism, Mechanism | None]]

Regime = Literal["blind", "self-report", "paid", "oracle"]
REGIMES: Final[tuple[Regime, ...]] = get_args(Regime)
"""What a bid may use; see ``docs/bench.md``. They are shown side by side and never mixed."""


class Way(NamedTuple):
    """A way of choosing, and what came of it on the second part.

    Attributes:
        name: Its word.
        regime: What it may use.
        label: Its name for people.
        came: What came of it, by question; the mean over the orders where it learns on the way.
        market: Whether it is the market, which the others of its regime are compared with.
        spread: The standard deviation of its utility over these orders; ``None`` where none counts.
    """

    name: str
    regime: Regime
    label: str
    came: Came
    market: bool = False
    spread: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What a way of choosing brought at one value; means per question, money in units.

    Attributes:
        name: Its word.
        regime: What it may use.
        label: Its name for people.
        accuracy: The mean verified success; a question that nobody gets counts as 0.
        cost: The mean recorded cost of all calls that were made.
        paid: The mean of what contracts paid, and of calls before them.
        utility: The mean of value times success less cost.
        difference: Its utility less that of the market of its regime.
        error: The standard error of the difference, by a paired bootstrap over groups.
        closed: How much of the way from the best single worker to the oracle it goes.
        spread: The standard deviation of the utility over the random orders of a way that learns
            as it goes; ``None`` for the others.
        closed_spread: The same of ``closed``.
    """

    name: str
    regime: Regime
    label: str
    accuracy: float
    cost: float
    paid: float
    utility: float
    difference: float
    error: float
    closed: float | None
    spread: float | None = None
    closed_spread: float | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that was found.

    Attributes:
        fit: How many questions were learned from.
        asked: How many were judged.
        groups: How many groups these are of.
        workers: The workers.
        rows: By value of a success, the ways of choosing.
        reach: What accuracy costs, over all values.
        singles: (worker, cost, accuracy) on the second part.
        notes: What could not be done, in sentences.
    """

    fit: int
    asked: int
    groups: int
    workers: tuple[str, ...]
    rows: dict[float, tuple[Row, ...]]
    reach: tuple[Reach, ...]
    singles: tuple[tuple[str, float, float], ...]
    notes: tuple[str, ...]

    def to_data(self) -> dict[str, Any]:
        """Return everything as plain data; money in units, per question."""
        return {
            "questions": {"learned_from": self.fit, "judged": self.asked, "groups": self.groups},
            "values": [
                {"value": value, "ways": [row.to_data() for row in rows]}
                for value, rows in self.rows.items()
            ],
            "cost_for_accuracy": [_reach_as_data(each) for each in self.reach],
            "single_workers": [
                {"worker": worker, "cost": cost, "accuracy": accuracy}
                for worker, cost, accuracy in self.singles
            ],
            "notes": list(self.notes),
        }


def study(
    fit: Dataset,
    asked: Dataset,
    values: Sequence[float],
    rules: Rules,
    regimes: Sequence[Regime] = REGIMES,
    *,
    seed: int = 0,
    progress: Callable[[], Any] = lambda: None,
) -> Study:
    """Compare all ways of choosing.

    Args:
        fit: What is learned and chosen from.
        asked: What is judged; nothing is chosen by it.
        values: What a success may be worth, in units.
        rules: Returns the mechanism for a value, and the one that awards by recalibrated reports
            if it has such a setting.
        regimes: Which are asked for.
        seed: Of ties and of the bootstrap.
        progress: Is called after each value.
    """
    bench = _Bench(fit, asked, rules, regimes, seed)
    played: dict[float, list[Way]] = {}
    for value in values:
        played[value] = list(bench.ways(value))
        progress()
    rows = {value: tuple(_rows(ways, asked, value, seed)) for value, ways in played.items()}
    curves: dict[tuple[str, str], list[Came]] = {}
    for ways in played.values():
        for way in ways:
            if way.name != "best-single":
                curves.setdefault((way.name, way.regime), []).append(way.came)
    return Study(
        len(fit),
        len(asked),
        len(np.unique(asked.group)),
        asked.workers,
        rows,
        tuple(reaches(fit, asked, table_belief(fit, asked), curves, seed)),
        _singles(asked),
        tuple(bench.notes(regimes)),
    )


class _Bench:
    """What does not depend on the value of a success."""

    def __init__(
        self, fit: Dataset, asked: Dataset, rules: Rules, regimes: Sequence[Regime], seed: int
    ) -> None:
        self._fit, self._asked, self._rules = fit, asked, rules
        self._regimes, self._seed = regimes, seed
        self._table = table_belief(fit, asked)
        self._on_fit = table_belief(fit, fit)
        self._says = bool((np.isfinite(fit.confidence) & fit.known).any())
        if self._says and "self-report" in regimes:
            self._stated = stated_belief(fit, asked)
            self._curved = recalibrated_belief(fit, asked)
        self._standings: Standings | None = None
        self._paid = Paid(fit) if "paid" in regimes else None
        self._escalating: Escalating | None = None
        if self._paid is not None and self._paid.possible:
            self._escalating = Escalating(fit)

    def ways(self, value: float) -> Iterator[Way]:
        """Yield all ways of choosing at one value, the best single worker and the oracle always."""
        rule, recalibrating = self._rules(value)
        market = Market(rule, self._asked, value, self._seed)
        column = max(
            range(len(self._fit.workers)),
            key=lambda each: _mean(came(self._fit, single(self._on_fit, each)), value),
        )
        label = f"best single worker of the first part: {self._fit.workers[column]}"
        yield Way("best-single", "blind", label, came(self._asked, single(self._table, column)))
        if "blind" in self._regimes:
            yield from self._blind(market, value)
        if "self-report" in self._regimes and self._says:
            yield from self._self_report(market, recalibrating, value)
        if self._paid is not None and self._paid.possible:
            yield from self._all_paid(self._paid, rule, value)
        if self._escalating is not None:
            yield from self._escalated(self._escalating, value)
        yield Way("oracle", "oracle", "knows the outcomes", _oracle(self._asked, value))

    def _blind(self, market: Market, value: float) -> Iterator[Way]:
        asked = self._asked
        yield Way("table", "blind", "table per kind", came(asked, best(self._table, value)))
        yield Way("market", "blind", "market, bids from the table", market.run(self._table), True)
        for name, label, everything in (
            ("market-bandit", "market from nothing, sees only paid work", False),
            ("market-full", "market from nothing, sees all outcomes", True),
        ):
            goes = [
                market.run_online(self._table, Learner(asked, everything=everything), order)
                for order in asked.order.T
            ]
            utilities = [_mean(each, value) for each in goes]
            spread = float(np.std(utilities, ddof=1)) if len(goes) > 1 else None
            yield Way(name, "blind", label, averaged(goes), spread=spread)

    def _self_report(
        self, market: Market, recalibrating: Mechanism | None, value: float
    ) -> Iterator[Way]:
        asked = self._asked
        regime: Regime = "self-report"
        loudest = came(asked, most_confident(self._stated))
        yield Way("most-confident", regime, "highest stated confidence", loudest)
        curved = came(asked, best(self._curved, value))
        yield Way("recalibrated", regime, "value x isotonic chance - cost", curved)
        stated = market.run(self._stated)
        plain = recalibrating is None
        yield Way("market-stated", regime, "market, bids as stated", stated, plain)
        if recalibrating is not None:
            if self._standings is None:
                self._standings = learned_standings(recalibrating, self._fit)
            other = Market(recalibrating, asked, value, self._seed)
            found = other.run(self._stated, standings=self._standings)
            label = "market, awards by recalibrated bids"
            yield Way("market-recalibrated", regime, label, found, True)

    def _all_paid(self, paid: Paid, rule: Mechanism, value: float) -> Iterator[Way]:
        asked = self._asked
        if (option := paid.cascade(value)) is not None:
            first, second = asked.workers[option.first], asked.workers[option.second]
            label = f"paid probe: {first}, else {second}"
            yield Way("probe", "paid", label, cascaded(asked, option))
        probe = paid.probe(value)
        label = f"market after {'no answer' if probe is None else probe.words}"
        shown = asked if probe is None else after(asked, probe)
        before = None if probe is None else spent_on(asked, probe)
        market = Market(rule, shown, value, self._seed)
        found = market.run(paid.belief(asked, probe), before)
        yield Way("market-paid", "paid", label, found, True)

    def _escalated(self, escalating: Escalating, value: float) -> Iterator[Way]:
        """Yield what buying answers until one is sure enough brings."""
        asked = self._asked
        teams = (
            ("escalation-all", escalating.everybody),
            ("escalation", escalating.team(value)),
        )
        for name, team in teams:
            label = f"escalation: {_names(asked, team)}"
            yield Way(name, "paid", label, escalating.played(asked, value, team))

    def notes(self, regimes: Sequence[Regime]) -> Iterator[str]:
        """Yield what this table cannot tell."""
        if "self-report" in regimes and not self._says:
            yield "self-report is left out: the table has no confidences"
        if self._paid is not None and not self._paid.possible:
            yield "paid is left out: the table has neither confidences nor answers to compare"


def _rows(ways: Sequence[Way], asked: Dataset, value: float, seed: int) -> Iterator[Row]:
    utilities = np.stack([way.came.utility(value) for way in ways], axis=1)
    markets = {way.regime: place for place, way in enumerate(ways) if way.market}
    first = next(iter(markets.values()), 0)
    against = [markets.get(way.regime, first) for way in ways]
    differences = utilities - utilities[:, against]
    errors = grouped_errors(differences, asked.group, seed)
    means = utilities.mean(axis=0)
    names = [way.name for way in ways]
    low, high = means[names.index("best-single")], means[names.index("oracle")]
    for place, way in enumerate(ways):
        yield Row(
            way.name,
            way.regime,
            way.label,
            float(way.came.success.mean()),
            float(way.came.cost.mean()),
            float(way.came.paid.mean()),
            float(means[place]),
            float(differences[:, place].mean()),
            float(errors[place]),
            float((means[place] - low) / (high - low)) if high > low else None,
            way.spread,
            float(way.spread / (high - low)) if way.spread is not None and high > low else None,
        )


def _singles(asked: Dataset) -> tuple[tuple[str, float, float], ...]:
    known = asked.known
    cost = np.where(known, asked.cost, 0.0).mean(axis=0)
    accuracy = np.where(known, asked.success, 0.0).mean(axis=0)
    return tuple(zip(asked.workers, cost.tolist(), accuracy.tolist(), strict=True))


def _reach_as_data(reach: Reach) -> dict[str, Any]:
    columns = zip(
        ("costs", "errors", "never"), zip(*reach.needs.values(), strict=True), strict=True
    )
    needs = {name: dict(zip(reach.needs, cells, strict=True)) for name, cells in columns}
    return {"name": reach.name, "regime": reach.regime, **needs, "best": reach.best}


def _names(asked: Dataset, team: Team) -> str:
    """Name a team: its workers, and whether their answers are compared."""
    everybody = len(team.columns) == len(asked.workers)
    named = (asked.workers[column] for column in team.columns)
    words = "all workers" if everybody else ", ".join(named)
    return words if team.coincidence is None else f"{words}; answers compared"


def _oracle(asked: Dataset, value: float) -> Came:
    return came(asked, oracle(asked, value))


def _mean(found: Came, value: float) -> float:
    return float(found.utility(value).mean())


def default_values(fit: Dataset) -> list[float]:
    """Return values that make the choice a question: 1 to 300 times what the dearest worker costs.

    They are rounded to one digit; without costs there is one value, 1.
    """
    costs = mean_costs(fit)
    dearest = float(np.where(np.isfinite(costs), costs, 0.0).max())
    if dearest <= 0:
        return [1.0]
    return [float(f"{dearest * times:.0e}") for times in (1, 3, 10, 30, 100, 300)]
