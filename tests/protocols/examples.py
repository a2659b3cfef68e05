"""Settings with which every mechanism of the catalog can be built and tried."""

from typing import Any, cast

from protocols.catalog import MECHANISM, MECHANISMS
from protocols.mechanism import Mechanism
from tests.protocols.auctions import honest_score

NEEDED: dict[str, dict[str, Any]] = {
    "optimal": {"sample": ["0.000000064", "0.000000128", "0.000000256", "0.00000064"]},
    "budget-feasible": {"budget": "0.00000064"},
    "english": {"step": "0.000000032"},
    "dutch": {"step": "0.000000032"},
    "posted-price": {"price": "0.000000256"},
    "share": {"share": 0.5},
    "contingent-vcg": {"stake": "0.0000064"},
    "deposit-vcg": {"stake": "0.0000064"},
}
"""Settings that a mechanism cannot do without, or that suit small amounts better."""

MONEY = ("sample", "budget", "step", "price", "stake", "least_cost", "deposit")
"""The settings that are amounts of money."""

STEP = 32
"""The step of the clock auctions above, in nano-units: what a lie may gain there."""


def example(name: str, **changed: object) -> Mechanism:
    """Build a mechanism of the catalog, with some settings of its own."""
    settings = MECHANISM.validate_python({"name": name, **NEEDED.get(name, {}), **changed})
    return settings.build(lambda rule: honest_score)


def scaled(name: str, factor: int) -> Mechanism:
    """Build the example of a mechanism with every amount in its settings multiplied."""
    settings = MECHANISM.validate_python({"name": name, **NEEDED.get(name, {})})
    amounts: dict[str, Any] = settings.model_dump(include=set(MONEY))
    larger: dict[str, Any] = {}
    for field in amounts:
        amount: Any = getattr(settings, field)
        if isinstance(amount, tuple):
            larger[field] = tuple(factor * each for each in cast("tuple[int, ...]", amount))
        elif amount is not None:
            larger[field] = factor * amount
    return settings.model_copy(update=larger).build(lambda rule: honest_score)


EXAMPLES = {name: example(name) for name in MECHANISMS}
"""Every mechanism of the catalog, ready to use."""
