"""What a fork says of its parent."""

import json

import pytest
from pydantic import ValidationError

from protocols.events import EVENT, RunOpened
from protocols.forking import Forked

FORKED = Forked(run="r", seq=3, hash="0" * 64, announced=1, at=1.5, opened="{}")


def test_it_survives_the_journal() -> None:
    """The first event of a fork is read as it was written; that of another run says nothing."""
    opened = RunOpened(
        run="f",
        version="0",
        seed=0,
        currency="USD",
        budget=None,
        participants=(),
        config={},
        config_digest="d",
        forked=FORKED,
    )
    assert EVENT.validate_json(EVENT.dump_json(opened)) == opened
    older = opened.model_dump(mode="json", exclude={"forked"})
    read = EVENT.validate_json(json.dumps(older))
    assert isinstance(read, RunOpened)
    assert read.forked is None


@pytest.mark.parametrize("wrong", [{"seq": 0}, {"hash": "x"}, {"announced": -1}])
def test_what_cannot_be(wrong: dict[str, object]) -> None:
    """A fork takes over at least the first entry, and names its hash in hexadecimal."""
    with pytest.raises(ValidationError):
        Forked.model_validate({**FORKED.model_dump(), **wrong})
