"""Prompts are files in ``workers/prompts``, rendered in a sandbox; quoted text stays data."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

from workers.chat import Message
from workers.fencing import fenced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2.sandbox import ImmutableSandboxedEnvironment

Role = Literal["system", "user"]

_ROLES: Final[tuple[Role, ...]] = ("system", "user")


def conversation(name: str, **values: object) -> tuple[Message, ...]:
    """Render a prompt: a system message with the rules and a user message with the data.

    Args:
        name: The prompt; its files are ``<name>_system.txt`` and ``<name>_user.txt``, and those
            that they include.
        **values: What the files refer to; a name that is missing is an error.
    """
    sandbox = _sandbox()
    return tuple(
        Message(
            role=role,
            content=sandbox.get_template(_file(name, role)).render(fenced=fenced, **values).strip(),
        )
        for role in _ROLES
    )


@cache
def version(name: str) -> str:
    """Return a hash of a prompt's files, included ones too: the same words, the same version."""
    text = "\x1f".join(part for role in _ROLES for part in _parts(_file(name, role)))
    return blake2b(text.encode(), digest_size=8).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of all prompts by name."""
    found = (each.name for each in files("workers").joinpath("prompts").iterdir())
    ending = "_system.txt"
    names = sorted(name.removesuffix(ending) for name in found if name.endswith(ending))
    return {name: version(name) for name in names}


def _file(name: str, role: Role) -> str:
    return f"{name}_{role}.txt"


def source(file: str) -> str:
    """Return the text of a file in ``workers/prompts``."""
    return files("workers").joinpath("prompts", file).read_text("utf-8")


def _parts(file: str) -> Iterator[str]:
    """Yield the text of a file and of those that it includes."""
    from jinja2.meta import find_referenced_templates

    text = source(file)
    yield text
    for included in find_referenced_templates(_sandbox().parse(text)):
        if included is not None:
            yield from _parts(included)


@cache
def _sandbox() -> ImmutableSandboxedEnvironment:
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=FunctionLoader(source),
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
