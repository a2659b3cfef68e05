"""A verifier of a configuration that asks a function by its name."""

from typing import Annotated, Literal

from pydantic import Field

from protocols.messages import Lot, Result
from workers.named_functions import CHECKS, FunctionName, named
from workers.ports import Assessment, Assessor
from workers.verifiers.callback import CheckFunction, check
from workers.verifiers.surroundings import PlacedSpec, Surroundings


class NamedCheck(PlacedSpec):
    """Accepts what a function accepts that an installed package offers, or an allowed module has.

    It gets the answer and returns ``True``, ``False`` or a number in [0, 1]. A synchronous one runs
    in a thread.
    """

    type: Literal["check"] = "check"
    function: Annotated[
        FunctionName,
        Field(
            description="An entry point of the group truthbid.checks, or module:function of a"
            " module that is allowed with --allow-import."
        ),
    ]

    def place(self, around: Surroundings) -> "ByFunction":
        """Return the verifier.

        Raises:
            NamedFunctionError: If there is no such function, or it is not allowed.
        """
        del around
        return ByFunction(self, named(self.function, CHECKS, self.type, "function"))


class ByFunction(Assessor):
    """Asks a function about each answer.

    Args:
        spec: How it is named.
        function: The function.
    """

    type = "check"

    def __init__(self, spec: NamedCheck, function: CheckFunction) -> None:
        self.described = spec
        self._check = check(function, blocking=True)

    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Ask the function.

        Raises:
            VerifierError: If it returns no number from 0 to 1.
        """
        return Assessment(await self._check.verify(lot, result))
