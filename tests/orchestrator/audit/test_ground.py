"""Mechanisms get the configured settings, or what they cannot do without from the population."""

import pytest

from orchestrator.audit.ground import mechanism, settings_of
from orchestrator.audit.rivals import RIVALS
from orchestrator.verbs.options import read
from protocols.catalog import MECHANISMS
from protocols.contingent import ContingentVcg
from protocols.units import money
from tests.orchestrator.audit.crowds import crowd
from tests.orchestrator.command import CONFIGS


def test_the_configured_settings_are_audited() -> None:
    """The stake of the quickstart is not the default one."""
    config, _ = read(CONFIGS / "quickstart.yaml", [])
    rule = mechanism("contingent-vcg", settings_of("contingent-vcg", config), crowd())
    assert isinstance(rule, ContingentVcg)
    assert rule.stake == money("0.02")
    assert settings_of("vcg", config) == {"name": "vcg"}


@pytest.mark.parametrize("name", [*MECHANISMS, *RIVALS])
def test_every_mechanism_can_be_made(name: str) -> None:
    """Those that need a sample of costs or a budget take it from the population."""
    assert mechanism(name, settings_of(name, None), crowd()).name == name


def test_an_unknown_name_is_explained() -> None:
    """With the nearest one that there is."""
    with pytest.raises(ValueError, match="first-price"):
        settings_of("frist-price", None)
