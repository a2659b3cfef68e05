"""What the tests of verifiers have in common: one answer, one verdict."""

from tests.workers.calls import lot, result
from workers.ports import Verifier


async def success_of(verifier: Verifier, answer: str) -> float:
    """Return the success that a verifier sees in an answer."""
    return (await verifier.verify(lot(), result(answer))).success
