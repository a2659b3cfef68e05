"""The Contract Net under random sequences, against two oracles.

One oracle is the language of legal traces, written as regular expressions and not as tables; the
other is a set of honest participants that walk their own table at the far end of slow channels.
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.contract_net import LAPSED, ContractNet
from protocols.errors import ProtocolError
from protocols.messages import (
    Announcement,
    Award,
    Cancellation,
    CoordinatorMessage,
    NotUnderstood,
    Rejection,
    WorkerMessage,
)
from protocols.moves import PARTICIPANT_MOVES, LotState, ParticipantMove, ParticipantState
from protocols.units import TaskId, WorkerId
from tests.protocols.little_market import (
    ANN,
    BOB,
    CYD,
    EVE,
    NAME,
    NOWHERE,
    OLD,
    T0,
    T1,
    TASKS,
    WORKERS,
    allocation,
    announce,
    bid,
    closing_set,
    failure,
    puzzled,
    refusal,
    result,
    states,
)

LOT_TRACES = re.compile("a(n|c|v(r|c|w(xw)*(c|e|x(s|c)?)?)?)?")
"""announced, (no bids | cancelled | eValuating, (Rejected | ... aWarded, eXecuting, ...))"""

PARTICIPANT_TRACES = re.compile("r(f|c|j|p(j|c|a(t|w|c|x(d|l|c)?)?)?)?")
"""received, (reFused | cancelled | late: reJected | proposed, (... awarded, (Timeout | Withdrawn | eXecuting)))"""

LETTERS: dict[object, str] = {
    LotState.ANNOUNCED: "a",
    LotState.EVALUATING: "v",
    LotState.AWARDED: "w",
    LotState.EXECUTING: "x",
    LotState.SETTLED: "s",
    LotState.NO_BIDS: "n",
    LotState.ALL_REJECTED: "r",
    LotState.CANCELLED: "c",
    LotState.EXPIRED: "e",
}
TALK_LETTERS: dict[object, str] = {
    ParticipantState.RECEIVED: "r",
    ParticipantState.PROPOSED: "p",
    ParticipantState.REFUSED: "f",
    ParticipantState.AWARDED: "a",
    ParticipantState.REJECTED: "j",
    ParticipantState.EXECUTING: "x",
    ParticipantState.DONE: "d",
    ParticipantState.FAILED: "l",
    ParticipantState.CANCELLED: "c",
    ParticipantState.AWARD_TIMEOUT: "t",
    ParticipantState.WITHDRAWN: "w",
}

names = st.sampled_from([NAME, NAME, NAME, OLD])
tasks = st.sampled_from([T0, T0, T1, NOWHERE])
workers = st.sampled_from([*WORKERS, EVE])
known = st.sampled_from(TASKS)

messages: st.SearchStrategy[WorkerMessage] = st.one_of(
    st.builds(bid, tasks, workers, st.integers(1, 2), announcement=names),
    st.builds(bid, known, st.sampled_from(WORKERS)),
    st.builds(refusal, tasks, workers, st.sampled_from(["", "busy"])),
    st.builds(puzzled, st.one_of(st.none(), tasks), workers),
    st.builds(result, tasks, workers, st.sampled_from(["42", "43"])),
    st.builds(result, st.just(T0), workers),
    st.builds(failure, tasks, workers),
)

Move = Callable[[ContractNet], object]


def _allocating(lines: dict[TaskId, list[WorkerId]]) -> Move:
    return lambda net: net.allocate(allocation(*lines.items()))


def _starting(task: TaskId, worker: WorkerId) -> Move:
    return lambda net: net.start(task, worker)


def _settling(task: TaskId, worker: WorkerId, solved: bool) -> Move:
    return lambda net: net.settle(task, worker, solved=solved)


def _cancelling(task: TaskId) -> Move:
    return lambda net: net.cancel(task, "no")


def _expiring(task: TaskId) -> Move:
    return lambda net: net.expire(task)


lines = st.dictionaries(known, st.lists(st.sampled_from(WORKERS), max_size=3, unique=True))
moves: st.SearchStrategy[Move] = st.one_of(
    st.just(ContractNet.close_bidding),
    lines.map(_allocating),
    st.builds(_starting, known, workers),
    st.builds(_settling, known, workers, st.booleans()),
    known.map(_cancelling),
    known.map(_expiring),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(messages, moves), max_size=60), st.booleans())
def test_no_sequence_leaves_the_language_of_legal_traces(
    steps: list[WorkerMessage | Move], everybody_bids: bool
) -> None:
    """No message raises, an illegal move changes nothing, and all traces are those of the standard."""
    net = announce(excluded=() if everybody_bids else (CYD,))
    if everybody_bids:
        opening = [bid(task, worker) for task in TASKS for worker in WORKERS]
        both = {T0: [ANN, BOB], T1: [CYD]}
        steps = [*opening, ContractNet.close_bidding, _allocating(both), *steps]
    before = states(net)
    traces = {key: [state] for key, state in before.items()}
    for step in steps:
        if callable(step):
            try:
                step(net)
            except ProtocolError:
                assert states(net) == before
        elif isinstance(net.receive(step), NotUnderstood):
            assert states(net) == before
        now = states(net)
        for key, state in now.items():
            if state != before[key]:
                traces[key].append(state)
        before = now

    for key, trace in traces.items():
        language, letters = (
            (PARTICIPANT_TRACES, TALK_LETTERS) if isinstance(key, tuple) else (LOT_TRACES, LETTERS)
        )
        assert language.fullmatch("".join(letters[state] for state in trace))
    at_work = [key for key, state in before.items() if state is ParticipantState.EXECUTING]
    assert len(at_work) <= len(TASKS)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_closing_set_does_not_depend_on_who_was_faster(data: st.DataObject) -> None:
    """Any two interleavings of the same workers' messages close with the same set."""
    spoken = {
        worker: data.draw(st.lists(messages, max_size=6), label=worker)
        for worker in (*WORKERS, EVE)
    }
    turns = [worker for worker, said in spoken.items() for _ in said]
    closed: list[tuple[object, ...]] = []
    for _ in range(2):
        net = announce()
        queues = {worker: deque(said) for worker, said in spoken.items()}
        for worker in data.draw(st.permutations(turns)):
            net.receive(queues[worker].popleft(), worker)
        net.close_bidding()
        closed.append(closing_set(net))

    assert closed[0] == closed[1]


