"""Mechanisms get the configured settings, or what they cannot do without from the population."""

from pathlib import Path

import pytest

from orchestrator.audit.ground import Ground, mechanism, settings_of
from orchestrator.audit.rivals import RIVALS
from orchestrator.verbs.options import read
from protocols.catalog import MECHANISMS
from protocols.contingent import ContingentVcg
from protocols.units import money
from tests.orchestrator.audit.crowds import crowd
from tests.orchestrator.command import CONFIGS, truthbid


def test_the_configured_settings_are_audited() -> None:
    """The stake of the quickstart is not the default one."""
    config, _ = read(CONFIGS / "quickstart.yaml", [])
    rule = mechanism(settings_of({"name": "contingent-vcg"}, config), crowd())
    assert isinstance(rule, ContingentVcg)
    assert rule.stake == money("0.02")
    assert settings_of({"name": "vcg"}, config) == {"name": "vcg"}


@pytest.mark.parametrize("name", [*MECHANISMS, *RIVALS])
def test_every_mechanism_can_be_made(name: str) -> None:
    """Those that need a sample of costs or a budget take it from the population."""
    assert mechanism(settings_of({"name": name}, None), crowd()).name == name


def test_an_unknown_name_is_explained() -> None:
    """With the nearest one that there is."""
    with pytest.raises(ValueError, match="first-price"):
        settings_of({"name": "frist-price"}, None)


def test_what_a_journal_cannot_say_is_left_out_with_its_reason(tmp_path: Path) -> None:
    """How sure models are of answers that were never bought is in no journal."""
    journal = tmp_path / "run.db"
    assert truthbid("run", CONFIGS / "quickstart.yaml", "--journal", journal, "--quiet").code == 0
    rules = {name: settings_of({"name": name}, None) for name in ("vcg", "escalation")}
    ground = Ground(journal, None, tmp_path, True, rules, 0, 2)
    population, made = ground()
    assert list(made) == ["vcg"]
    assert "that were bought" in ground.left_out(population)["escalation"]
    assert ground.left_out(crowd()) == {}
