"""The configuration of a run as a workflow file: what ``truthbid run`` takes, without its defaults."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import BaseModel

from orchestrator.config import RunConfig
from orchestrator.strict_yaml.yaml_scalar import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

_TAGS: Final = frozenset({"type", "name"})
"""Fields that say what a section is: written even where they have their default."""

_WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./ ")


def workflow_yaml(config: RunConfig, folder: Path, target: Path) -> str:
    """Return a configuration as YAML; see `workflow_data`."""
    return _dumped(workflow_data(config, folder, target))


def workflow_data(config: RunConfig, folder: Path, target: Path) -> dict[str, Any]:
    """Return a configuration as plain data; reading it gives the same configuration again.

    The tables of records, recordings and embedding models that it names are named as they are found
    from the new place. Programs and files of verifiers stay as they are: they lie in the folder of a workflow.

    Args:
        config: The configuration.
        folder: Where its relative paths start.
        target: The folder in which the file will lie.
    """
    full = config.model_dump(mode="json")
    short: dict[str, Any] = _short(config, full)
    if RunConfig.model_validate_json(json.dumps(short)) != config:
        short = full  # a field whose default depends on others
    for section, field in _files(short):
        section[field] = _seen_from(target, folder, section[field])
    escaped: dict[str, Any] = _escaped(short)
    return escaped


def _escaped(data: Any) -> Any:
    """Return the data with every ``${`` of a text written so that it is no variable."""
    if isinstance(data, str):
        return data.replace("${", "$${")
    if isinstance(data, list):
        return [_escaped(each) for each in cast("list[object]", data)]
    if isinstance(data, dict):
        return {key: _escaped(each) for key, each in cast("dict[str, object]", data).items()}
    return data


def _short(value: object, data: Any) -> Any:
    """Return the data of a value without the fields that have their default."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        written = {name: name if name in data else str(fields[name].alias) for name in fields}
        return {
            written[name]: _short(getattr(value, name), data[written[name]])
            for name, field in fields.items()
            if name in _TAGS or getattr(value, name) != field.get_default(call_default_factory=True)
        }
    if isinstance(value, tuple | list):
        items = cast("tuple[object, ...]", value)
        return [_short(each, one) for each, one in zip(items, data, strict=True)]
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {key: _short(each, data[str(key)]) for key, each in members.items()}
    return data


def _files(data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the sections that name a file, and the field that does."""
    if "records" in data:
        yield data["records"], "path"
    for section in (*data.get("judges", ()), data.get("planner", {})):
        if section.get("recording"):
            yield section, "recording"
    for worker in data.get("workers", ()):
        if isinstance(bid := worker.get("bid"), dict) and "embeddings" in bid:
            yield cast("dict[str, Any]", bid), "embeddings"


def _seen_from(target: Path, folder: Path, name: str) -> str:
    place = folder / name  # an absolute name stays what it is
    if not place.exists() and Path(name).exists():
        place = Path(name)  # given on the command line, relative to where it was typed
    if Path(name).is_absolute():
        return name
    return os.path.relpath(place.resolve(), target.resolve())


def _dumped(data: dict[str, Any]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes texts so that YAML 1.2 reads them as the same texts, without aliases."""

        def ignore_aliases(self, data: object) -> bool:
            """Write everything out."""
            del data
            return True

    Dumper.add_representer(str, _scalar)
    text: str = yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


def _scalar(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "" if _is_word(text) else "|" if _is_lines(text) else '"'
    return dumper.represent_scalar(  # pyright: ignore[reportUnknownMemberType] - its stubs say less
        "tag:yaml.org,2002:str", text, style=style or None
    )


def _is_word(text: str) -> bool:
    return (
        text[:1].isalpha() and text[-1] != " " and _WORD.issuperset(text) and resolve(text) == text
    )


def _is_lines(text: str) -> bool:
    lines = text.split("\n")
    return len(lines) > 1 and all(line.isprintable() and line == line.strip() for line in lines)
