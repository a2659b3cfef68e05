"""From a workflow file to its configuration, its workers and its tasks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.bootstrap import Fleet, UnusableError, assemble
from orchestrator.config import RunConfig
from orchestrator.confinement import refused, strays
from orchestrator.errors import InputError
from orchestrator.strict_yaml.interpolation import Environment, plain
from orchestrator.strict_yaml.loader import load
from orchestrator.strict_yaml.location import locate
from orchestrator.strict_yaml.overrides import override
from orchestrator.strict_yaml.variables import Variables
from orchestrator.strict_yaml.yaml_parser import parse
from orchestrator.strict_yaml.yaml_text import read_text
from orchestrator.strict_yaml.yaml_tree import Fault, refusal
from workers.chat import Chat


def read_workflow(
    path: Path,
    overrides: Sequence[str],
    environment: Mapping[str, str],
    chat: Chat | None = None,
    typed: int | None = None,
) -> tuple[RunConfig, Fleet]:
    """Read a workflow file and make what it describes; nothing is run or written.

    Args:
        path: The file; its relative paths start in its folder.
        overrides: ``path=value`` of each ``--set``.
        environment: The variables that the file may quote.
        chat: Who answers all model calls in place of the endpoints.
        typed: How many of the overrides the user has typed, and may hence name any path; all of
            them if left out.

    Raises:
        InputError: If the file, or anything that it names, cannot be used; says where and why.
    """
    variables = Variables(environment)
    config = load(path, RunConfig, overrides, variables)
    found = strays(config, path.parent)
    if found or config.allow_outside:
        root = override(parse(read_text(path, str(path)), str(path)), overrides).root
        if faults := refused(found, config, root, typed):
            raise refusal(faults)
    try:
        fleet = assemble(config, path.parent, chat)
    except UnusableError as error:
        reason = error
    else:
        return config, fleet
    raise _placed(reason, path, overrides, Environment(variables))


def _placed(
    error: UnusableError, path: Path, overrides: Sequence[str], environment: Environment
) -> InputError:
    """Return the error with its place in the file, and with variables named instead of quoted."""
    name = str(path)
    tree = override(parse(read_text(path, name), name), overrides)
    plain(tree.root, environment, [])  # learns what must not be shown
    _, nodes = locate(tree.root, error.loc)
    return refusal([Fault(nodes[-1].mark, environment.hide(str(error)))])
