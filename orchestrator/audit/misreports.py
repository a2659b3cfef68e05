"""The ways to lie that an audit tries, each as a change of what honest workers would do.

A misreport sees one scene and who lies in it, and returns what is said and done instead. It knows
nothing of the mechanism.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from orchestrator.audit.scene import Answers, Known, Scene
from protocols.messages import Announcement, Bid
from protocols.units import LARGEST, Money, TaskId, WorkerId
from workers.chance import uniform
from workers.strategies import shift_log_odds

Liars = Sequence[WorkerId]
Reported = tuple[Money, float]

SLACK: Final = 0.3
"""What is left of the cost, and of the odds of success, of work without effort."""

RENEWED: Final = 10
"""After so many auctions a worker that washes its name white takes a new one."""


class Act(NamedTuple):
    """What is said and done in one scene.

    Attributes:
        announcement: With whoever takes part, under invented names too.
        bids: What is reported.
        known: What is true of the work as it will be done.
        answers: What is said with the work, and how sure who does it says to be.
        owners: Whose gain it is, for names that were invented.
        effort: By what the drawn or recorded success of a worker is multiplied, where it shirks.
    """

    announcement: Announcement
    bids: Sequence[Bid]
    known: Known
    answers: Answers
    owners: Mapping[WorkerId, WorkerId] = {}
    effort: Mapping[WorkerId, float] = {}


class Misreport(NamedTuple):
    """A way to lie.

    Attributes:
        label: In words, for tables.
        group: How many lie: one worker, about a third of all, two, or three.
        act: What the liars make of a scene.
        trusted: Whether one worker can do it alone and for good, so that it is a strategy that
            others can answer; what best responses are made of.
    """

    label: str
    group: Literal["one", "share", "pair", "ring"]
    act: Callable[[Scene, Liars, int], Act]
    trusted: bool = False


def honest(scene: Scene) -> Act:
    """Return the scene with everybody saying what is true."""
    return Act(scene.announcement, tuple(scene.known.values()), scene.known, scene.answers)


def reporting(scene: Scene, liars: Liars, place: int, *, report: Callable[..., Reported]) -> Act:
    """Let the liars report what a function makes of cost, probability and a draw.

    Where they say with an answer how sure they are of it, they lie about that in the same way.
    """
    lying = frozenset(liars)

    def said(bid: Bid) -> Bid:
        if bid.worker not in lying:
            return bid
        cost, probability = report(bid.cost, bid.probability, bid.worker, bid.task, place)
        return changed(bid, cost, probability)

    answers = dict(scene.answers)
    for (worker, task), answer in scene.answers.items():
        if worker in lying and answer.confidence is not None:
            _, stated = report(Money(0), answer.confidence, worker, task, place)
            answers[worker, task] = answer._replace(confidence=stated)
    bids = [said(bid) for bid in scene.known.values()]
    return Act(scene.announcement, bids, scene.known, answers)


def changed(bid: Bid, cost: Money, probability: float, worker: WorkerId | None = None) -> Bid:
    """Return a bid with another cost and probability, and under another name if given."""
    return Bid.model_construct(
        announcement=bid.announcement,
        task=bid.task,
        worker=worker or bid.worker,
        cost=Money(min(cost, LARGEST)),
        probability=probability,
    )


def times(factor: float) -> Callable[..., Reported]:
    """Report a multiple of the cost."""

    def report(cost: Money, probability: float, *_: object) -> Reported:
        return Money(round(cost * factor)), probability

    return report


def shifted(shift: float) -> Callable[..., Reported]:
    """Report a probability whose log-odds are higher by ``shift``."""

    def report(cost: Money, probability: float, *_: object) -> Reported:
        return cost, shift_log_odds(probability, shift)

    return report


def certain(cost: Money, probability: float, *_: object) -> Reported:
    """Report certainty."""
    del probability
    return cost, 1.0


def sandbagging(cost: Money, probability: float, *_: object) -> Reported:
    """Report a low chance at a high cost, to be left alone."""
    return Money(2 * cost), shift_log_odds(probability, -2.0)


def drawn(cost: Money, probability: float, worker: WorkerId, task: TaskId, place: int) -> Reported:
    """Report any probability."""
    del probability
    return cost, uniform(0, "any", worker, task, place)


def shirking(scene: Scene, liars: Liars, place: int) -> Act:
    """Let the liars report as if they worked, and spend little effort when awarded."""
    del place
    known = dict(scene.known)
    for key, bid in scene.known.items():
        if bid.worker in liars:
            cost, probability = round(bid.cost * SLACK), bid.probability * SLACK
            known[key] = changed(bid, Money(cost), probability)
    effort = dict.fromkeys(liars, SLACK)
    bids = tuple(scene.known.values())
    return Act(scene.announcement, bids, known, scene.answers, effort=effort)


def under_names(
    scene: Scene, liars: Liars, names: Mapping[WorkerId, Sequence[tuple[WorkerId, float, float]]]
) -> Act:
    """Let the liars bid under other names.

    Args:
        scene: The auction.
        liars: Who lies.
        names: For each liar its names, each with the factor on the cost and the shift of the
            log-odds that it reports.
    """
    known: dict[tuple[WorkerId, TaskId], Bid] = {}
    bids: list[Bid] = []
    answers = dict(scene.answers)
    for (worker, task), bid in scene.known.items():
        for name, factor, shift in names.get(worker, ((worker, 1.0, 0.0),)):
            known[name, task] = changed(bid, bid.cost, bid.probability, name)
            stated = shift_log_odds(bid.probability, shift)
            bids.append(changed(bid, Money(round(bid.cost * factor)), stated, name))
            answer = scene.answers.get((worker, task))
            if answer is not None and answer.confidence is not None:
                sure = shift_log_odds(answer.confidence, shift)
                answers[name, task] = answer._replace(confidence=sure)
    lying = frozenset(liars)
    crowd = tuple(
        each.model_copy(update={"worker": name})
        for each in scene.announcement.participants
        for name, _, _ in names.get(each.worker, ((each.worker, 1.0, 0.0),))
    )
    owners = {name: liar for liar in lying for name, _, _ in names[liar]}
    announcement = scene.announcement.model_copy(update={"participants": crowd})
    return Act(announcement, bids, known, answers, owners)


def sybil(scene: Scene, liars: Liars, place: int) -> Act:
    """Enter a second time as an exact copy."""
    del place
    names = {each: ((each, 1.0, 0.0), (WorkerId(f"{each}~2"), 1.0, 0.0)) for each in liars}
    return under_names(scene, liars, names)


def false_name(scene: Scene, liars: Liars, place: int) -> Act:
    """Enter a second time with a dear and modest bid, to stand between oneself and the others."""
    del place
    names = {each: ((each, 1.0, 0.0), (WorkerId(f"{each}~2"), 1.5, -0.5)) for each in liars}
    return under_names(scene, liars, names)


def whitewashing(scene: Scene, liars: Liars, place: int) -> Act:
    """Claim certainty, and come back under a new name before it shows."""
    names = {each: ((WorkerId(f"{each}~{place // RENEWED}"), 1.0, 4.0),) for each in liars}
    return under_names(scene, liars, names)


def staying_away(scene: Scene, liars: Liars, place: int) -> Act:
    """Let all but the first of the liars stay away, and the first ask for half as much again."""
    del place
    quiet, first = frozenset(liars[1:]), liars[0]
    bids = [
        changed(bid, Money(round(bid.cost * 1.5)), bid.probability) if bid.worker == first else bid
        for bid in scene.known.values()
        if bid.worker not in quiet
    ]
    return Act(scene.announcement, bids, scene.known, scene.answers)


def _says(
    label: str,
    report: Callable[..., Reported],
    group: Literal["one", "share", "pair", "ring"] = "one",
) -> Misreport:
    act = partial(reporting, report=report)
    return Misreport(label, group, act, trusted=group == "one")


MISREPORTS: Final[dict[str, Misreport]] = {
    "cost-over": _says("asks for a quarter more than its cost", times(1.25)),
    "cost-double": _says("asks for twice its cost", times(2.0)),
    "cost-under": _says("asks for a fifth less than its cost", times(0.8)),
    "confidence-up": _says("claims odds 2.7 times as good", shifted(1.0)),
    "confidence-down": _says("claims odds 2.7 times as bad", shifted(-1.0)),
    "always-certain": _says("always claims certainty", certain),
    "sandbagging": _says("claims little at a high cost", sandbagging),
    "random": _says("claims any probability", drawn),
    "shirking": Misreport("claims its best and does little", "one", shirking),
    "sybil": Misreport("enters twice", "one", sybil),
    "false-name": Misreport("enters twice, the second time dear", "one", false_name),
    "whitewashing": Misreport("is certain under ever new names", "one", whitewashing),
    "many-certain": _says("a third of all claim certainty", certain, "share"),
    "many-dear": _says("a third of all ask for a quarter more", times(1.25), "share"),
    "pair-dear": _says("two ask for half as much again", times(1.5), "pair"),
    "pair-away": Misreport("two agree that one stays away", "pair", staying_away),
    "ring-dear": _says("three ask for half as much again", times(1.5), "ring"),
    "ring-away": Misreport("three agree that two stay away", "ring", staying_away),
}
"""Configuration name -> way to lie."""
