"""The exceptions of the protocols.

    TruthbidError
     +-- MechanismError            an auction that cannot be cleared as asked
     |    +-- MonopolyError        a worker without whom a task has no price
     |    +-- InexactError         an instance too large to be solved exactly
     +-- LedgerError               a transfer that would break the books: our bug
     +-- ProtocolError             a move that the Contract Net does not know: our bug

A worker's malformed message raises none of these: it is answered, recorded and left behind.
"""


class TruthbidError(Exception):
    """Base of every exception that this project raises on purpose."""


class MechanismError(TruthbidError):
    """Raised when an auction cannot be cleared as asked."""


class MonopolyError(MechanismError):
    """Raised when a task without finite value or reserve depends on a single worker.

    Without an outside option the worker's price has no upper bound.
    """

    def __init__(self, worker: str, task: str) -> None:
        super().__init__(
            f"worker {worker!r} is the only one that can do task {task!r}, which has neither value"
            " nor reserve: its price has no bound; give the task a value or a reserve"
        )
        self.worker = worker
        self.task = task


class InexactError(MechanismError):
    """Raised when an instance is too large for its optimum to be certain."""


class LedgerError(TruthbidError):
    """Raised when a transfer would break the books."""


class ProtocolError(TruthbidError):
    """Raised when the coordinator itself makes a move that the Contract Net does not allow."""
