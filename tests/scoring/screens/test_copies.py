"""Identical answers beyond chance."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from scoring.screens.copies import agreements
from scoring.screens.significance import holm


def market(
    seed: int, tasks: int, workers: int, labels: int, copies: int, *, hard: float, doubles: bool
) -> Sequence[tuple[str, Mapping[str, str]]]:
    """Return the answers of workers of any skill; hard tasks lead many into the same error.

    With doubles, the first two are one worker under two names.
    """
    draw = np.random.default_rng(seed)
    skills = draw.uniform(0.4, 0.95, workers)
    told: list[tuple[str, dict[str, str]]] = []
    for _ in range(tasks):
        truth, lure = draw.integers(labels, size=2)
        is_hard = draw.random() < hard

        def answer(worker: int, truth: int = truth, lure: int = lure, h: bool = is_hard) -> str:
            if draw.random() < skills[worker] * (0.5 if h else 1.0):
                return str(truth)
            return str(lure if h and draw.random() < 0.5 else draw.integers(labels))

        given = {f"w{each}": answer(each) for each in draw.choice(workers, copies, replace=False)}
        if doubles and {"w0", "w1"} <= given.keys():
            given["w1"] = given["w0"]
        told.append(("kind", given))
    return told


WORLDS = [(200, 6, 2, 3, 0.3), (100, 6, 4, 6, 0.3), (300, 8, 4, 3, 0.5), (60, 5, 3, 5, 0.0)]


@pytest.mark.parametrize("world", WORLDS)
def test_honest_workers_are_called_out_as_often_as_said(
    world: tuple[int, int, int, int, float],
) -> None:
    """Any pair, in 150 markets, at 5 % corrected: at most that and three standard errors."""
    wrong = 0
    for seed in range(150):
        found = agreements(market(seed, *world[:4], hard=world[4], doubles=False))
        wrong += min(holm([each.p_value for each in found]), default=1.0) <= 0.05
    assert wrong <= 150 * 0.05 + 3 * (150 * 0.05) ** 0.5


def test_two_names_of_one_worker_are_found() -> None:
    """They answer alike, also where they err; in nine of ten markets, and hardly anybody else."""
    hits = others = 0
    for seed in range(60):
        found = agreements(market(seed, 200, 6, 4, 4, hard=0.3, doubles=True))
        adjusted = holm([each.p_value for each in found])
        for each, p_value in zip(found, adjusted, strict=True):
            mine = (each.first, each.second) == ("w0", "w1")
            hits += mine and p_value <= 0.01
            others += not mine and p_value <= 0.01
    assert hits >= 54
    assert others <= 3


def test_declared_relations_are_not_compared() -> None:
    """Whose owner or family is the same is no secret; neither pair nor third party is made of them."""
    answers = market(1, 200, 6, 4, 4, hard=0.3, doubles=True)
    found = agreements(answers, lambda first, second: {first, second} != {"w0", "w1"})
    assert ("w0", "w1") not in {(each.first, each.second) for each in found}
    assert len(found) == 14


def test_answers_that_never_agree_predict_nothing() -> None:
    """Free text that is always different: no test is made, and so no finding."""
    answers = [("kind", {f"w{n}": f"text {task} {n}" for n in range(4)}) for task in range(100)]
    assert agreements(answers) == []
