"""The events that the journal stores: one literal tag each, the same after a round trip."""

import json
from typing import get_args

import pytest
from pydantic import ValidationError

from protocols.consultation import Compared, Consulted
from protocols.contract import Contract, Settlement, Transfer
from protocols.decommitment import Cancelled, Lapsed, Withdrawn
from protocols.events import (
    EVENT,
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    Finished,
    PeersScored,
    RoundClosed,
    RunClosed,
    RunOpened,
    RunResumed,
    Settled,
    Started,
    TaskAdded,
    TaskEnded,
    Unsettled,
    Verified,
)
from protocols.guarding import Guarded
from protocols.mechanism import Allocation, Unsold
from protocols.messages import (
    Announcement,
    Award,
    Bid,
    Failure,
    Lot,
    NotUnderstood,
    Outcome,
    Participant,
    Refusal,
    Rejection,
    Result,
)
from protocols.peer_scores import PeerAnswer, PeerStanding
from protocols.planning import PlanAnswered, PlanAsked
from protocols.quarantine import Quarantined
from protocols.stopping import SetAside
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

NAME, TASK, ANN, BOB = AnnouncementId("a1"), TaskId("t0"), WorkerId("ann"), WorkerId("bob")
LOT = Lot(
    task=TASK,
    kind="sum",
    prompt="What is 17 * 23? \N{SNOWMAN} \x00",
    value=Money(90),
    reserve=Money(80),
    parent=AnnouncementId("a0"),
    excluded=(BOB,),
    inputs={"t9": "391"},
)
MOVED = (
    Transfer(book="cash", source="budget", target="hold", amount=Money(5), purpose="hold"),
    Transfer(book="credit", source="ann", target="market", amount=Money(1), purpose="penalty"),
)
CREW = (Participant(worker=ANN, payable=True, capacity=2, owner="a", family="b"),)
AWARD = Award(
    announcement=NAME,
    task=TASK,
    worker=ANN,
    contract=Contract(base=Money(-4), per_success=Money(90), score_weight=Money(7), report=0.1),
    score=Money(-3),
    pivot=Money(4),
    runner_up=BOB,
    tied=True,
)
BID = Bid(announcement=NAME, task=TASK, worker=ANN, cost=Money(3), probability=0.1 + 0.2)
RESULT = Result(announcement=NAME, task=TASK, worker=ANN, answer="391", cost=Money(3), truth=1.0)
FAILURE = Failure(announcement=NAME, task=TASK, worker=ANN, reason="deadline", seconds=1e-7)

EVENTS: list[Event] = [
    RunOpened(
        run="r1",
        version="0.1.0",
        seed=-(2**70),
        currency="EUR",
        budget=None,
        participants=CREW,
        config={"tasks": [{"id": "t0", "value": 0.1}], "nothing": None},
        config_digest="d",
        transfers=MOVED,
    ),
    PlanAsked(
        number=2,
        attempt=3,
        call=2,
        planner="m",
        prompts="a1",
        brief={"goal": "a report", "value": 7},
        transfers=MOVED,
    ),
    PlanAnswered(
        number=2,
        attempt=3,
        text='{"tasks": []}',
        cost=Money(4),
        problems=("there are no tasks",),
        transfers=MOVED,
    ),
    TaskAdded(lot=LOT, needs=(TaskId("t9"),), verify={"type": "exact", "answer": "391"}),
    Announced(
        announcement=Announcement(announcement=NAME, number=1, lots=(LOT,), participants=CREW)
    ),
    Cancelled(task=TASK, reason="not wanted", entered=1, announced=1, closed=0),
    Lapsed(announcement=NAME, task=TASK, worker=BOB, reason="no room", transfers=MOVED),
    Withdrawn(
        announcement=NAME,
        task=TASK,
        worker=BOB,
        reason="not wanted",
        cost=Money(3),
        owed=Money(4),
        transfers=MOVED,
    ),
    RoundClosed(
        announcement=NAME,
        number=2,
        bids=(BID,),
        refusals=(Refusal(announcement=NAME, task=TASK, worker=BOB, charge=Money(1)),),
        called_off=(TaskId("t8"),),
    ),
    BidsClosed(
        announcement=NAME,
        bids=(BID,),
        refusals=(Refusal(announcement=NAME, task=TASK, worker=BOB, reason="busy"),),
        rejections=(Rejection(announcement=NAME, task=TASK, worker=BOB, reason="late"),),
        not_understood=(NotUnderstood(announcement=NAME, worker=BOB, reason="what?"),),
        silent=(BOB,),
        called_off=(TaskId("t8"),),
        transfers=MOVED,
    ),
    Allocated(
        allocation=Allocation(
            announcement=NAME,
            mechanism="vcg",
            awards=(AWARD,),
            unsold=(Unsold(task=TaskId("t1"), reason="no-bids"),),
            welfare=Money(-1),
        ),
        unfunded=(TASK,),
    ),
    Started(announcement=NAME, task=TASK, worker=ANN),
    Finished(report=RESULT),
    Finished(report=FAILURE),
    Consulted(announcement=NAME, task=TASK, worker=ANN, verifier="human", call=2),
    Consulted(announcement=NAME, task=TASK, verifier="fair", ceiling=Money(9), transfers=MOVED),
    Compared(
        announcement=NAME,
        task=TASK,
        judge="fair",
        label="391",
        asked=1,
        cost=Money(4),
        transfers=MOVED,
    ),
    Verified(
        outcome=Outcome(announcement=NAME, task=TASK, worker=ANN, success=0.5, verifier="judge"),
        cost=Money(4),
        opinion=1.0,
        transfers=MOVED,
    ),
    PeersScored(
        batch=1,
        kind="label",
        mechanism="correlated-agreement",
        aggregate="dawid-skene",
        seed=7,
        workers=(
            PeerStanding(worker=ANN, answers=4, score=0.5, comparisons=8, standard_error=0.1),
            PeerStanding(worker=BOB, answers=1, refusal="too few tasks"),
        ),
        answers=(PeerAnswer(task=TASK, answer="yes", support=0.9, answers=3),),
    ),
    Settled(
        settlement=Settlement(
            announcement=NAME,
            task=TASK,
            worker=ANN,
            success=1.0,
            score=-0.01,
            payment=Money(-2),
            cost=Money(3),
        ),
        transfers=MOVED,
    ),
    SetAside(
        announcement=NAME,
        task=TASK,
        worker=ANN,
        cost=Money(3),
        payment=Money(3),
        transfers=MOVED,
    ),
    Unsettled(announcement=NAME, task=TASK, worker=ANN, reason="no verifier"),
    Closed(announcement=NAME, number=1),
    TaskEnded(task=TASK, state="solved"),
    Guarded(worker=ANN, number=1, step="suspended", reason="no answer", announced=4, until=9),
    Quarantined(number=1, worker=ANN, reason="it does not end"),
    RunResumed(version="0.1.0", time=1),
    RunClosed(reason="done", transfers=MOVED),
]


