"""Tests of pydantic's errors in plain words."""

from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import (
    BaseModel,
    Field,
    TypeAdapter,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from orchestrator.strict_yaml.explanation import MAX_EXPLAINED, explain
from orchestrator.strict_yaml.interpolation import Environment, plain
from orchestrator.strict_yaml.yaml_parser import parse


class Colour(Enum):
    """Two words."""

    RED = "red"
    BLUE = "blue"


class Simulated(BaseModel, extra="forbid"):
    """A variant."""

    type: Literal["simulated"]
    cost: float


class Recorded(BaseModel, extra="forbid"):
    """Another variant."""

    type: Literal["recorded"]
    file: str


Worker = Annotated[Simulated | Recorded, Field(discriminator="type")]


def _said(annotation: Any, text: str, variables: dict[str, str] | None = None) -> list[str]:
    """Return the lines for one field ``x`` of the given type."""
    model = create_model("Run", __config__={"extra": "forbid", "strict": True}, x=(annotation, ...))
    root = parse(text, "f").root
    environment = Environment(variables or {})
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(TypeAdapter(Any).dump_json(plain(root, environment, [])))
    faults = explain(caught.value, root, model, environment.hide)
    return [f"{fault.mark} {fault.message}" for fault in faults]


@pytest.mark.parametrize(
    ("annotation", "value", "words"),
    [
        (bool, "1", "expected true or false, got 1"),
        (bool, "no", "expected true or false, got 'no'"),
        (int, "1.5", "expected an integer, got 1.5"),
        (int, "true", "expected an integer, got true"),
        (float, "a", "expected a number, got 'a'"),
        (float, "", "expected a number, got nothing"),
        (str, "[1, 2]", "expected a text, got a list of 2"),
        (list[int], "{}", "expected a list, got a mapping"),
        (tuple[int, ...], "1", "expected a list, got 1"),
        (dict[str, int], "[]", "expected a mapping, got a list of 0"),
        (Simulated, "3", "expected a mapping, got 3"),
        (Literal["a", "b"], "c", "expected 'a' or 'b', got 'c'"),
        (Colour, "green", "expected 'red' or 'blue', got 'green'"),
        (Decimal, "x", "expected a number, got 'x'"),
        (None, "1", "expected null, got 1"),
        (Annotated[float, Field(ge=0)], "-1", "must be at least 0, got -1"),
        (Annotated[int, Field(gt=0)], "0", "must be more than 0, got 0"),
        (Annotated[float, Field(le=1)], "1.5", "must be at most 1, got 1.5"),
        (Annotated[float, Field(lt=0.5)], "1", "must be less than 0.5, got 1"),
        (Annotated[int, Field(multiple_of=5)], "7", "must be a multiple of 5, got 7"),
        (
            Annotated[str, Field(min_length=2)],
            "a",
            "expected a text of at least 2 characters, got 'a'",
        ),
        (
            Annotated[str, Field(max_length=2)],
            "abc",
            "expected a text of at most 2 characters, got 'abc'",
        ),
        (Annotated[str, Field(pattern="^a$")], "b", "expected a text that matches ^a$, got 'b'"),
        (
            Annotated[list[int], Field(min_length=1)],
            "[]",
            "expected at least 1 items, got a list of 0",
        ),
        (
            Annotated[list[int], Field(max_length=1)],
            "[1, 2]",
            "expected at most 1 items, got a list of 2",
        ),
        (int | None, "a", "expected an integer, got 'a'"),
        (Annotated[int, Field(ge=0)] | list[int], "-1", "must be at least 0, got -1"),
        (int | str, "[]", "expected an integer or a text, got a list of 0"),
        (int, "x" * 100, f"expected an integer, got '{'x' * 56}..."),
        (int, '"\\e[31m"', "expected an integer, got '\\x1b[31m'"),
    ],
)
def test_values(annotation: Any, value: str, words: str) -> None:
    """A refused value is one line: place, path, what was expected, what the file says."""
    assert _said(annotation, f"x: {value}") == [f"f:1:{4 if value else 3} x: {words}"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x: {type: simulated}", "1:4 x: key 'cost' is missing"),
        ("x: {cost: 1}", "1:4 x: key 'type' is missing"),
        ("x: {type: simulatd}", "1:11 x: unknown type 'simulatd', did you mean 'simulated'?"),
        ("x: {type: zzz}", "1:11 x: unknown type 'zzz', expected one of simulated, recorded"),
        ("x: {type: [1]}", "1:11 x: unknown type a list of 1, expected one of simulated, recorded"),
        ("x: 5", "1:4 x: expected a mapping, got 5"),
        ("x: {type: simulated, cost: a}", "1:28 x.cost: expected a number, got 'a'"),
        (
            "x: {type: simulated, cost: 1, cots: 1}",
            "1:31 x.cots: unknown key, did you mean 'cost'?",
        ),
        (
            "x: {type: recorded, file: a, qq: 1}",
            "1:30 x.qq: unknown key, expected one of file, type",
        ),
        (
            'x: {type: recorded, file: a, "\\e": 1}',
            "1:30 x.'\\x1b': unknown key, expected one of file, type",
        ),
    ],
)
def test_keys_and_tags(text: str, line: str) -> None:
    """Missing keys point at their mapping, unknown keys and tags at themselves, with a hint."""
    assert _said(Worker, text) == [f"f:{line}"]


