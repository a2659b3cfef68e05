"""Model calls as values."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from workers.chat import ChatRequest, Lane, Message

ASK = {"model": "m", "messages": ({"role": "user", "content": "é"},), "max_tokens": 5}


def test_a_size_is_in_bytes() -> None:
    """Letters outside ASCII count for the bytes that they take."""
    request = ChatRequest(model="m", messages=(Message(role="user", content="é"),), max_tokens=5)
    assert request.size == 2


def test_a_request_survives_its_json() -> None:
    """What is written to a recording is read back as the same request."""
    request = ChatRequest(
        model="m",
        messages=(Message(role="user", content="é"),),
        max_tokens=5,
        form={"type": "object", "required": ["a"], "additionalProperties": False},
        lane=Lane(task="t", worker="w", phase="bid"),
    )
    assert ChatRequest.model_validate_json(request.model_dump_json()) == request


@pytest.mark.parametrize(
    "change",
    [
        {"messages": ()},
        {"max_tokens": 0},
        {"max_tokens": True},
        {"temperature": float("nan")},
        {"temperature": -1.0},
        {"model": ""},
        {"logprobs": -1},
        {"logprobs": 21},
        {"top_p": 1.0},
    ],
)
def test_a_request_without_sense_is_refused(change: dict[str, object]) -> None:
    """Empty conversations, impossible limits and unknown fields never reach an endpoint."""
    with pytest.raises(ValidationError):
        ChatRequest.model_validate(ASK | change)


def test_a_lane_names_task_worker_and_phase() -> None:
    """The name of a lane is what a message about it shows."""
    assert str(Lane(task="t1", worker="small", phase="bid")) == "t1/small/bid"
