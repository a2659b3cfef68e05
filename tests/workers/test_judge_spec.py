"""The description of a judge in a configuration."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from workers.cassette import ReplayChat, save
from workers.endpoint import Endpoint
from workers.judge_spec import JudgeSpec

LOCAL = {"id": "fair", "model": "m", "base_url": "http://127.0.0.1:9/v1", "free": True}


def test_a_judge_is_made_as_described(tmp_path: Path) -> None:
    """It calls the endpoint that is named, and nothing is sent before it is asked."""
    made = JudgeSpec.model_validate(LOCAL).build(tmp_path)
    assert (made.name, isinstance(made.chat, Endpoint)) == ("fair", True)


def test_a_recording_answers_in_place_of_the_endpoint(tmp_path: Path) -> None:
    """Its path starts in the folder of the configuration."""
    save(tmp_path / "calls.jsonl", [])
    made = JudgeSpec.model_validate({**LOCAL, "recording": "calls.jsonl"}).build(tmp_path)
    assert isinstance(made.chat, ReplayChat)


@pytest.mark.parametrize(
    "fields",
    [
        {"price": {"input": 1, "output": 2}},
        {"temperature": 3},
        {"base_url": "ftp://x"},
        {"longest": 0},
        {"id": "a\tb"},
    ],
)
def test_a_description_that_makes_no_sense_is_refused(fields: dict[str, object]) -> None:
    """A free model with a price, numbers out of range, other addresses, ids that cannot be shown."""
    with pytest.raises(ValidationError):
        JudgeSpec.model_validate({**LOCAL, **fields})
