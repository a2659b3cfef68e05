"""Keeps the paths that a workflow file names inside its own folder.

A file from somebody else may be run without fear that it reads or writes elsewhere. What the user
types is the user's: paths given with ``--set`` may lie anywhere, and ``--set allow_outside=true``
lets those of the file, too. This is about paths; a file that lists ``commands`` runs programs.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from orchestrator.config import RunConfig
from orchestrator.strict_yaml.location import Loc, locate
from orchestrator.strict_yaml.yaml_tree import Fault, Mark, Node
from workers.bidding.unpaid import Learned
from workers.llm_spec import OpenAISpec
from workers.model_spec import RecordableSpec
from workers.verifiers.program import Command

_ALLOW: Final = "allow_outside"
ALLOWING: Final = f"--set {_ALLOW}=true"
"""What the user types to let the file name any path."""


class Named(NamedTuple):
    """A path that a configuration names, where it does so, and in which folder it has to lie."""

    loc: Loc
    path: str
    home: Path


def strays(config: RunConfig, folder: Path) -> list[Named]:
    """Return the paths of a configuration that lie outside of where they may.

    Args:
        config: The configuration.
        folder: The folder of its file.
    """
    return [named for named in _paths(config, folder) if not _within(named.home, named.path)]


def refused(
    found: Sequence[Named], config: RunConfig, root: Node, typed: int | None = None
) -> list[Fault]:
    """Return what is wrong with paths that lie outside, if the file itself names them.

    Args:
        found: Paths that lie outside.
        config: The configuration.
        root: The tree of its file, with the options of the command line.
        typed: How many of those options the user has typed; all of them if left out.
    """
    if config.allow_outside:
        mark = _node(root, (_ALLOW,)).mark
        if _is_typed(mark, typed):
            return []
        return [Fault(mark, f"{_ALLOW}: only on the command line: {ALLOWING}")]
    nodes = [(named, _node(root, named.loc)) for named in found]
    return [
        Fault(node.mark, f"{_dotted(named.loc)}: {_shown(node)} lies outside of the folder of the"
              f" configuration; give it with --set, or allow it with {ALLOWING}")
        for named, node in nodes if not _is_typed(node.mark, typed)
    ]  # fmt: skip


def _paths(config: RunConfig, folder: Path) -> Iterator[Named]:
    here = Path()
    if config.journal is not None:
        yield Named(("journal",), config.journal, here)
    if config.records is not None:
        path = config.records.path
        found_here = not (folder / path).exists() and Path(path).exists()
        yield Named(("records", "path"), path, here if found_here else folder)
    models = [*((("judges", place), each) for place, each in enumerate(config.judges))]
    for loc, model in [*models, (("planner",), config.planner)]:
        if isinstance(model, RecordableSpec) and model.recording:
            yield Named((*loc, "recording"), model.recording, folder)
    for place, worker in enumerate(config.workers):
        bid = worker.bid if isinstance(worker, OpenAISpec) else None
        if isinstance(bid, Learned) and bid.embeddings:
            yield Named(("workers", place, "bid", bid.type, "embeddings"), bid.embeddings, folder)
    for place, task in enumerate(config.tasks):
        if isinstance(task.verify, Command) and "/" in task.verify.run[0]:
            yield Named(("tasks", place, "verify", "run", 0), task.verify.run[0], folder)


def _within(home: Path, path: str) -> bool:
    try:
        top = home.resolve()
        return (top / path).resolve().is_relative_to(top)
    except (OSError, RuntimeError, ValueError):  # links that lead in a circle, names too long
        return False


def _node(root: Node, loc: Loc) -> Node:
    return locate(root, loc)[1][-1]


def _shown(node: Node) -> str:
    """Return a path as the file has it, without the values of variables."""
    return repr(node.value[:200]) if isinstance(node.value, str) else "it"


def _is_typed(mark: Mark, typed: int | None) -> bool:
    return not mark.line and (typed is None or mark.column < typed)


def _dotted(loc: Loc) -> str:
    return ".".join(map(str, loc))
