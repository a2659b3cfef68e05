"""The verifier of recordings and simulations: their outcomes are known."""

from typing import Literal

from protocols.messages import Lot, Result
from workers.ports import Verdict, VerifierError
from workers.spec import Spec


class Recorded(Spec):
    """Takes the outcome that a recorded or simulated worker brings with its result."""

    type: Literal["recorded"] = "recorded"

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Return the outcome of the record.

        Raises:
            VerifierError: If the worker brings none.
        """
        if result.truth is None:
            raise VerifierError(
                f"the result of {result.worker!r} on {lot.task!r} has no recorded outcome; use the"
                " verifier 'recorded' with recorded and simulated workers only"
            )
        return Verdict(result.truth)
