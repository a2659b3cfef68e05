"""A parsed document as plain values, each with its place in the user's input."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orchestrator.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.strict_yaml.yaml_scalar import Scalar


class Mark(NamedTuple):
    """A place in the user's input; lines and columns count from 1, an option has line 0."""

    source: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return ``file:line:column``, or the option as it was typed."""
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


class Node(NamedTuple):
    """A value and where it stands; ``keys`` are the places of a mapping's keys."""

    value: Scalar | list[Node] | dict[str, Node]
    mark: Mark
    keys: Mapping[str, Mark] = {}


class Fault(NamedTuple):
    """A problem that can still be sorted by its place."""

    mark: Mark
    message: str


class Tree(NamedTuple):
    """A parsed document, and what is wrong with it although it could be read to its end."""

    root: Node
    faults: list[Fault]


def refusal(faults: Iterable[Fault]) -> InputError:
    """Return the error that reports the faults: those of files by place, then those of options."""
    ordered = sorted(set(faults), key=lambda fault: (fault.mark.line == 0, *fault.mark[1:], fault))
    return InputError(Problem(str(fault.mark), fault.message) for fault in ordered)
