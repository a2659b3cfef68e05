"""Callables that a configuration names: built in, offered by installed packages, or from a module.

A file of somebody else must not choose what is imported. It may name what an installed package
offers to truthbid on purpose, as an entry point; a function of any other module (``module:function``)
it may name only if the user has allowed that module, outside of the file. The permission is in no
configuration and in no journal: who resumes a run gives it again.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

from pydantic import Field

from protocols.errors import TruthbidError
from workers.skills import SKILLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FUNCTIONS: Final = "truthbid.functions"
"""The entry points of functions that do work, or that a model may call."""

CHECKS: Final = "truthbid.checks"
"""The entry points of functions that judge an answer."""

ALLOW_IMPORT: Final = "TRUTHBID_ALLOW_IMPORT"
"""The environment variable with the modules that may be named, separated by commas."""

FunctionName = Annotated[
    str,
    Field(max_length=200, pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*(:[A-Za-z_][A-Za-z0-9_]*)?$"),
]
"""The name of an entry point, or ``module:function``."""


class NamedFunctionError(TruthbidError):
    """Raised when a configuration names a function that is not there, or not allowed.

    Attributes:
        loc: Where in the description it is named.
    """

    def __init__(self, message: str, *loc: str | int) -> None:
        super().__init__(message)
        self.loc = loc


def work_named(name: str, *loc: str | int) -> Callable[..., object]:
    """Return the function that does the work of a name: a built-in skill, or see `named`.

    >>> work_named("arithmetic")("What is 17 * 23?")
    '391'
    """
    return SKILLS.get(name) or named(name, FUNCTIONS, *loc, known=SKILLS)


def named(name: str, group: str, *loc: str | int, known: Iterable[str] = ()) -> Callable[..., Any]:
    """Return the callable that goes by a name.

    Args:
        name: The name of an entry point, or ``module:function``.
        group: The group of entry points.
        *loc: Where in its description the name stands, for the error.
        known: What else could have been named.

    Raises:
        NamedFunctionError: If there is none, the module is not allowed, or it cannot be imported.
    """
    module, colon, attribute = name.partition(":")
    try:
        found = _imported(module, attribute) if colon else _offered(name, group, known)
    except NamedFunctionError as error:
        raise NamedFunctionError(str(error), *loc) from error
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise NamedFunctionError(f"{name!r} cannot be imported: {reason}", *loc) from error
    if callable(found):
        return cast("Callable[..., Any]", found)
    raise NamedFunctionError(f"{name!r} is of type {type(found).__name__}, not a function", *loc)


def allow_imports(modules: Iterable[str]) -> None:
    """Let configurations name functions of modules, in this process and those that it starts."""
    listed = [*_allowed(), *modules]
    if listed:
        os.environ[ALLOW_IMPORT] = ",".join(dict.fromkeys(listed))


def _offered(name: str, group: str, known: Iterable[str]) -> Any:
    offers = entry_points(group=group)
    fit = {each.value: each for each in offers if each.name == name}
    if len(fit) > 1:
        raise NamedFunctionError(f"several packages offer {name!r}: {', '.join(sorted(fit))}")
    if not fit:
        words = ", ".join([*known, *sorted({each.name for each in offers})])
        there = f"; there are {words}" if words else ""
        raise NamedFunctionError(
            f"no function {name!r} is built in or offered by an installed package{there};"
            " one of your own is written module:function"
        )
    (point,) = fit.values()
    return point.load()


def _imported(module: str, attribute: str) -> Any:
    if not _is_allowed(module):
        raise NamedFunctionError(
            f"'{module}:{attribute}' is not imported for a file; if you trust it, allow it with"
            f" --allow-import {module}"
        )
    if os.getcwd() not in sys.path:  # noqa: PTH109 - the path is a list of texts
        sys.path.append(os.getcwd())  # noqa: PTH109 - last, so that it hides nothing
    found = getattr(import_module(module), attribute)
    home = getattr(found, "__module__", None)
    if not _is_allowed(str(home)):  # `from os import system` does not make it the module's own
        raise NamedFunctionError(f"'{module}:{attribute}' is defined elsewhere, in {home}")
    return found


def _allowed() -> list[str]:
    return [each for each in os.environ.get(ALLOW_IMPORT, "").split(",") if each]


def _is_allowed(module: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in _allowed())
