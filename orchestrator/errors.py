"""What the orchestrator raises when a configuration cannot be used.

    ConfigError
    └── InputError    the user's files, options or environment are wrong (exit code 2)

A defect of truthbid itself is never one of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN_PROBLEMS = 20
"""More lines than this hide the first cause."""


class ConfigError(Exception):
    """A configuration cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    Args:
        where: What the reader must open or retype: ``runs/a.yaml:3:11`` or ``--set a.b=c``.
        message: One line that says what was expected.

    >>> print(Problem("runs/a.yaml:3:11", "cost: must be at least 0, got -1"))
    runs/a.yaml:3:11 cost: must be at least 0, got -1
    """

    where: str
    message: str

    def __str__(self) -> str:
        """Return the line a person reads."""
        return f"{self.where} {self.message}"


class InputError(ConfigError):
    """The user's input is wrong; ``str()`` is one line per problem.

    Args:
        problems: Everything found, in reading order. The first ``SHOWN_PROBLEMS`` are kept.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = tuple(problems)
        self.problems = found[:SHOWN_PROBLEMS]
        more = ["... and more"] if len(found) > SHOWN_PROBLEMS else []
        super().__init__("\n".join([*map(str, self.problems), *more]))


def unwritable(where: str, error: OSError) -> InputError:
    """Return what a person reads of a file that the system does not let us write.

    >>> print(unwritable("--html no/such.html", FileNotFoundError(2, "No such file or directory")))
    --html no/such.html cannot be written: No such file or directory
    """
    return InputError([Problem(where, f"cannot be written: {error.strerror or error}")])
