"""What pydantic refuses, said in plain words at the place in the user's file."""

from __future__ import annotations

import difflib
import re
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from orchestrator.strict_yaml.location import Loc, allowed_keys, locate
from orchestrator.strict_yaml.yaml_tree import Fault, Mark, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

MAX_EXPLAINED = 1000
"""Far more than is ever shown; a file of a hundred thousand mistakes must not take minutes."""

_KIND = "expected "

_EXPECTED: dict[str, str] = {
    **dict.fromkeys(("bool_type", "bool_parsing"), "expected true or false"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "expected an integer"),
    **dict.fromkeys(("float_type", "float_parsing"), "expected a number"),
    **dict.fromkeys(("decimal_type", "decimal_parsing"), "expected a number"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "expected a list"),
    **dict.fromkeys(("dict_type", "model_type", "dataclass_type"), "expected a mapping"),
    "model_attributes_type": "expected a mapping",
    **dict.fromkeys(("literal_error", "enum"), "expected {expected}"),
    "string_type": "expected a text",
    "string_too_short": "expected a text of at least {min_length} characters",
    "string_too_long": "expected a text of at most {max_length} characters",
    "string_pattern_mismatch": "expected a text that matches {pattern}",
    "too_short": "expected at least {min_length} items",
    "too_long": "expected at most {max_length} items",
    "none_required": "expected null",
    "finite_number": "expected a finite number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "decimal_max_places": "expected at most {decimal_places} decimal places",
    "decimal_max_digits": "expected at most {max_digits} digits",
}


def explain(
    error: ValidationError, root: Node, model: type[BaseModel], hide: Callable[[str], str]
) -> Iterator[Fault]:
    """Yield one fault per offending value, at its place; values are shown as the user wrote them.

    The members of a union that all refuse one value make one fault. A validator may point below
    its own value with ``PydanticCustomError(kind, text, {"at": ("tasks", 3, "needs", 0)})``.

    Args:
        error: What ``model`` raised for the data of ``root``.
        root: The tree the data came from, before variables were filled in.
        model: Suggests key names.
        hide: Replaces secrets in text that others wrote, such as the message of a validator.
    """
    allowed = cache(partial(allowed_keys, model))
    refused: dict[tuple[Loc, Mark, str], dict[str, None]] = {}
    judged: set[tuple[Loc, Mark]] = set()
    for detail in error.errors(include_url=False, include_input=False)[:MAX_EXPLAINED]:
        context = detail.get("ctx", {})
        loc: Loc = (*detail["loc"], *context.get("at", ()))
        path, nodes = locate(root, loc, absent=detail["type"] == "missing")
        if sentence := _SENTENCES.get(detail["type"]):
            yield sentence(Finding(path, nodes, loc, context, allowed))
        elif clause := _clause(detail):
            refused.setdefault((path, nodes[-1].mark, _shown(nodes[-1])), {})[clause] = None
        else:
            judged.add((path, nodes[-1].mark))
            yield Fault(nodes[-1].mark, f"{_dotted(path)}{_foreign(detail, hide)}")
    for (path, mark, shown), clauses in refused.items():
        if (path, mark) not in judged:  # by a validator of the member that was meant
            yield Fault(mark, f"{_dotted(path)}{_either(list(clauses))}, got {shown}")


class Finding(NamedTuple):
    """One pydantic error, found in the file: the nodes lead from the root along ``path``."""

    path: Loc
    nodes: list[Node]
    loc: Loc
    context: Mapping[str, Any]
    allowed: Callable[[Loc], list[str]]


def _clause(detail: ErrorDetails) -> str | None:
    if template := _EXPECTED.get(detail["type"]):
        limits = detail.get("ctx", {}).items()
        return template.format_map({name: _short(limit) for name, limit in limits})
    if detail["msg"].startswith("Input should"):  # pydantic's own; a part of the value may follow
        return detail["msg"].removeprefix("Input ").partition(",")[0]
    return None


def _either(clauses: Sequence[str]) -> str:
    """Join what the members of a union say; who minds the size has understood the kind."""
    sizes = [clause for clause in clauses if not clause.startswith(_KIND)]
    if sizes:
        return ", or ".join(sizes)
    return _KIND + " or ".join(clause.removeprefix(_KIND) for clause in clauses)


def _short(limit: object) -> object:
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def _foreign(detail: ErrorDetails, hide: Callable[[str], str]) -> str:
    """Return the message that a validator wrote; it may quote any value."""
    error = detail.get("ctx", {}).get("error")
    words = " ".join(hide(str(error or detail["msg"])).split())
    return words if words.isprintable() else f"{words!a}"


def _missing(found: Finding) -> Fault:
    message = f"{_dotted(found.path)}key {found.loc[-1]!r} is missing"
    return Fault(found.nodes[-1].mark, message)


def _unknown_key(found: Finding) -> Fault:
    key = str(found.loc[-1])
    near = hint(key, found.allowed(found.loc[:-1]))
    mark = found.nodes[-2:][0].keys.get(key, found.nodes[-1].mark)
    return Fault(mark, f"{_dotted(found.path)}unknown key{near}")


def _unknown_tag(found: Finding) -> Fault:
    name = str(found.context["discriminator"]).strip("'")
    tag = _tag(found.nodes[-1], name)
    near = hint(str(tag.value), re.findall("'(.*?)'", str(found.context["expected_tags"])))
    return Fault(tag.mark, f"{_dotted(found.path)}unknown {name} {_shown(tag)}{near}")


def _tag(node: Node, name: str) -> Node:
    """Return where a tag was written: ``{name: tag}``, short ``{tag: options}`` or ``tag``."""
    if not isinstance(node.value, dict):
        return node
    if name not in node.value and len(node.keys) == 1:
        ((word, mark),) = node.keys.items()
        return Node(word, mark)
    tag: Node = node.value.get(name, node)
    return tag


def _no_tag(found: Finding) -> Fault:
    message = f"{_dotted(found.path)}key {found.context['discriminator']} is missing"
    return Fault(found.nodes[-1].mark, message)


_SENTENCES = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "union_tag_invalid": _unknown_tag,
    "union_tag_not_found": _no_tag,
}


def _shown(node: Node) -> str:
    match node.value:
        case dict():
            return "a mapping"
        case list() as items:
            return f"a list of {len(items)}"
        case None:
            return "nothing"
        case bool() as value:
            return str(value).lower()
        case value:
            text = repr(value)
            return text if len(text) <= 60 else f"{text[:57]}..."


def hint(word: str, allowed: Sequence[str]) -> str:
    """Return the end of a message about an unknown word: the nearest known one, or all of them.

    >>> hint("vikrey", ["vcg", "vickrey"])
    ", did you mean 'vickrey'?"
    """
    near = difflib.get_close_matches(word[:80], allowed, 1)
    if near:
        return f", did you mean {near[0]!r}?"
    return f", expected one of {', '.join(allowed)}" if allowed else ""


def _dotted(path: Loc) -> str:
    names = [str(part)[:60] for part in path]
    joined = ".".join(name if name.isprintable() else f"{name!a}" for name in names)
    return f"{joined}: " if joined else ""
