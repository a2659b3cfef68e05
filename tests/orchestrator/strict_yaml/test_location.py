"""Tests of finding pydantic's ``loc`` in the file and in the model."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from orchestrator.strict_yaml.location import Loc, allowed_keys, locate
from orchestrator.strict_yaml.yaml_parser import parse


class Judge(BaseModel):
    """A tagged variant whose tag is one of its keys too."""

    type: Literal["judge"]
    judge: str
    cost: float = 0


class Table(BaseModel):
    """Another variant, with a key of its own."""

    type: Literal["table", "csv"]
    rows: dict[str, Judge] = {}


class Run(BaseModel):
    """What a file holds."""

    workers: list[Annotated[Judge | Table, Field(discriminator="type")]] = []
    pair: tuple[Judge, Table] | None = None
    spare: Judge | None = None


_ROOT = parse(
    """\
workers:
  - {type: judge, judge: small, cost: -1}
  - {type: table, rows: {k: {type: judge, judge: x}}}
""",
    "a.yaml",
).root


@pytest.mark.parametrize(
    ("loc", "path"),
    [
        ((), ()),
        (("workers",), ("workers",)),
        (("workers", 0, "judge", "cost"), ("workers", 0, "cost")),
        (("workers", 0, "judge", "judge"), ("workers", 0, "judge")),
        (("workers", 0, "judge", "judge", "int"), ("workers", 0, "judge")),
        (("workers", 1, "table", "rows", "k", "cost"), ("workers", 1, "rows", "k")),
        (("workers", 1, "table", "rows", "k", "[key]"), ("workers", 1, "rows", "k")),
        (("workers", 7, "cost"), ("workers",)),
        (("list[union]", "workers"), ("workers",)),
    ],
)
def test_labels_are_skipped(loc: Loc, path: Loc) -> None:
    """Parts of a loc that are labels of pydantic lie nowhere in the file."""
    found, nodes = locate(_ROOT, loc)
    assert found == path
    assert len(nodes) == len(path) + 1


def test_missing_keys() -> None:
    """A missing key is not followed, and the tag before it is still a tag."""
    root = parse("{type: judge, judge: small}", "a.yaml").root
    assert locate(root, ("judge", "cost"), absent=True)[0] == ()


@pytest.mark.parametrize(
    ("loc", "keys"),
    [
        ((), ["pair", "spare", "workers"]),
        (("workers", 0, "judge"), ["cost", "judge", "type"]),
        (("workers", 0, "csv"), ["rows", "type"]),
        (("workers", 0), ["cost", "judge", "rows", "type"]),
        (("workers", 0, "table", "rows", "k"), ["cost", "judge", "type"]),
        (("pair", 1), ["rows", "type"]),
        (("spare",), ["cost", "judge", "type"]),
    ],
)
def test_allowed_keys(loc: Loc, keys: list[str]) -> None:
    """The keys a model allows follow lists, tuples, mappings, options and tags."""
    assert allowed_keys(Run, loc) == keys
