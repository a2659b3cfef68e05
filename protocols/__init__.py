"""Messages in, decisions out: who may say what, who wins, what the contract pays.

Pure: no I/O, no clock, no randomness of its own. These are the words that everybody uses; each
mechanism is imported from its own module, or by its name from `protocols.catalog`, so that nobody
pays for a solver that is not used. A name is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from protocols.contract import Book, Contract, Settlement, Transfer
    from protocols.contract_net import ContractNet
    from protocols.errors import (
        InexactError,
        LedgerError,
        MechanismError,
        MonopolyError,
        ProtocolError,
        TruthbidError,
    )
    from protocols.events import EVENT, Event
    from protocols.mechanism import Allocation, Mechanism, Properties, Standing, Standings, Unsold
    from protocols.messages import (
        Announcement,
        Award,
        Bid,
        Cancellation,
        CoordinatorMessage,
        Failure,
        Lot,
        NotUnderstood,
        Outcome,
        Participant,
        Refusal,
        Rejection,
        Result,
        WorkerMessage,
    )
    from protocols.moves import LotMove, LotState, ParticipantMove, ParticipantState
    from protocols.replies import Decision
    from protocols.units import (
        AnnouncementId,
        Money,
        Probability,
        Seconds,
        TaskId,
        WorkerId,
        money,
        units,
    )

__all__ = [
    "EVENT",
    "Allocation",
    "Announcement",
    "AnnouncementId",
    "Award",
    "Bid",
    "Book",
    "Cancellation",
    "Contract",
    "ContractNet",
    "CoordinatorMessage",
    "Decision",
    "Event",
    "Failure",
    "InexactError",
    "LedgerError",
    "Lot",
    "LotMove",
    "LotState",
    "Mechanism",
    "MechanismError",
    "Money",
    "MonopolyError",
    "NotUnderstood",
    "Outcome",
    "Participant",
    "ParticipantMove",
    "ParticipantState",
    "Probability",
    "Properties",
    "ProtocolError",
    "Refusal",
    "Rejection",
    "Result",
    "Seconds",
    "Settlement",
    "Standing",
    "Standings",
    "TaskId",
    "Transfer",
    "TruthbidError",
    "Unsold",
    "WorkerId",
    "WorkerMessage",
    "money",
    "units",
]

_HOMES: Final = {
    "Allocation": "mechanism",
    "Announcement": "messages",
    "AnnouncementId": "units",
    "Award": "messages",
    "Bid": "messages",
    "Book": "contract",
    "Cancellation": "messages",
    "Contract": "contract",
    "ContractNet": "contract_net",
    "CoordinatorMessage": "messages",
    "Decision": "replies",
    "EVENT": "events",
    "Event": "events",
    "Failure": "messages",
    "InexactError": "errors",
    "LedgerError": "errors",
    "Lot": "messages",
    "LotMove": "moves",
    "LotState": "moves",
    "Mechanism": "mechanism",
    "MechanismError": "errors",
    "Money": "units",
    "MonopolyError": "errors",
    "NotUnderstood": "messages",
    "Outcome": "messages",
    "Participant": "messages",
    "ParticipantMove": "moves",
    "ParticipantState": "moves",
    "Probability": "units",
    "Properties": "mechanism",
    "ProtocolError": "errors",
    "Refusal": "messages",
    "Rejection": "messages",
    "Result": "messages",
    "Seconds": "units",
    "Settlement": "contract",
    "Standing": "mechanism",
    "Standings": "mechanism",
    "TaskId": "units",
    "Transfer": "contract",
    "TruthbidError": "errors",
    "Unsold": "mechanism",
    "WorkerId": "units",
    "WorkerMessage": "messages",
    "money": "units",
    "units": "units",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"protocols.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