def test_secrets_are_named() -> None:
    """The value of a variable is never shown, wherever it is refused."""

    class Keyed(BaseModel):
        key: str

        @field_validator("key")
        @classmethod
        def _known(cls, key: str) -> str:
            raise ValueError(f"no such key:\n{key!r}")

    class Loud(BaseModel):
        key: str

        @field_validator("key")
        @classmethod
        def _known(cls, key: str) -> str:
            raise ValueError(f"bad {key}")

    variables = {"KEY": "sk-12345"}
    lines = {"KEY": "line 1\nline 2"}
    assert _said(UUID, "x: ${KEY}", variables) == ["f:1:4 x: should be a valid UUID, got '${KEY}'"]
    assert _said(int, "x: ${KEY}", variables) == ["f:1:4 x: expected an integer, got '${KEY}'"]
    assert _said(Literal["a"], "x: ${KEY}", variables) == ["f:1:4 x: expected 'a', got '${KEY}'"]
    said = _said(Keyed, "x: {key: 'Bearer ${KEY}'}", variables)
    assert said == ["f:1:10 x.key: no such key: 'Bearer ${KEY}'"]
    said = _said(Loud, "x: {key: '${KEY}'}", lines)
    assert said == ["f:1:10 x.key: bad ${KEY}"]
    said = _said(Worker, "x: {type: '${KEY}'}", variables)
    assert said == ["f:1:11 x: unknown type '${KEY}', expected one of simulated, recorded"]


def test_validators_may_point_below_themselves() -> None:
    """A custom error with ``at`` in its context is placed there; its text is a whole sentence."""

    class Graph(BaseModel):
        tasks: list[dict[str, list[str]]]

        @field_validator("tasks")
        @classmethod
        def _needs_exist(cls, tasks: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
            at = {"name": "zz", "at": (1, "needs", 0)}
            raise PydanticCustomError("unknown_task", "no task is called '{name}'", at)

    said = _said(Graph, "x:\n  tasks:\n  - needs: []\n  - needs: [zz]\n")
    assert said == ["f:4:13 x.tasks.1.needs.0: no task is called 'zz'"]


def test_keys_made_by_validators() -> None:
    """An unknown key that a validator made up is placed at the value it was made from."""

    class Strict(BaseModel, extra="forbid"):
        a: int

        @model_validator(mode="before")
        @classmethod
        def _expand(cls, _: object) -> dict[str, int]:
            return {"a": 1, "b": 2}

    said = _said(Strict, "x: short")
    assert said == ["f:1:4 x: unknown key, expected one of a"]


def test_endless_keys_are_clipped() -> None:
    """A key of a million characters does not flood the terminal."""
    (line,) = _said(Worker, f"x: {{type: recorded, file: a, ? {'k' * 1_000_000} : 1}}")
    assert len(line) < 150


def test_a_flood_is_bounded() -> None:
    """Of a hundred thousand mistakes only some are put into words, in bounded time."""
    assert len(_said(list[int], "x: [" + "a," * 100_000 + "]")) == MAX_EXPLAINED
