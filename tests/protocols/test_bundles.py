"""Bundles: winner determination and pivots."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.bundles import Package, solve_packages

PACKAGES = st.lists(
    st.builds(
        Package,
        st.sampled_from("abc"),
        st.frozensets(st.sampled_from("tuv"), min_size=1),
        st.integers(-3, 12),
    ),
    min_size=1,
    max_size=7,
)


def best(packages: list[Package], *, exclusive: bool, without: str | None = None) -> int:
    """Return the largest welfare by trying every set of packages."""
    able = [package for package in packages if package.worker != without]
    top = 0
    for taken in product([False, True], repeat=len(able)):
        chosen = [package for package, take in zip(able, taken, strict=True) if take]
        tasks = [task for package in chosen for task in package.tasks]
        workers = [package.worker for package in chosen]
        if len(set(tasks)) == len(tasks) and (not exclusive or len(set(workers)) == len(workers)):
            top = max(top, sum(package.score for package in chosen))
    return top


@settings(max_examples=60)
@given(PACKAGES, st.booleans())
def test_welfare_and_pivots_equal_brute_force(packages: list[Package], exclusive: bool) -> None:
    """For XOR and OR bids the optimum and every W(-i) equal the best of all sets."""
    found = solve_packages(packages, exclusive=exclusive)

    assert found.welfare == best(packages, exclusive=exclusive)
    for worker, pivot in found.pivots.items():
        own = sum(
            packages[place].score for place in found.chosen if packages[place].worker == worker
        )
        without = best(packages, exclusive=exclusive, without=worker)

        assert pivot == without - (found.welfare - own)
