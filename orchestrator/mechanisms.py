"""From the name or the settings of a mechanism to the mechanism, with its scoring rule."""

from collections.abc import Callable, Mapping
from math import ceil, isfinite
from typing import TYPE_CHECKING

from pydantic import ValidationError

from orchestrator.strict_yaml.explanation import hint
from protocols.mechanism import Mechanism
from scoring.catalog import SCORING_RULES

if TYPE_CHECKING:
    from protocols.catalog import MechanismSettings


def expected_score(rule: str) -> Callable[[float], float]:
    """Return G, what an honest report expects under a scoring rule.

    Raises:
        ValueError: If there is no rule of this name, or it has no lowest score: a worker that is
            certain and wrong would then owe without bound.
    """
    if rule not in SCORING_RULES:
        raise ValueError(f"unknown scoring rule {rule!r}; known: {', '.join(SCORING_RULES)}")
    if not all(map(isfinite, SCORING_RULES[rule].bounds)):
        bounded = (name for name, each in SCORING_RULES.items() if all(map(isfinite, each.bounds)))
        raise ValueError(
            f"scoring rule {rule!r} has no lowest score, so nobody could pay what a certain and"
            f" wrong report would owe; take one of {', '.join(bounded)}"
        )
    return SCORING_RULES[rule].expected


def mechanism_from(
    mechanism: Mechanism | Mapping[str, object] | str,
) -> tuple[dict[str, object], Mechanism]:
    """Return the settings as plain data, and the mechanism itself.

    Raises:
        ValueError: If the name or a setting is unknown, in one line.
    """
    if isinstance(mechanism, str):
        mechanism = {"name": mechanism}
    if isinstance(mechanism, Mapping):
        settings = _validated(dict(mechanism))
        built = settings.build(expected_score)
        if settings.name == "deposit-vcg" and settings.stake:
            _check_worst(settings.rule, settings.worst)
        return settings.model_dump(mode="json"), built
    return {"name": mechanism.name, "given": "in code"}, mechanism


def _validated(given: dict[str, object]) -> "MechanismSettings":
    from protocols.catalog import CLEAR_ONLY, MECHANISMS  # a mechanism made in code needs none

    name = str(given.get("name"))
    if name in CLEAR_ONLY:
        raise ValueError(CLEAR_ONLY[name])
    if name not in MECHANISMS:
        raise ValueError(f"unknown mechanism {name!r}{hint(name, list(MECHANISMS))}")
    try:
        return MECHANISMS[name].model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        setting = ".".join(map(str, first["loc"]))
        raise ValueError(f"mechanism {name}: {setting}: {first['msg']}") from error


def _check_worst(rule: str, worst: float) -> None:
    """Refuse a worst case that a score can fall below: deposits would not cover what is owed."""
    low, high = SCORING_RULES[rule].bounds
    if worst < high - low:
        raise ValueError(
            f"mechanism deposit-vcg: worst: a {rule} score can fall by"
            f" {ceil(100 * (high - low)) / 100:g} per unit of stake; worst must be at least that"
        )
