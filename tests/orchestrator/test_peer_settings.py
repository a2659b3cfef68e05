"""Tests of the section ``peer``."""

import pytest
from pydantic import ValidationError

from orchestrator.peer_settings import HIGHEST, UNFED, PeerSettings, highest_score, peer_settings
from protocols.contingent import ContingentVcg
from protocols.peer_paid import PeerPaid
from protocols.vcg import Vcg
from scoring.catalog import AGGREGATORS, PEER_MECHANISMS, SCORING_RULES
from scoring.panel import panel_of
from scoring.peer import PeerReport, PeerScore, draw


def test_the_names_are_those_of_the_catalog() -> None:
    """Every mechanism and aggregator that can be asked for is one of the scoring package."""
    assert set(HIGHEST) <= set(PEER_MECHANISMS)
    assert set(UNFED) <= set(AGGREGATORS)
    assert not set(HIGHEST) & set(SCORING_RULES)


@pytest.mark.parametrize("mechanism", HIGHEST)
def test_no_score_is_above_the_highest(mechanism: str) -> None:
    """What is held for an award covers the best score, also of workers that are always right."""
    reports = [
        PeerReport(f"t{task}", worker, worker, worker, "ab"[int(draw(1, str(task)) * 2)])
        for task in range(60)
        for worker in "wxyz"
    ]
    gold = {f"t{task}": "ab"[int(draw(1, str(task)) * 2)] for task in range(30)}
    options = {"gold": gold} if mechanism == "gold-hybrid" else {}
    results = PEER_MECHANISMS[mechanism](panel_of(reports), **options)
    scores = [one.score for one in results if isinstance(one, PeerScore)]
    assert scores
    assert max(scores) <= highest_score(mechanism)


def test_scoring_rules_have_their_own_bound() -> None:
    """A contract without peers holds what its scoring rule can pay."""
    assert highest_score("quadratic") == SCORING_RULES["quadratic"].bounds[1]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"mechanism": "surrogate"}, "'surrogate' needs what a market does not ask for; take one"),
        ({"mechanism": "output-agrement"}, "did you mean 'output-agreement'?"),
        ({"aggregate": "surprisingly-popular"}, "'surprisingly-popular' needs what a market"),
        ({"aggregate": "dawid"}, "unknown aggregate 'dawid'"),
        ({"classes": "judge"}, "'normalised', 'exact' or 'numeric'"),
        ({"tolerance": 1}, "a tolerance is for classes: numeric"),
        ({"stakes": 1}, "stakes"),
    ],
)
def test_what_is_refused(given: dict[str, object], words: str) -> None:
    """Names that are unknown, or that a market cannot feed, are refused in one line."""
    with pytest.raises(ValidationError):
        PeerSettings.model_validate(given)
    with pytest.raises(ValueError, match=r"^peer") as caught:
        peer_settings(given)
    assert words in str(caught.value)


def test_settings_are_read_back_as_they_were_recorded() -> None:
    """What a journal holds gives the same settings again."""
    settings = peer_settings({"stake": "0.02", "classes": "numeric", "tolerance": "0.5"})
    assert settings is not None
    assert settings.stake == 20_000_000
    assert peer_settings(settings.model_dump(mode="json")) == settings
    assert peer_settings(None) is None
    assert peer_settings(settings) is settings


def test_the_mechanism_is_wrapped() -> None:
    """The settings put their stake around a mechanism, and refuse one that pays by outcomes."""
    assert isinstance(PeerSettings().paid(Vcg()), PeerPaid)
    with pytest.raises(ValueError, match="cannot award tasks with redundancy"):
        PeerSettings().paid(ContingentVcg(lambda p: -p * (1 - p)))
