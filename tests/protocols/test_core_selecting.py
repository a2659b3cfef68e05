"""Core-selecting payments."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.bundles import Package
from protocols.core_selecting import Core, select_core
from tests.protocols.test_bundles import PACKAGES, best


def blocked(packages: list[Package], core: Core) -> int:
    """Return the most that any coalition could gain over what it gets, by trying all of them."""
    workers = sorted({package.worker for package in packages})
    worst = 0
    for size in range(len(workers) + 1):
        for members in combinations(workers, size):
            own = [package for package in packages if package.worker in members]
            kept = sum(gain for worker, gain in core.utilities.items() if worker not in members)
            gain = best(own, exclusive=True) - (core.welfare - kept)
            worst = max(worst, gain)
    return worst


@settings(max_examples=40)
@given(PACKAGES)
def test_no_coalition_blocks_and_nobody_loses(packages: list[Package]) -> None:
    """The utilities lie in the core, between zero and those of VCG."""
    core = select_core(packages)

    assert blocked(packages, core) <= 0
    assert all(0 <= gain <= core.clarke[worker] for worker, gain in core.utilities.items())


@settings(max_examples=40)
@given(PACKAGES)
def test_vcg_in_the_core_is_kept(packages: list[Package]) -> None:
    """Where nobody blocks the VCG utilities, they are the answer."""
    core = select_core(packages)
    if blocked(packages, core._replace(utilities=core.clarke)) <= 0:
        assert core.utilities == core.clarke


def test_two_locals_share_what_the_global_bidder_leaves() -> None:
    """Locals worth 8 and 6 beat a rival worth 10 for both: VCG gains 4 + 4, the core allows 4.

    Each local adds 14 - 10 = 4. But the rival and the coordinator could make 10 of 14, so the two
    may keep 4 together: 2 each is the point nearest to (4, 4).
    """
    packages = [
        Package("l", frozenset("t"), 8),
        Package("m", frozenset("u"), 6),
        Package("g", frozenset("tu"), 10),
    ]
    core = select_core(packages)

    assert core.clarke == {"l": 4, "m": 4}
    assert core.utilities == {"l": 2, "m": 2}


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_amounts_of_everyday_size_keep_the_core(one: int, other: int) -> None:
    """With amounts up to a unit the core holds to the nano-unit."""
    packages = [
        Package("l", frozenset("t"), one),
        Package("m", frozenset("u"), other),
        Package("g", frozenset("tu"), (one + other) * 2 // 3),
    ]

    assert blocked(packages, select_core(packages)) <= 0
