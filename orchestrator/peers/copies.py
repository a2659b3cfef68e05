"""A task with redundancy goes to several workers: which copy is open to whom, who is scored with whom.

The owners are dealt onto the copies in an order that a hash of the task decides. It depends on no
bid, so nobody can choose its peers, and nobody can do two copies of one task.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b

from orchestrator.entrance import Entry
from orchestrator.peer_settings import PeerSettings
from protocols.messages import Lot, Participant
from protocols.units import Money, TaskId

LONGEST_ID = 200


def owner_of(participant: Participant) -> str:
    """Return who gains from a worker's pay: its owner, or itself."""
    return participant.owner or participant.worker


def copy_ids(task: TaskId, copies: int) -> tuple[TaskId, ...]:
    """Return the ids of the copies of a task.

    >>> copy_ids(TaskId("t"), 2)
    ('t#1', 't#2')
    """
    return tuple(TaskId(f"{task}#{number}") for number in range(1, copies + 1))


def copies_of(
    lot: Lot, copies: int, participants: Sequence[Participant], seed: int
) -> tuple[Lot, ...]:
    """Return the copies of a task as they are put up, each open to its own group of owners.

    The copies share the value and the reserve equally, so that all of them together cost at most
    what the task may cost.
    """
    dealt = _deal(lot.task, copies, {owner_of(one) for one in participants}, seed)
    return tuple(
        lot.model_copy(
            update={
                "task": name,
                "group": lot.task,
                "value": Money(lot.value // copies),
                "reserve": Money(lot.reserve // copies),
                "excluded": tuple(
                    one.worker for one in participants if dealt[owner_of(one)] != number
                ),
            }
        )
        for number, name in enumerate(copy_ids(lot.task, copies))
    )


def _deal(task: TaskId, copies: int, owners: Iterable[str], seed: int) -> Mapping[str, int]:
    """Deal owners onto copies, in the order of a hash of the task and the owner."""
    key = f"{seed}:copies:{task}".encode()

    def place(owner: str) -> bytes:
        return blake2b(key + b"\x1f" + owner.encode(), digest_size=16).digest()

    return {owner: number % copies for number, owner in enumerate(sorted(owners, key=place))}


def form_batches(
    tasks: Sequence[Entry],
    settings: PeerSettings | None,
    participants: Sequence[Participant],
    before: int,
    knows: Callable[[TaskId], bool] = lambda _: False,
) -> int:
    """Check tasks that are about to enter, and say of each in which batch it is scored.

    Args:
        tasks: All tasks that are given at the same time.
        settings: How answers are scored; ``None`` where nothing says so.
        participants: Who may bid.
        before: How many batches there are already.
        knows: Whether there is a task of an id already.

    Returns:
        How many batches there are now.

    Raises:
        ValueError: As `check_copies`.
    """
    check_copies(tasks, settings, participants, knows)
    batches = batches_of(tasks, before)
    for task in tasks:
        task.batch = batches.get(task.lot.task, 0)
    return max(batches.values(), default=before)


def check_copies(
    tasks: Sequence[Entry],
    settings: PeerSettings | None,
    participants: Iterable[Participant],
    knows: Callable[[TaskId], bool] = lambda _: False,
) -> None:
    """Check tasks with redundancy that are about to enter a run, which knows some tasks already.

    Raises:
        ValueError: If nothing says how they are scored, there are fewer owners than copies, or an
            id is too long or taken by a copy.
    """
    owners = len({owner_of(one) for one in participants})
    ids = {task.lot.task for task in tasks}
    for task in tasks:
        name, copies = task.lot.task, task.copies
        if copies < 1:
            raise ValueError(f"task {name!r}: redundancy is at least 1, not {copies}")
        if copies == 1:
            continue
        if settings is None:
            raise ValueError(f"task {name!r} has redundancy: say by peer=... how it is scored")
        if owners < copies:
            raise ValueError(
                f"task {name!r} goes to {copies} workers of different owners, but the workers have"
                f" only {owners}"
            )
        names = copy_ids(name, copies)
        if len(names[-1]) > LONGEST_ID:
            raise ValueError(
                f"task {name!r}: with copies its id has at most {LONGEST_ID - 4} characters"
            )
        if taken := [each for each in names if each in ids or knows(each)]:
            raise ValueError(f"the id {taken[0]!r} is that of a copy of task {name!r}")


def batches_of(tasks: Sequence[Entry], before: int) -> dict[TaskId, int]:
    """Return the batch of each task with copies: those whose answers are scored together.

    A batch holds the tasks of one kind that were given at the same time and do not need one another;
    who needs a task with copies is in a later batch, for it starts when that task is scored.

    Args:
        tasks: All tasks that are given at the same time; they do not need each other in a circle.
        before: How many batches there are already.
    """
    by_id = {task.lot.task: task for task in tasks}
    depths: dict[TaskId, int] = {}
    todo = list(by_id)
    while todo:
        task = by_id[todo[-1]]
        needs = [need for need in task.needs if need in by_id]
        missing = [need for need in needs if need not in depths]
        if missing:
            todo += missing
            continue
        todo.pop()
        depths[task.lot.task] = max(
            (depths[need] + (by_id[need].copies > 1) for need in needs), default=0
        )
    keys = {name: (depths[name], task.lot.kind) for name, task in by_id.items() if task.copies > 1}
    numbers = {key: before + place for place, key in enumerate(sorted(set(keys.values())), 1)}
    return {name: numbers[key] for name, key in keys.items()}


def pairing_seed(seed: int, batch: int) -> int:
    """Return the seed of the draws of a batch, fixed by the run before any answer is known."""
    digest = blake2b(f"{seed}:peers:{batch}".encode(), digest_size=7).digest()
    return int.from_bytes(digest)
