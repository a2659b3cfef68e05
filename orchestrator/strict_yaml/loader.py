"""From a YAML or JSON file to a validated model, or to one clear line per mistake."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from orchestrator.strict_yaml.explanation import explain
from orchestrator.strict_yaml.interpolation import Environment, plain
from orchestrator.strict_yaml.overrides import override
from orchestrator.strict_yaml.yaml_parser import parse
from orchestrator.strict_yaml.yaml_text import read_text
from orchestrator.strict_yaml.yaml_tree import Tree, refusal

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

M = TypeVar("M", bound=BaseModel)

NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


def load(
    path: str | os.PathLike[str],
    model: type[M],
    overrides: Sequence[str] = (),
    env: Mapping[str, str] = NO_VARIABLES,
) -> M:
    r"""Read, change, fill in and validate one configuration file.

    The order is fixed: strict YAML (see ``yaml_parser``; ``.json`` files too), then ``overrides``,
    then variables, then the model. The data is validated as JSON is, so strict models take lists
    for tuples and words for enums. Inside brackets a variable needs quotes: ``["${VAR}"]``.

    Args:
        path: The file; its name is quoted in messages as it is given.
        model: What the file must be; its JSON schema must exist, to suggest names of keys.
        overrides: ``path=value`` of each ``--set``, applied in order.
        env: The variables that ``${VAR}`` may name; none by default. Their values never
            appear in a message (a validator that rewords a value before it quotes it escapes this).

    Raises:
        InputError: The file cannot be read or is not what the model asks. All problems of the
            file come first, sorted by place, then those of options. Every problem is one line.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from pydantic import Field
        >>> class Run(BaseModel, extra="forbid"):
        ...     seed: int
        ...     budget: float = Field(ge=0)
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder, "run.yaml")
        ...     _ = file.write_text("seed: 7\nbudget: 1e1\n")
        ...     load(file, Run, ["seed=8"])
        Run(seed=8, budget=10.0)
    """
    name = str(path)
    return load_text(read_text(Path(path), name), name, model, overrides, env)


def load_text(
    text: str,
    name: str,
    model: type[M],
    overrides: Sequence[str] = (),
    env: Mapping[str, str] = NO_VARIABLES,
) -> M:
    """Do as `load` with a text that is at hand.

    Raises:
        InputError: As for `load`; the name stands for the file.
    """
    return _validated(override(parse(text, name), overrides), model, Environment(env))


def _validated(tree: Tree, model: type[M], environment: Environment) -> M:
    faults = list(tree.faults)
    data = plain(tree.root, environment, faults)
    blamed = {fault.mark for fault in faults}  # what is refused already is not explained twice
    try:
        valid = model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        found = list(explain(error, tree.root, model, environment.hide))
        faults.extend(fault for fault in found if fault.mark not in blamed)
    else:
        if not faults:
            return valid
    raise refusal(faults)  # outside the handler: the chained error would show secrets
