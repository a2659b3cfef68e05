"""The catalog of mechanisms."""

import pytest
from pydantic import ValidationError

from protocols.catalog import MECHANISM, MECHANISMS, ContingentVcgSettings
from tests.protocols.auctions import auction
from tests.protocols.examples import EXAMPLES


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_name_builds_its_mechanism(name: str) -> None:
    """The word in the configuration is the word in the allocation and the mechanism."""
    announcement, bids = auction([640, 320], {"a": [(64, 0.75)] * 2, "b": [(128, 0.5)] * 2})
    mechanism = EXAMPLES[name]

    assert mechanism.name == name
    assert mechanism.clear(announcement, bids, {}, 0).mechanism == name


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_mechanism_states_its_promises(name: str) -> None:
    """What a mechanism promises is a value; a claim of honesty names what it elicits and assumes."""
    claims = EXAMPLES[name].properties

    assert claims.source
    assert claims.truthful == "no" or (claims.elicits and claims.assumptions)


@pytest.mark.parametrize("name", MECHANISMS)
def test_an_empty_auction_is_cleared(name: str) -> None:
    """Without bids every mechanism leaves the lots unsold."""
    announcement, _ = auction([100, 50], {"a": [None, None]})
    allocation = EXAMPLES[name].clear(announcement, [], {}, 0)

    assert allocation.awards == ()
    assert [lot.reason for lot in allocation.unsold] == ["no-bids", "no-bids"]


def test_amounts_are_written_in_units() -> None:
    """A stake of 0.02 is twenty million nano-units."""
    settings = MECHANISM.validate_python({"name": "contingent-vcg", "stake": 0.02})

    assert isinstance(settings, ContingentVcgSettings)
    assert settings.stake == 20_000_000


def test_an_unknown_setting_is_refused() -> None:
    """A setting that the mechanism does not have is an error, not silence."""
    with pytest.raises(ValidationError, match="stake"):
        MECHANISM.validate_python({"name": "vcg", "stake": 0.02})


def test_the_schema_tells_mechanisms_apart_by_name() -> None:
    """Editors get a JSON Schema with one branch per name."""
    schema = MECHANISM.json_schema()

    assert set(schema["discriminator"]["mapping"]) == set(MECHANISMS)
