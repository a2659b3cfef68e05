"""``--set a.b=c``: change a value of a parsed file from the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.errors import InputError
from orchestrator.strict_yaml.yaml_parser import MAX_DEPTH, parse
from orchestrator.strict_yaml.yaml_scalar import resolve
from orchestrator.strict_yaml.yaml_tree import Fault, Mark, Node, Tree, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

_PART = r'"[^"]*"|[^."=]+'
_OVERRIDE = re.compile(rf"((?:{_PART})(?:\.(?:{_PART}))*)=(.*)", re.DOTALL)


def override(tree: Tree, options: Sequence[str]) -> Tree:
    """Return the tree with every ``path=value`` applied, in order.

    A path is keys and list indexes joined by dots; a key that holds a dot is quoted:
    ``prices."gpt-4.1".input=2``. A value that begins with a bracket, brace or quote is YAML in
    flow style, else a plain scalar, so ``goal=Is it 3: 4?`` needs no quotes. Missing keys of a
    mapping are created. Nodes are shared with the old tree, which stays as it was: setting a value
    below one alias leaves the others alone.

    >>> tree = override(parse("{tasks: [{value: 1}]}", "a.yaml"), ["tasks.0.value=3"])
    >>> tree.root.value["tasks"].value[0].value["value"]
    Node(value=3, mark=Mark(source='--set tasks.0.value=3', line=0, column=0), keys={})
    """
    root, faults = tree.root, list(tree.faults)
    for index, option in enumerate(options):
        mark = Mark(f"--set {_clip(option)}", 0, index)
        try:
            parts, value = _read(option, mark)
            root = _replace(root, parts, 0, value)
        except InputError as error:
            faults.extend(Fault(mark, problem.message) for problem in error.problems)
        except ValueError as error:
            faults.append(Fault(mark, str(error)))
    return Tree(root, faults)


def _clip(option: str) -> str:
    shown = option if len(option) <= 80 else f"{option[:77]}..."
    return shown if shown.isprintable() else f"{shown!a}"


def _read(option: str, mark: Mark) -> tuple[list[str], Node]:
    matched = _OVERRIDE.fullmatch(option)
    if matched is None:
        raise ValueError("expected path=value, as in workers.0.cost=3")
    parts = [part.strip('"') for part in re.findall(_PART, matched[1])]
    if len(parts) > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    text = matched[2].strip()
    if not text.startswith(("[", "{", '"', "'")):
        return parts, Node(resolve(text), mark)
    tree = parse(text, mark.source)
    if tree.faults:
        raise refusal(tree.faults)
    return parts, _moved(tree.root, mark)


def _moved(node: Node, mark: Mark) -> Node:
    if isinstance(node.value, dict):
        moved = {key: _moved(child, mark) for key, child in node.value.items()}
        return Node(moved, mark, dict.fromkeys(moved, mark))
    if isinstance(node.value, list):
        return Node([_moved(child, mark) for child in node.value], mark)
    return Node(node.value, mark)


def _replace(node: Node, parts: Sequence[str], done: int, new: Node) -> Node:
    if done == len(parts):
        return new
    part, so_far = parts[done], ".".join(parts[:done]) or "the file"
    if isinstance(node.value, dict):
        child = node.value.get(part, Node({}, new.mark))
        keys = {**node.keys, part: node.keys.get(part, new.mark)}
        return Node({**node.value, part: _replace(child, parts, done + 1, new)}, node.mark, keys)
    if not isinstance(node.value, list):
        raise ValueError(f"{so_far} is no mapping or list, so it has no {part!r}")  # noqa: TRY004
    if not re.fullmatch("[0-9]{1,9}", part) or int(part) >= len(node.value):
        raise ValueError(
            f"{so_far} is a list of {len(node.value)} items, so it has no item {part!r}"
        )
    items = list(node.value)
    items[int(part)] = _replace(items[int(part)], parts, done + 1, new)
    return Node(items, node.mark)
