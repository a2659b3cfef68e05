"""From a name or settings to a mechanism, and what bad ones are told."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.mechanisms import expected_score, mechanism_from
from protocols.catalog import MECHANISMS
from protocols.vcg import Vcg
from scoring.catalog import SCORING_RULES

NEEDS: dict[str, dict[str, object]] = {
    "optimal": {"sample": ["0.1", "0.2"]},
    "budget-feasible": {"budget": "1"},
}
"""What some mechanisms cannot do without."""


@pytest.mark.parametrize("name", MECHANISMS)
def test_recorded_settings_make_the_same_mechanism(name: str) -> None:
    """What is written into a journal builds the mechanism again: a replay depends on it."""
    settings, mechanism = mechanism_from({"name": name, **NEEDS.get(name, {})})

    again, rebuilt = mechanism_from(settings)

    assert settings["name"] == name
    assert again == settings
    assert (type(rebuilt), rebuilt.name) == (type(mechanism), mechanism.name)


def test_a_name_stands_for_the_settings_that_nobody_gave() -> None:
    """A mechanism may be asked for by its name alone."""
    assert mechanism_from("contingent-vcg")[0] == mechanism_from({"name": "contingent-vcg"})[0]


def test_a_mechanism_given_in_code_is_used_and_said_to_be() -> None:
    """Its settings are unknown, and the journal says so."""
    mechanism = Vcg()

    assert mechanism_from(mechanism) == ({"name": "vcg", "given": "in code"}, mechanism)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ("vikrey", "unknown mechanism 'vikrey', did you mean 'vickrey'?"),
        ({}, "unknown mechanism 'None', expected one of contingent-vcg, "),
        ({"name": "vcg", "stake": 1}, "mechanism vcg: stake: Extra inputs are not permitted"),
        ({"name": "contingent-vcg", "stake": -1}, "mechanism contingent-vcg: stake: Input should"),
        ({"name": "contingent-vcg", "stake": math.nan}, "mechanism contingent-vcg: stake: Value"),
        ({"name": "optimal"}, "mechanism optimal: sample: Field required"),
        ({"name": "contingent-vcg", "rule": "x"}, "unknown scoring rule 'x'; known: "),
        (
            {"name": "deposit-vcg", "rule": "clipped-logarithmic"},
            "mechanism deposit-vcg: worst: a clipped-logarithmic score can fall by 3.9 per unit",
        ),
    ],
)
def test_bad_settings_are_named_in_one_line(
    given_: Mapping[str, object] | str, message: str
) -> None:
    """A user's mistake is one line that says where it is and what was expected."""
    with pytest.raises(ValueError, match=r"^(unknown|mechanism)") as caught:
        mechanism_from(given_)

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("rule", "worst"), [("quadratic", 1.0), ("clipped-logarithmic", 3.9)])
def test_a_worst_case_that_covers_the_rule_is_taken(rule: str, worst: float) -> None:
    """The message names a number that is enough."""
    settings, _ = mechanism_from({"name": "deposit-vcg", "rule": rule, "worst": worst})

    assert settings["worst"] == worst


BOUNDED = [name for name, rule in SCORING_RULES.items() if all(map(math.isfinite, rule.bounds))]


@pytest.mark.parametrize("rule", sorted(set(SCORING_RULES) - set(BOUNDED)))
def test_a_rule_without_a_lowest_score_is_no_stake(rule: str) -> None:
    """A worker that is certain and wrong would owe infinitely much: the rule is refused at once."""
    with pytest.raises(ValueError, match="has no lowest score"):
        mechanism_from({"name": "contingent-vcg", "rule": rule})


@given(st.sampled_from(sorted(BOUNDED)), st.floats(0.01, 0.99))
def test_the_expected_score_is_that_of_an_honest_report(rule: str, p: float) -> None:
    """G(p) = p S(p, 1) + (1 - p) S(p, 0), for every bounded rule by its name."""
    score = SCORING_RULES[rule].score

    assert expected_score(rule)(p) == pytest.approx(p * score(p, 1.0) + (1 - p) * score(p, 0.0))
