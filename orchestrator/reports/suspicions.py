"""Says what the screens found, in words with figures and the entries to look at."""

from collections.abc import Iterator
from typing import Final

from orchestrator.drawing.display import plain, plural
from orchestrator.screening.screens import Screening, Suspicion

_LONGEST: Final = 400
_UNITS: Final = {
    "shading": "award",
    "reserve": "bid",
    "threshold": "grade",
    "ring": "lot",
    "copies": "task",
}
"""What the count of each screen counts."""


def suspicions(found: Screening) -> Iterator[str]:
    """Yield a sentence for each finding, and one that says who should look; nothing if all is well."""
    for each in found.found:
        yield sentence(each)
    waiting = [each for each in found.review if not found.decided.issuperset(each.workers)]
    if waiting:
        names = ", ".join(dict.fromkeys(each.screen for each in waiting))
        yield f"A person should look before this run is relied on (guards.review: {names})."
    if found.decided:
        workers = ", ".join(plain(worker) for worker in sorted(found.decided))
        yield f"A person has looked since, and decided about {workers}."


def sentence(found: Suspicion) -> str:
    """Put one finding into a sentence."""
    words = plain(found.words, _LONGEST)
    entries = ", ".join(map(str, found.evidence))
    shown = f", see entries {entries}" if entries else ""
    return (
        f"{found.screen}: {words} (standard error {found.error:.2g},"
        f" {plural(found.count, _UNITS[found.screen])}, p {_chance(found.adjusted)} after"
        f" correction{shown})."
    )


def looked(found: Screening) -> str:
    """Say how many times the screens looked, and what that means."""
    if not any(found.tests.values()):
        return "There is too little in this run for any of the screens."
    counts = ", ".join(f"{name} {count}" for name, count in found.tests.items())
    return (
        f"Tests by screen: {counts}. Among honest workers the chance of any finding is at most"
        f" {found.level:g}. A finding is a reason to look and proves nothing; that there is none"
        " does not prove that all are honest."
    )


def _chance(p_value: float) -> str:
    return f"{p_value:.2g}" if p_value >= 1e-6 else "below 0.000001"
