"""The scripted models of ``configs/report.yaml``: a planner, two writers and an editor."""

from typing import Any, Final

from scripts.scripted_models import Known, Model

_MOONS: Final[dict[str, Any]] = {
    "id": "moons",
    "kind": "facts",
    "prompt": "Name the 3 largest moons of Saturn, the largest first, as a JSON list of 3 texts.",
    "value": 0.02,
    "needs": [],
    "items": None,
    "each": None,
    "most": None,
    "check": {
        "type": "json-schema",
        "expect": '{"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3}',
    },
}

_FACTS: Final[dict[str, Any]] = {
    "id": "facts",
    "kind": "facts",
    "prompt": (
        "Who discovered the moon {{ item }} of Saturn, in which year, and what is its diameter in"
        " km? One sentence."
    ),
    "value": 0.02,
    "needs": ["moons"],
    "items": None,
    "each": "moons",
    "most": 3,
    "check": {"type": "regex", "expect": r"\b1[67]\d\d\b.* km\b"},
}

_REPORT: Final[dict[str, Any]] = {
    "id": "report",
    "kind": "writing",
    "prompt": (
        "Write a report of about 80 words, under the title 'The large moons of Saturn', from these"
        ' facts alone:\n{{ answers.facts | join("\\n") }}'
    ),
    "value": 0.1,
    "needs": ["facts"],
    "items": None,
    "each": None,
    "most": None,
    "check": {
        "type": "judge",
        "expect": (
            "It has the title, tells the discoverer, the year and the diameter of each moon as the"
            " facts do, and adds nothing to them."
        ),
    },
}

_SHORT: Final = """\
The large moons of Saturn

Saturn has many moons. Titan, found by Christiaan Huygens, is by far the largest of them, and it even
has an atmosphere with clouds and rain. Rhea and Iapetus are smaller."""

_WHOLE: Final = """\
The large moons of Saturn

Titan is the largest moon of Saturn. Christiaan Huygens discovered it in 1655, and its diameter is
about 5,150 km. The two next largest were both found by Giovanni Domenico Cassini: Rhea, which he
discovered in 1672, has a diameter of about 1,530 km, and Iapetus, which he had discovered the year
before, in 1671, one of about 1,470 km."""

_KNOWN: Final = {
    "moons of Saturn, the largest first": '["Titan", "Rhea", "Iapetus"]',
    "\nTitan\n": (
        "Christiaan Huygens discovered Titan in 1655, and its diameter is about 5,150 km."
    ),
    "\nRhea\n": (
        "Giovanni Domenico Cassini discovered Rhea in 1672, and its diameter is about 1,530 km."
    ),
    "\nIapetus\n": (
        "Giovanni Domenico Cassini discovered Iapetus in 1671, and its diameter is about 1,470 km."
    ),
}


def _is_whole(answer: str) -> bool:
    return all(year in answer for year in ("1655", "1671", "1672"))


SMALL: Final = Model(
    knows={"Write a report": Known(_SHORT, 0.95)}
    | {words: Known(answer, 0.9) for words, answer in _KNOWN.items()}
)
"""Knows the facts, and thinks too well of the report that it writes."""

BIG: Final = Model(
    knows={"Write a report": Known(_WHOLE, 0.9)}
    | {words: Known(answer, 0.96) for words, answer in _KNOWN.items()},
    plans=(
        {"tasks": [_MOONS, _FACTS, {**_REPORT, "kind": "essays", "needs": []}]},
        {"tasks": [_MOONS, _FACTS, _REPORT]},
    ),
    accepts=_is_whole,
    thinks=120,
)
"""Plans, with two mistakes at first, writes, and judges by the years."""
