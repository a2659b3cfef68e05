"""Prompts are files in ``workers/prompts``, rendered in a sandbox; quoted text stays data."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

from workers.chat import Message

if TYPE_CHECKING:
    from jinja2 import Template

Role = Literal["system", "user"]

_ROLES: Final[tuple[Role, ...]] = ("system", "user")


def fenced(text: str, label: str) -> str:
    """Quote a text between two tags with a number that the text does not contain.

    The number is a hash of the text, so a text can neither close its own fence nor does the
    prompt change from run to run.

    >>> fenced("2 + 2", "task").splitlines()[1]
    '2 + 2'
    """
    mark = ""
    while not mark or mark in text:
        mark = blake2b(f"{mark}{label}{text}".encode("utf-8", "replace"), digest_size=6).hexdigest()
    return f"<{label} {mark}>\n{text}\n</{label} {mark}>"


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
