"""Strict YAML: text in, a tree of plain values out, in bounded time and memory.

YAML is read by the 1.2 core schema, so ``no`` is a string, ``12:30`` is a string and ``1e3`` is a
number. What a configuration never needs is refused: tags, merge keys, duplicate or non-string
keys, several documents, directives, infinities. JSON is a subset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import yaml

from orchestrator.errors import SHOWN_PROBLEMS
from orchestrator.strict_yaml.yaml_scalar import resolve
from orchestrator.strict_yaml.yaml_text import MAX_BYTES, refuse_characters
from orchestrator.strict_yaml.yaml_tree import Fault, Mark, Node, Tree, refusal

if TYPE_CHECKING:
    from orchestrator.errors import InputError
    from orchestrator.strict_yaml.yaml_scalar import Scalar

MAX_DEPTH = 50
"""A configuration nests about six deep; readers downstream may recurse without care."""
MAX_NODES = 150_000
"""Keys count too: 13,000 tasks of five fields. A longer file is refused within a second."""
MAX_ALIASES = 100
"""People share a handful of blocks; generators have no need to."""

_WITH_C = yaml.__with_libyaml__
_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = yaml.CSafeLoader if _WITH_C else yaml.SafeLoader


class _Anchored(NamedTuple):
    """What an alias stands for, and how much it adds where it is used."""

    node: Node
    nodes: int
    characters: int
    height: int


class _Spot(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def parse(text: str, name: str) -> Tree:
    """Parse one strict YAML document.

    Time and memory are bounded by the caps above, whatever the text: aliases share their nodes
    here, yet count as if they were written out.

    Args:
        text: The document.
        name: What the marks call it, usually the path of the file.

    Raises:
        InputError: The text is not YAML, is empty, or breaks a cap. Faults that let the parser
            go on (a duplicate key, a tag) are returned with the tree instead.

    >>> parse("cost: -1", "a.yaml").root.value["cost"].mark
    Mark(source='a.yaml', line=1, column=7)
    """
    refuse_characters(text, name)
    builder = _Builder(name)
    try:
        return Tree(builder.document(text), builder.faults)
    except yaml.YAMLError as error:
        mark = builder.at(_spot(error))
        raise builder.refused(mark, f"not valid YAML: {_reason(error)}") from error


def _spot(error: yaml.YAMLError) -> _Spot | None:
    if isinstance(error, yaml.MarkedYAMLError):
        return error.problem_mark or error.context_mark
    return None


def _reason(error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError):
        return " ".join(str(error).split())
    start = error.context_mark
    since = f" from {start.line + 1}:{start.column + 1}" if start else ""
    return f"{error.problem}, {error.context}{since}" if error.context else str(error.problem)


class _Builder:
    """Turns parser events into nodes; stops at the first event that breaks a cap."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self._anchors: dict[str, _Anchored] = {}
        self._nodes = self._characters = self._aliases = self._deepest = 0

    def at(self, spot: _Spot | None) -> Mark:
        return Mark(self.name, spot.line + 1, spot.column + 1) if spot else Mark(self.name, 1, 1)

    def refused(self, mark: Mark, message: str) -> InputError:
        return refusal([*self.faults, Fault(mark, message)])

    def _note(self, mark: Mark, message: str) -> None:
        self.faults.append(Fault(mark, message))
        if len(self.faults) > SHOWN_PROBLEMS:
            raise refusal(self.faults)

    def document(self, text: str) -> Node:
        self._events = yaml.parse(text, Loader=_LOADER)
        next(self._events)  # the stream starts
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise self.refused(self.at(None), "the file is empty")
        root = self._node(next(self._events), 0)
        next(self._events)  # the document ends
        extra = next(self._events)
        if not isinstance(extra, yaml.StreamEndEvent):
            raise self.refused(self.at(extra.start_mark), "expected one document, got several")
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        mark = self.at(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, mark, depth)
        before = self._nodes, self._characters, self._deepest
        self._deepest = depth
        if isinstance(event, yaml.ScalarEvent):
            self._count(mark, 1, len(event.value))
            node = Node(self._scalar(event, mark), mark)
        else:
            self._count(mark, 1, 0)
            self._refuse_depth(mark, depth + 1)
            lists = isinstance(event, yaml.SequenceStartEvent)
            node = self._sequence(mark, depth + 1) if lists else self._mapping(mark, depth + 1)
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            if event.tag is not None:
                self._note(mark, f"tags are not accepted, got {event.tag[:40]!r}")
            if event.anchor is not None:
                self._anchors[event.anchor] = self._anchored(node, before, depth)
        self._deepest = max(self._deepest, before[2])
        return node

    def _anchored(self, node: Node, before: tuple[int, int, int], depth: int) -> _Anchored:
        nodes, characters = self._nodes - before[0], self._characters - before[1]
        return _Anchored(node, nodes, characters, self._deepest - depth)

    def _refuse_depth(self, mark: Mark, depth: int) -> None:
        self._deepest = max(self._deepest, depth)
        if depth > MAX_DEPTH:
            raise self.refused(mark, f"nested deeper than {MAX_DEPTH} levels")

    def _count(self, mark: Mark, nodes: int, characters: int) -> None:
        self._nodes += nodes
        self._characters += characters
        if self._nodes > MAX_NODES:
            raise self.refused(mark, f"more than {MAX_NODES} values, counting aliases written out")
        if self._characters > MAX_BYTES:
            raise self.refused(mark, f"more than {MAX_BYTES} characters with aliases written out")

    def _alias(self, event: yaml.AliasEvent, mark: Mark, depth: int) -> Node:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self.refused(mark, f"more than {MAX_ALIASES} aliases")
        name = event.anchor or ""
        if name not in self._anchors:  # an anchor is known once its node is complete: no cycles
            raise self.refused(mark, f"alias *{name[:40]} does not name an earlier anchor")
        anchored = self._anchors[name]
        self._count(mark, anchored.nodes, anchored.characters)
        self._refuse_depth(mark, depth + anchored.height)
        return anchored.node

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> Scalar:
        if not event.implicit[0]:
            return event.value
        try:
            return resolve(event.value)
        except ValueError as error:
            self._note(mark, str(error))
            return event.value

    def _sequence(self, mark: Mark, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth))
        return Node(items, mark)

    def _mapping(self, mark: Mark, depth: int) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, place = self._key(event)
            value = self._node(next(self._events), depth)
            if key in keys:
                first = f"{keys[key].line}:{keys[key].column}"
                self._note(place, f"key {key[:40]!r} is given twice, first at {first}")
            else:
                keys[key], values[key] = place, value
        return Node(values, mark, keys)

    def _key(self, event: yaml.Event) -> tuple[str, Mark]:
        mark = self.at(event.start_mark)
        if not isinstance(event, yaml.ScalarEvent):
            raise self.refused(mark, "a key must be a plain string")
        node = self._node(event, 0)
        if node.value == "<<" and event.implicit[0]:
            self._note(mark, "merge keys (<<) are not accepted")
        elif not isinstance(node.value, str):
            self._note(mark, f"a key must be a string, quote {event.value[:40]!r}")
        return event.value, mark
