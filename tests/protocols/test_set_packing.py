"""Choices of items that share nothing, with ties and with what is known beforehand."""

from itertools import compress, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import InexactError
from protocols.packing import LARGEST
from protocols.set_packing import pack, packed_worth

Instance = tuple[list[int], list[list[int]]]


@st.composite
def instances(draw: st.DrawFn, largest: int = 10**9) -> Instance:
    """Draw up to nine items over five resources, often with equal scores."""
    score = st.integers(0, draw(st.sampled_from([1, 4, largest])))
    needed = st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True)
    drawn = draw(st.lists(st.tuples(score, needed), min_size=1, max_size=9))
    return [score for score, _ in drawn], [needs for _, needs in drawn]


def every_choice(instance: Instance) -> dict[tuple[int, ...], int]:
    """Return all choices in which no resource is needed twice, with their worths."""
    scores, needs = instance
    choices: dict[tuple[int, ...], int] = {}
    for taken in product([False, True], repeat=len(scores)):
        used = [resource for needed in compress(needs, taken) for resource in needed]
        if len(set(used)) == len(used):
            items = tuple(compress(range(len(scores)), taken))
            choices[items] = sum(compress(scores, taken))
    return choices


def earliest(instance: Instance) -> tuple[int, ...]:
    """Return the best choice that takes the first item if any does, then the second, and so on."""
    choices = every_choice(instance)
    top = max(choices.values())
    best = [items for items, worth in choices.items() if worth == top]
    return max(best, key=lambda items: [item in items for item in range(len(instance[0]))])


@settings(max_examples=150)
@given(instances())
def test_the_choice_is_the_first_of_all_best_ones(instance: Instance) -> None:
    """Among equal sums the order of the items decides, exactly as by trying every choice."""
    found = pack(*instance)

    assert found.items == earliest(instance)
    assert found.worth == max(every_choice(instance).values())


@settings(max_examples=60)
@given(instances())
def test_the_names_of_resources_decide_nothing(instance: Instance) -> None:
    """Other numbers lead to other prices of the linear program, never to another choice."""
    scores, needs = instance
    names = [3, 0, 4, 2, 1]
    renamed = [[names[resource] for resource in reversed(needed)] for needed in needs]

    assert pack(scores, renamed) == pack(scores, needs)


@settings(max_examples=60)
@given(instances(), st.data())
def test_what_is_known_beforehand_changes_nothing(instance: Instance, data: st.DataObject) -> None:
    """Any true floor and ceiling lead to the same worth."""
    top = max(every_choice(instance).values())
    floor = data.draw(st.sampled_from(sorted(set(every_choice(instance).values()))))
    ceiling = top + data.draw(st.integers(0, 10**9))

    assert packed_worth(*instance, floor, ceiling) == top


@settings(max_examples=60)
@given(instances(), st.integers(0, 3))
def test_a_search_without_time_hands_over_to_the_integer_program(
    instance: Instance, steps: int
) -> None:
    """However early the search gives up, the worth is that of the best choice."""
    top = max(every_choice(instance).values())

    assert pack(*instance, steps=steps).worth == top
    assert packed_worth(*instance, 0, 2 * top + 1, steps=steps) == top
    assert packed_worth(*instance, top, 2 * top + 1, steps=steps) == top


@pytest.mark.parametrize("workers", [3, 12])
def test_many_equal_bids_go_to_the_first(workers: int) -> None:
    """Of workers who all ask the same for the same pairs of tasks the first ones win."""
    tasks = 6
    pairs = [[task, task + 1] for task in range(0, tasks, 2)]
    needs = [[*pair, tasks + worker] for worker in range(workers) for pair in pairs]

    assert pack([7] * len(needs), needs).items == (0, 4, 8)


@settings(max_examples=60)
@given(instances(largest=10**15), st.integers(1, 10**18))
def test_one_nano_unit_decides_at_any_size(instance: Instance, unit: int) -> None:
    """Scores beyond every float are counted to the last nano-unit, as long as the search ends."""
    scores, needs = instance
    large = [score * unit + place for place, score in enumerate(scores)]
    choices = every_choice((large, needs))

    assert pack(large, needs).items == earliest((large, needs))
    assert packed_worth(large, needs, 0, sum(large)) == max(choices.values())


def test_beyond_the_range_of_the_integer_program_the_search_answers_or_nobody_does() -> None:
    """Up to 2**43 nano-units the integer program may take over; beyond, the instance is refused."""
    needs, third = [[0, 1], [1, 2], [0, 2]], LARGEST // 3
    inside, beyond = [third, third, third], [third, third, third + 3]

    assert pack(inside, needs, steps=0).worth == third
    assert pack(beyond, needs).items == (2,)
    with pytest.raises(InexactError, match="announce fewer tasks"):
        pack(beyond, needs, steps=0)
    with pytest.raises(InexactError, match="announce fewer tasks"):
        packed_worth(beyond, needs, 0, LARGEST, steps=0)
