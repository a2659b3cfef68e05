"""Standings: what they remember, and why a new name gains nothing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.reputation import FORGETTING, Standing, prior_from, value_cap

UNIT = st.floats(0.0, 1.0)
RECORD = st.lists(UNIT, max_size=30)


def after(values: list[float], forgetting: float = FORGETTING) -> Standing:
    """Return the standing after these outcomes."""
    standing = Standing()
    for value in values:
        standing = standing.updated(value, score=-((1.0 - value) ** 2), forgetting=forgetting)
    return standing


@given(RECORD, st.floats(0.5, 1.0))
def test_standing_is_a_discounted_sum(values: list[float], forgetting: float) -> None:
    """After n outcomes r is the sum of l**age * v and s of l**age * (1 - v)."""
    standing = after(values, forgetting)
    weights = [forgetting**age for age in reversed(range(len(values)))]

    assert standing.successes == pytest.approx(
        math.fsum(w * v for w, v in zip(weights, values, strict=True))
    )
    assert standing.weight() == pytest.approx(math.fsum(weights))
    assert standing.count == len(values)


def test_memory_is_bounded() -> None:
    """A record never weighs more than 1 / (1 - l) outcomes."""
    assert after([1.0] * 2000).weight() == pytest.approx(1.0 / (1.0 - FORGETTING))


def test_mean_score_counts_every_report() -> None:
    """The mean score is over all reports, forgotten ones too; None without any."""
    assert after([1.0, 0.0]).mean_score() == pytest.approx(-0.5)
    assert Standing().mean_score() is None


@given(RECORD, st.floats(0.05, 0.95), st.floats(0.5, 10.0))
def test_lower_quantile_agrees_with_scipy(
    values: list[float], prior: float, strength: float
) -> None:
    """The lower quantile is that of Beta(r + k m, s + k (1 - m))."""
    standing = after(values)
    a = standing.successes + strength * prior
    b = standing.failures + strength * (1.0 - prior)

    ours = standing.lower_quantile(0.1, prior=prior, strength=strength)
    assert ours == pytest.approx(float(stats.beta.ppf(0.1, a, b)), abs=1e-9)


def test_three_lucky_outcomes_are_not_skill() -> None:
    """Three successes out of three rank below thirty out of thirty-three."""
    lucky, proven = after([1.0] * 3), after([1.0] * 15 + [0.0] * 3 + [1.0] * 15)

    assert lucky.mean() < lucky.mean(strength=0.1)
    assert lucky.lower_quantile() < proven.lower_quantile()
    assert lucky.trust() < proven.trust()


@given(RECORD, UNIT)
def test_a_new_name_gains_nothing(values: list[float], prior: float) -> None:
    """A newcomer's trust is 0 and no record's is less, whatever the prior."""
    assert Standing().trust(prior=prior) == 0.0
    assert after(values).trust(prior=prior) >= 0.0


@pytest.mark.parametrize(("dues", "part"), [(0.0, 1.0), (2.0, 2 / 3), (4.0, 1 / 2)])
def test_dues_are_paid_by_outcomes(dues: float, part: float) -> None:
    """With as many remembered outcomes as the dues, half of the lower quantile counts."""
    standing = Standing(3.0, 1.0, 4)

    assert standing.trust(dues=dues) == pytest.approx(part * standing.lower_quantile())


@given(RECORD)
def test_success_raises_trust(values: list[float]) -> None:
    """One more success ranks a worker above one more failure."""
    assert after([*values, 1.0]).trust() > after([*values, 0.0]).trust()


def test_sure_priors_have_sure_quantiles() -> None:
    """A prior of 0 or 1 that no outcome contradicts is its own quantile."""
    assert Standing().lower_quantile(prior=0.0) == 0.0
    assert Standing().lower_quantile(prior=1.0) == 1.0


def test_priors_shrink_from_wide_to_narrow() -> None:
    """A family with a long record speaks for itself, one with a short record like everybody."""
    everybody = Standing(60.0, 20.0, 80)

    assert prior_from() == 0.5
    assert prior_from(everybody, Standing()) == prior_from(everybody)
    assert prior_from(everybody, Standing(0.0, 50.0, 50)) < 0.05
    assert 0.45 < prior_from(everybody, Standing(0.0, 1.0, 1)) < prior_from(everybody)


@given(stake=st.floats(0.0, 1e6), detection=UNIT, future=st.floats(0.0, 1e6))
def test_value_cap_leaves_no_gain_in_an_exit(stake: float, detection: float, future: float) -> None:
    """At the cap, taking the value and leaving gains no more than is lost when noticed."""
    cap = value_cap(stake, detection=detection, future=future)

    assert cap - detection * (stake + future) <= 1e-6
    assert value_cap(stake + 1.0, detection=detection, future=future) >= cap


def test_bad_numbers_are_refused() -> None:
    """Outcomes, scores, levels, priors, strengths, dues and stakes out of range are errors."""
    standing = after([1.0])
    for call in (
        lambda: standing.updated(1.5),
        lambda: standing.updated(0.5, score=math.inf),
        lambda: standing.updated(0.5, forgetting=0.0),
        lambda: standing.lower_quantile(0.0),
        lambda: standing.lower_quantile(prior=1.5),
        lambda: standing.lower_quantile(strength=0.0),
        lambda: standing.trust(dues=-1.0),
        lambda: prior_from(standing, strength=0.0),
        lambda: value_cap(-1.0),
    ):
        with pytest.raises(ValueError, match=r"not -?(\d|inf)"):
            call()
