"""Prompts are files in ``workers/prompts``, rendered in a sandbox; quoted text stays data."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

from workers.chat import Message
from workers.fencing import fenced

if TYPE_CHECKING:
    from jinja2 import Template

Role = Literal["system", "user"]

_ROLES: Final[tuple[Role, ...]] = ("system", "user")


def conversation(name: str, **values: object) -> tuple[Message, ...]:
    """Render a prompt: a system message with the rules and a user message with the data.

    Args:
        name: The prompt; its files are ``<name>_system.txt`` and ``<name>_user.txt``.
        **values: What the files refer to; a name that is missing is an error.
    """
    return tuple(
        Message(role=role, content=_template(name, role).render(fenced=fenced, **values).strip())
        for role in _ROLES
    )


@cache
def version(name: str) -> str:
    """Return a hash of a prompt's files: the same words, the same version."""
    text = "\x1f".join(_source(name, role) for role in _ROLES)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _source(name: str, role: Role) -> str:
    return files("workers").joinpath("prompts", f"{name}_{role}.txt").read_text("utf-8")


@cache
def _template(name: str, role: Role) -> Template:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    sandbox = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    return sandbox.from_string(_source(name, role))
