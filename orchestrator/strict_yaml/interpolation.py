"""``${VAR}`` and ``${VAR:-default}`` in the strings of a configuration.

The value of a variable stays a string, is never searched for variables again and is never shown:
messages name the variable instead. ``$${`` stands for a literal ``${``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.strict_yaml.yaml_text import MAX_BYTES
from orchestrator.strict_yaml.yaml_tree import Fault, Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.strict_yaml.yaml_scalar import Scalar

Data: TypeAlias = "Scalar | list[Data] | dict[str, Data]"

_REFERENCE = re.compile(r"\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?")


class Environment:
    """Fills variables in, and remembers what it filled in to keep it out of messages.

    Args:
        variables: What may be used; an empty mapping denies every variable without a default.

    >>> environment = Environment({"KEY": "sk-123"})
    >>> environment.fill("Bearer ${KEY} from ${HOST:-here}, $${literal}")
    'Bearer sk-123 from here, ${literal}'
    >>> environment.hide("bad key 'sk-123'")
    "bad key '${KEY}'"
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._secrets: dict[str, str] = {}
        self._filled = 0  # characters, so that a short file cannot ask for gigabytes

    def fill(self, text: str) -> str:
        """Return the text with every variable replaced.

        Raises:
            ValueError: A variable is not set and has no default, or the text is malformed.
        """
        return _REFERENCE.sub(self._value, text)

    def _value(self, reference: re.Match[str]) -> str:
        name, default = reference.groups()
        if name is None:
            if reference[0] == "$${":
                return "${"
            raise ValueError("expected ${NAME} or ${NAME:-default}; write $${ for a literal ${")
        value = self._variables.get(name, "") if default is not None else self._variables.get(name)
        if value is None:
            raise ValueError(f"variable {name} is not set; set it or write ${{{name}:-default}}")
        if not value.isascii() and value != value.encode(errors="ignore").decode():
            raise ValueError(f"variable {name} is not valid UTF-8")
        if value:
            self._secrets[value] = self._secrets[repr(value)[1:-1]] = f"${{{name}}}"
        self._filled += len(value)
        if self._filled > MAX_BYTES:
            raise ValueError(f"variables fill in more than {MAX_BYTES} characters")
        return value or default or ""

    def hide(self, text: str) -> str:
        """Return the text with every value that was filled in replaced by its variable's name."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, self._secrets[secret])
        return text


def plain(node: Node, environment: Environment, faults: list[Fault]) -> Data:
    """Return the node as plain data, aliases written out; what cannot be filled in is a fault."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(child, environment, faults) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child, environment, faults) for child in value]
    if isinstance(value, str) and "${" in value:
        try:
            return environment.fill(value)
        except ValueError as error:
            faults.append(Fault(node.mark, str(error)))
    return value
