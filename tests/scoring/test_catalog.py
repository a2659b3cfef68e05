"""Rules by name."""

from __future__ import annotations

import pytest

from scoring.catalog import CATEGORICAL_RULES, RULE_FAMILIES, SCORING_RULES, scoring_rule


@pytest.mark.parametrize("name", SCORING_RULES)
def test_rules_know_their_names(name: str) -> None:
    """A rule is filed under its own name."""
    assert SCORING_RULES[name].name == name
    assert scoring_rule(name) is SCORING_RULES[name]


@pytest.mark.parametrize("name", CATEGORICAL_RULES)
def test_categorical_rules_know_their_names(name: str) -> None:
    """A rule for several classes is filed under its own name."""
    assert CATEGORICAL_RULES[name].name == name


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("clipped-logarithmic", {"margin": 0.1}),
        ("pseudo-spherical", {"exponent": 3.0}),
        ("power", {"exponent": 3.0}),
        ("beta", {"a": 1.0, "b": 3.0}),
        ("asymmetric", {"base_rate": 0.3}),
        ("threshold-weighted", {"low": 0.6, "high": 0.9}),
    ],
)
def test_families_take_parameters(name: str, parameters: dict[str, float]) -> None:
    """Every family makes a rule of its name from its parameters."""
    assert scoring_rule(name, **parameters).name == name
    assert name in RULE_FAMILIES


def test_unknown_rules_and_parameters_are_refused() -> None:
    """A misspelt name, a missing and a misspelt parameter give one line that helps."""
    with pytest.raises(ValueError, match="unknown scoring rule 'brier'; there are quadratic"):
        scoring_rule("brier")
    with pytest.raises(ValueError, match=r"'asymmetric'.*'base_rate'"):
        scoring_rule("asymmetric")
    with pytest.raises(ValueError, match=r"'power'.*'gamma'"):
        scoring_rule("power", gamma=2.0)
    with pytest.raises(ValueError, match="base rate"):
        scoring_rule("asymmetric", base_rate=2.0)
