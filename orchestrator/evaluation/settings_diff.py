"""Which settings of two runs differ, as paths that `--set` would take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from protocols.events import RunOpened

_APART: Final = frozenset({"workflow", "folder", "limits", "mechanism"})
"""What the workflow says as well, or what says nothing about it."""

ABSENT: Final = "(none)"


class Setting(NamedTuple):
    """One setting that differs.

    Attributes:
        path: Where it is; entries of lists by their ids, where they have some.
        first: What it is in the first run; ``(none)`` where it is not there.
        second: What it is in the second.
    """

    path: str
    first: object
    second: object


def settings_diff(first: RunOpened, second: RunOpened) -> list[Setting]:
    """Return the settings in which two runs differ, in the order of the first."""
    one, other = _settings(first), _settings(second)
    return list(_differing("", one, other))


def _settings(opened: RunOpened) -> dict[str, Any]:
    """Return what a run depends on, as one mapping: its workflow where it has one."""
    config: Mapping[str, Any] = opened.config
    rest = {key: value for key, value in config.items() if key not in _APART}
    workflow: dict[str, Any] = dict(config.get("workflow") or {})
    workflow.pop("journal", None)
    if not workflow:
        workflow = {"mechanism": config.get("mechanism"), "market": config.get("limits")}
        workflow |= {
            "seed": opened.seed,
            "currency": opened.currency,
            "budget": opened.budget,
            "workers": [each.model_dump(mode="json") for each in opened.participants],
        }
    return {"version": opened.version, **workflow, **rest}


def _differing(path: str, one: object, other: object) -> Iterator[Setting]:
    mine, theirs = _members(one), _members(other)
    if mine is not None and theirs is not None:
        for name in mine | theirs:
            inner = f"{path}.{name}" if path else name
            yield from _differing(inner, mine.get(name, ABSENT), theirs.get(name, ABSENT))
    elif one != other:
        yield Setting(path, _shown(one), _shown(other))


def _members(value: object) -> dict[str, object] | None:
    """Return the entries of a mapping, or of a list by their ids or places."""
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    if not isinstance(value, list):
        return None
    entries: dict[str, object] = {}
    for place, each in enumerate(cast("list[object]", value)):
        named = cast("dict[str, object]", each) if isinstance(each, dict) else {}
        entries[str(named.get("id") or named.get("worker") or place)] = each
    return entries


def _shown(value: object) -> object:
    """Return a value for people: a mapping by its name or as it is."""
    if isinstance(value, dict):
        named = cast("dict[str, object]", value)
        return named.get("id", named.get("name", named))
    return value