def test_the_examples_cover_every_event() -> None:
    """A new event is not forgotten here."""
    assert {type(event) for event in EVENTS} == set(get_args(Event))


def test_every_tag_is_one_literal_word_of_its_own() -> None:
    """Tags are words and no module paths, and no two events share one."""
    kinds = get_args(Event)
    tags = [kind.model_fields["event"].default for kind in kinds]

    assert len(set(tags)) == len(kinds)
    for kind, tag in zip(kinds, tags, strict=True):
        assert get_args(kind.model_fields["event"].annotation) == (tag,)
        assert tag.replace("-", "").isalpha()
        assert tag == tag.lower()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event)
def test_a_key_tells_what_happened(event: Event) -> None:
    """The idempotency key begins with the tag and is the same after a round trip."""
    assert event.key.split("\t")[0] == event.event
    assert EVENT.validate_json(EVENT.dump_json(event)).key == event.key


def test_a_worker_reports_once() -> None:
    """A result and a failure of the same work have one key: only one of them is recorded."""
    keys = [Finished(report=RESULT).key, Finished(report=FAILURE).key]

    assert keys[0] == keys[1]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event)
def test_an_event_survives_the_journal(event: Event) -> None:
    """Written and read again it is the same event of the same type, and the same bytes."""
    body = EVENT.dump_json(event)
    read = EVENT.validate_json(body)

    assert read == event
    assert type(read) is type(event)
    assert EVENT.dump_json(read) == body


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event)
def test_an_event_is_closed_to_other_fields(event: Event) -> None:
    """A field that the event does not know, or another's tag, is refused."""
    fields = json.loads(EVENT.dump_json(event))
    with pytest.raises(ValidationError, match="Extra inputs"):
        EVENT.validate_json(json.dumps(fields | {"surprise": 1}))
    other = "run-closed" if event.event != "run-closed" else "started"
    with pytest.raises(ValidationError):
        EVENT.validate_json(json.dumps(fields | {"event": other}))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event)
def test_an_event_without_a_field_that_it_needs_is_refused(event: Event) -> None:
    """Each field without a default is needed, the tag most of all."""
    fields = json.loads(EVENT.dump_json(event))
    needed = [name for name, info in type(event).model_fields.items() if info.is_required()]
    for name in ["event", *needed]:
        with pytest.raises(ValidationError):
            EVENT.validate_json(json.dumps({k: v for k, v in fields.items() if k != name}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"null",
        b'{"event": null}',
        b'{"event": "protocols.events:Started"}',
        b'{"event": "started", "announcement": "a1", "task": "t0", "worker": 7}',
        b'{"event": "closed", "announcement": "a1", "number": true}',
        b'{"event": "closed", "announcement": "a1", "number": 1e400}',
        b'{"event": "closed", "announcement": "a1", "number": 1.0}',
        b'{"event": "run-resumed", "version": "\xff"}',
        b'{"event": "run-opened", "config": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    ],
)
def test_a_body_that_is_no_event_is_refused(body: bytes) -> None:
    """A damaged line of a journal is a validation error and never another exception."""
    with pytest.raises(ValidationError):
        EVENT.validate_json(body)


def test_the_tag_tells_a_result_from_a_failure() -> None:
    """A report is read by its performative: a failure is no result without an answer."""
    body = EVENT.dump_json(Finished(report=FAILURE)).replace(b'"failure"', b'"inform"')
    with pytest.raises(ValidationError, match="answer"):
        EVENT.validate_json(body)
