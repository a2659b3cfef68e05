"""The search for the best choice among those close to the bound of the linear program.

Every departure from the bound has a loss (``protocols.relaxation``). Within a small limit on the
losses nearly all resources must be used, by one of a few items each: the search always decides the
resource with the fewest ways next, as in exact cover (Knuth 2000), and the limit grows until a
choice is found. What is found first is the optimum, counted in integers throughout.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from protocols.relaxation import Prices


class StepsError(Exception):
    """Raised when the search would take longer than agreed."""


class State(NamedTuple):
    """A choice in the making.

    Attributes:
        undecided: The resources that have a price and are neither used nor given up.
        live: The items that may still be taken, as bits.
        spent: The losses so far.
        taken: The items taken.
    """

    undecided: tuple[int, ...]
    live: int
    spent: int
    taken: tuple[int, ...]


class Search:
    """All choices of items that share no resource, by what they lose against the bound.

    Args:
        prices: Of the linear program.
        needs: For each item the resources that it takes.
        steps: How many states may be looked at for an answer.
    """

    def __init__(self, prices: Prices, needs: Sequence[Sequence[int]], steps: int) -> None:
        self.prices = prices
        self.steps = steps
        self.looked = 0
        # items are renumbered by loss, so that those within a limit are the lowest bits
        self.order = sorted(range(len(needs)), key=lambda item: (prices.losses[item], item))
        self.losses = [prices.losses[item] for item in self.order]
        self.needs = [frozenset(needs[item]) for item in self.order]
        self.users = [0] * len(prices.resources)
        for item, needed in enumerate(self.needs):
            for resource in needed:
                self.users[resource] |= 1 << item
        priced = tuple(resource for resource, price in enumerate(prices.resources) if price)
        self.start = State(priced, (1 << len(needs)) - 1, 0, ())

    def best(self, worst: int, enough: int) -> State:
        """Return a choice of the least loss.

        Args:
            worst: A loss that some choice is known not to exceed.
            enough: A loss that no choice is below.

        Raises:
            StepsError: If it takes too long.
            ValueError: If ``worst`` is wrong.
        """
        self.looked = 0
        limit = max(enough, self.prices.bound >> 9)
        while True:
            limit = min(limit, worst)
            found = self.least(self.start, limit, enough)
            if found:
                return found
            if limit >= worst:
                raise ValueError(f"no choice loses at most {worst}, which was said to be known")
            limit *= 2

    def least(self, start: State, limit: int, enough: int) -> State | None:
        """Return the completion of a state with the least loss up to a limit, if there is one.

        Raises:
            StepsError: If it takes too long.
        """
        found: State | None = None
        stack = [start]
        while stack:
            self.looked += 1
            if self.looked > self.steps:
                raise StepsError
            state = stack.pop()
            if state.spent > limit:
                continue
            if not state.undecided:
                if state.spent <= enough:
                    return state
                found, limit = state, state.spent - 1
                continue
            stack += self._branches(state, limit)
        return found

    def _branches(self, state: State, limit: int) -> list[State]:
        """Return the ways to decide the scarcest resource, the least loss last."""
        undecided, live, spent, taken = state
        room = limit - spent
        live &= (1 << bisect_right(self.losses, room)) - 1
        prices, users = self.prices.resources, self.users
        scarcest, fewest = -1, len(self.losses) + 2
        for resource in undecided:
            ways = (live & users[resource]).bit_count() + (prices[resource] <= room)
            if ways < fewest:
                if not ways:
                    return []
                scarcest, fewest = resource, ways
        branches = [self.take(state, item) for item in _bits(live & users[scarcest])]
        if prices[scarcest] <= room:
            rest = tuple(resource for resource in undecided if resource != scarcest)
            unused = State(rest, live & ~users[scarcest], spent + prices[scarcest], taken)
            branches.append(unused)
        branches.reverse()
        return branches

    def take(self, state: State, item: int) -> State:
        """Return the state with one item more."""
        needed = self.needs[item]
        clashing = 0
        for resource in needed:
            clashing |= self.users[resource]
        return State(
            tuple(resource for resource in state.undecided if resource not in needed),
            state.live & ~clashing,
            state.spent + self.losses[item],
            (*state.taken, item),
        )

    def earliest(self, best: State) -> tuple[int, ...]:
        """Return, among all choices as good as this one, the first in the order of the items.

        It takes each item in turn if some best choice takes it along with those before it, so that
        the answer depends on the problem alone and not on the prices that led to it. Where that
        takes too long the rest is as it was found.
        """
        self.looked = 0
        limit, witness = best.spent, frozenset(best.taken)
        within = bisect_right(self.losses, limit)
        state = self.start._replace(live=(1 << within) - 1)
        for item in sorted(range(within), key=self.order.__getitem__):
            if not state.live >> item & 1:
                continue
            taken = self.take(state, item)
            if item not in witness:
                try:
                    other = self.least(taken, limit, limit)
                except StepsError:
                    break
                if other is None:
                    state = state._replace(live=state.live & ~(1 << item))
                    continue
                witness = frozenset(other.taken)
            state = taken
        return tuple(sorted(self.order[item] for item in witness))


def _bits(number: int) -> list[int]:
    """Return the positions of the ones, the lowest first."""
    places: list[int] = []
    while number:
        lowest = number & -number
        places.append(lowest.bit_length() - 1)
        number ^= lowest
    return places