# Honest participants behind slow channels -----------------------------------------------------

GO = "go"
"""Stands for the call of a worker that runs in-process: it begins when it gets this."""

HEARD: dict[type, ParticipantMove] = {
    Award: ParticipantMove.ACCEPT,
    Rejection: ParticipantMove.REJECT,
    Cancellation: ParticipantMove.CANCEL,
}


@dataclass
class Honest:
    """A worker that knows only its own table and what has arrived; ignores what it cannot place."""

    name: WorkerId
    state: dict[TaskId, ParticipantState] = field(
        default_factory=lambda: dict.fromkeys(TASKS, ParticipantState.RECEIVED)
    )
    inbox: deque[tuple[TaskId, CoordinatorMessage | str]] = field(
        default_factory=deque[tuple[TaskId, CoordinatorMessage | str]]
    )
    outbox: deque[WorkerMessage] = field(default_factory=deque[WorkerMessage])

    def go(self, task: TaskId, move: ParticipantMove) -> bool:
        """Make a move if the own table has it."""
        new = PARTICIPANT_MOVES.get((self.state[task], move))
        if new is None:
            return False
        self.state[task] = new
        return True

    def say(self, task: TaskId, move: ParticipantMove, message: WorkerMessage) -> None:
        """Send a message if the own table allows it."""
        if self.go(task, move):
            self.outbox.append(message)

    def hear(self) -> None:
        """Take the next message of the coordinator."""
        task, message = self.inbox.popleft()
        if isinstance(message, str):
            self.go(task, ParticipantMove.START)
        elif isinstance(message, Cancellation) and message.reason == LAPSED:
            self.go(task, ParticipantMove.TIME_OUT)
        elif type(message) in HEARD:
            self.go(task, HEARD[type(message)])


