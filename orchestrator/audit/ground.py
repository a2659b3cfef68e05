"""What an audit plays on: a configuration or a journal, and the mechanisms by their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from orchestrator.audit.history import Past
from orchestrator.audit.population import Crowd
from orchestrator.audit.rivals import RIVALS
from orchestrator.audit.scene import Population
from orchestrator.bootstrap import Fleet, assemble
from orchestrator.config import RunConfig
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.recorded_config import recorded_config
from orchestrator.strict_yaml.explanation import hint
from protocols.catalog import MECHANISMS
from protocols.mechanism import Mechanism
from protocols.units import units
from workers.local import LocalWorker

NOT_FROM_JOURNALS: Final = {
    "escalation": "stops at what answers say and how sure of them their workers are, which a journal"
    " of models knows only of the answers that were bought",
}
"""Mechanisms that cannot be audited on what a journal says of models, and why."""

PEER_PAY: Final = "hangs on what peers answer, and an audit plays bids"


@dataclass(frozen=True, slots=True)
class Ground:
    """What to play on, as plain data that another process can be sent.

    Attributes:
        source: The workflow file or journal.
        config: The configuration; ``None`` for a journal that a program opened.
        folder: Where its relative paths start.
        journal: Whether ``source`` is a journal.
        rules: The settings of each mechanism by the name of its row.
        seed: Decides all draws.
        lots: How many lots are put up at a time.
    """

    source: Path
    config: RunConfig | None
    folder: Path
    journal: bool
    rules: Mapping[str, Mapping[str, Any]]
    seed: int
    lots: int

    def __call__(self) -> tuple[Population, Mapping[str, Mechanism]]:
        """Make the workers and the mechanisms anew."""
        population = self._population()
        left_out = self.left_out(population)
        return population, {
            name: mechanism(settings, population)
            for name, settings in self.rules.items()
            if name not in left_out
        }

    def left_out(self, population: Population) -> dict[str, str]:
        """Return what cannot be audited on a population, each with the reason."""
        past = isinstance(population, Past)
        names = {name: str(settings["name"]) for name, settings in self.rules.items() if past}
        found = {
            name: NOT_FROM_JOURNALS[word]
            for name, word in names.items()
            if word in NOT_FROM_JOURNALS
        }
        if self.config is not None and self.config.peers is not None:
            found["peer pay"] = PEER_PAY
        return found

    def _population(self) -> Population:
        fleet = None if self.config is None else assemble(self.config, self.folder)
        if fleet is not None and (not self.journal or (fleet.tasks and _transparent(fleet))):
            return Crowd(fleet, self.seed, self.lots)
        with Record(self.source) as record:
            return Past(record, self.seed, self.lots)


def journal_config(source: Path) -> tuple[RunConfig | None, Path]:
    """Return the configuration of a journal, or none if a program opened it."""
    try:
        return recorded_config(source)
    except JournalError:
        with Record(source):  # unreadable files are still an error
            return None, Path()


def row_of(asked: Mapping[str, Any]) -> str:
    """Return what the row of a mechanism is called.

    >>> row_of({"name": "joint-value", "combine": "any"})
    'joint-value, combine: any'
    """
    more = [f"{key}: {value}" for key, value in asked.items() if key != "name"]
    return ", ".join([str(asked["name"]), *more])


def settings_of(asked: Mapping[str, Any], config: RunConfig | None) -> Mapping[str, Any]:
    """Return by which settings a mechanism is audited: those of the run where only it is named.

    Raises:
        ValueError: If there is no mechanism of this name.
    """
    name = str(asked["name"])
    if config is not None and asked == {"name": config.mechanism.name}:
        return config.mechanism.model_dump()
    if name not in MECHANISMS and name not in RIVALS:
        raise ValueError(f"unknown mechanism {name!r}{hint(name, [*MECHANISMS, *RIVALS])}")
    return asked


def mechanism(settings: Mapping[str, Any], population: Population) -> Mechanism:
    """Return a mechanism; what it cannot do without is taken from the first auctions.

    Raises:
        ValueError: If a setting is unknown.
    """
    name = str(settings["name"])
    if name in RIVALS:
        return RIVALS[name]
    needed = _NEEDED.get(name)
    if needed is not None and set(settings) == {"name"}:
        settings = {**settings, **needed(population)}
    return mechanism_from(settings)[1]


def _past_costs(population: Population) -> dict[str, Any]:
    """Return what `optimal` takes costs to be drawn from."""
    costs = [bid.cost for scene in population.scenes(-1, 50) for bid in scene.known.values()]
    return {"sample": [str(units(cost)) for cost in sorted(costs)[:: max(len(costs) // 200, 1)]]}


def _half_the_value(population: Population) -> dict[str, Any]:
    """Return a budget of half of what an announcement is worth on average."""
    scenes = population.scenes(-1, 50)
    values = [sum(lot.value for lot in scene.announcement.lots) for scene in scenes]
    return {"budget": str(units(sum(values) // (2 * len(values))))}


_NEEDED = {"optimal": _past_costs, "budget-feasible": _half_the_value}


def _transparent(fleet: Fleet) -> bool:
    return all(isinstance(worker, LocalWorker) for worker in fleet.workers)
