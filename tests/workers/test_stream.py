"""Streams put together, however their bytes are cut."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.openai_server import DONE, USAGE, USED, piece
from workers.errors import MalformedReplyError
from workers.stream import Events, Pieces

STREAM = piece("fö") + b": a comment\r\n\r\n" + piece("ur") + piece(finish="stop") + USED + DONE
CUTS = st.lists(st.integers(0, len(STREAM)), max_size=20)


def fed(*chunks: bytes) -> Pieces:
    """Return the pieces of some bytes."""
    pieces = Pieces()
    for chunk in chunks:
        pieces.feed(chunk)
    return pieces


@given(CUTS)
def test_cuts_do_not_matter(cuts: list[int]) -> None:
    """Wherever the network cuts the bytes, in the middle of a letter too, the body is the same."""
    places = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[a:b] for a, b in pairwise(places)]
    pieces = fed(*chunks)
    body = json.loads(json.dumps(pieces.body()))
    (choice,) = body["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("föur", "stop")
    assert (body["usage"], body["model"]) == (USAGE, "tiny-1")
    assert pieces.over


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(noise: bytes) -> None:
    """Noise leaves a body without an answer, or is malformed."""
    pieces = fed(noise, b"data: " + noise + b"\n\n")
    try:
        body = pieces.body()
    except MalformedReplyError:
        assert pieces.over
        return
    assert "choices" not in body


@given(st.recursive(st.none() | st.integers() | st.text(max_size=3), st.lists, max_leaves=5))
def test_any_value_in_any_field_is_survived(value: object) -> None:
    """A piece of the wrong shape adds nothing."""
    bodies = [
        {"choices": value},
        {"choices": [value]},
        {"choices": [{"delta": value}]},
        {"choices": [{"delta": {"tool_calls": value}}]},
        {"choices": [{"delta": {"tool_calls": [value]}}]},
        {"choices": [{"logprobs": {"content": value}}]},
    ]
    events = [b"data: " + json.dumps(body).encode() + b"\n\n" for body in bodies]
    assert isinstance(fed(*events).body(), dict)


def test_lines_of_one_event_belong_together() -> None:
    """Data may be spread over lines, of either ending; other fields are passed over."""
    sent = b"event: x\ndata: 1\r\ndata:2\n\r\n: note\n\ndata: 3\n\n"
    assert list(Events().feed(sent)) == [b"1\n2", b"3"]


def test_an_event_that_is_not_finished_is_none() -> None:
    """What the connection broke off in the middle of is not looked at."""
    pieces = fed(piece("4"), piece("5")[:-2])
    (choice,) = json.loads(json.dumps(pieces.body()))["choices"]
    assert choice["message"]["content"] == "4"


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ((), True),
        ((piece("4"),), True),
        ((piece("4"), USED), True),
        ((piece("4"), piece(finish="stop")), False),
        ((piece("4"), DONE), False),
        ((b'data: {"error": {"message": "overloaded"}}\n\n',), False),
    ],
)
def test_a_stream_has_to_say_that_it_is_over(chunks: tuple[bytes, ...], expected: bool) -> None:
    """By how the answer ended, by the last event, or by an error."""
    assert fed(*chunks).broke_off is expected


def test_only_the_first_choice_counts() -> None:
    """A second answer, which nobody asked for, is not mixed into the first."""
    pieces = fed(piece("4"), piece("5", index=1), piece(finish="stop"), DONE)
    (choice,) = json.loads(json.dumps(pieces.body()))["choices"]
    assert choice["message"]["content"] == "4"


def test_nothing_is_read_after_the_end() -> None:
    """Pieces behind the last event are not part of the answer."""
    pieces = fed(piece("4"), piece(finish="stop"), DONE, piece("5"))
    (choice,) = json.loads(json.dumps(pieces.body()))["choices"]
    assert choice["message"]["content"] == "4"


def test_log_probabilities_are_collected() -> None:
    """Those of all pieces are in the body, in their order."""
    told = {text: {"token": text, "logprob": -0.5} for text in "ab"}
    pieces = fed(*(piece(text, logprobs={"content": [each]}) for text, each in told.items()))
    (choice,) = json.loads(json.dumps(pieces.body()))["choices"]
    assert choice["logprobs"]["content"] == list(told.values())


@pytest.mark.parametrize("data", [b"1", b"[]", b"nonsense", b"\xff", b'"x"'])
def test_what_is_no_object_is_malformed(data: bytes) -> None:
    """The reading is over, and the error quotes the beginning."""
    pieces = fed(b"data: " + data + b"\n\n")
    assert (pieces.over, pieces.whole) == (True, False)
    with pytest.raises(MalformedReplyError, match="begins with"):
        pieces.body()
