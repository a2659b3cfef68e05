"""A whole audit: many replications of many mechanisms over all cores, and what they say."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Final, NamedTuple

from orchestrator.audit.dynamics import Rest, best_responses
from orchestrator.audit.play import optimum
from orchestrator.audit.replication import Replication, replicate
from orchestrator.audit.scene import Population, Scene, attempts
from protocols.mechanism import Mechanism
from protocols.worth import combine_of

Rules = Mapping[str, Mechanism]
Setup = Callable[[], tuple[Population, Rules]]
"""Makes the population and the mechanisms; called once in every process."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is played.

    Attributes:
        misreports: Which lies are tried.
        replications: How often, each time with new tasks and draws.
        rounds: Auctions in a row, over which standings are learned.
        seed: Of ties and of who lies.
        dynamics: Whether best responses are followed to where they rest.
    """

    misreports: tuple[str, ...]
    replications: int = 40
    rounds: int = 50
    seed: int = 0
    dynamics: bool = True


class Job(NamedTuple):
    """One piece of work for a process: a replication of a rule, or its dynamics if negative."""

    rule: str
    number: int


@dataclass(frozen=True, slots=True)
class Played:
    """Everything that was played of one mechanism, and what knowing everything would bring.

    Attributes:
        rule: The name of the mechanism.
        replications: In the order of their numbers.
        optima: The welfare per lot of knowing everything, of each replication.
        rest: Where best responses come to rest, if that was asked for.
    """

    rule: str
    replications: tuple[Replication, ...]
    optima: tuple[float, ...]
    rest: Rest | None


DYNAMICS: Final = -1

Outcome = tuple[Replication, float] | Rest


def conduct(
    plan: Plan,
    rules: Sequence[str],
    setup: Setup,
    *,
    processes: int = 1,
    progress: Callable[[], Any] = lambda: None,
) -> list[Played]:
    """Play all replications of all mechanisms.

    The result depends on the plan and the setup alone, not on the number of processes.

    Args:
        plan: How much is played.
        rules: The mechanisms, as the setup names them.
        setup: Makes the population and the mechanisms; must be picklable for several processes.
        processes: How many play at the same time.
        progress: Called after every finished piece of work; there are ``len(jobs(plan, rules))``.
    """
    found: dict[Job, Outcome] = {}
    for job, outcome in _carried_out(plan, jobs(plan, rules), setup, processes):
        found[job] = outcome
        progress()
    return [_played(rule, found) for rule in rules]


def jobs(plan: Plan, rules: Iterable[str]) -> list[Job]:
    """Return all pieces of work, the long ones first."""
    rules = list(rules)
    long = [Job(rule, DYNAMICS) for rule in rules] if plan.dynamics else []
    return long + [Job(rule, number) for number in range(plan.replications) for rule in rules]


def _carried_out(
    plan: Plan, work: Sequence[Job], setup: Setup, processes: int
) -> Iterator[tuple[Job, Outcome]]:
    if processes <= 1:
        population, rules = setup()
        for job in work:
            yield job, _do(plan, job, population, rules)
        return
    with ExitStack() as stack:
        pool = ProcessPoolExecutor(
            processes, get_context("spawn"), initializer=_prepare, initargs=(plan, setup)
        )
        stack.callback(pool.shutdown, cancel_futures=True)
        futures = [pool.submit(_do_prepared, job) for job in work]
        for future in as_completed(futures):
            yield future.result()


def _do(plan: Plan, job: Job, population: Population, rules: Rules) -> Outcome:
    mechanism, workers = rules[job.rule], population.workers
    if job.number == DYNAMICS:
        # replications nobody else plays, so that nothing is judged on what it was chosen by
        fitting, judging = (
            _put_up(plan, population, mechanism, plan.replications + extra) for extra in (0, 1)
        )
        return best_responses(mechanism, fitting, judging, workers, seed=plan.seed)
    scenes = _put_up(plan, population, mechanism, job.number)
    played = replicate(mechanism, scenes, workers, plan.misreports, job.number, seed=plan.seed)
    best = optimum(scenes, combine_of(mechanism))
    return played, best.welfare / max(best.lots, 1)


def _put_up(plan: Plan, population: Population, mechanism: Mechanism, number: int) -> list[Scene]:
    """Return the auctions of a replication, with lots of the sort that a mechanism is made for."""
    scenes = population.scenes(number, plan.rounds)
    return [attempts(each) for each in scenes] if combine_of(mechanism) == "any" else scenes


_prepared: dict[str, tuple[Plan, Population, Rules]] = {}
"""What a process of the pool plays with."""


def _prepare(plan: Plan, setup: Setup) -> None:
    _prepared["all"] = (plan, *setup())


def _do_prepared(job: Job) -> tuple[Job, Outcome]:
    plan, population, rules = _prepared["all"]
    return job, _do(plan, job, population, rules)


def _played(rule: str, found: Mapping[Job, Outcome]) -> Played:
    replications: list[Replication] = []
    optima: list[float] = []
    rest: Rest | None = None
    for job in sorted(job for job in found if job.rule == rule):
        outcome = found[job]
        if isinstance(outcome, Rest):
            rest = outcome
        else:
            replications.append(outcome[0])
            optima.append(outcome[1])
    return Played(rule, tuple(replications), tuple(optima), rest)