class Market:
    """A coordinator and honest workers whose messages arrive in order but at any time."""

    def __init__(self) -> None:
        self.net = announce()
        self.crew = {worker: Honest(worker) for worker in WORKERS}

    def send(self, *said: CoordinatorMessage) -> None:
        """Put messages of the coordinator on their way."""
        for message in said:
            assert not isinstance(message, Announcement)
            assert message.task is not None
            self.crew[message.worker].inbox.append((message.task, message))

    def coordinate(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        """Make one move of the coordinator, if it has one here."""
        net, task = self.net, TASKS[draw(st.integers(0, 1))]
        choice = draw(st.integers(0, 9))
        state = net.lot_state(task)
        if choice == 0 and state not in (LotState.AWARDED, LotState.EXECUTING):
            choice = 1
        match state:
            case LotState.ANNOUNCED | LotState.EVALUATING if choice == 0:
                self.send(*net.cancel(task, "no"))
            case LotState.ANNOUNCED:
                net.close_bidding()
            case LotState.EVALUATING:
                bidders = {lot: [b.worker for b in net.bids if b.task == lot] for lot in TASKS}
                decision = net.allocate(
                    allocation(*((lot, who[: 1 + choice % 3]) for lot, who in bidders.items()))
                )
                self.lines = {lot: who[: 1 + choice % 3] for lot, who in bidders.items()}
                self.send(*decision.awards, *decision.rejections())
            case LotState.AWARDED:
                if choice == 0:
                    self.send(*net.cancel(task, "no"))
                elif choice == 1:
                    self.send(*net.expire(task))
                else:
                    net.start(task, self.lines[task][0])
                    self.crew[self.lines[task][0]].inbox.append((task, GO))
            case LotState.EXECUTING:
                worker = self.lines[task][0]
                reported = net.participant_state(task, worker)
                if choice == 0:
                    self.send(*net.cancel(task, "no"))
                elif reported is not ParticipantState.EXECUTING:
                    solved = reported is ParticipantState.DONE and choice > 3
                    self.send(*net.settle(task, worker, solved=solved))
                    self.lines[task] = self.lines[task][1:]
            case _:
                pass

    def speak(self, worker: Honest, task: TaskId, choice: int) -> None:
        """Let a worker say something that its own state allows."""
        if worker.state[task] is ParticipantState.RECEIVED:
            if choice:
                worker.say(task, ParticipantMove.PROPOSE, bid(task, worker.name))
            else:
                worker.say(task, ParticipantMove.REFUSE, refusal(task, worker.name))
        elif choice > 1:
            worker.say(task, ParticipantMove.INFORM, result(task, worker.name))
        else:
            worker.say(task, ParticipantMove.FAIL, failure(task, worker.name))

    def deliver(self, worker: Honest) -> None:
        """Let one message of a worker arrive, and put the reply on its way."""
        message = worker.outbox.popleft()
        reply = self.net.receive(message, worker.name)
        if reply is not None:
            assert message.task is not None
            worker.inbox.append((message.task, reply))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_coordinator_and_honest_participants_agree(data: st.DataObject) -> None:
    """When no message is on its way both ends see the same state, whatever the interleaving.

    The one exception: a worker that refused or reported while a cancellation was on its way.
    """
    market = Market()
    crew = list(market.crew.values())
    for _ in range(data.draw(st.integers(0, 80))):
        worker = crew[data.draw(st.integers(0, 2))]
        match data.draw(st.integers(0, 3)):
            case 0:
                market.coordinate(data.draw)
            case 1:
                task = TASKS[data.draw(st.integers(0, 1))]
                market.speak(worker, task, data.draw(st.integers(0, 4)))
            case 2 if worker.inbox:
                worker.hear()
            case _ if worker.outbox:
                market.deliver(worker)
            case _:
                pass
    while any(worker.inbox or worker.outbox for worker in crew):
        for worker in crew:
            while worker.outbox:
                market.deliver(worker)
            while worker.inbox:
                worker.hear()

    crossed = {ParticipantState.REFUSED, ParticipantState.DONE, ParticipantState.FAILED}
    for worker in crew:
        for task in TASKS:
            ours, theirs = market.net.participant_state(task, worker.name), worker.state[task]
            assert ours is theirs or (ours is ParticipantState.CANCELLED and theirs in crossed)
