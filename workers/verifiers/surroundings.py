"""What a verifier of a configuration may find around it: files, programs, judges."""

from abc import abstractmethod
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from workers.ports import Verifier
from workers.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.model_judge import ModelJudge

_LARGEST: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where verifiers are made.

    Attributes:
        folder: Where relative paths start, and which they do not leave.
        commands: The programs that may be run, as they are written; ``None`` is all.
        judges: The models that judge, by name.
    """

    folder: Path = field(default_factory=Path)
    commands: frozenset[str] | None = frozenset()
    judges: "Mapping[str, ModelJudge]" = field(default_factory=dict[str, "ModelJudge"])

    def allow(self, command: str) -> None:
        """Check that a program may be run.

        Raises:
            ValueError: If the configuration does not list it.
        """
        if self.commands is not None and command not in self.commands:
            raise ValueError(
                f"{command!r} may not be run: list it under `commands` to allow verifiers to run it"
            )

    def read(self, name: str) -> bytes:
        """Return what a file holds.

        Raises:
            ValueError: If it lies outside of the folder, by its name or by a link, cannot be read
                or is too large.
        """
        home = self.folder.resolve()
        path = (home / name).resolve()
        if PurePosixPath(name).is_absolute() or not path.is_relative_to(home):
            raise ValueError(f"{name!r} lies outside of the folder of the configuration")
        try:
            if path.stat().st_size > _LARGEST:
                raise ValueError(f"{name!r} is larger than {_LARGEST} bytes")
            return path.read_bytes()
        except OSError as error:
            raise ValueError(f"{name!r} cannot be read: {error.strerror}") from error


class PlacedSpec(Spec):
    """The description of a verifier that needs something around it."""

    @abstractmethod
    def place(self, around: Surroundings) -> Verifier:
        """Return the verifier.

        Raises:
            ValueError: If what it needs is not there, or not allowed.
        """
