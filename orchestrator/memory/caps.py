"""Budgets of single workers and of kinds of task, beside that of the run."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field, ValidationError

from orchestrator.memory.budget import Budget
from protocols.units import Name, Units, WorkerId, units
from workers.spec import Spec


class BudgetSettings(Spec):
    """The most cash that single workers and kinds of task may cost."""

    workers: Annotated[
        Mapping[Name, Units],
        Field(description="By worker: its bids, its work or its pay, and the verdicts on it."),
    ] = {}
    kinds: Annotated[
        Mapping[Name, Units],
        Field(description="By kind of task: bids, work and verdicts."),
    ] = {}


Charge = tuple[WorkerId | None, str | None, int]
"""Who costs something, at which kind of task, and how much."""


class Caps:
    """How much cash each worker and each kind of task may still cost.

    It is counted like the budget of the run: at fixed points, the worst case first, and what was
    not spent comes back when the announcement closes.

    Args:
        settings: The caps; who is not named has none.
        heir: The caps of a run that goes on from this one; what is taken here is taken there too.

    >>> caps = Caps(BudgetSettings(workers={"ann": 0.2}))
    >>> caps.take([(WorkerId("ann"), "code", 150_000_000)])
    >>> caps.short([(WorkerId("ann"), "code", 60_000_000), (WorkerId("bob"), "code", 10**12)])
    "the budget of worker 'ann', 0.2, has no room for it"
    """

    def __init__(self, settings: BudgetSettings | None = None, heir: "Caps | None" = None) -> None:
        self._heir = heir
        given = settings or BudgetSettings()
        self._sizes = {f"worker {name!r}": size for name, size in given.workers.items()}
        self._sizes |= {f"kind {name!r}": size for name, size in given.kinds.items()}
        self._left = {name: Budget(size) for name, size in self._sizes.items()}
        self.by_kind = bool(given.kinds)

    @property
    def capped(self) -> bool:
        """Whether there is a cap."""
        return bool(self._left)

    def short(self, charges: Iterable[Charge]) -> str | None:
        """Return in words which cap has no room for charges that come together, if one has not."""
        sums: dict[str, int] = {}
        for worker, kind, amount in charges:
            for name in self._named(worker, kind):
                sums[name] = sums.get(name, 0) + amount
        for name, amount in sums.items():
            if amount and not self._left[name].has_room(amount):
                return f"the budget of {name}, {units(self._sizes[name]):f}, has no room for it"
        return None

    def has_room(self, charges: Iterable[Charge]) -> bool:
        """Whether every cap has room for charges that come together."""
        return self.short(charges) is None

    def take(self, charges: Iterable[Charge]) -> None:
        """Commit charges; negative ones are given back."""
        charges = tuple(charges)
        if self._heir is not None:
            self._heir.take(charges)
        for worker, kind, amount in charges:
            for name in self._named(worker, kind):
                self._left[name].take(amount)

    def _named(self, worker: WorkerId | None, kind: str | None) -> list[str]:
        names = [f"kind {kind!r}", f"worker {worker!r}"]
        return [name for name in names if name in self._left]


def budget_settings(
    given: BudgetSettings | Mapping[str, object] | None,
) -> BudgetSettings | None:
    """Return the settings as they were given, or as an earlier process has recorded them.

    Raises:
        ValueError: If a setting is unknown, in one line.

    >>> budget_settings({"kinds": {"code": "0.5"}}).kinds
    {'code': 500000000}
    """
    if given is None or isinstance(given, BudgetSettings):
        return given
    try:
        return BudgetSettings.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"budgets{': ' if where else ''}{where}: {first['msg']}") from error
