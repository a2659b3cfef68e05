"""Messages in, decisions out: who may say what, who wins, what the contract pays.

Pure: no I/O, no clock, no randomness of its own. These are the words that everybody uses; each
mechanism is imported from its own module, or by its name from `protocols.catalog`, so that nobody
pays for a solver that is not used.
"""

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
