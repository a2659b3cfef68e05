"""From the name or the settings of a mechanism to the mechanism, with its scoring rule."""

from collections.abc import Callable, Mapping

from protocols.catalog import MECHANISM
from protocols.mechanism import Mechanism
from scoring.catalog import SCORING_RULES


def expected_score(rule: str) -> Callable[[float], float]:
    """Return G, what an honest report expects under a scoring rule.

    Raises:
        ValueError: If there is no rule of this name.
    """
    if rule not in SCORING_RULES:
        raise ValueError(f"unknown scoring rule {rule!r}; known: {', '.join(SCORING_RULES)}")
    return SCORING_RULES[rule].expected


def mechanism_from(
    mechanism: Mechanism | Mapping[str, object] | str,
) -> tuple[dict[str, object], Mechanism]:
    """Return the settings as plain data, and the mechanism itself.

    Raises:
        ValueError: If the name or a setting is unknown.
    """
    if isinstance(mechanism, str):
        mechanism = {"name": mechanism}
    if isinstance(mechanism, Mapping):
        settings = MECHANISM.validate_python(dict(mechanism))
        return settings.model_dump(mode="json"), settings.build(expected_score)
    return {"name": mechanism.name, "given": "in code"}, mechanism
