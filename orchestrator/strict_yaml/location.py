"""From the ``loc`` of a pydantic error to the user's nodes, and to the keys the model allows there.

A ``loc`` mixes keys and indexes of the data with labels of pydantic's own: the tag of a
discriminated union, the name of a union's member. The labels lie nowhere in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from orchestrator.strict_yaml.yaml_tree import Node

Loc: TypeAlias = "tuple[int | str, ...]"
JsonSchema: TypeAlias = "dict[str, Any]"


def locate(root: Node, loc: Loc, *, absent: bool = False) -> tuple[Loc, list[Node]]:
    """Return the parts of ``loc`` that lie in the tree, and the nodes from the root along them.

    Args:
        root: Where ``loc`` starts.
        loc: As pydantic gives it.
        absent: The last part names a key that is missing, so it is not followed.

    >>> from orchestrator.strict_yaml.yaml_parser import parse
    >>> root = parse("workers: [{type: simulated, cost: -1}]", "a.yaml").root
    >>> path, nodes = locate(root, ("workers", 0, "simulated", "cost"))
    >>> path, nodes[-1].value
    (('workers', 0, 'cost'), -1)
    """
    path: list[int | str] = []
    nodes = [root]
    tagged: Node | None = None  # a mapping has one tag: the second time, its name is a key
    for index, part in enumerate(loc[:-1] if absent else loc):
        child = _child(nodes[-1], part)
        if child is None:
            continue
        if nodes[-1] is not tagged and _is_tag(nodes[-1], child, loc[index : index + 2]):
            tagged = nodes[-1]
            continue
        path.append(part)
        nodes.append(child)
    return tuple(path), nodes


def _child(node: Node, part: int | str) -> Node | None:
    if isinstance(node.value, dict):
        child: Node | None = node.value.get(str(part))
        return child
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        items: list[Node] = node.value
        return items[part]
    return None


def _is_tag(node: Node, child: Node, ahead: Loc) -> bool:
    """Tell whether a part that is a key here is rather the tag of this mapping.

    ``{type: judge, judge: small}`` has both. It is the tag when a value of the mapping equals it
    and the next part belongs to this mapping, or cannot lie below the key.
    """
    if not isinstance(node.value, dict) or len(ahead) < 2:
        return False
    if all(other.value != ahead[0] for other in node.value.values()):
        return False
    return ahead[1] in node.value or not isinstance(child.value, (dict, list))


def allowed_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys that the model knows at ``loc``, sorted; several when a union leaves it open.

    >>> from pydantic import BaseModel
    >>> class Worker(BaseModel):
    ...     name: str
    ...     cost: float
    >>> allowed_keys(Worker, ())
    ['cost', 'name']
    """
    schema = model.model_json_schema()
    definitions: dict[str, JsonSchema] = schema.get("$defs", {})
    here = list(_members(schema, definitions))
    for part in loc:
        tagged = [member for member in here if _has_tag(member, part)] if len(here) > 1 else []
        below = [
            member
            for outer in here
            for child in _children(outer, part)
            for member in _members(child, definitions)
        ]
        here = tagged or below or here
    return sorted({str(key) for member in here for key in member.get("properties", ())})


def _members(schema: JsonSchema, definitions: dict[str, JsonSchema]) -> Iterator[JsonSchema]:
    if reference := schema.get("$ref"):
        schema = definitions[str(reference).rpartition("/")[2]]
    yield schema
    for word in ("anyOf", "oneOf", "allOf"):
        for member in schema.get(word, ()):
            yield from _members(member, definitions)


def _children(schema: JsonSchema, part: int | str) -> Iterator[JsonSchema]:
    if isinstance(part, int):
        inner = [*schema.get("prefixItems", ())[part : part + 1], schema.get("items")]
    else:
        inner = [schema.get("properties", {}).get(part) or schema.get("additionalProperties")]
    yield from (child for child in inner if isinstance(child, dict))


def _has_tag(schema: JsonSchema, tag: int | str) -> bool:
    known = schema.get("properties", {}).values()
    return any(tag == field.get("const") or tag in field.get("enum", ()) for field in known)
