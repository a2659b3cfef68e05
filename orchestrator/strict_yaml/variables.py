"""The environment variables that a workflow file may quote: all but those that hold secrets."""

import re
from collections.abc import Iterator, Mapping

_SECRET = re.compile(
    r"(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_|$)", re.IGNORECASE
)


class Variables(Mapping[str, str]):
    """Gives variables to a workflow file and refuses those that are named like a secret.

    What a file quotes becomes part of the configuration, which the journal keeps for good; a key
    must not lie there. A worker reads its key itself, from the variable that the file *names*.

    >>> Variables({"HOST": "localhost"})["HOST"]
    'localhost'
    >>> Variables({"OPENAI_API_KEY": "sk-1"}).get("OPENAI_API_KEY")
    Traceback (most recent call last):
    ValueError: variable OPENAI_API_KEY holds a secret, which a journal must not keep; ...
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        """Return the value of a variable.

        Raises:
            KeyError: If it is not set.
            ValueError: If its name is that of a secret.
        """
        if _SECRET.search(name):
            raise ValueError(
                f"variable {name} holds a secret, which a journal must not keep; name the variable"
                f" instead, as in api_key_env: {name}"
            )
        return self._environment[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all variables."""
        return iter(self._environment)

    def __len__(self) -> int:
        """Return how many variables there are."""
        return len(self._environment)
