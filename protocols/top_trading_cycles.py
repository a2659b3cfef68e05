"""Top trading cycles: workers swap awarded tasks until no group can do better among itself."""

from collections.abc import Mapping, Sequence

from protocols.errors import MechanismError


def swap(owners: Mapping[str, str], preferences: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return who owns which task after trading, as task -> worker.

    Every worker points to the owner of its favourite task that is left; each cycle of pointers
    trades, leaves, and the rest point again. A worker that does not name its own task ranks it
    last.

    Guarantee: for strict preferences the truth is a dominant strategy, nobody ends with a task that
    it likes less than its own, and no group could do better by trading among itself (the outcome
    is the only one in the core).

    Args:
        owners: The task of each worker, one per worker, as task -> worker.
        preferences: For each worker the tasks, best first; for instance by cost.

    Raises:
        MechanismError: If a worker owns several tasks.

    Source: Shapley and Scarf (1974), who attribute it to Gale; Roth (1982) for strategy-proofness;
    Ma (1994) for uniqueness.

    >>> swap({"t": "a", "u": "b"}, {"a": ["u", "t"], "b": ["t", "u"]})
    {'u': 'a', 't': 'b'}
    """
    holding = {worker: task for task, worker in owners.items()}
    if len(holding) != len(owners):
        raise MechanismError("top trading cycles need exactly one task per worker")
    left = dict(owners)
    final: dict[str, str] = {}
    while left:
        favourite = {
            worker: next((task for task in preferences.get(worker, ()) if task in left), own)
            for worker, own in holding.items()
            if own in left
        }
        for worker in _cycle(favourite, left):
            final[favourite[worker]] = worker
        left = {task: owner for task, owner in left.items() if task not in final}
    return final


def _cycle(favourite: Mapping[str, str], owners: Mapping[str, str]) -> list[str]:
    """Follow the pointers from the first worker until one comes back; return that cycle."""
    path: list[str] = []
    worker = next(iter(favourite))
    while worker not in path:
        path.append(worker)
        worker = owners[favourite[worker]]
    return path[path.index(worker) :]
