"""Mechanisms as a command line names them: by a word, or by settings in braces."""

import os
from collections.abc import Mapping
from typing import Any

from orchestrator.errors import InputError, Problem
from orchestrator.strict_yaml.interpolation import Environment, plain
from orchestrator.strict_yaml.yaml_parser import parse
from orchestrator.strict_yaml.yaml_tree import Fault, refusal


def settings_in(text: str) -> Mapping[str, Any]:
    """Return the settings that a word, or ``{name: ..., setting: ...}``, stands for.

    Raises:
        InputError: If it is neither.

    >>> settings_in("{name: joint-value, combine: any}")
    {'name': 'joint-value', 'combine': 'any'}
    """
    if not text.startswith("{"):
        return {"name": text}
    tree = parse(text, "--mechanism")
    faults: list[Fault] = list(tree.faults)
    data = plain(tree.root, Environment(os.environ), faults)
    if faults:
        raise refusal(faults)
    if not isinstance(data, dict) or "name" not in data:
        raise InputError([Problem("--mechanism", "expected a name or {name: ..., setting: ...}")])
    return dict(data)
