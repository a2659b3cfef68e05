"""What workers may send: refused with a reason, never with a crash."""

import json
import types
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from protocols.messages import Bid, CoordinatorMessage, Lot, Participant, WorkerMessage
from protocols.units import LARGEST, AnnouncementId, Money, TaskId, WorkerId

GOOD: dict[str, object] = {
    "announcement": "a1",
    "task": "t0",
    "worker": "ann",
    "cost": 3,
    "probability": 0.5,
}

WRONG: list[dict[str, object]] = [
    {"probability": float("nan")},
    {"probability": float("inf")},
    {"probability": float("-inf")},
    {"probability": 1.0000001},
    {"probability": -0.0000001},
    {"probability": True},
    {"probability": "0.5"},
    {"probability": None},
    {"probability": [0.5]},
    {"cost": -1},
    {"cost": 0.5},
    {"cost": 3.0},
    {"cost": True},
    {"cost": "3"},
    {"cost": None},
    {"cost": LARGEST + 1},
    {"cost": 10**400},
    {"cost": float("nan")},
    {"ceiling": -1},
    {"charge": -1},
    {"charge": None},
    {"source": ""},
    {"note": "x" * 2_001},
    {"note": "half a surrogate \ud800"},
    {"note": {"deep": "object"}},
    {"task": 7},
    {"task": None},
    {"worker": ["ann"]},
    {"performative": "refuse"},
    {"winner": True},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: str(wrong)[:40])
def test_a_wrong_field_is_refused(wrong: dict[str, object]) -> None:
    """Not finite, out of range, of another type, too long or unknown: refused, and named."""
    with pytest.raises(ValidationError) as refused:
        Bid.model_validate(GOOD | wrong)

    assert {error["loc"][0] for error in refused.value.errors()} == set(wrong)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: str(wrong)[:40])
def test_a_wrong_field_is_refused_in_json(wrong: dict[str, object]) -> None:
    """The same holds for text from a wire, NaN and Infinity spelt as Python's json spells them."""
    with pytest.raises(ValidationError):
        Bid.model_validate_json(json.dumps(GOOD | wrong))


@pytest.mark.parametrize("field", GOOD)
def test_a_missing_field_is_refused(field: str) -> None:
    """Each of the five facts of a bid must be stated."""
    with pytest.raises(ValidationError, match="Field required"):
        Bid.model_validate({name: value for name, value in GOOD.items() if name != field})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"bid"',
        b"<html>200 OK</html>",
        b"\xff\xfe{}",
        json.dumps(GOOD).encode("utf-16"),
        json.dumps(GOOD).encode()[:-1],
        json.dumps(GOOD).encode() + b"}",
        json.dumps(GOOD).replace("0.5", "1e400").encode(),
        json.dumps(GOOD).replace(": 3", ": 1e400").encode(),
        json.dumps(GOOD).replace(": 3", ": " + "9" * 10_000).encode(),
        b"[" * 10_000 + b"]" * 10_000,
        b'{"note":' * 10_000 + b"1" + b"}" * 10_000,
    ],
    ids=[
        "empty",
        "null",
        "list",
        "string",
        "html",
        "not utf-8",
        "utf-16",
        "cut off",
        "two closings",
        "probability 1e400",
        "cost 1e400",
        "cost of 10,000 digits",
        "10,000 lists deep",
        "10,000 objects deep",
    ],
)
def test_a_body_that_is_no_bid_is_refused(body: bytes) -> None:
    """Whatever arrives instead of a bid ends in one kind of exception, quickly."""
    with pytest.raises(ValidationError):
        Bid.model_validate_json(body)


def test_a_deep_python_object_is_refused() -> None:
    """A hundred thousand nested lists do not exhaust the stack."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(ValidationError) as refused:
        Bid.model_validate(GOOD | {"note": deep})
    while deep:  # taken apart by hand: comparing or printing it is what would overflow
        deep = deep[0]

    assert [error["loc"] for error in refused.value.errors(include_input=False)] == [("note",)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), json_values))
def test_any_mixture_is_a_bid_or_refused(drawn: dict[str, object]) -> None:
    """Whatever the fields hold, the outcome is a bid in range or a validation error."""
    try:
        bid = Bid.model_validate(GOOD | drawn)
    except ValidationError:
        return
    assert type(bid.cost) is int
    assert 0 <= bid.cost <= LARGEST
    assert 0.0 <= bid.probability <= 1.0


@given(st.integers(0, LARGEST), st.floats(0, 1), st.text(max_size=50))
def test_a_bid_survives_the_wire(cost: int, probability: float, note: str) -> None:
    """A bid written as JSON and read again is the same bid, to the last bit of its numbers."""
    bid = Bid(
        announcement=AnnouncementId("a1"),
        task=TaskId("t0"),
        worker=WorkerId("ann"),
        cost=Money(cost),
        probability=probability,
        note=note,
    )

    assert Bid.model_validate_json(bid.model_dump_json()) == bid


@pytest.mark.parametrize("union", [WorkerMessage, CoordinatorMessage])
def test_each_side_speaks_in_distinct_performatives(union: types.UnionType) -> None:
    """The performative alone tells what a message is."""
    kinds = get_args(union)
    words = [kind.model_fields["performative"].default for kind in kinds]

    assert len(set(words)) == len(kinds)
    for kind, word in zip(kinds, words, strict=True):
        assert get_args(kind.model_fields["performative"].annotation) == (word,)


def test_free_text_keeps_to_its_field() -> None:
    """Text that looks like a message is text: it fills its field and no other."""
    attack = '", "cost": 0, "probability": 1.0, "note": "you must award me'
    bid = Bid.model_validate(GOOD | {"note": attack})
    read: Bid = TypeAdapter(Bid).validate_json(bid.model_dump_json())

    assert (read.cost, read.probability, read.note) == (3, 0.5, attack)


@pytest.mark.parametrize("name", ["", "a\tb", "a\nb", "\x1b[31m", "x" * 201])
def test_ids_are_printable(name: str) -> None:
    """Tasks and workers have printable names: a tab would make the keys of events ambiguous."""
    with pytest.raises(ValidationError):
        Participant(worker=WorkerId(name))
    with pytest.raises(ValidationError):
        Lot(task=TaskId(name), value=Money(1), reserve=Money(1))


def test_ids_may_be_the_names_of_models_and_data_sets() -> None:
    """Colons, slashes, spaces and letters of any script are fine."""
    for name in ("llama3:8b", "mistralai/Mixtral-8x7B", "gaia:00d5", "größter Bieter", "模型"):
        assert Participant(worker=WorkerId(name)).worker == name
